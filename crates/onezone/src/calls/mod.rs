//! The calls of the dialect by subject, as operations of core.

pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod join;
pub(crate) mod members;

use trivium_core::Result;
use trivium_core::types::PageNumber;

/// All rows of a paged list of core, because this dialect has no pages. `page` returns the rows of a
/// page and the number of pages.
fn all_pages<T>(mut page: impl FnMut(PageNumber) -> Result<(Vec<T>, i64)>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for number in 1.. {
        let (rows, pages) = page(PageNumber(number))?;
        all.extend(rows);
        if number >= pages {
            break;
        }
    }
    Ok(all)
}
