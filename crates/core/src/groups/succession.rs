//! Upcoming's rule of leaving: the group of an owner who leaves passes to another member, or is deleted
//! with its last member.

use trivium_storage::groups::{self, Group, GroupChange};
use trivium_storage::memberships::{self, MemberOrder, State};
use trivium_storage::users::User;

use crate::groups::delete::delete_group;
use crate::groups::leave::LeaveGroup;
use crate::groups::new::title_taken;
use crate::groups::rules::Standing;
use crate::session::Record;
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Operation, Page, Result, Session};

/// The members who can become the owner: the first 100, in the order in which they joined.
const CANDIDATES: Page = Page {
    offset: 0,
    limit: 100,
};

/// Ends the caller's membership. If the caller owns the group, the moderator who joined first becomes
/// the owner, or else the member who joined first. If there is no other member, the group is deleted.
///
/// # Errors
/// Those of [`LeaveGroup`] except `owner_cannot_leave`;
/// `content_collection_title_already_exist` if the next owner already has a group of this name.
pub fn leave(session: &mut Session<'_>, actor: &Actor, id: GroupRef) -> Result<()> {
    let group = session.group(id)?;
    if session.relation(&group, actor.id)?.standing == Standing::Owner {
        let Some(next) = next_owner(session, &group)? else {
            return delete_group(session, actor, &group);
        };
        transfer(session, &actor.login, &group, &next)?;
    }
    Operation::run(&LeaveGroup { id }, actor, session).map(|_| ())
}

/// The next owner of a group. A disabled user is the last choice.
fn next_owner(session: &mut Session<'_>, group: &Group) -> Result<Option<User>> {
    let mut disabled = None;
    for state in [State::Moderator, State::Member] {
        let (members, _) = memberships::list(
            session.connection,
            group.id,
            &[state],
            MemberOrder::Joining,
            CANDIDATES,
        )?;
        for member in members.iter().filter(|m| m.user_id != group.owner_id) {
            // The lock keeps a user who is being deleted from becoming the owner.
            let exists = session.connection.lock_user_shared(member.user_id)?;
            let user = session.user(UserRef(member.user_id))?;
            if exists && user.disabled_at.is_none() {
                return Ok(Some(user));
            }
            disabled.get_or_insert(user);
        }
    }
    Ok(disabled)
}

fn transfer(session: &mut Session<'_>, owner: &str, group: &Group, next: &User) -> Result<()> {
    if let Some(mut row) = memberships::find(session.connection, group.id, next.id)?
        && row.state == State::Member
    {
        row.state = State::Moderator;
        memberships::update(session.connection, State::Member, &row)?;
    }
    let change = GroupChange {
        owner_id: Some(next.id),
        ..GroupChange::default()
    };
    groups::update(session.connection, group.id, &change).map_err(title_taken)?;
    session.record(
        owner,
        Record {
            group: Some(GroupRef(group.id)),
            action: Some("transferGroup"),
            subject: Some(&next.login),
            ..Record::default()
        },
    )
}
