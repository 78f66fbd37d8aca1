//! Compares two answers that should be the same.

use serde_json::Value;

/// The first place where two values differ, and how: `one` and `other` say whose they are.
pub(crate) fn difference(one: (&str, &Value), other: (&str, &Value)) -> Option<String> {
    at("", one, other)
}

fn at(path: &str, (mine, one): (&str, &Value), (theirs, other): (&str, &Value)) -> Option<String> {
    if one == other {
        return None;
    }
    let within = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match (one, other) {
        (Value::Object(left), Value::Object(right)) => {
            for (name, value) in left {
                let Some(same) = right.get(name) else {
                    let name = within(name);
                    return Some(format!("`{name}` is there {mine} and not {theirs}"));
                };
                let found = at(&within(name), (mine, value), (theirs, same));
                if found.is_some() {
                    return found;
                }
            }
            at(path, (theirs, other), (mine, one))
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(place, (one, other))| {
                at(&format!("{path}[{place}]"), (mine, one), (theirs, other))
            })
        }
        _ => Some(format!(
            "`{path}` is {} {mine} and {} {theirs}",
            short(one),
            short(other)
        )),
    }
}

/// A value, as far as it fits into a sentence.
fn short(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "a struct".to_owned(),
        value => {
            let text = value.to_string();
            let mut short: String = text.chars().take(40).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            short
        }
    }
}
