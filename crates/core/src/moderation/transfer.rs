//! `transferGroup`: gives a group another owner.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::groups::{self, GroupChange};
use trivium_storage::invitations::{self, Role};
use trivium_storage::memberships::{Membership, State};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::new::title_taken;
use crate::groups::rules::{Act, Standing};
use crate::moderation::subject::permit;
use crate::session::Change;
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Transfers a group to one of its members. For the owner of the group, who becomes a moderator.
/// Their invitations of moderators become invalid.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferGroup {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the member who becomes the owner
    pub user: UserRef,
}

impl Operation for TransferGroup {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "transferGroup",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::NOT_A_MEMBER,
            codes::OWNER_PROTECTED,
            codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST,
            codes::QUOTA_EXCEEDED,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        // Users are locked before groups. A user who is being deleted cannot become the owner.
        let exists = session.connection.lock_user_shared(self.user.0)?;
        let act = permit(session, actor, self.id, self.user, Act::Transfer)?;
        if !exists || act.user.disabled_at.is_some() {
            return Err(codes::USER_NOT_FOUND.into());
        }
        session.may_own_group(act.user.id)?;
        // The membership of an owner does not end.
        let to = act.subject.row.clone().map(|row| Membership {
            state: State::Moderator,
            ends_at: None,
            ..row
        });
        let change = act.set(session, to)?;
        let to = GroupChange {
            owner_id: Some(act.user.id),
            ..GroupChange::default()
        };
        groups::update(session.connection, act.group.id, &to).map_err(title_taken)?;
        // The former owner, now a moderator, may no longer invite moderators.
        invitations::orphan_role(
            session.connection,
            act.group.owner_id,
            act.group.id,
            Role::Moderator,
            session.now(),
        )?;
        let change = Change {
            standing: Standing::Owner,
            ..change
        };
        act.record(session, None, change)?;
        Ok(Done {})
    }
}

impl PublicOperation for TransferGroup {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237"), ("user", "user:3")]);
    const ACCESS: Access = Access::owner(&[("id", Of::Group), ("user", Of::Id(Who::OtherMember))]);
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
            codes::NOT_A_MEMBER,
            Who::Owner,
            &[("user", Of::Id(Who::Stranger))],
        ),
        Cause::of(
            codes::OWNER_PROTECTED,
            Who::Owner,
            &[("user", Of::Id(Who::Owner))],
        ),
        Cause::of(
            codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST,
            Who::Owner,
            &[("user", Of::Id(Who::Namesake))],
        ),
    ];
}
