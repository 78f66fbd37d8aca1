//! Suggestions for misspelt names.

/// The similarity from which on a name is suggested, as Jaro-Winkler measures it.
const SIMILAR: f64 = 0.8;

/// A hint with the most similar name, to be appended to the error of an unknown one; empty if none is similar.
pub(crate) fn did_you_mean<'a>(unknown: &str, names: impl Iterator<Item = &'a str>) -> String {
    let similarity = |name: &&str| {
        let [unknown, name] = [unknown, name].map(str::to_ascii_lowercase);
        strsim::jaro_winkler(&unknown, &name)
    };
    let scored = names.map(|name| (similarity(&name), name));
    let closest = scored.max_by(|one, other| one.0.total_cmp(&other.0));
    match closest {
        Some((score, name)) if score > SIMILAR => format!("; did you mean '{name}'?"),
        _ => String::new(),
    }
}
