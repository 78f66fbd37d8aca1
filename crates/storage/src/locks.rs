//! Locks of rows on Postgres, until the transaction ends. On SQLite a write transaction is exclusive, so what it
//! has read cannot change, and nothing is locked.
//!
//! The locks of a change have one order, so that two changes never wait for each other: users, then groups by ID,
//! then an application, then the tables of tokens and frobs. A change that locks a user exclusively locks no other,
//! and never first takes a shared lock. In debug builds another order panics, on both databases.

use std::cell::RefCell;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::connection::AnyConnection;
use crate::schema::{api_keys, groups, users};
use crate::{Connection, Result};

/// A lock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lock {
    UserShared(i64),
    User(i64),
    Group(i64),
    Application(i64),
    Tables,
}

impl Lock {
    /// Returns whether a change that holds this lock may wait for another.
    const fn may_precede(self, other: Self) -> bool {
        match (self, other) {
            (Self::UserShared(_), Self::User(_))
            | (Self::User(_), Self::User(_) | Self::UserShared(_)) => false,
            (Self::Group(one), Self::Group(other)) => one < other,
            (one, other) => one.rank() <= other.rank(),
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::UserShared(_) | Self::User(_) => 0,
            Self::Group(_) => 1,
            Self::Application(_) => 2,
            Self::Tables => 3,
        }
    }

    /// Returns whether another lock is of no effect beside this one.
    fn includes(self, other: Self) -> bool {
        self == other
            || matches!((self, other), (Self::User(one), Self::UserShared(other)) if one == other)
    }
}

thread_local! {
    /// The locks of the change that this thread runs.
    static HELD: RefCell<Vec<Lock>> = const { RefCell::new(Vec::new()) };
}

/// Forgets the locks of the change before.
pub(crate) fn begin() {
    HELD.with_borrow_mut(Vec::clear);
}

/// Records a lock.
///
/// # Panics
/// In debug builds, if the order of the locks may cause a deadlock.
pub(crate) fn record(lock: Lock) {
    if !cfg!(debug_assertions) {
        return;
    }
    HELD.with_borrow_mut(|held| {
        if held.iter().any(|other| other.includes(lock)) {
            return;
        }
        let ordered = held.iter().all(|other| other.may_precede(lock));
        assert!(ordered, "{lock:?} is locked after {held:?}");
        held.push(lock);
    });
}

impl Connection {
    /// Locks a group, which serializes the changes of a group. A reference to it, such as that of a condition, does not
    /// wait for this lock.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn lock_group(&mut self, group: i64) -> Result<()> {
        record(Lock::Group(group));
        if let AnyConnection::Postgres(postgres) = self.unrecorded() {
            let row = groups::table
                .find(group)
                .select(groups::id)
                .for_no_key_update();
            row.execute(postgres)?;
        }
        Ok(())
    }

    /// Locks these groups, whose IDs are in ascending order.
    ///
    /// # Errors
    /// A failure of the database.
    pub(crate) fn lock_groups(&mut self, ids: &[i64]) -> Result<()> {
        for id in ids {
            record(Lock::Group(*id));
        }
        if let AnyConnection::Postgres(postgres) = self.unrecorded() {
            let rows = groups::table.filter(groups::id.eq_any(ids));
            let rows = rows
                .order(groups::id)
                .select(groups::id)
                .for_no_key_update();
            rows.execute(postgres)?;
        }
        Ok(())
    }

    /// Locks a user.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn lock_user(&mut self, user: i64) -> Result<()> {
        record(Lock::User(user));
        if let AnyConnection::Postgres(postgres) = self.unrecorded() {
            let row = users::table.find(user).select(users::id).for_update();
            row.execute(postgres)?;
        }
        Ok(())
    }

    /// Takes a shared lock on a user, who can then not be disabled or deleted. False if the user is disabled or
    /// deleted already.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn lock_user_shared(&mut self, user: i64) -> Result<bool> {
        record(Lock::UserShared(user));
        match self.unrecorded() {
            AnyConnection::Sqlite(_) => Ok(true),
            AnyConnection::Postgres(postgres) => {
                let row = active_users().filter(users::id.eq(user)).for_share();
                Ok(row.execute(postgres)? > 0)
            }
        }
    }

    /// Returns whether a change may have waited for a lock, so that what it read before may have changed.
    pub const fn locks_rows(&self) -> bool {
        matches!(self.kind(), AnyConnection::Postgres(_))
    }

    /// Takes a shared lock on an application, whose key can then not be revoked. False if it is revoked already.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn lock_application_shared(&mut self, application: i64) -> Result<bool> {
        record(Lock::Application(application));
        match self.unrecorded() {
            AnyConnection::Sqlite(_) => Ok(true),
            AnyConnection::Postgres(postgres) => {
                let row = api_keys::table
                    .find(application)
                    .filter(api_keys::revoked_at.is_null())
                    .select(api_keys::id)
                    .for_share();
                Ok(row.execute(postgres)? > 0)
            }
        }
    }

    /// Keeps other transactions from adding tokens and frobs. Waits for those that have begun to.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn lock_tokens_and_frobs(&mut self) -> Result<()> {
        record(Lock::Tables);
        if let AnyConnection::Postgres(postgres) = self.unrecorded() {
            postgres.batch_execute("LOCK TABLE frobs, tokens IN SHARE ROW EXCLUSIVE MODE")?;
        }
        Ok(())
    }
}

/// The IDs of the users who are neither disabled nor deleted.
#[diesel::dsl::auto_type]
fn active_users() -> _ {
    users::table
        .filter(users::disabled_at.is_null())
        .filter(users::deleted_at.is_null())
        .select(users::id)
}
