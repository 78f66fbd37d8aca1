//! What `--help` says of every command, kept as a snapshot: a change of it is a visible change.

use super::run;

/// The commands below the one whose help this is.
fn commands(help: &str) -> Vec<String> {
    let list = help.split("\nCommands:\n").nth(1).unwrap_or_default();
    list.lines()
        .take_while(|line| !line.is_empty())
        // What a command does may take more than a line.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Adds the help of a command, and of those below it.
fn explain(command: &[&str], whole: &mut String) {
    let folder = tempfile::tempdir().expect("a folder");
    let said = run(folder.path(), &[], &[command, &["--help"]].concat(), "");
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{command:?}");
    let asked = [&["$ trivium"], command, &["--help"]].concat().join(" ");
    assert!(said.out.contains("\nExample"), "{asked}: no example");
    whole.push_str(&format!("{asked}\n{}\n\n", said.out));
    for below in commands(&said.out) {
        explain(&[command, &[below.as_str()]].concat(), whole);
    }
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let mut whole = String::new();
    explain(&[], &mut whole);
    insta::assert_snapshot!("help", whole);
}
