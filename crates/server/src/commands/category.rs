//! `trivium category`.

use trivium_core::administration::categories::{AddCategory, RenameCategory};
use trivium_core::groups::get_categories::GetCategories;

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Category, Global};

pub(crate) fn run(global: &Global, command: &Category) -> Result<(), Failure> {
    let reads = matches!(command, Category::List);
    let administrator = Administrator::open_to_read(global, reads)?;
    match command {
        Category::Add { name } => {
            let name = name.clone();
            let id = administrator.run(AddCategory { name })?;
            print::value(global, "id", id.to_string())
        }
        Category::List => {
            let answer = administrator.run(GetCategories {})?;
            let rows = print::rows(&answer.categories)?;
            print::list(global, &["id", "name", "groupCount"], &rows)
        }
        Category::Rename { id, name } => {
            let (id, name) = (*id, name.clone());
            administrator.run(RenameCategory { id, name })
        }
    }
}
