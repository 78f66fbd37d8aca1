//! The context of a running operation: its transaction, the time, the settings, and the origin of the
//! call.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use trivium_rpc::{Effect, Via};
use trivium_storage::audit::chain::Head;
use trivium_storage::groups::{self, Group, Visibility};
use trivium_storage::memberships::{self, Membership};
use trivium_storage::users::{self, User};
use trivium_storage::{Connection, Seconds, audit};

use crate::caller::{ADMINISTRATOR, Actor, SYSTEM};
use crate::groups::ends::end_if_due;
use crate::groups::relation::Relation;
use crate::groups::rules::Standing;
use crate::quotas::Quotas;
use crate::retention::Retention;
use crate::throttle::Throttle;
use crate::trace::Trace;
use crate::types::{GroupRef, Password, UserRef};
use crate::{Error, Result, codes};

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
    /// The groups that this change has locked.
    pub(crate) locked: BTreeMap<i64, LockedGroup>,
}

/// What this change stores in the row of a group at its end: the head of the chain of audit entries, and the number of
/// members.
pub(crate) struct LockedGroup {
    head: Head,
    /// The number of members that were added to the group.
    members: i64,
    /// Whether the chain has its start, which the next entry can follow.
    has_begun: bool,
    /// Whether the row of the group has another head, or number of members.
    is_changed: bool,
}

impl From<Head> for LockedGroup {
    fn from(head: Head) -> Self {
        Self {
            has_begun: head.number > 0,
            head,
            members: 0,
            is_changed: false,
        }
    }
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

    /// As [`group`](Self::group), but locks the group only if that is wanted. `None` if it is not disclosed.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn find_group(
        &mut self,
        id: GroupRef,
        viewer: Viewer<'_>,
        locks: bool,
    ) -> Result<Option<DisclosedGroup>> {
        // A group that is read again has what this change has made of it.
        self.end_changes()?;
        #[expect(
            clippy::disallowed_methods,
            reason = "this method decides whether the group is disclosed"
        )]
        let group = match locks {
            true => groups::find_and_lock(self.connection, id.0)?.map(|(group, head)| {
                self.locked.entry(id.0).or_insert_with(|| head.into());
                group
            }),
            false => groups::find(self.connection, id.0)?,
        };
        let [mut row, other] = match viewer {
            Viewer::User(actor) | Viewer::Joining(actor) => {
                let other = group.as_ref().and_then(|group| group.condition_group_id);
                memberships::find_both(self.connection, id.0, other, actor.id)?
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

    /// Locks a group that is not disclosed to anybody by that.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn lock_group(&mut self, id: i64) -> Result<()> {
        if !self.locked.contains_key(&id) {
            let head = audit::lock_head(self.connection, id)?;
            self.locked.insert(id, head.into());
        }
        Ok(())
    }

    /// Notes a group that this change has created: its chain has no entry yet.
    pub(crate) fn begin_chain(&mut self, id: i64) {
        let group = LockedGroup {
            has_begun: true,
            ..Head::default().into()
        };
        self.locked.insert(id, group);
    }

    /// Adds an entry to the audit log: to the chain of its group, if it has one.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn record<'b>(&mut self, by: impl Into<By<'b>>, entry: Record<'_>) -> Result<()> {
        let at = self.connection.time();
        self.add_entry(at, by.into(), self.origin.via.0, entry)
    }

    /// Adds an entry to the audit log for a membership that has ended by itself, at that time.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn record_at(&mut self, at: Seconds, entry: Record<'_>) -> Result<()> {
        self.add_entry(at, By::SYSTEM, SYSTEM, entry)
    }

    fn add_entry(&mut self, at: Seconds, by: By<'_>, via: &str, entry: Record<'_>) -> Result<()> {
        let change = entry.change;
        let row = audit::NewEntry {
            at,
            group_id: entry.group.map(|group| group.0),
            actor: by.login,
            action: entry.action.unwrap_or(self.action),
            subject: entry.subject,
            reason: entry.reason.filter(|reason| !reason.is_empty()),
            via,
            user_id: change.map(|change| change.user),
            actor_id: by.id,
            standing: change.map(|change| change.standing.into()),
            invitation_id: change.and_then(|change| change.invitation),
            ends_at: change.and_then(|change| change.ends_at),
        };
        match row.group_id {
            Some(group) => self.append(group, &row),
            None => Ok(audit::insert(self.connection, &row)?),
        }
    }

    fn append(&mut self, group: i64, row: &audit::NewEntry<'_>) -> Result<()> {
        self.lock_group(group)?;
        let Some(chain) = self.locked.get_mut(&group) else {
            return Err(Error::internal("a group without a chain"));
        };
        if !chain.has_begun {
            // Even without earlier entries, which may have been removed: the record does not begin with the group.
            let earlier = audit::count(self.connection, group)?;
            let entries = if earlier == 1 { "entry" } else { "entries" };
            let start = audit::NewEntry {
                at: self.connection.time(),
                actor: SYSTEM,
                action: audit::START,
                reason: Some(&format!("{earlier} earlier {entries}")),
                via: SYSTEM,
                ..audit::NewEntry::default()
            };
            audit::append(self.connection, group, &mut chain.head, &start)?;
            chain.has_begun = true;
        }
        audit::append(self.connection, group, &mut chain.head, row)?;
        chain.is_changed = true;
        Ok(())
    }

    /// Adds to the number of members of a group.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn count_members(&mut self, group: i64, by: i64) -> Result<()> {
        self.lock_group(group)?;
        if let Some(chain) = self.locked.get_mut(&group) {
            chain.members += by;
            chain.is_changed = true;
        }
        Ok(())
    }

    /// Stores the heads of the chains and the numbers of members: once for each group, however many entries the change
    /// has added.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn end_changes(&mut self) -> Result<()> {
        for (group, chain) in &mut self.locked {
            if chain.is_changed {
                groups::end_change(self.connection, *group, chain.members, &chain.head)?;
                chain.members = 0;
                chain.is_changed = false;
            }
        }
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

