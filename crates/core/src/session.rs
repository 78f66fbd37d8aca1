//! The context of a running operation: its transaction, the time, the settings, and the origin of the
//! call.

use std::cell::Cell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use trivium_rpc::{Effect, Via};
use trivium_storage::groups::{self, Group, Visibility};
use trivium_storage::memberships::{self, Membership};
use trivium_storage::users::{self, User};
use trivium_storage::{Connection, Seconds, audit};

use crate::caller::{Actor, SYSTEM};
use crate::groups::ends::end_if_due;
use crate::groups::relation::Relation;
use crate::quotas::Quotas;
use crate::retention::Retention;
use crate::throttle::Throttle;
use crate::trace::Trace;
use crate::types::{GroupRef, Password, UserRef};
use crate::{Result, codes};

const COMMAND_LINE: Via = Via("command-line");

/// The origin of a call.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The front-end.
    pub via: Via,
    /// The network address of the client, if it is known.
    pub address: Option<IpAddr>,
    /// The address of this service's pages, without a slash at the end.
    pub base_url: String,
    /// The time by which the client gets a response, if it is limited.
    pub deadline: Option<Instant>,
    /// The request, if there is one.
    pub trace: Option<Arc<Trace>>,
}

impl Origin {
    /// The command line.
    pub const fn command_line() -> Self {
        Self {
            via: COMMAND_LINE,
            address: None,
            base_url: String::new(),
            deadline: None,
            trace: None,
        }
    }

    /// True for the command line, to which quotas do not apply.
    pub(crate) fn is_command_line(&self) -> bool {
        self.via == COMMAND_LINE
    }
}

/// The settings of the service.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The lifetime of a token of `login`, in seconds.
    pub token_lifetime: i64,
    /// Who may read the lists of users and groups.
    pub directory: Directory,
    /// How much a user or a group may have.
    pub quotas: Quotas,
    /// How long what has ended is kept.
    pub retention: Retention,
    /// The password for newUser, editUser and deleteUser; without one they are not permitted.
    pub admin_password: Option<Password>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: 86_400,
            directory: Directory::Public,
            quotas: Quotas::default(),
            retention: Retention::default(),
            admin_password: None,
        }
    }
}

trivium_rpc::string_enum! {
    /// Who may read the lists of users and groups.
    Directory {
        /// Anybody.
        Public = "public",
        /// Users with a token.
        Members = "members",
    }
}

/// For whom a group is looked up, which decides whether it is disclosed.
#[derive(Clone, Copy, Debug)]
pub enum Viewer<'a> {
    /// A caller who is not authenticated.
    Anonymous,
    /// An authenticated user.
    User(&'a Actor),
    /// A user who would join, perhaps by an invitation. Every group is disclosed to them, so the response
    /// must not show more of a group by invitation than that it exists.
    Joining(&'a Actor),
    /// The administrator.
    Administrator,
}

impl<'a> From<&'a Actor> for Viewer<'a> {
    fn from(actor: &'a Actor) -> Self {
        if actor.administrator {
            Self::Administrator
        } else {
            Self::User(actor)
        }
    }
}

impl<'a> From<Option<&'a Actor>> for Viewer<'a> {
    fn from(actor: Option<&'a Actor>) -> Self {
        actor.map_or(Self::Anonymous, Self::from)
    }
}

impl<'a> From<&'a Option<Actor>> for Viewer<'a> {
    fn from(actor: &'a Option<Actor>) -> Self {
        actor.as_ref().into()
    }
}

/// A group that is disclosed to the caller.
pub struct DisclosedGroup {
    /// The group.
    pub group: Group,
    /// The relation of the caller to it. The administrator has the standing of its owner.
    pub relation: Relation,
}

impl DisclosedGroup {
    /// True if the caller may see who the members are.
    pub fn shows_members(&self) -> bool {
        self.group.access_type != Visibility::Members || self.relation.standing.role().is_some()
    }
}

