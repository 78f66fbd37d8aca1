//! Upcoming's rule of leaving: a group is handed on to who is left, and ends with its last member.

use trivium_storage::groups::{self, Group, GroupChange};
use trivium_storage::memberships::{self, MemberOrder};
use trivium_storage::users::User;

use crate::groups::delete::end;
use crate::groups::leave::LeaveGroup;
use crate::groups::new::title_taken;
use crate::groups::rules::Standing;
use crate::session::Record;
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Operation, Page, Result, Session};

/// How many are looked at, in the order in which they joined.
const CANDIDATES: Page = Page {
    offset: 0,
    limit: 100,
};

/// Ends the caller's membership, also where they own the group: then the moderator who joined
/// first owns it, or else the member who did. When nobody is left, the group is deleted.
///
/// # Errors
/// Those of [`LeaveGroup`] but `owner_cannot_leave`;
/// `content_collection_title_already_exist` when the heir owns a group of this name.
pub fn leave(session: &mut Session<'_>, actor: &Actor, id: GroupRef) -> Result<()> {
    let group = session.group(id)?;
    if session.relation(&group, actor.id)?.standing == Standing::Owner {
        let Some(heir) = heir(session, &group)? else {
            return end(session, actor, &group);
        };
        hand_on(session, &actor.login, &group, &heir)?;
    }
    Operation::run(&LeaveGroup { id }, actor, session).map(|_| ())
}

/// Who owns the group when its owner is gone: those who cannot act come last.
fn heir(session: &mut Session<'_>, group: &Group) -> Result<Option<User>> {
    let mut disabled = None;
    for state in [Standing::Moderator, Standing::Member] {
        let (people, _) = memberships::list(
            session.connection,
            group.id,
            &[state.as_str()],
            MemberOrder::Joining,
            CANDIDATES,
        )?;
        for person in people.iter().filter(|p| p.user_id != group.owner_id) {
            // Held, so that nobody inherits who is being deleted meanwhile.
            let stays = session.connection.lock_user_shared(person.user_id)?;
            let user = session.user(UserRef(person.user_id))?;
            if stays && user.disabled_at.is_none() {
                return Ok(Some(user));
            }
            disabled.get_or_insert(user);
        }
    }
    Ok(disabled)
}

fn hand_on(session: &mut Session<'_>, owner: &str, group: &Group, heir: &User) -> Result<()> {
    if let Some(mut row) = memberships::find(session.connection, group.id, heir.id)?
        && row.state == Standing::Member.as_str()
    {
        row.state = Standing::Moderator.as_str().into();
        memberships::update(session.connection, Standing::Member.as_str(), &row)?;
    }
    let change = GroupChange {
        owner_id: Some(heir.id),
        ..GroupChange::default()
    };
    groups::update(session.connection, group.id, &change).map_err(title_taken)?;
    session.record(
        owner,
        Record {
            group: Some(GroupRef(group.id)),
            action: Some("transferGroup"),
            subject: Some(&heir.login),
            ..Record::default()
        },
    )
}
