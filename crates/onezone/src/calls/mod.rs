//! What the calls of the dialect do, by subject: each names the operations of core that it is.

pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod join;
pub(crate) mod members;

use trivium_core::types::PageNumber;

use crate::asked::Stop;

/// All rows of a list that core answers page by page: this dialect knows no pages. A page tells
/// its rows, and how many pages there are.
fn all_pages<T>(
    mut page: impl FnMut(PageNumber) -> trivium_core::Result<(Vec<T>, i64)>,
) -> Result<Vec<T>, Stop> {
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