/// Who makes a change.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    login: &'a str,
    /// `None` for the administrator, who is not a user.
    id: Option<i64>,
}

impl By<'_> {
    /// The administrator.
    pub(crate) const ADMINISTRATOR: By<'static> = By {
        login: ADMINISTRATOR,
        id: None,
    };

    /// The service itself.
    const SYSTEM: By<'static> = By {
        login: SYSTEM,
        id: None,
    };

    /// A user.
    pub(crate) const fn user(id: i64, login: &str) -> By<'_> {
        By {
            login,
            id: Some(id),
        }
    }
}

impl<'a> From<&'a Actor> for By<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self {
            login: &actor.login,
            id: (!actor.administrator).then_some(actor.id),
        }
    }
}

impl<'a> From<&'a User> for By<'a> {
    fn from(user: &'a User) -> Self {
        By::user(user.id, &user.login)
    }
}

/// A change of the standing of a user in a group. What stores the new standing returns it, for the audit log.
#[must_use]
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// The user.
    pub user: i64,
    /// The standing from now on. The former owner of a group that gets another is a moderator, without an entry.
    pub standing: Standing,
    /// The invitation by which the user joined.
    pub invitation: Option<i64>,
    /// When the standing ends by itself.
    pub ends_at: Option<Seconds>,
}

impl Change {
    /// The change that this row stores.
    pub(crate) fn of(row: &Membership, is_owner: bool) -> Self {
        Self {
            ends_at: row.until.or(row.ends_at),
            ..Self::to(row.user_id, Standing::of(row.state, is_owner))
        }
    }

    /// A change to this standing, without an end.
    pub const fn to(user: i64, standing: Standing) -> Self {
        Self {
            user,
            standing,
            invitation: None,
            ends_at: None,
        }
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
    /// The change of a standing, if the action is one.
    pub change: Option<Change>,
}
