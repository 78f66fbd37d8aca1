//! `getCategories`: the categories that groups are in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups;

use crate::cases::{Access, Example, Who};
use crate::types::CategoryRef;
use crate::{Declaration, Operation, PublicOperation, Result, Session};

/// Lists the categories of groups by name.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetCategories {}

/// What getCategories answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Categories {
    /// What was done, for people
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub msg: String,
    /// How many categories there are
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_results: i64,
    /// The categories
    pub categories: Vec<Category>,
}

/// A category.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// ID of the category
    pub id: CategoryRef,
    /// Name of the category
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// How many listed groups are in it
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub group_count: i64,
}

impl Operation for GetCategories {
    const DECLARATION: &'static Declaration = &Declaration::read("getCategories", &[]);
    type Caller = ();
    type Output = Categories;

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<Categories> {
        let mut rows = groups::categories(session.connection)?;
        // Sorted here, as the two databases need not sort texts alike.
        rows.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(Categories {
            msg: format!("{} categories", rows.len()),
            total_results: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            categories: rows
                .into_iter()
                .map(|row| Category {
                    id: CategoryRef(row.id),
                    name: row.name,
                    group_count: row.group_count,
                })
                .collect(),
        })
    }
}

impl PublicOperation for GetCategories {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[]);
    const ACCESS: Access = Access::everybody(&[]);
}
