//! `setMembershipEnd`: sets when a membership ends.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::memberships::Membership;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::ends::future_end;
use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{DateTime, GroupRef, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Sets when the membership of a user ends by itself. For moderators of the group; only the owner may set the end
/// of a moderator's. The owner's membership does not end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetMembershipEnd {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
    /// When the membership ends, a time in the future; never if absent
    pub until: Option<DateTime>,
}

impl Operation for SetMembershipEnd {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "setMembershipEnd",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::NOT_A_MEMBER,
            codes::OWNER_PROTECTED,
            codes::VALIDATION_OUT_OF_RANGE,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let act = permit(session, actor, self.id, self.user, Act::SetEnd)?;
        let ends_at = future_end(session, "until", self.until)?;
        let to = act.subject.row.clone();
        let change = act.set(session, to.map(|row| Membership { ends_at, ..row }))?;
        let reason = self.until.map(|until| until.to_string());
        act.record(session, reason.as_deref(), change)?;
        Ok(Done {})
    }
}

impl PublicOperation for SetMembershipEnd {
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
            codes::VALIDATION_OUT_OF_RANGE,
            Who::Owner,
            &[("until", Of::Text("2006-08-11T13:38:44Z"))],
        ),
    ];
}
