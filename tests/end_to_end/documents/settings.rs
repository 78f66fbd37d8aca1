//! Compares the table of settings with the help of `trivium serve`.

use super::Document;
use crate::harness::trivium;

/// The settings in the help of `trivium serve`: flag, variable, key, default.
fn settings() -> Vec<[String; 4]> {
    let help = trivium(&["serve", "--help"], "");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let options = help.split("\n      --").skip(1).map(|option| {
        let text = option.split("\n  -h").next().unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ")
    });
    let bracket = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("[{name}: "))?;
        // The value follows the name of a variable.
        rest.split([']', '=']).next().map(str::to_owned)
    };
    let absent = || "–".to_owned();
    options
        .map(|text| {
            let flag = text.split(' ').next().unwrap_or_default();
            let variable = bracket(&text, "env");
            // The file has the same settings as the environment, except for its own path.
            let key = match (&variable, flag) {
                (None, _) | (_, "config") => absent(),
                _ => flag.replace('-', "_").replace("aggregator_", "aggregator."),
            };
            [
                format!("--{flag}"),
                variable.unwrap_or_else(absent),
                key,
                bracket(&text, "default").unwrap_or_else(absent),
            ]
        })
        .filter(|[flag, ..]| flag != "--json")
        .collect()
}

/// The rows of the table in the document: flag, variable, key, default.
fn rows() -> Vec<[String; 4]> {
    let document = Document::read("docs/OPERATING.md");
    let rows = document
        .text
        .lines()
        .filter(|line| line.starts_with("| `--"));
    rows.map(|row| {
        let cells = row.split('|').skip(1).take(4);
        let cells: Vec<String> = cells.map(|cell| cell.trim().replace('`', "")).collect();
        cells.try_into().expect("four cells")
    })
    .collect()
}

#[test]
fn the_table_has_the_settings_of_the_program() {
    let (mut rows, mut expected) = (rows(), settings());
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected);
}

#[test]
fn keys_of_the_table_are_accepted_in_the_file() {
    let file: String = rows()
        .iter()
        .filter(|[_, _, key, _]| key != "–")
        .map(|[_, _, key, default]| match key.as_str() {
            "workers" => "workers = 1\n".to_owned(),
            key => format!("{key} = '{default}'\n"),
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trivium.toml");
    for (text, code) in [(file, Some(0)), ("colour = 'red'\n".to_owned(), Some(4))] {
        std::fs::write(&path, &text).expect("a file");
        let path = path.to_str().expect("a path");
        let read = trivium(&["serve", "--help", "--config", path], "");
        let message = String::from_utf8_lossy(&read.stderr);
        assert_eq!(read.status.code(), code, "{message}{text}");
    }
}
