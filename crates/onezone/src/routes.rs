//! Which call is at which address, by which method: the whole dialect on a page.

use trivium_core::groups::get::GetGroup;
use trivium_core::groups::get_members::GetMembers;
use trivium_core::groups::get_my_groups::GetMyGroups;
use trivium_core::groups::leave::LeaveGroup;
use trivium_core::groups::new::NewGroup;
use trivium_core::invitations::join_by_invitation::JoinByInvitation;
use trivium_core::invitations::new::NewInvitation;
use trivium_core::invitations::revoke::RevokeInvitation;
use trivium_core::moderation::remove::RemoveMember;
use trivium_core::types::{GroupRef, InvitationRef, UserRef};
use trivium_core::{Context, Effect, Operation};

use crate::answer::Answer;
use crate::asked::{Stop, Work};
use crate::calls::{groups, invitations, join, members};
use crate::error::Refusal;
use crate::values::Values;

/// What a call does with the numbers of its address.
type Run = fn(&Ids, &Values, &mut Context<'_>) -> Result<Answer, Stop>;

/// A call at an address.
#[derive(Debug)]
pub struct Route {
    /// By which method of HTTP.
    pub method: &'static str,
    /// Below the prefix; `{id}` and `{user}` stand for numbers.
    pub path: &'static str,
    /// What the audit log names it: the operation of core that it is.
    pub(crate) action: &'static str,
    /// What it does to the data.
    pub(crate) effect: Effect,
    run: Run,
}

/// The numbers of an address; 0, which nothing has, for what is none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ids {
    id: i64,
    user: i64,
}

/// Every call. Of the paths that fit an address, the first is meant.
pub const ROUTES: &[Route] = &[
    route::<JoinByInvitation>("POST", "/user/groups/join", |_, values, context| {
        join::join(values, context)
    }),
    route::<GetMyGroups>("GET", "/user/groups", |_, _, context| groups::list(context)),
    route::<GetMyGroups>("GET", "/user/effective_groups", |_, _, context| {
        groups::list(context)
    }),
    route::<NewGroup>("POST", "/user/groups", |_, values, context| {
        groups::make(values, context)
    }),
    route::<GetGroup>("GET", "/user/groups/{id}", |ids, _, context| {
        groups::show(GroupRef(ids.id), context)
    }),
    route::<GetGroup>("GET", "/user/effective_groups/{id}", |ids, _, context| {
        groups::show(GroupRef(ids.id), context)
    }),
    route::<LeaveGroup>("DELETE", "/user/groups/{id}", |ids, _, context| {
        groups::leave(GroupRef(ids.id), context)
    }),
    route::<GetMembers>("GET", "/groups/{id}/users", |ids, _, context| {
        members::list(GroupRef(ids.id), context)
    }),
    route::<NewInvitation>("POST", "/groups/{id}/users/token", |ids, _, context| {
        invitations::invite(GroupRef(ids.id), context)
    }),
    route::<RemoveMember>("DELETE", "/groups/{id}/users/{user}", |ids, _, context| {
        members::remove(GroupRef(ids.id), UserRef(ids.user), context)
    }),
    route::<NewInvitation>("POST", "/user/tokens/named", |_, values, context| {
        invitations::name(values, context)
    }),
    route::<RevokeInvitation>("DELETE", "/tokens/named/{id}", |ids, _, context| {
        invitations::revoke(InvitationRef(ids.id), context)
    }),
];

const fn route<O: Operation>(method: &'static str, path: &'static str, run: Run) -> Route {
    Route {
        method,
        path,
        action: O::NAME,
        effect: O::EFFECT,
        run,
    }
}

/// The calls at a path below the prefix, with the numbers in it; none where there is nothing.
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

/// The numbers of an address that has the form of a path.
fn fit(path: &str, address: &str) -> Option<Ids> {
    let mut ids = Ids::default();
    if path.split('/').count() != address.split('/').count() {
        return None;
    }
    for (wanted, segment) in path.split('/').zip(address.split('/')) {
        match wanted {
            // An id is some text.
            "{id}" | "{user}" if segment.is_empty() => return None,
            "{id}" => ids.id = number(segment),
            "{user}" => ids.user = number(segment),
            _ if wanted == segment => {}
            _ => return None,
        }
    }
    Some(ids)
}

/// The call that a method asks for.
///
/// # Errors
/// `notFound` where there is none at all, `methodNotAllowed` where there are others.
pub(crate) fn choose(routes: Vec<&'static Route>, method: &str) -> Result<&'static Route, Refusal> {
    let mut allow = Vec::new();
    for route in routes {
        // A HEAD request is a GET whose answer's body stays behind.
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

impl Route {
    /// What the call does at an address with these numbers.
    pub(crate) fn work(&'static self, ids: Ids) -> Box<Work> {
        Box::new(move |values, context| (self.run)(&ids, values, context))
    }
}

/// The number of an id; 0, which nothing has, for what is none.
pub(crate) fn number(id: &str) -> i64 {
    // 18 digits always fit.
    let digits = (1..=18).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    id.parse().ok().filter(|_| digits).unwrap_or(0)
}
