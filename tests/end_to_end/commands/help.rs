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

#[test]
fn the_manual_page_and_completions_are_as_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let print = |arguments: &[&str]| {
        let result = run(folder.path(), &[], arguments, "");
        assert_eq!(
            (result.code, result.err.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
        result.out
    };
    insta::assert_snapshot!("man", print(&["man"]));
    // The shells accept them, and they know all commands.
    for shell in ["bash", "zsh", "fish"] {
        let script = print(&["completions", shell]);
        assert!(
            script.contains("healthcheck") && script.contains("memory-budget"),
            "{shell}"
        );
    }
    let script = folder.path().join("completions");
    std::fs::write(&script, print(&["completions", "bash"])).expect("a file");
    let complete = "source ./completions; COMP_WORDS=(trivium mig); COMP_CWORD=1; \
                    _trivium trivium mig trivium; echo ${COMPREPLY[@]}";
    let bash = std::process::Command::new("bash")
        .args(["-c", complete])
        .current_dir(folder.path())
        .output()
        .expect("bash");
    assert_eq!(
        String::from_utf8_lossy(&bash.stdout),
        "migrate\n",
        "{bash:?}"
    );
}

#[test]
fn the_version_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let version = env!("CARGO_PKG_VERSION");
    run(folder.path(), &[], &["version"], "").is(&format!("trivium {version}"));
    let shown = run(folder.path(), &[], &["version", "--json"], "").json();
    assert_eq!(shown["version"], version);
    assert_eq!(shown["postgresTls"], true);
    let status = ["migrate", "up", "--json"];
    let status = run(folder.path(), &[], &status, "").json();
    assert_eq!(shown["tables"], status["program"]);
}
