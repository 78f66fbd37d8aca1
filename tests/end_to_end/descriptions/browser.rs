//! Looks at the pages with a browser: see `tests/clients/browser.js`.

use crate::harness::{Served, run};

#[test]
fn pages_are_fine_in_a_browser() {
    let server = Served::demonstration(&[]);
    let base = format!("http://{}", server.address);
    // A folder in which the pictures of all pages are wanted.
    let pictures = std::env::var("TRIVIUM_PICTURES").unwrap_or_default();
    run("node", &["browser.js", &base, &pictures], b"");
}
