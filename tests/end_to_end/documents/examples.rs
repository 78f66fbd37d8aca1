//! Runs the examples in the documents.
//!
//! A block marked `sh` that calls curl or trivium is run by `sh`, a block marked `python` by
//! `python3`. If the next block is marked `text`, `json` or `xml`, it is the expected standard output;
//! `…` in it matches anything. Each document has a demonstration at `127.0.0.1:8080`, until a block
//! that only contains `trivium serve …` replaces it with another server.

use std::path::Path;
use std::process::Command;

use super::{Block, Document};
use crate::harness::{BINARY, Served, project};

/// The folder and the server for the examples of one document.
struct Runner {
    folder: tempfile::TempDir,
    server: Option<Served>,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // The examples use files of the project.
        let tests = project().join("tests").canonicalize().expect("tests");
        std::os::unix::fs::symlink(tests, folder.path().join("tests")).expect("a link");
        Self {
            folder,
            server: None,
        }
    }

    /// Replaces the server with one with the options of a block.
    fn serve(&mut self, options: &str) {
        self.server = None;
        let folder = self.folder.path().display();
        let options = options.replace("sqlite:", &format!("sqlite:{folder}/"));
        let options: Vec<&str> = options.split_whitespace().collect();
        let log = self.folder.path().join("log");
        self.server = Some(Served::start(&options, &[], log));
    }

    /// Runs a block and returns its output.
    fn run(&mut self, block: &Block) -> Result<String, String> {
        const ADDRESS: &str = "127.0.0.1:8080";
        if block.text.contains(ADDRESS) && self.server.is_none() {
            self.serve("--demo");
        }
        let script = match &self.server {
            Some(server) => block.text.replace(ADDRESS, &server.address),
            None => block.text.clone(),
        };
        let (interpreter, options): (_, &[&str]) = match block.language.as_str() {
            "python" => ("python3", &["-c"]),
            _ => ("sh", &["-e", "-c"]),
        };
        let path = std::env::var("PATH").unwrap_or_default();
        let programs = Path::new(BINARY).parent().expect("a folder").display();
        let output = Command::new(interpreter)
            .args(options)
            .arg(&script)
            .current_dir(self.folder.path())
            .env("PATH", format!("{programs}:{path}"))
            .env("CURL_HOME", self.folder.path())
            .env("NO_PROXY", "*")
            .output()
            .expect(interpreter);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }
}

/// True if this test runs the block.
fn is_example(block: &Block) -> bool {
    let mut words = block.text.split(|c: char| c.is_whitespace() || c == '(');
    match block.language.as_str() {
        "sh" => words.any(|word| word == "curl" || word == "trivium"),
        language => language == "python",
    }
}

/// True if the text matches the text in a document, where `…` matches anything.
fn is_shown(text: &str, shown: &str) -> bool {
    let mut pieces = shown.trim_end().split('…');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.trim_end().strip_prefix(first) else {
        return false;
    };
    let mut last = "";
    for piece in pieces {
        let Some(place) = rest.find(piece) else {
            return false;
        };
        rest = &rest[place + piece.len()..];
        last = piece;
    }
    // Only a pattern that ends in `…` matches more text.
    rest.is_empty() || (shown.contains('…') && (last.is_empty() || rest.ends_with(last)))
}

#[test]
fn examples_print_what_they_show() {
    let mut failures = Vec::new();
    for document in Document::all() {
        let mut runner = Runner::new();
        let blocks = document.blocks();
        for (place, block) in blocks.iter().enumerate().filter(|(_, b)| is_example(b)) {
            if let Some(options) = block.text.strip_prefix("trivium serve") {
                runner.serve(options);
                continue;
            }
            let shown = blocks
                .get(place + 1)
                .filter(|next| ["text", "json", "xml"].contains(&next.language.as_str()));
            match (runner.run(block), shown) {
                (Err(error), _) => failures.push(format!("{} failed: {error}", block.place)),
                (Ok(text), Some(shown)) if !is_shown(&text, &shown.text) => {
                    failures.push(format!("{} printed:\n{text}", block.place));
                }
                (Ok(_), _) => {}
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn dots_match_anything() {
    for (text, shown, matches) in [
        ("user:1\n", "user:1\n", true),
        ("user:1\n", "user:2\n", false),
        ("user:12", "user:1", false),
        ("a 75b73c b\n", "a … b", true),
        ("a 75b73c b c", "a … b", false),
        ("a b b", "a … b", true),
        ("a\nb\nc", "a\n…", true),
        ("b\nc", "a\n…", false),
    ] {
        assert_eq!(is_shown(text, shown), matches, "{text:?} {shown:?}");
    }
}
