//! Categories.

use trivium_rpc::text::is_portable;
use trivium_storage::categories;

use super::record;
use crate::types::CategoryRef;
use crate::{Administrator, Declaration, Error, Operation, Result, Session, codes};

/// Adds a category.
#[derive(Clone, Debug)]
pub struct AddCategory {
    /// Its name: not empty, and unique.
    pub name: String,
}

impl Operation for AddCategory {
    const DECLARATION: &'static Declaration =
        &Declaration::change("addCategory", &[codes::GROUP_PARAMETER_ERROR]);
    type Caller = Administrator;
    type Output = CategoryRef;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<CategoryRef> {
        check_name(&self.name)?;
        let id = categories::insert(session.connection, &self.name).map_err(name_taken)?;
        record(session, &self.name)?;
        Ok(CategoryRef(id))
    }
}

/// Renames a category.
#[derive(Clone, Debug)]
pub struct RenameCategory {
    /// The category.
    pub id: CategoryRef,
    /// Its new name: not empty, and unique.
    pub name: String,
}

impl Operation for RenameCategory {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "renameCategory",
        &[codes::GROUP_PARAMETER_ERROR, codes::CATEGORY_DOES_NOT_EXIST],
    );
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        check_name(&self.name)?;
        if !categories::rename(session.connection, self.id.0, &self.name).map_err(name_taken)? {
            return Err(codes::CATEGORY_DOES_NOT_EXIST.into());
        }
        record(session, &self.name)
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || !is_portable(name) {
        return Err(Error::new(
            codes::GROUP_PARAMETER_ERROR,
            "A category needs a name, without characters that XML cannot carry.",
        ));
    }
    Ok(())
}

fn name_taken(error: trivium_storage::Error) -> Error {
    if error.is_unique_violation() {
        Error::new(
            codes::GROUP_PARAMETER_ERROR,
            "Another category has this name.",
        )
    } else {
        error.into()
    }
}