/// The context of a running operation.
pub struct Session<'a> {
    /// The transaction.
    pub connection: &'a mut Connection,
    /// The time from which on this read would have another result; it has begun if that is any time.
    pub(crate) ends: Cell<Seconds>,
    /// The origin of the call.
    pub origin: &'a Origin,
    /// The settings of the service.
    pub settings: Arc<Settings>,
    /// The limits on failed logins and unknown invitations.
    pub throttle: &'a Throttle,
    /// The effect of the operation. A change locks the rows that it relies on.
    pub effect: Effect,
    /// The name of the operation in the audit log.
    pub action: &'static str,
}

impl Session<'_> {
    /// The time of the call. The result of a read that uses it is not kept: see [`is_past`](Self::is_past).
    pub fn now(&self) -> Seconds {
        self.ends.set(self.connection.time());
        self.connection.time()
    }

    /// Returns whether it is this time or later. The result of a read is kept until then at most.
    pub fn is_past(&self, end: Seconds) -> bool {
        if end <= self.connection.time() {
            return true;
        }
        self.ends.set(self.ends.get().min(end));
        false
    }

    /// The group of this ID, if it is disclosed to the viewer. A change locks it until the end of the
    /// transaction.
    ///
    /// This is the only place where operations look a group up. The same statements run whether the group
    /// does not exist, was deleted, or is hidden.
    ///
    /// # Errors
    /// `content_not_found`, also if the group was deleted, or is not disclosed.
    pub fn group<'v>(
        &mut self,
        id: GroupRef,
        viewer: impl Into<Viewer<'v>>,
    ) -> Result<DisclosedGroup> {
        let locks = !self.effect.reads();
        self.find_group(id, viewer.into(), locks)?
            .ok_or_else(|| codes::CONTENT_NOT_FOUND.into())
    }

    /// Returns whether a group is disclosed to the viewer. It is not locked.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn discloses<'v>(
        &mut self,
        id: GroupRef,
        viewer: impl Into<Viewer<'v>>,
    ) -> Result<bool> {
        Ok(self.find_group(id, viewer.into(), false)?.is_some())
    }

    fn find_group(
        &mut self,
        id: GroupRef,
        viewer: Viewer<'_>,
        locks: bool,
    ) -> Result<Option<DisclosedGroup>> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this method decides whether the group is disclosed"
        )]
        let group = match locks {
            true => groups::find_and_lock(self.connection, id.0)?,
            false => groups::find(self.connection, id.0)?,
        };
        let [mut row, other] = match viewer {
            Viewer::User(actor) | Viewer::Joining(actor) => {
                let other = group.as_ref().and_then(|group| group.condition_group_id);
                // IDs start at 1.
                memberships::find_both(self.connection, id.0, other.unwrap_or(0), actor.id)?
            }
            Viewer::Anonymous | Viewer::Administrator => [None, None],
        };
        if locks {
            row = self.without_ended(row)?;
        }
        Ok(self.disclose(group, row, other, viewer))
    }

    /// The groups of these IDs that are disclosed to the user, in the order of the IDs, and `None` in the place of
    /// each other. Each ID is there once. As [`group`](Self::group), but without a lock.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn groups(
        &mut self,
        ids: &[GroupRef],
        actor: &Actor,
    ) -> Result<Vec<Option<DisclosedGroup>>> {
        let mut numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
        #[expect(
            clippy::disallowed_methods,
            reason = "this method decides which groups are disclosed"
        )]
        let groups = groups::find_all(self.connection, &numbers)?;
        let others = groups.iter().filter_map(|group| group.condition_group_id);
        numbers.extend(others);
        let rows = memberships::find_all(self.connection, &numbers, &[actor.id])?;
        let mut groups: HashMap<i64, Group> = groups.into_iter().map(|it| (it.id, it)).collect();
        let rows = rows.into_iter().map(|it| (it.group_id, it));
        let rows: HashMap<i64, Membership> = rows.collect();
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let (group, row) = (groups.remove(&id.0), rows.get(&id.0).cloned());
            let other = group.as_ref().and_then(|group| group.condition_group_id);
            let other = other.and_then(|other| rows.get(&other).cloned());
            found.push(self.disclose(group, row, other, actor.into()));
        }
        Ok(found)
    }

    /// Decides whether a group is disclosed to a viewer, who has this row in it, and this one in the group of its
    /// condition.
    fn disclose(
        &self,
        group: Option<Group>,
        row: Option<Membership>,
        other: Option<Membership>,
        viewer: Viewer<'_>,
    ) -> Option<DisclosedGroup> {
        let group = group.filter(|group| group.deleted_at.is_none())?;
        let relation = match viewer {
            Viewer::Administrator => Relation::of_administrator(),
            _ => Relation::of(&group, row, other.as_ref(), self),
        };
        let shows_all = matches!(viewer, Viewer::Joining(_) | Viewer::Administrator);
        let is_disclosed = shows_all || relation.discloses(&group);
        is_disclosed.then_some(DisclosedGroup { group, relation })
    }

    /// The user of this ID.
    ///
    /// # Errors
    /// `user_not_found`, also if the user was deleted.
    pub fn user(&mut self, id: UserRef) -> Result<User> {
        users::find(self.connection, id.0)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or_else(|| codes::USER_NOT_FOUND.into())
    }

    /// The relation of another user to a group, without the condition of joining it.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn relation(&mut self, group: &Group, user: i64) -> Result<Relation> {
        let row = self.membership(group.id, user)?;
        Ok(Relation::of(group, row, None, self))
    }

    /// The row of a user in a group. A change, which has locked the group, ends a membership first that is due.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn membership(&mut self, group: i64, user: i64) -> Result<Option<Membership>> {
        let row = memberships::find(self.connection, group, user)?;
        match self.effect.reads() {
            true => Ok(row),
            false => self.without_ended(row),
        }
    }

    /// Ends the membership of a row that is due. The group is locked.
    fn without_ended(&mut self, row: Option<Membership>) -> Result<Option<Membership>> {
        match row {
            Some(row) if end_if_due(self, &row)? => Ok(None),
            row => Ok(row),
        }
    }

    /// A group of which the caller is a member.
    ///
    /// # Errors
    /// `content_not_found`, also for all others.
    pub fn own_group(&mut self, actor: &Actor, id: GroupRef) -> Result<Group> {
        let found = self.group(id, actor)?;
        match found.relation.standing.role() {
            Some(_) => Ok(found.group),
            None => Err(codes::CONTENT_NOT_FOUND.into()),
        }
    }

    /// A group that the caller moderates.
    ///
    /// # Errors
    /// `content_not_found`, `user_access_denied`.
    pub fn moderated_group(&mut self, actor: &Actor, id: GroupRef) -> Result<DisclosedGroup> {
        let found = self.group(id, actor)?;
        if found.relation.standing.moderates() {
            Ok(found)
        } else {
            Err(codes::USER_ACCESS_DENIED.into())
        }
    }

    /// Adds an entry to the audit log.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn record(&mut self, actor: &str, entry: Record<'_>) -> Result<()> {
        let (at, via) = (self.connection.time(), self.origin.via.0);
        self.add_entry(at, actor, via, entry)
    }

    /// Adds an entry to the audit log for what nobody did, but time.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn record_at(&mut self, at: Seconds, entry: Record<'_>) -> Result<()> {
        self.add_entry(at, SYSTEM, SYSTEM, entry)
    }

    fn add_entry(&mut self, at: Seconds, actor: &str, via: &str, entry: Record<'_>) -> Result<()> {
        audit::insert(
            self.connection,
            &audit::NewEntry {
                at,
                group_id: entry.group.map(|group| group.0),
                actor,
                action: entry.action.unwrap_or(self.action),
                subject: entry.subject,
                reason: entry.reason.filter(|reason| !reason.is_empty()),
                via,
            },
        )?;
        Ok(())
    }

    /// The address of a group's public page.
    pub fn group_url(&self, id: i64) -> String {
        format!("{}/group/{id}", self.origin.base_url)
    }

    /// The address of a user's public page.
    pub fn user_url(&self, id: i64) -> String {
        format!("{}/user/{id}", self.origin.base_url)
    }
}

/// An entry of the audit log, beside actor, time and front-end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// The group.
    pub group: Option<GroupRef>,
    /// The action, if it is not named after the operation.
    pub action: Option<&'a str>,
    /// The login, or other name, of the user or thing that was acted upon.
    pub subject: Option<&'a str>,
    /// The reason that was given.
    pub reason: Option<&'a str>,
}
