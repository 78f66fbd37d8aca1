//! Groups.

use trivium_storage::groups::{self, Group};

use super::ALL_ROWS;
use crate::session::Viewer;
use crate::types::GroupRef;
use crate::{Administrator, Declaration, Error, Operation, Result, Session, codes};

/// Lists the groups, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListGroups;

impl Operation for ListGroups {
    const DECLARATION: &'static Declaration = &Declaration::read("listGroups", &[]);
    type Caller = Administrator;
    type Output = Vec<Group>;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Vec<Group>> {
        Ok(groups::list_all(session.connection, ALL_ROWS)?.0)
    }
}

/// Shows a group.
#[derive(Clone, Copy, Debug)]
pub struct ShowGroup {
    /// The group.
    pub id: GroupRef,
}

impl Operation for ShowGroup {
    const DECLARATION: &'static Declaration =
        &Declaration::read("showGroup", &[codes::CONTENT_NOT_FOUND]);
    type Caller = Administrator;
    type Output = Group;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Group> {
        match session.group(self.id, Viewer::Administrator) {
            Ok(found) => Ok(found.group),
            Err(error) if error.code() == codes::CONTENT_NOT_FOUND => Err(Error::new(
                codes::CONTENT_NOT_FOUND,
                format!("There is no {}.", self.id),
            )),
            Err(error) => Err(error),
        }
    }
}
