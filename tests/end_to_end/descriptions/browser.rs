//! Tests the pages in a browser: see `tests/clients/browser.js`.

use crate::harness::{Served, run};

#[test]
fn pages_work_in_a_browser() {
    let server = Served::demonstration(&[]);
    let base = format!("http://{}", server.address);
    // The folder for screenshots, if the variable is set.
    let pictures = std::env::var("TRIVIUM_PICTURES").unwrap_or_default();
    run("node", &["browser.js", &base, &pictures], b"");
}
