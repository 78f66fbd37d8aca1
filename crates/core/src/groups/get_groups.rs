//! `getGroups`: the public list, or the groups of one user.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use trivium_storage::groups;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::view::GroupSummary;
use crate::types::{PageNumber, ResultsPerPage, UserRef, pages, slice};
use crate::{Declaration, Operation, PublicOperation, Result, Session, codes};

/// Lists groups, newest first: all that are not by invitation only, or those of one user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetGroups {
    /// Which page of the list
    #[serde(default)]
    pub page: PageNumber,
    /// How many groups a page has
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
    /// Whose groups: global for all, or the ID of a user
    #[serde(default)]
    pub context: Whose,
}

/// Whose groups are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub enum Whose {
    /// Everybody's.
    #[default]
    Global,
    /// Those that one user is a member of.
    User(UserRef),
}

impl Serialize for Whose {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Global => serializer.serialize_str("global"),
            Self::User(user) => user.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Whose {
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

impl JsonSchema for Whose {
    fn schema_name() -> Cow<'static, str> {
        "Whose".into()
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

/// What getGroups answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    /// What was done, for people
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub msg: String,
    /// Which page this is
    pub page: PageNumber,
    /// How many groups a page has
    pub results_per_page: ResultsPerPage,
    /// How many groups there are
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_results: i64,
    /// How many pages there are
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_pages: i64,
    /// The groups of this page
    pub groups: Vec<GroupSummary>,
}

impl Operation for GetGroups {
    const DECLARATION: &'static Declaration =
        &Declaration::read("getGroups", &[codes::USER_NOT_FOUND]);
    type Caller = ();
    type Output = Groups;

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<Groups> {
        let page = slice(self.page, self.results_per_page);
        let (rows, total) = match self.context {
            Whose::Global => groups::list_listed(session.connection, page)?,
            Whose::User(user) => {
                let user = session.user(user)?;
                let (rows, total) = groups::list_of_member(session.connection, user.id, page)?;
                (rows.into_iter().map(|row| row.group).collect(), total)
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
        Who::Nobody,
        &[("context", Of::Id(Who::Missing))],
    )];
}
