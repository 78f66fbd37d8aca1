//! `getAuditLog`: lists the changes of a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::{audit, groups};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::types::{DateTime, GroupRef, PageNumber, ResultsPerPage, slice};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes, secrets};

/// Lists the changes of a group, newest first. For moderators of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetAuditLog {
    /// ID of the group
    pub id: GroupRef,
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of entries per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// The result of getAuditLog.
    AuditLog {
        /// The entries of this page
        entries: AuditEntry
    }
}

/// A change of a group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditEntry {
    /// Number of the entry in the group's log, from 1; absent if an earlier version wrote the entry
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Count>")]
    pub number: Option<i64>,
    /// Time of the change
    pub at: DateTime,
    /// Login of the user who made the change
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub actor: String,
    /// Name of the action
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub action: String,
    /// Login of the affected user, or name of the affected object
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Text>")]
    pub subject: Option<String>,
    /// The reason that was given
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Text>")]
    pub reason: Option<String>,
    /// Front-end of the call
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub via: String,
    /// SHA-256 of the entry and of the hash of the entry before, in hexadecimal digits
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Text>")]
    pub hash: Option<String>,
}

impl Operation for GetAuditLog {
    const DECLARATION: &'static Declaration = &Declaration::scan(
        "getAuditLog",
        &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    type Caller = Actor;
    type Output = AuditLog;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<AuditLog> {
        if actor.administrator {
            #[expect(
                clippy::disallowed_methods,
                reason = "the administrator may also read the log of a deleted group"
            )]
            let group = groups::find(session.connection, self.id.0)?;
            group.ok_or(codes::CONTENT_NOT_FOUND)?;
        } else {
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
                number: row.number,
                at: DateTime(row.at),
                actor: row.actor,
                action: row.action,
                subject: row.subject,
                reason: row.reason,
                via: row.via,
                hash: row.hash.as_deref().map(secrets::hex),
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
