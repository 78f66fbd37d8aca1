//! The calls of the dialect by subject, as operations of core.

pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod join;
pub(crate) mod members;
pub(crate) mod start;
pub(crate) mod tokens;
pub(crate) mod users;

use trivium_core::types::PageNumber;
use trivium_core::{Result, codes};
use trivium_rpc::MAX_RESPONSE;

/// All rows of a paged list of core, because this dialect has no pages. `page` returns the rows of a
/// page and the number of pages.
fn all_pages<T>(mut page: impl FnMut(PageNumber) -> Result<(Vec<T>, i64)>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for number in 1.. {
        let (rows, pages) = page(PageNumber(number))?;
        all.extend(rows);
        // Each takes at least four bytes of the response: two quotation marks, a digit and a comma.
        if all.len() > MAX_RESPONSE / 4 {
            return Err(codes::RESPONSE_TOO_LARGE.into());
        }
        if number >= pages {
            break;
        }
    }
    Ok(all)
}
