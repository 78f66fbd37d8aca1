//! Quotas: how much a user or a group may have. The command line and imports are exempt.
//!
//! On Postgres, concurrent calls may pass a quota by as many as run at once.

use trivium_rpc::Error;
use trivium_storage::memberships::{self, Membership};
use trivium_storage::{Connection, groups, holdings, tokens};

use crate::{Result, Session, codes};

/// What the quota of memberships limits.
const MEMBERSHIPS: &str = "memberships and join requests of a user";

/// The quotas of the service.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Groups that a user owns.
    pub groups: i64,
    /// Memberships and open join requests of a user.
    pub memberships: i64,
    /// Tokens of a user that are neither revoked nor expired.
    pub tokens: i64,
    /// Invitations to a group that can still be used.
    pub invitations: i64,
    /// Unused frobs of a user for one application.
    pub frobs: i64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            groups: 10_000,
            memberships: 10_000,
            tokens: 1_000,
            invitations: 1_000,
            frobs: 1_000,
        }
    }
}

impl Session<'_> {
    /// Checks that a user may own one more group.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn may_own_group(&mut self, owner: i64) -> Result<()> {
        let quota = self.settings.quotas.groups;
        self.within(quota, "groups of an owner", |connection| {
            groups::count_of_owner(connection, owner)
        })
    }

    /// Checks that a user may have one more membership or open join request.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn may_have_membership(&mut self, user: i64) -> Result<()> {
        let quota = self.settings.quotas.memberships;
        self.within(quota, MEMBERSHIPS, |connection| {
            holdings::memberships(connection, user)
        })
    }

    /// Stores the first row of a user in a group, if the user may have one more: in one statement, because each costs
    /// a round trip on Postgres.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn add_membership(&mut self, row: &Membership) -> Result<()> {
        if self.origin.is_command_line() {
            return Ok(memberships::insert(self.connection, row)?);
        }
        let quota = self.settings.quotas.memberships;
        match memberships::insert_within(self.connection, row, quota)? {
            true => Ok(()),
            false => Err(exceeded(quota, MEMBERSHIPS)),
        }
    }

    /// Checks that a user may have one more token.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn may_have_token(&mut self, user: i64) -> Result<()> {
        let (quota, now) = (self.settings.quotas.tokens, self.now());
        self.within(quota, "tokens of a user", |connection| {
            holdings::tokens(connection, user, now)
        })
    }

    /// Revokes the oldest token of a user who may not have one more, so that nobody is locked out: one from a
    /// login before those of applications.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn make_room_for_token(&mut self, user: i64) -> Result<()> {
        match self.may_have_token(user) {
            Err(error) if error.code() == codes::QUOTA_EXCEEDED => {
                Ok(tokens::revoke_oldest(self.connection, user, self.now())?)
            }
            outcome => outcome,
        }
    }

    /// Checks that a group may have one more invitation.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn may_have_invitation(&mut self, group: i64) -> Result<()> {
        let (quota, now) = (self.settings.quotas.invitations, self.now());
        self.within(quota, "invitations to a group", |connection| {
            holdings::invitations(connection, group, now)
        })
    }

    /// Checks that a user may have one more frob for an application.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn may_have_frob(&mut self, user: i64, application: i64) -> Result<()> {
        let (quota, now) = (self.settings.quotas.frobs, self.now());
        self.within(quota, "frobs of a user for an application", |connection| {
            holdings::frobs(connection, user, application, now)
        })
    }

    fn within(
        &mut self,
        quota: i64,
        what: &str,
        count: impl FnOnce(&mut Connection) -> trivium_storage::Result<i64>,
    ) -> Result<()> {
        if self.origin.is_command_line() || count(self.connection)? < quota {
            return Ok(());
        }
        Err(exceeded(quota, what))
    }
}

fn exceeded(quota: i64, what: &str) -> Error {
    let message = format!("The quota of {quota} {what} is used up.");
    Error::new(codes::QUOTA_EXCEEDED, message)
}
