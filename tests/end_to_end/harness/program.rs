//! Runs third-party programs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The root folder of the project.
pub(crate) fn project() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The folder of the clients, in which programs run.
pub(crate) fn clients() -> PathBuf {
    project().join("tests/clients")
}

/// A program that runs beside a test, until this is dropped.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// The path of a program that `make tools` has unpacked, or its name if that was not necessary.
pub(crate) fn unpacked(name: &str, folder: &str) -> String {
    let path = clients().join(name).join(folder).join(name);
    match path.exists() {
        true => path.to_string_lossy().into_owned(),
        false => name.to_owned(),
    }
}

/// Builds a library in this folder for LD_PRELOAD, from its source in C. Returns its path.
pub(crate) fn preload(folder: &Path, name: &str, source: &str) -> PathBuf {
    let library = folder.join(name).with_extension("so");
    let code = folder.join(name).with_extension("c");
    std::fs::write(&code, source).expect("a file");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &code])
        .status();
    assert!(built.expect("a C compiler").success());
    library
}

/// haproxy with this configuration.
pub(crate) fn haproxy(file: &str) -> Command {
    let mut command = Command::new(unpacked("haproxy", "usr/sbin"));
    let libraries = format!("haproxy/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    command
        .args(["-db", "-f", file])
        .env("LD_LIBRARY_PATH", clients().join(libraries));
    command
}

/// Runs a program with this input and asserts that it succeeds.
#[track_caller]
pub(crate) fn run(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let output = attempt(program, arguments, input);
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Runs a program with this input.
#[track_caller]
pub(crate) fn attempt(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(clients())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}: `make tools` installs it"));
    let mut stdin = child.stdin.take().expect("its input");
    // A program that reads no input may close it.
    let _closed = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("its output")
}
