//! The calls by address and HTTP method: the whole dialect in two tables.

mod groups;
mod tokens;

use trivium_core::demonstration::{MEMBER, OWNER};
use trivium_core::named_tokens::TokenId;
use trivium_front::form;

use crate::call::{Example, Ids, Route};
use crate::error::Refusal;
use crate::values::number;

/// Every call. The first path that matches takes precedence; all examples succeed in this order on one
/// demonstration.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    groups::ROUTES.iter().chain(tokens::ROUTES)
}

/// The calls at a path below the prefix, with the IDs in it.
pub(crate) fn at(path: &str) -> (Vec<&'static Route>, Ids) {
    let found = all().find_map(|route| Some((route.path, fit(route.path, path)?)));
    let Some((path, ids)) = found else {
        return (Vec::new(), Ids::default());
    };
    let routes = all().filter(|route| route.path == path);
    (routes.collect(), ids)
}

/// The IDs of an address, if it matches a path.
fn fit(path: &str, address: &str) -> Option<Ids> {
    let mut ids = Ids::default();
    if path.split('/').count() != address.split('/').count() {
        return None;
    }
    for (wanted, segment) in path.split('/').zip(address.split('/')) {
        match wanted {
            // An ID is not empty.
            "{id}" | "{user}" | "{token}" | "{name}" if segment.is_empty() => return None,
            "{id}" => ids.id = number(segment),
            "{user}" => ids.user = Some(number(segment)),
            "{token}" => {
                ids.token = match segment.strip_prefix('a') {
                    Some(id) => TokenId::Access(number(id)),
                    None => TokenId::Invitation(number(segment)),
                }
            }
            "{name}" => ids.name = form::segment(segment),
            _ if wanted == segment => {}
            _ => return None,
        }
    }
    Some(ids)
}

/// The call of an HTTP method.
///
/// # Errors
/// `notFound` if there is no call, `methodNotAllowed` if there are calls of other methods.
pub(crate) fn choose(routes: Vec<&'static Route>, method: &str) -> Result<&'static Route, Refusal> {
    let mut allow = Vec::new();
    for route in routes {
        // HEAD is GET without the body of the response.
        if route.method == method || route.method == "GET" && method == "HEAD" {
            return Ok(route);
        }
        allow.push(match route.method {
            "GET" => "GET, HEAD",
            other => other,
        });
    }
    Err(match allow.is_empty() {
        true => Refusal::NotFound,
        false => Refusal::MethodNotAllowed(allow.join(", ")),
    })
}

const fn by_marc(path: &'static str, body: &'static str) -> Option<Example> {
    Some(Example {
        token: MEMBER.2,
        path,
        body,
    })
}

const fn by_phil(path: &'static str, body: &'static str) -> Option<Example> {
    Some(Example {
        token: OWNER.2,
        path,
        body,
    })
}

/// The errors about groups that are hidden from the caller, or that the caller may not change.
fn hidden() -> Vec<Refusal> {
    vec![Refusal::Forbidden, Refusal::NotFound]
}

fn names() -> Vec<Refusal> {
    vec![
        Refusal::MissingRequiredValue("name"),
        Refusal::BadValueString("name"),
        Refusal::BadValueName,
    ]
}
