//! Where a dialect is served: its path, or the word `off`.

use std::str::FromStr;

use trivium_describe::site;

/// What is served beside pages, each with all that is below it.
const SERVED: &[&str] = &[
    "/api/json",
    "/api/xml",
    "/api/xmlrpc",
    "/live",
    "/ready",
    "/group",
    "/user",
];

/// The path below which a dialect is served; without one it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix(pub(crate) Option<String>);

impl FromStr for Prefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        let fine = |segment: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
            !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
        };
        match text.strip_prefix('/') {
            Some(path) if path.split('/').all(fine) => {}
            _ => {
                return Err(
                    "it must be a path such as /services, without a slash at its end \
                            and without escapes, or off"
                        .to_owned(),
                );
            }
        }
        let served = SERVED.iter().map(|path| (*path).to_owned());
        // The first page is at the one path below which everything is.
        let pages = site::paths().into_iter().filter(|path| path != "/");
        match served.chain(pages).find(|served| overlap(served, text)) {
            Some(served) => Err(format!("{served} is served already")),
            None => Ok(Self(Some(text.to_owned()))),
        }
    }
}

/// True when one of these paths is the other, or below it.
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
    fn a_prefix_is_a_path_that_nothing_else_has() {
        for fine in ["/services", "/api/v3/onezone", "/api/xmlrpc2", "/a_b~c.d-e"] {
            let prefix = fine.parse();
            assert_eq!(prefix, Ok(Prefix(Some(fine.to_owned()))), "{fine}");
        }
        assert_eq!("off".parse(), Ok(Prefix(None)));
        for wrong in [
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
            assert!(wrong.parse::<Prefix>().is_err(), "{wrong}");
        }
    }
}
