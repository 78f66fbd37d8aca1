//! `findGroup`: groups by a part of their name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups;

use crate::cases::{Access, Example, Of, Who};
use crate::types::{GroupName, GroupRef};
use crate::{Declaration, DirectoryReader, Operation, PublicOperation, Result, Session, Verbs};

/// Groups that an answer shows at the most: a single letter is part of most names.
const MOST: i64 = 100;

/// Finds groups whose name contains a text, newest first, at most 100. Case does not matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindGroup {
    /// A part of the name
    pub name: GroupName,
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
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
}

impl Operation for FindGroup {
    const DECLARATION: &'static Declaration = &Declaration {
        verbs: Verbs::Post,
        ..Declaration::read("findGroup", &[])
    };
    type Caller = DirectoryReader;
    type Output = FoundGroups;

    fn run(&self, _: &DirectoryReader, session: &mut Session<'_>) -> Result<FoundGroups> {
        let rows = groups::search(session.connection, &self.name.to_lowercase(), MOST)?;
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

impl PublicOperation for FindGroup {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("name", "three")]);
    const ACCESS: Access = Access::everybody(&[("name", Of::Text("x"))]);
}
