//! `removeMember`: a membership ends by another hand.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{GroupRef, Prose, UserRef};
use crate::{Actor, Declaration, Operation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Ends the membership of a person. Moderators may, of members; owners also of moderators.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoveMember {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
    /// Why
    pub reason: Option<Prose>,
}

impl Operation for RemoveMember {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "removeMember",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::NOT_A_MEMBER,
            codes::OWNER_PROTECTED,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let act = permit(session, actor, self.id, self.user, Act::Remove)?;
        act.set(session, None)?;
        act.orphan_invitations(session)?;
        act.record(session, self.reason.as_deref())?;
        Ok(Done {})
    }
}
