//! `getInvitations`: lists the invitations to a group, without their secrets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::invitations;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::invitations::new::InvitedRole;
use crate::invitations::redeem;
use crate::types::{DateTime, GroupRef, InvitationRef, PageNumber, ResultsPerPage, slice};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Lists the invitations to a group, newest first. For moderators of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetInvitations {
    /// ID of the group
    pub id: GroupRef,
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of invitations per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// The result of getInvitations.
    Invitations {
        /// The invitations of this page
        invitations: InvitationView
    }
}

/// An invitation, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    /// ID of the invitation
    pub invitation_id: InvitationRef,
    /// The first characters of its secret
    #[schemars(with = "crate::types::Prefix")]
    pub prefix: String,
    /// Role of the users who join with it
    pub role: InvitedRole,
    /// Login of the issuer
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub created_by: String,
    /// When the invitation was created
    pub created_at: DateTime,
    /// When the invitation expires
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
    /// How many users can join with it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub usage_limit: Option<i64>,
    /// When the memberships of those who join with it end
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_until: Option<DateTime>,
    /// How many users have joined with it
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub uses: i64,
    /// Whether it was revoked, or its issuer may no longer invite
    pub revoked: bool,
}

impl Operation for GetInvitations {
    const DECLARATION: &'static Declaration = &Declaration::scan(
        "getInvitations",
        &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    type Caller = Actor;
    type Output = Invitations;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Invitations> {
        let group = session.moderated_group(actor, self.id)?.group;
        let (rows, total) = invitations::list(
            session.connection,
            group.id,
            slice(self.page, self.results_per_page),
        )?;
        let rows = rows.into_iter().map(|(row, created_by)| {
            let has_ended = row.revoked_at.is_some() || row.orphaned_at.is_some();
            Ok(InvitationView {
                invitation_id: InvitationRef(row.id),
                prefix: row.prefix,
                role: row.role.into(),
                created_by,
                created_at: DateTime(row.created_at),
                expires_at: row.expires_at.map(DateTime),
                usage_limit: row.usage_limit,
                member_until: row.member_until.map(DateTime),
                uses: row.uses,
                revoked: has_ended || redeem::has_ended(session, &group, row.issuer_id)?,
            })
        });
        let rows = rows.collect::<Result<_>>()?;
        Ok(Invitations::new(
            self.page,
            self.results_per_page,
            total,
            rows,
        ))
    }
}

impl PublicOperation for GetInvitations {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1236")]);
    const ACCESS: Access = Access::moderators(&[("id", Of::Group)]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Owner,
        &[("id", Of::DeletedGroup)],
    )];
}
