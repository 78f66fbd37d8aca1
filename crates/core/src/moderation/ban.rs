//! `banMember`: bans a user from a group.

use schemars::JsonSchema;
use serde::Deserialize;

use trivium_storage::memberships::State;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{DateTime, GroupRef, Message, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Bans a user from a group. Their membership or join request ends, and they cannot join.
///
/// For moderators of the group. Only the owner may ban a moderator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BanMember {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
    /// The reason
    pub reason: Option<Message>,
    /// When the ban expires; never if absent
    pub until: Option<DateTime>,
}

impl Operation for BanMember {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "banMember",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::OWNER_PROTECTED,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        // Users are locked before groups. A user who is being deleted must not leave a row behind.
        session.connection.lock_user_shared(self.user.0)?;
        let act = permit(session, actor, self.id, self.user, Act::Ban)?;
        let mut to = act.row(session, State::Banned);
        to.note = self
            .reason
            .as_ref()
            .map(|reason| reason.0.clone())
            .unwrap_or_default();
        to.until = self.until.map(|until| until.0);
        let change = act.set(session, Some(to))?;
        act.orphan_invitations(session)?;
        act.record(session, self.reason.as_deref(), change)?;
        Ok(Done {})
    }
}

impl PublicOperation for BanMember {
    const EXAMPLE: Example = Example::by(
        Who::Owner,
        &[
            ("id", "group:1237"),
            ("user", "user:3"),
            ("until", "2099-12-31T23:59:59Z"),
        ],
    );
    const ACCESS: Access =
        Access::moderators(&[("id", Of::Group), ("user", Of::Id(Who::OtherMember))]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("id", Of::DeletedGroup)],
        ),
        Cause::of(
            codes::USER_NOT_FOUND,
            Who::Owner,
            &[("user", Of::Id(Who::Missing))],
        ),
        Cause::of(
            codes::OWNER_PROTECTED,
            Who::Owner,
            &[("user", Of::Id(Who::Owner))],
        ),
    ];
}
