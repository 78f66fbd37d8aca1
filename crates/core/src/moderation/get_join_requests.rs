//! `getJoinRequests`: lists pending join requests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::memberships;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::get_members::name_of;
use crate::types::{DateTime, GroupRef, PageNumber, ResultsPerPage, UserRef, slice};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Lists the pending join requests of a group, oldest first. For moderators of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetJoinRequests {
    /// ID of the group
    pub id: GroupRef,
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of requests per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// The result of getJoinRequests.
    JoinRequests {
        /// The requests of this page
        requests: JoinRequest
    }
}

/// A join request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinRequest {
    /// ID of the user
    pub id: UserRef,
    /// Login of the user
    #[schemars(with = "crate::types::Login")]
    pub login: String,
    /// Name of the user
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// Message of the user
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub message: String,
    /// When the user sent the request
    pub requested_at: DateTime,
}

impl Operation for GetJoinRequests {
    const DECLARATION: &'static Declaration = &Declaration::scan(
        "getJoinRequests",
        &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    type Caller = Actor;
    type Output = JoinRequests;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<JoinRequests> {
        let group = session.moderated_group(actor, self.id)?.group;
        let (rows, total) = memberships::list_requests(
            session.connection,
            group.id,
            slice(self.page, self.results_per_page),
        )?;
        let rows = rows
            .into_iter()
            .map(|(row, message)| JoinRequest {
                id: UserRef(row.user_id),
                name: name_of(&row),
                login: row.login,
                message,
                requested_at: DateTime(row.since),
            })
            .collect();
        Ok(JoinRequests::new(
            self.page,
            self.results_per_page,
            total,
            rows,
        ))
    }
}

impl PublicOperation for GetJoinRequests {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237")]);
    const ACCESS: Access = Access::moderators(&[("id", Of::Group)]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Owner,
        &[("id", Of::DeletedGroup)],
    )];
}
