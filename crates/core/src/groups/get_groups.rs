//! `getGroups`: lists the public groups, or the groups of one user.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use trivium_storage::groups;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::view::GroupSummary;
use crate::types::{PageNumber, ResultsPerPage, UserRef, pages, slice};
use crate::{Actor, Declaration, Directory, Operation, PublicOperation, Result, Session, codes};

/// Lists groups, newest first: all that are not invitation-only, or those of one user. Of the
/// invitation-only groups of a user, it lists those that the caller is a member of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetGroups {
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of groups per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
    /// global for all groups, or the ID of a user for the groups of that user
    #[serde(default)]
    pub context: GroupContext,
}

/// Which groups to list.
#[derive(Clone, Copy, Debug, Default)]
pub enum GroupContext {
    /// All public groups.
    #[default]
    Global,
    /// The groups that a user is a member of.
    User(UserRef),
}

impl Serialize for GroupContext {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Global => serializer.serialize_str("global"),
            Self::User(user) => user.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for GroupContext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match &*<Cow<'de, str>>::deserialize(deserializer)? {
            "global" => Ok(Self::Global),
            user => user
                .parse()
                .map(Self::User)
                .map_err(serde::de::Error::custom),
        }
    }
}

impl JsonSchema for GroupContext {
    fn schema_name() -> Cow<'static, str> {
        "GroupContext".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(global|user:[0-9]{1,18})$",
            "x-title": "User ID",
            "x-alternative": "global",
            "examples": ["user:7", "global"],
        })
    }
}

/// The result of getGroups.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    /// A human-readable message
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub msg: String,
    /// Number of this page
    pub page: PageNumber,
    /// Number of groups per page
    pub results_per_page: ResultsPerPage,
    /// Total number of groups
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_results: i64,
    /// Total number of pages
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_pages: i64,
    /// The groups of this page
    pub groups: Vec<GroupSummary>,
}

impl Operation for GetGroups {
    const DECLARATION: &'static Declaration =
        &Declaration::scan("getGroups", &[codes::USER_NOT_FOUND]);
    type Caller = Option<Actor>;
    type Output = Groups;

    fn run(&self, actor: &Option<Actor>, session: &mut Session<'_>) -> Result<Groups> {
        let page = slice(self.page, self.results_per_page);
        let (rows, total) = match self.context {
            GroupContext::Global => groups::list_listed(session.connection, page)?,
            GroupContext::User(user) => {
                if session.settings.directory == Directory::Members && actor.is_none() {
                    return Err(codes::USER_TOKEN_INVALID.into());
                }
                let user = session.user(user)?;
                let viewer = actor.as_ref().map(|actor| actor.id);
                groups::list_disclosed_of_member(session.connection, user.id, viewer, page)?
            }
        };
        Ok(Groups {
            msg: format!("{} of {total} groups", rows.len()),
            page: self.page,
            results_per_page: self.results_per_page,
            total_results: total,
            total_pages: pages(total, self.results_per_page),
            groups: rows
                .into_iter()
                .map(|group| GroupSummary::of(group, session))
                .collect(),
        })
    }
}

impl PublicOperation for GetGroups {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("context", "user:2")]);
    const ACCESS: Access = Access::everybody(&[]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::USER_NOT_FOUND,
        Who::Stranger,
        &[("context", Of::Id(Who::Missing))],
    )];
}
