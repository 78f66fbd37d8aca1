//! The example call of a method of a dialect: a request in its parts, and as people make it.

/// A call.
#[derive(Clone, Debug)]
pub struct Example {
    /// The verb of HTTP.
    pub verb: &'static str,
    /// Path and query, below the dialect's prefix.
    pub target: String,
    /// The headers that are the dialect's.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The header Content-Type, and the body.
    pub body: Option<(&'static str, String)>,
}

/// What curl sends a body as by itself.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

impl Example {
    /// The request to a dialect below this prefix, without the header Host.
    pub fn sent(&self, prefix: &str) -> String {
        let mut text = format!("{} {prefix}{} HTTP/1.1\n", self.verb, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        match &self.body {
            Some((kind, body)) => text.push_str(&format!(
                "Content-Type: {kind}\nContent-Length: {}\n\n{body}",
                body.len()
            )),
            None => text.push('\n'),
        }
        text
    }

    /// The call to a dialect at this address. Its answer is shown with its head.
    pub fn curl(&self, base: &str) -> String {
        let mut text = "curl --include".to_owned();
        // With a body, curl posts by itself.
        match (self.verb, &self.body) {
            ("GET", None) | ("POST", Some(_)) => {}
            (verb, _) => text.push_str(&format!(" --request {verb}")),
        }
        for (name, value) in &self.headers {
            text.push_str(&format!(" --header '{name}: {value}'"));
        }
        if let Some((kind, body)) = &self.body {
            if *kind != FORM {
                text.push_str(&format!(" --header 'Content-Type: {kind}'"));
            }
            text.push_str(&format!(" --data '{body}'"));
        }
        let quote = if self.target.contains('?') { "'" } else { "" };
        format!("{text} {quote}{base}{}{quote}", self.target)
    }
}
