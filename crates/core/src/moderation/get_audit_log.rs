//! `getAuditLog`: who did what in a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::audit;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::types::{DateTime, GroupRef, PageNumber, ResultsPerPage, slice};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Lists the changes of a group, newest first. Its moderators may.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetAuditLog {
    /// ID of the group
    pub id: GroupRef,
    /// Which page of the list
    #[serde(default)]
    pub page: PageNumber,
    /// How many entries a page has
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// What getAuditLog answers.
    AuditLog {
        /// The entries of this page
        entries: AuditEntry
    }
}

/// A change of a group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditEntry {
    /// When
    pub at: DateTime,
    /// Login of who did it
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub actor: String,
    /// What was done
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub action: String,
    /// Login, or other name, of whom it was done to
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Text>")]
    pub subject: Option<String>,
    /// What was given as the reason
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Text>")]
    pub reason: Option<String>,
    /// Through which front-end
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub via: String,
}

impl Operation for GetAuditLog {
    const DECLARATION: &'static Declaration = &Declaration::read(
        "getAuditLog",
        &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    type Caller = Actor;
    type Output = AuditLog;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<AuditLog> {
        // The log of a deleted group stays, for the administrator.
        if !actor.administrator {
            session.moderated_group(actor, self.id)?;
        }
        let (rows, total) = audit::list(
            session.connection,
            self.id.0,
            slice(self.page, self.results_per_page),
        )?;
        let rows = rows
            .into_iter()
            .map(|row| AuditEntry {
                at: DateTime(row.at),
                actor: row.actor,
                action: row.action,
                subject: row.subject,
                reason: row.reason,
                via: row.via,
            })
            .collect();
        Ok(AuditLog::new(self.page, self.results_per_page, total, rows))
    }
}

impl PublicOperation for GetAuditLog {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237")]);
    const ACCESS: Access = Access::moderators(&[("id", Of::Group)]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Owner,
        &[("id", Of::DeletedGroup)],
    )];
}
