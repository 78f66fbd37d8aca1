//! The path prefix of a dialect, or `off`.

use std::str::FromStr;

use trivium_describe::site;
use trivium_site::description;

/// Paths that are served besides the pages, each with everything below it.
const SERVED: &[&str] = &[
    "/api/json",
    "/api/xml",
    "/api/xmlrpc",
    "/live",
    "/ready",
    "/group",
    "/user",
];

/// The path prefix of a dialect; `None` if the dialect is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix(pub(crate) Option<String>);

impl FromStr for Prefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let is_valid = |segment: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
            !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
        };
        match text.strip_prefix('/') {
            Some(path) if path.split('/').all(is_valid) => {}
            _ => {
                return Err(
                    "expected off, or a path such as /services without a trailing slash \
                            and without escapes"
                        .to_owned(),
                );
            }
        }
        let served = SERVED.iter().map(|path| (*path).to_owned());
        // The index page is at `/`, which would overlap with every prefix.
        let pages = site::paths(description::service())
            .into_iter()
            .filter(|path| path != "/");
        match served.chain(pages).find(|served| overlap(served, text)) {
            Some(served) => Err(format!("{served} is served already")),
            None => Ok(Self(Some(text.to_owned()))),
        }
    }
}

/// Returns whether one of the paths equals the other or is below it.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let below = |path: &str, prefix: &str| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below(one, other) || below(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_must_not_overlap_with_served_paths() {
        for valid in ["/services", "/api/v3/onezone", "/api/xmlrpc2", "/a_b~c.d-e"] {
            let prefix = valid.parse();
            assert_eq!(prefix, Ok(Prefix(Some(valid.to_owned()))), "{valid}");
        }
        assert_eq!("off".parse(), Ok(Prefix(None)));
        for invalid in [
            "",
            "/",
            "services",
            "/services/",
            "//services",
            "/a/../b",
            "/a b",
            "/a%20b",
            "/a?b",
            "/api",
            "/api/json",
            "/api/json/v3",
            "/api/xml",
            "/api/xmlrpc",
            "/group",
            "/user/groups",
            "/live",
            "/style.css",
            "/openapi.json",
        ] {
            assert!(invalid.parse::<Prefix>().is_err(), "{invalid}");
        }
    }
}
