//! `findGroup`: groups by a part of their name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups;

use crate::types::{AuthToken, GroupName, GroupRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Groups that an answer shows at the most: a single letter is part of most names.
const MOST: i64 = 100;

/// Finds groups whose name contains a text, newest first, at most 100. Case does not matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindGroup {
    /// A part of the name
    pub name: GroupName,
    /// An authentication token, where the service shows its directory to members only
    pub auth_token: Option<AuthToken>,
}

/// What findGroup answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundGroups {
    /// The groups that were found
    pub groups: Vec<FoundGroup>,
}

/// A group that was found.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundGroup {
    /// ID of the group
    pub id: GroupRef,
    /// Name of the group
    #[schemars(with = "crate::plain::Text")]
    pub name: String,
}

impl Operation for FindGroup {
    const NAME: &'static str = "findGroup";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[Code::UserTokenInvalid, Code::UserTokenExpired];
    type Output = FoundGroups;

    fn run(&self, context: &mut Context<'_>) -> Result<FoundGroups> {
        context.authenticate_for_directory(self.auth_token.as_ref())?;
        let rows = groups::search(context.connection, &self.name.to_lowercase(), MOST)?;
        Ok(FoundGroups {
            groups: rows
                .into_iter()
                .map(|(id, name)| FoundGroup {
                    id: GroupRef(id),
                    name,
                })
                .collect(),
        })
    }
}
