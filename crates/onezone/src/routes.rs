//! The calls by address and HTTP method: the whole dialect on one page.

use trivium_core::groups::get::GetGroup;
use trivium_core::groups::get_members::GetMembers;
use trivium_core::groups::get_my_groups::GetMyGroups;
use trivium_core::groups::leave::LeaveGroup;
use trivium_core::groups::new::NewGroup;
use trivium_core::invitations::join_by_invitation::JoinByInvitation;
use trivium_core::invitations::new::NewInvitation;
use trivium_core::invitations::revoke::RevokeInvitation;
use trivium_core::moderation::remove::RemoveMember;
use trivium_core::{Effect, Operation};

use crate::answer::Answer;
use crate::call::{Context, Failure};
use crate::calls::{groups, invitations, join, members};
use crate::error::Refusal;
use crate::values::number;

/// What a call does.
type Run = fn(Context<'_, '_>) -> Result<Answer, Failure>;

/// A call at an address.
#[derive(Debug)]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the prefix; `{id}` and `{user}` are placeholders of IDs.
    pub path: &'static str,
    /// Its name in the audit log: that of the operation of core.
    pub(crate) action: &'static str,
    /// What it does to the data.
    pub(crate) effect: Effect,
    pub(crate) run: Run,
}

/// The IDs of a path; 0, which is never assigned, if one is malformed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ids {
    pub(crate) id: i64,
    pub(crate) user: i64,
}

/// Every call. The first path that matches takes precedence.
pub const ROUTES: &[Route] = &[
    route::<JoinByInvitation>("POST", "/user/groups/join", join::join),
    route::<GetMyGroups>("GET", "/user/groups", groups::list),
    route::<GetMyGroups>("GET", "/user/effective_groups", groups::list),
    route::<NewGroup>("POST", "/user/groups", groups::create),
    route::<GetGroup>("GET", "/user/groups/{id}", groups::show),
    route::<GetGroup>("GET", "/user/effective_groups/{id}", groups::show),
    route::<LeaveGroup>("DELETE", "/user/groups/{id}", groups::leave),
    route::<GetMembers>("GET", "/groups/{id}/users", members::list),
    route::<NewInvitation>("POST", "/groups/{id}/users/token", invitations::invite),
    route::<RemoveMember>("DELETE", "/groups/{id}/users/{user}", members::remove),
    route::<NewInvitation>("POST", "/user/tokens/named", invitations::name),
    route::<RevokeInvitation>("DELETE", "/tokens/named/{id}", invitations::revoke),
];

const fn route<O: Operation>(method: &'static str, path: &'static str, run: Run) -> Route {
    Route {
        method,
        path,
        action: O::DECLARATION.name,
        effect: O::DECLARATION.effect,
        run,
    }
}

/// The calls at a path below the prefix, with the IDs in it.
pub(crate) fn at(path: &str) -> (Vec<&'static Route>, Ids) {
    let found = ROUTES
        .iter()
        .find_map(|route| Some((route.path, fit(route.path, path)?)));
    let Some((path, ids)) = found else {
        return (Vec::new(), Ids::default());
    };
    let routes = ROUTES.iter().filter(|route| route.path == path);
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
            "{id}" | "{user}" if segment.is_empty() => return None,
            "{id}" => ids.id = number(segment),
            "{user}" => ids.user = number(segment),
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
