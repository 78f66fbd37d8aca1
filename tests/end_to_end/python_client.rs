//! The client in Python, in `clients/python`.

use trivium_core::catalog;

use crate::documents::Document;
use crate::harness::{Served, check_recorded, run, trivium};

/// The folder of the client, from that in which programs run.
const FOLDER: &str = "../../clients/python";

/// Its modules that are generated.
const GENERATED: [&str; 2] = ["operations.py", "errors.py"];

#[test]
fn generated_modules_are_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let document = trivium(&["openapi"], "").stdout;
    run(
        "python3",
        &[&format!("{FOLDER}/generate.py"), path],
        &document,
    );
    let settings = format!("{FOLDER}/pyproject.toml");
    run(
        "venv/bin/ruff",
        &["format", "--config", &settings, path],
        b"",
    );
    for module in GENERATED {
        let generated = std::fs::read_to_string(folder.path().join(module)).unwrap();
        check_recorded(&format!("clients/python/src/trivium/{module}"), &generated);
    }
}

#[test]
fn checkers_find_nothing() {
    let settings = format!("{FOLDER}/pyproject.toml");
    for command in ["check", "format --check"] {
        let arguments = [command.split(' ').collect(), vec!["--no-cache", FOLDER]].concat();
        run("venv/bin/ruff", &arguments, b"");
    }
    let paths = ["src", "tests", "generate.py"].map(|path| format!("{FOLDER}/{path}"));
    let options = ["--config-file", &settings, "--cache-dir", "/dev/null"];
    let arguments: Vec<&str> = options
        .into_iter()
        .chain(paths.iter().map(String::as_str))
        .collect();
    run("venv/bin/mypy", &arguments, b"");
}

#[test]
fn its_values_are_equal_in_each_protocol() {
    for profile in ["documented", "original"] {
        for status in ["ok", "http"] {
            let options = [
                "--peopleaggregator-profile",
                profile,
                "--peopleaggregator-status",
                status,
            ];
            let server = Served::demonstration(&options);
            python(
                &server,
                &["-m", "unittest", "discover", "--start-directory", "tests"],
                "",
            );
        }
    }
}

#[test]
fn it_has_a_method_for_each_operation() {
    let program = "import trivium\nprint(*dir(trivium.Trivium))";
    let server = Served::demonstration(&[]);
    let methods = python(&server, &["-"], program);
    let methods: Vec<String> = methods
        .split_whitespace()
        .map(|name| name.replace('_', ""))
        .collect();
    for entry in &catalog().entries {
        let name = entry.name().to_ascii_lowercase();
        assert!(methods.contains(&name), "{name}: {methods:?}");
    }
}

#[test]
fn the_example_prints_what_it_shows() {
    let server = Served::demonstration(&[]);
    let readme = Document::read("clients/python/README.md");
    let blocks = readme.blocks();
    let [program, shown] = ["python", "text"].map(|language| {
        let mut blocks = blocks.iter();
        &blocks
            .find(|block| block.language == language)
            .unwrap()
            .text
    });
    let program = program.replace(
        "http://127.0.0.1:8080",
        &format!("http://{}", server.address),
    );
    assert_eq!(python(&server, &["-"], &program), *shown);
}

/// Runs Python in the folder of the client, and returns what it prints.
fn python(server: &Served, arguments: &[&str], program: &str) -> String {
    let url = format!("TRIVIUM_URL=http://{}", server.address);
    let start = [
        "--chdir",
        FOLDER,
        &url,
        "PYTHONPATH=src",
        "PYTHONDONTWRITEBYTECODE=1",
        "python3",
    ];
    let output = run("env", &[&start, arguments].concat(), program.as_bytes());
    String::from_utf8(output.stdout).unwrap()
}
