//! `getCategories`: lists the categories of groups.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::categories;

use crate::cases::{Access, Example, Who};
use crate::types::CategoryRef;
use crate::{Declaration, Operation, PublicOperation, Result, Session};

/// Lists the categories of groups, sorted by name.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetCategories {}

/// The result of getCategories.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Categories {
    /// A human-readable message
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub msg: String,
    /// Number of categories
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
    /// Number of listed groups in the category
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub group_count: i64,
}

impl Operation for GetCategories {
    const DECLARATION: &'static Declaration = &Declaration::scan("getCategories", &[]);
    type Caller = ();
    type Output = Categories;

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<Categories> {
        let mut rows = categories::list(session.connection)?;
        // Sorted here, because the two databases may order texts differently.
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
