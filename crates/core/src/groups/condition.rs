//! The condition of joining a group: to be a member of another one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
pub use trivium_storage::groups::ConditionKind;
use trivium_storage::groups::Group;
use trivium_storage::memberships::{self, Membership};

use crate::groups::rules::{Condition, has_ended};
use crate::session::Viewer;
use crate::types::GroupRef;
use crate::{Error, Result, Session, codes};

/// The number of users that one statement looks up: a database limits the number of its values.
const CHUNK: usize = 1_000;

/// The condition of joining a group, as an argument: `member_of:group:7` or `only_member_of:group:7`, or empty for no
/// condition. The operation checks its form.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct ConditionText(pub String);

impl JsonSchema for ConditionText {
    fn schema_name() -> Cow<'static, str> {
        "ConditionText".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^((only_)?member_of:group:[0-9]{1,18})?$",
            "examples": ["member_of:group:123"],
        })
    }
}

/// The condition of joining a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinCondition {
    /// What membership in the other group means.
    pub kind: ConditionKind,
    /// The other group.
    pub group: GroupRef,
}

impl JoinCondition {
    /// Parses an argument; `None` for an empty one.
    ///
    /// # Errors
    /// `validation_invalid_value`.
    pub(crate) fn parse(text: &ConditionText) -> Result<Option<Self>> {
        let parts = match text.0.split_once(':') {
            None if text.0.is_empty() => return Ok(None),
            Some(("member_of", group)) => Some((ConditionKind::MemberOf, group)),
            Some(("only_member_of", group)) => Some((ConditionKind::OnlyMemberOf, group)),
            _ => None,
        };
        let parsed = parts.and_then(|(kind, group)| Some((kind, group.parse().ok()?)));
        match parsed {
            Some((kind, group)) => Ok(Some(Self { kind, group })),
            None => Err(Error::new(
                codes::VALIDATION_INVALID_VALUE,
                "invalid joinCondition; expected e.g. member_of:group:123 or only_member_of:group:123",
            )),
        }
    }

    /// The condition of a group.
    pub fn of(group: &Group) -> Option<Self> {
        Some(Self {
            kind: group.condition_kind?,
            group: GroupRef(group.condition_group_id?),
        })
    }

    /// Checks that the other group shows its members to the caller who sets the condition: what it decides shows who they
    /// are.
    ///
    /// # Errors
    /// `content_not_found`.
    pub(crate) fn check<'v>(
        self,
        session: &mut Session<'_>,
        viewer: impl Into<Viewer<'v>>,
    ) -> Result<Self> {
        match session.find_group(self.group, viewer.into(), false)? {
            Some(other) if other.shows_members() => Ok(self),
            _ => Err(codes::CONTENT_NOT_FOUND.into()),
        }
    }

    /// What it means for a user who has this row in the other group.
    pub(crate) fn for_user(self, row: Option<&Membership>, session: &Session<'_>) -> Condition {
        let is_past = |end| session.is_past(end);
        let is_member = row.is_some_and(|row| row.state.is_member() && !has_ended(row, is_past));
        match (self.kind, is_member) {
            (ConditionKind::MemberOf, true) => Condition::Admits,
            (ConditionKind::OnlyMemberOf, false) => Condition::Bars,
            _ => Condition::Neutral,
        }
    }
}

impl Condition {
    /// What the condition of a group means for each of these users, who are not members of the group.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn of_all(
        session: &mut Session<'_>,
        condition: Option<JoinCondition>,
        users: &[i64],
    ) -> Result<Vec<Self>> {
        let Some(condition) = condition else {
            return Ok(vec![Self::Neutral; users.len()]);
        };
        let mut rows = HashMap::new();
        for users in users.chunks(CHUNK) {
            let found = memberships::find_all(session.connection, &[condition.group.0], users)?;
            rows.extend(found.into_iter().map(|row| (row.user_id, row)));
        }
        let of_user = |user| condition.for_user(rows.get(user), session);
        Ok(users.iter().map(of_user).collect())
    }
}

impl fmt::Display for JoinCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.group)
    }
}
