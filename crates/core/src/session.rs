//! The context of a running operation: its transaction, the time, the settings, and the origin of the
//! call.

use std::net::IpAddr;

use trivium_rpc::{Effect, Via};
use trivium_storage::groups::{self, Group};
use trivium_storage::users::{self, User};
use trivium_storage::{AnyConnection, Seconds, audit};

use crate::caller::Actor;
use crate::groups::relation::Relation;
use crate::groups::rules::Standing;
use crate::throttle::Throttle;
use crate::types::{GroupRef, Password, UserRef};
use crate::{Result, codes};

/// The origin of a call.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The front-end.
    pub via: Via,
    /// The network address of the client, if it is known.
    pub address: Option<IpAddr>,
    /// The address of this service's pages, without a slash at the end.
    pub base_url: String,
}

impl Origin {
    /// The command line.
    pub const fn command_line() -> Self {
        Self {
            via: Via("command-line"),
            address: None,
            base_url: String::new(),
        }
    }
}

/// The settings of the service.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The lifetime of a token of `login`, in seconds.
    pub token_lifetime: i64,
    /// Who may read the lists of users and groups.
    pub directory: Directory,
    /// The password for newUser, editUser and deleteUser; without one they are not permitted.
    pub admin_password: Option<Password>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: 86_400,
            directory: Directory::Public,
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

/// The context of a running operation.
pub struct Session<'a> {
    /// The transaction.
    pub connection: &'a mut AnyConnection,
    /// The time of the call.
    pub now: Seconds,
    /// The origin of the call.
    pub origin: &'a Origin,
    /// The settings of the service.
    pub settings: &'a Settings,
    /// The limits on failed logins and unknown invitations.
    pub throttle: &'a Throttle,
    /// The effect of the operation. A change locks the rows that it relies on.
    pub effect: Effect,
    /// The name of the operation in the audit log.
    pub action: &'static str,
}

impl Session<'_> {
    /// The group of this ID. A change locks it until the end of the transaction.
    ///
    /// # Errors
    /// `content_not_found`, also if the group was deleted.
    pub fn group(&mut self, id: GroupRef) -> Result<Group> {
        if self.effect == Effect::Change {
            self.connection.lock_group(id.0)?;
        }
        groups::find(self.connection, id.0)?
            .filter(|group| group.deleted_at.is_none())
            .ok_or_else(|| codes::CONTENT_NOT_FOUND.into())
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

    /// The relation of a user to a group.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn relation(&mut self, group: &Group, user: i64) -> Result<Relation> {
        Relation::find(self.connection, group, user, self.now)
    }

    /// The standing of the caller in a group. The administrator has that of its owner.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn standing(&mut self, actor: &Actor, group: &Group) -> Result<Standing> {
        if actor.administrator {
            return Ok(Standing::Owner);
        }
        Ok(self.relation(group, actor.id)?.standing)
    }

    /// A group of which the caller is a member.
    ///
    /// # Errors
    /// `content_not_found`, also for all others.
    pub fn own_group(&mut self, actor: &Actor, id: GroupRef) -> Result<Group> {
        let group = self.group(id)?;
        match self.standing(actor, &group)?.role() {
            Some(_) => Ok(group),
            None => Err(codes::CONTENT_NOT_FOUND.into()),
        }
    }

    /// A group that the caller moderates.
    ///
    /// # Errors
    /// `content_not_found`, `user_access_denied`.
    pub fn moderated_group(&mut self, actor: &Actor, id: GroupRef) -> Result<Group> {
        let group = self.group(id)?;
        if self.standing(actor, &group)?.moderates() {
            Ok(group)
        } else {
            Err(codes::USER_ACCESS_DENIED.into())
        }
    }

    /// Adds an entry to the audit log.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn record(&mut self, actor: &str, entry: Record<'_>) -> Result<()> {
        audit::insert(
            self.connection,
            &audit::NewEntry {
                at: self.now,
                group_id: entry.group.map(|group| group.0),
                actor,
                action: entry.action.unwrap_or(self.action),
                subject: entry.subject,
                reason: entry.reason.filter(|reason| !reason.is_empty()),
                via: self.origin.via.0,
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
