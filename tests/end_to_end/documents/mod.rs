//! Compares the documents with the program.
//!
//! - [`examples`] runs the examples.
//! - [`reference`] compares the lists of operations, rules and codes with the code.
//! - [`settings`] compares the table of settings with `trivium serve --help`.

mod examples;
mod reference;
mod settings;

use std::path::{Path, PathBuf};

use crate::harness::project;

/// A document of the project.
pub(crate) struct Document {
    /// Its path in the project.
    name: String,
    text: String,
}

impl Document {
    pub(crate) fn read(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: std::fs::read_to_string(project().join(name)).expect(name),
        }
    }

    /// README.md, CHANGELOG.md, and the documents in docs.
    fn all() -> Vec<Self> {
        let docs = std::fs::read_dir(project().join("docs")).expect("docs");
        let mut names: Vec<String> = docs
            .map(|file| format!("docs/{}", file.expect("a file").file_name().display()))
            .filter(|name| name.ends_with(".md"))
            .collect();
        names.extend(["README.md", "CHANGELOG.md"].map(str::to_owned));
        names.sort();
        names.iter().map(|name| Self::read(name)).collect()
    }

    /// Its code blocks, in order.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut inside = false;
        for (number, line) in (1..).zip(self.text.lines()) {
            match line.strip_prefix("```") {
                Some(language) if !inside => blocks.push(Block {
                    place: format!("{}:{number}", self.name),
                    language: language.to_owned(),
                    text: String::new(),
                }),
                None if inside => {
                    let block = blocks.last_mut().expect("a block");
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                _ => {}
            }
            inside ^= line.starts_with("```");
        }
        blocks
    }
}

/// A code block in a document.
pub(crate) struct Block {
    /// Its file and line.
    place: String,
    /// The word after the three backticks.
    pub(crate) language: String,
    pub(crate) text: String,
}

/// The paths in a document: its links within the project, and the paths in backticks that start with
/// a folder of the project.
fn paths(document: &Document) -> Vec<PathBuf> {
    let folder = Path::new(&document.name).parent().expect("a folder");
    let links = document.text.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', '#']).next()?;
        let inside = !target.is_empty() && !target.contains("://");
        inside.then(|| project().join(folder).join(target))
    });
    let prefixes = ["crates/", "docs/", "migrations/", "tests/"];
    let named = document.text.split('`').filter_map(|word| {
        let path = !word.contains([' ', '*', '\n']) && prefixes.iter().any(|p| word.starts_with(p));
        path.then(|| project().join(word))
    });
    links.chain(named).collect()
}

#[test]
fn paths_in_documents_exist() {
    for document in Document::all() {
        for path in paths(&document) {
            assert!(path.exists(), "{}: {}", document.name, path.display());
        }
    }
}
