//! `denyJoinRequest`: who waits, is turned away.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{GroupRef, Prose, UserRef};
use crate::{Actor, Declaration, Operation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Turns a person away whose request to join waits. Moderators may.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DenyJoinRequest {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
    /// Why
    pub reason: Option<Prose>,
}

impl Operation for DenyJoinRequest {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "denyJoinRequest",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::JOIN_REQUEST_NOT_FOUND,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let act = permit(session, actor, self.id, self.user, Act::Deny)?;
        act.set(session, None)?;
        act.record(session, self.reason.as_deref())?;
        Ok(Done {})
    }
}
