//! The dialects' rule of leaving: the group of an owner who leaves passes to another member, or is deleted
//! with its last member.

use trivium_storage::groups::{self, Group, GroupChange};
use trivium_storage::memberships::{self, Membership, State};
use trivium_storage::users::User;

use crate::groups::delete::delete_group;
use crate::groups::leave::LeaveGroup;
use crate::groups::new::title_taken;
use crate::groups::rules::Standing;
use crate::session::{Change, DisclosedGroup, Record};
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Operation, Result, Session, codes};

/// Number of members who can become the owner, of moderators and others each: the first ones that joined.
const CANDIDATES: i64 = 100;

/// What happens if the next owner already has a group of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameClash {
    /// The caller cannot leave.
    Fails,
    /// Another member is the next owner.
    PassesOver,
}

/// The next owner of the caller's group, whose row is locked. Users are locked before groups, so this comes
/// before anything that locks the group.
#[derive(Clone, Copy, Debug)]
pub struct Successor {
    user: Option<i64>,
    clash: NameClash,
}

/// Locks the user who would become the owner if the caller left the group.
///
/// # Errors
/// A failure of the store.
pub fn lock_successor(
    session: &mut Session<'_>,
    actor: &Actor,
    id: GroupRef,
    clash: NameClash,
) -> Result<Successor> {
    #[expect(
        clippy::disallowed_methods,
        reason = "it discloses nothing: only the owner's group is used"
    )]
    let group = groups::find(session.connection, id.0)?;
    let owned = group.filter(|group| group.owner_id == actor.id && group.deleted_at.is_none());
    let next = match owned {
        Some(group) => next_owner(session, &group, clash, |session, user| {
            // The lock keeps a user who is being deleted from becoming the owner.
            Ok(session.connection.lock_user_shared(user)?)
        })?,
        None => Next::Nobody,
    };
    let user = match next {
        Next::User(user) => Some(user.id),
        Next::Nobody | Next::PassedOver => None,
    };
    Ok(Successor { user, clash })
}

/// Ends the caller's membership. If the caller owns the group, the moderator who joined first becomes
/// the owner, or else the member who joined first. If there is no other member, the group is deleted.
///
/// # Errors
/// Those of [`LeaveGroup`], but `owner_cannot_leave` only if every other member was passed over;
/// `content_collection_title_already_exist` if the next owner already has a group of this name,
/// `quota_exceeded` if they own too many.
pub fn leave(
    session: &mut Session<'_>,
    actor: &Actor,
    id: GroupRef,
    successor: Successor,
) -> Result<()> {
    let DisclosedGroup { group, relation } = session.group(id, actor)?;
    if relation.standing == Standing::Owner {
        let next = next_owner(session, &group, successor.clash, |_, _| Ok(true))?;
        // The members may have changed before the group was locked.
        match (next, successor.user) {
            (Next::User(next), Some(user)) if next.id == user => {
                transfer(session, actor, &group, &next)?;
            }
            (Next::Nobody, None) => return delete_group(session, actor, &group),
            (Next::PassedOver, None) => return Err(codes::OWNER_CANNOT_LEAVE.into()),
            _ => return Err(trivium_storage::Error::Outdated.into()),
        }
    }
    Operation::run(&LeaveGroup { id }, actor, session).map(|_| ())
}

/// Who owns a group next.
enum Next {
    /// This user.
    User(User),
    /// The owner is the only member.
    Nobody,
    /// Each of the other members has a group of this name already.
    PassedOver,
}

/// The next owner of a group. A disabled user is the last choice; `lock` returns false for one who is
/// disabled.
fn next_owner(
    session: &mut Session<'_>,
    group: &Group,
    clash: NameClash,
    lock: impl Fn(&mut Session<'_>, i64) -> Result<bool>,
) -> Result<Next> {
    let mut disabled = None;
    let mut was_passed_over = false;
    for state in [State::Moderator, State::Member] {
        let members =
            memberships::longest_standing(session.connection, group.id, state, CANDIDATES)?;
        for member in members.into_iter().filter(|id| *id != group.owner_id) {
            if clash == NameClash::PassesOver
                && groups::find_of_owner(session.connection, member, &group.name)?.is_some()
            {
                was_passed_over = true;
                continue;
            }
            let exists = lock(session, member)?;
            let user = session.user(UserRef(member))?;
            if exists && user.disabled_at.is_none() {
                return Ok(Next::User(user));
            }
            disabled.get_or_insert(user);
        }
    }
    Ok(match disabled {
        Some(user) => Next::User(user),
        None if was_passed_over => Next::PassedOver,
        None => Next::Nobody,
    })
}

fn transfer(session: &mut Session<'_>, owner: &Actor, group: &Group, next: &User) -> Result<()> {
    session.may_own_group(next.id)?;
    if let Some(row) = memberships::find(session.connection, group.id, next.id)? {
        let from = row.state;
        // The membership of an owner does not end.
        let to = Membership {
            state: State::Moderator,
            ends_at: None,
            ..row
        };
        memberships::update(session.connection, from, &to)?;
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
            change: Some(Change::to(next.id, Standing::Owner)),
            ..Record::default()
        },
    )
}
