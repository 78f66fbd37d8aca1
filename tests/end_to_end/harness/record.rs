//! Files of the project that tests write.

use super::project;

/// Compares a file with its text as generated. With `INSTA_UPDATE=always`, as in `make record`, it is
/// rewritten.
pub(crate) fn check_recorded(path: &str, generated: &str) {
    let file = project().join(path);
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    if stored == generated {
        return;
    }
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(file, generated).expect("a file that can be written");
        return;
    }
    let mut lines = stored.lines().zip(generated.lines());
    let difference = lines.find(|(old, new)| old != new);
    panic!("{path} is stale: run `make record` ({difference:?})");
}
