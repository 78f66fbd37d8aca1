//! `findGroup`: searches groups by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups;

use crate::cases::{Access, Example, Of, Who};
use crate::types::{GroupName, GroupRef};
use crate::{Declaration, DirectoryReader, Operation, PublicOperation, Result, Session, Verbs};

/// The maximum number of groups in a result: a single letter is part of most names.
const MAX_RESULTS: i64 = 100;

/// Finds up to 100 groups whose name contains a text, ignoring case; newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindGroup {
    /// Part of the name
    pub name: GroupName,
}

/// The result of findGroup.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundGroups {
    /// The groups
    pub groups: Vec<FoundGroup>,
}

/// A group of the result.
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
        ..Declaration::scan("findGroup", &[])
    };
    type Caller = DirectoryReader;
    type Output = FoundGroups;

    fn run(&self, _: &DirectoryReader, session: &mut Session<'_>) -> Result<FoundGroups> {
        let rows = groups::search(session.connection, &self.name.to_lowercase(), MAX_RESULTS)?;
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
