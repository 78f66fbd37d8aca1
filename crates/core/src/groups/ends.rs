//! Memberships that end by themselves.
//!
//! From its end on, no read finds a membership. Its row remains until the first change that meets it, or until
//! the sweep, which runs every minute: they remove the row, and record the end in the audit log.

use std::sync::Arc;

use trivium_storage::groups;
use trivium_storage::memberships::{self, Membership, State};
use trivium_storage::{Seconds, invitations, users};

use crate::groups::rules::Standing;
use crate::session::{Change, Record};
use crate::types::{DateTime, GroupRef};
use crate::{
    Administrator, Credentials, Declaration, Error, Operation, Origin, Result, Service, Session,
    codes,
};

/// The name of the end of a membership in the audit log.
const ACTION: &str = "endMembership";

/// The number of memberships that one change of the sweep ends: other changes wait for it.
const BATCH: i64 = 100;

/// Returns when a membership ends, as an argument gives it.
///
/// # Errors
/// `validation_out_of_range` for a time that is not in the future.
pub(crate) fn future_end(
    session: &Session<'_>,
    argument: &str,
    end: Option<DateTime>,
) -> Result<Option<Seconds>> {
    match end {
        Some(end) if end.0 <= session.now() => Err(Error::new(
            codes::VALIDATION_OUT_OF_RANGE,
            format!("The argument '{argument}' must be a time in the future."),
        )),
        end => Ok(end.map(|end| end.0)),
    }
}

/// Ends the membership of a row, if its end has passed; true if it has. The group is locked.
///
/// # Errors
/// A failure of the store.
pub(crate) fn end_if_due(session: &mut Session<'_>, row: &Membership) -> Result<bool> {
    let Some(end) = row.ends_at.filter(|end| *end <= session.now()) else {
        return Ok(false);
    };
    memberships::delete(session.connection, row.group_id, row.user_id, row.state)?;
    session.count_members(row.group_id, -1)?;
    if row.state == State::Moderator {
        invitations::orphan(session.connection, row.user_id, Some(row.group_id), end)?;
    }
    let user = users::find(session.connection, row.user_id)?;
    let login = user.map(|user| user.login).unwrap_or_default();
    session.record_at(
        end,
        Record {
            group: Some(GroupRef(row.group_id)),
            action: Some(ACTION),
            subject: Some(&login),
            change: Some(Change::to(row.user_id, Standing::None)),
            ..Record::default()
        },
    )?;
    Ok(true)
}

/// Ends memberships of a group whose end has passed, the earliest first, at most `limit`. The group is locked. Returns
/// their number.
///
/// # Errors
/// A failure of the store.
pub(crate) fn end_due_of_group(
    session: &mut Session<'_>,
    group: GroupRef,
    limit: i64,
) -> Result<usize> {
    let rows = memberships::ended_of_group(session.connection, group.0, limit)?;
    for row in &rows {
        end_if_due(session, row)?;
    }
    groups::set_next_end(session.connection, group.0)?;
    Ok(rows.len())
}

/// Ends memberships of a group whose end has passed, at most [`BATCH`], and returns their number.
struct EndMemberships {
    group: GroupRef,
}

impl Operation for EndMemberships {
    const DECLARATION: &'static Declaration = &Declaration::change(ACTION, &[]);
    type Caller = Administrator;
    type Output = usize;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<usize> {
        session.lock_group(self.group.0)?;
        end_due_of_group(session, self.group, BATCH)
    }
}

impl Service {
    /// Ends the memberships whose end has passed, in small changes. Returns their number. Several servers may do so at
    /// once: each membership ends once.
    ///
    /// # Errors
    /// A failure of the store. What was ended before remains ended.
    pub fn end_memberships(self: &Arc<Self>) -> Result<usize> {
        let mut ended = 0;
        loop {
            let due = |connection: &mut _| groups::list_ended(connection, BATCH);
            let groups = self.database.read(due)?;
            if groups.is_empty() {
                return Ok(ended);
            }
            // A group that fails does not hold up the others.
            let mut outcome = Ok(());
            for group in groups.into_iter().map(GroupRef) {
                let origin = Origin::command_line();
                match self.run(EndMemberships { group }, Credentials::Administrator, origin) {
                    Ok(rows) => ended += rows,
                    Err(error) => outcome = Err(error),
                }
            }
            outcome?;
        }
    }
}
