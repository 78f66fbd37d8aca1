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

/// A call at an address.
pub(crate) struct Row {
    method: &'static str,
    /// What the audit log names it: the operation of core that it is.
    pub(crate) action: &'static str,
    /// What it does to the data.
    pub(crate) effect: Effect,
    /// What it does.
    pub(crate) work: Box<Work>,
}

/// The calls at a path below the prefix; none where there is nothing.
pub(crate) fn at(path: &str) -> Vec<Row> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match *segments.as_slice() {
        // An id is some text.
        _ if segments.contains(&"") => Vec::new(),
        ["user", "groups"] => vec![
            row::<GetMyGroups>("GET", |_, context| groups::list(context)),
            row::<NewGroup>("POST", groups::make),
        ],
        ["user", "effective_groups"] => {
            vec![row::<GetMyGroups>("GET", |_, context| {
                groups::list(context)
            })]
        }
        ["user", "groups", "join"] => vec![row::<JoinByInvitation>("POST", join::join)],
        ["user", "groups", id] => {
            let id = GroupRef(number(id));
            vec![
                row::<GetGroup>("GET", move |_, context| groups::show(id, context)),
                row::<LeaveGroup>("DELETE", move |_, context| groups::leave(id, context)),
            ]
        }
        ["user", "effective_groups", id] => {
            let id = GroupRef(number(id));
            vec![row::<GetGroup>("GET", move |_, context| {
                groups::show(id, context)
            })]
        }
        ["groups", id, "users"] => {
            let id = GroupRef(number(id));
            vec![row::<GetMembers>("GET", move |_, context| {
                members::list(id, context)
            })]
        }
        ["groups", id, "users", "token"] => {
            let id = GroupRef(number(id));
            vec![row::<NewInvitation>("POST", move |_, context| {
                invitations::invite(id, context)
            })]
        }
        ["groups", id, "users", user] => {
            let (id, user) = (GroupRef(number(id)), UserRef(number(user)));
            vec![row::<RemoveMember>("DELETE", move |_, context| {
                members::remove(id, user, context)
            })]
        }
        ["user", "tokens", "named"] => vec![row::<NewInvitation>("POST", invitations::name)],
        ["tokens", "named", id] => {
            let id = InvitationRef(number(id));
            vec![row::<RevokeInvitation>("DELETE", move |_, context| {
                invitations::revoke(id, context)
            })]
        }
        _ => Vec::new(),
    }
}

/// The call that a method asks for.
///
/// # Errors
/// `notFound` where there is none at all, `methodNotAllowed` where there are others.
pub(crate) fn choose(rows: Vec<Row>, method: &str) -> Result<Row, Refusal> {
    let mut allow = Vec::new();
    for row in rows {
        // A HEAD request is a GET whose answer's body stays behind.
        if row.method == method || row.method == "GET" && method == "HEAD" {
            return Ok(row);
        }
        allow.push(match row.method {
            "GET" => "GET, HEAD",
            other => other,
        });
    }
    Err(match allow.is_empty() {
        true => Refusal::NotFound,
        false => Refusal::MethodNotAllowed(allow.join(", ")),
    })
}

fn row<O: Operation>(
    method: &'static str,
    work: impl Fn(&Values, &mut Context<'_>) -> Result<Answer, Stop> + Send + Sync + 'static,
) -> Row {
    Row {
        method,
        action: O::NAME,
        effect: O::EFFECT,
        work: Box::new(work),
    }
}

/// The number of an id; 0, which nothing has, for what is none.
pub(crate) fn number(id: &str) -> i64 {
    // 18 digits always fit.
    let digits = (1..=18).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    id.parse().ok().filter(|_| digits).unwrap_or(0)
}
