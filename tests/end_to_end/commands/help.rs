//! The help text of every command, as a snapshot.

use super::run;

/// The subcommands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let list = help.split("\nCommands:\n").nth(1).unwrap_or_default();
    list.lines()
        .take_while(|line| !line.is_empty())
        // The description of a command may have several lines.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Appends the help of a command and of its subcommands.
fn explain(command: &[&str], whole: &mut String) {
    let folder = tempfile::tempdir().expect("a folder");
    let result = run(folder.path(), &[], &[command, &["--help"]].concat(), "");
    assert_eq!(
        (result.code, result.err.as_str()),
        (Some(0), ""),
        "{command:?}"
    );
    let line = [&["$ trivium"], command, &["--help"]].concat().join(" ");
    assert!(result.out.contains("\nExample"), "{line}: no example");
    whole.push_str(&format!("{line}\n{}\n\n", result.out));
    for below in commands(&result.out) {
        explain(&[command, &[below.as_str()]].concat(), whole);
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    let mut whole = String::new();
    explain(&[], &mut whole);
    insta::assert_snapshot!("help", whole);
}
