//! Records the XML and JSON responses of servers, and validates them with other programs: REST
//! (XML) with xmllint and its schemas, other XML with xmllint, JSON with jq.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use trivium_core::catalog;
use trivium_describe::xsd;
use trivium_front::Profile;

use super::http::Response;

/// The number of responses recorded per server. A command line cannot name more files.
const MOST: usize = 50_000;

/// The expected format of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Json,
    Xml,
    /// Valid under the schema of all responses, and under the schema of its operation if it has one.
    Rest(Option<&'static str>),
}

/// The responses of a server that no server has sent before.
struct Kept {
    profile: Profile,
    answers: Vec<(Kind, Vec<u8>)>,
}

#[derive(Default)]
struct Keeper {
    seen: HashSet<(Profile, Kind, Vec<u8>)>,
    /// The servers by address.
    kept: BTreeMap<String, Kept>,
}

static KEEPER: LazyLock<Mutex<Keeper>> = LazyLock::new(Mutex::default);

fn keeper() -> MutexGuard<'static, Keeper> {
    KEEPER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to record the responses of this server.
pub(super) fn begin(address: &str, profile: Profile) {
    let kept = Kept {
        profile,
        answers: Vec::new(),
    };
    keeper().kept.insert(address.to_owned(), kept);
}

/// Stops to record the responses of a server.
pub(super) fn forget(address: &str) {
    keeper().kept.remove(address);
}

/// Records a response to a request for this path; the path is empty if it is not known.
pub(super) fn keep(address: &str, path: &str, response: &Response) {
    let kind = match response.header("content-type").split(';').next() {
        _ if response.body.is_empty() => return,
        Some("application/json" | "application/x-javascript") => Kind::Json,
        Some("application/xml") if !path.ends_with(".xsd") => {
            let name = path.strip_prefix("/api/xml/peopleaggregator/");
            Kind::Rest(
                name.and_then(|name| catalog().find(name))
                    .map(|entry| entry.name()),
            )
        }
        Some("application/xml" | "text/xml" | "image/svg+xml") => Kind::Xml,
        _ => return,
    };
    let Keeper { seen, kept } = &mut *keeper();
    if let Some(kept) = kept
        .get_mut(address)
        .filter(|kept| kept.answers.len() < MOST)
    {
        let body = response.body.clone();
        if seen.insert((kept.profile, kind, body.clone())) {
            kept.answers.push((kind, body));
        }
    }
}

/// Validates the responses of a server.
pub(super) fn examine(address: &str) {
    let Some(kept) = keeper().kept.remove(address) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let complaints = complaints(folder.path(), &kept);
    if !complaints.is_empty() {
        let folder = folder.keep();
        panic!("responses in {}: {complaints:#?}", folder.display());
    }
}

/// Writes the responses into this folder and returns the complaints of the programs.
fn complaints(folder: &Path, Kept { profile, answers }: &Kept) -> Vec<String> {
    let write = |name: &str, body: &[u8]| {
        std::fs::write(folder.join(name), body).expect("a file");
    };
    let mut json = Vec::new();
    let mut xml = Vec::new();
    // The files by operation; `None` has all of them.
    let mut rest: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (number, (kind, body)) in answers.iter().enumerate() {
        let name = number.to_string();
        write(&name, body);
        match kind {
            Kind::Json => json.push(name),
            Kind::Xml => xml.push(name),
            Kind::Rest(operation) => {
                if operation.is_some() {
                    rest.entry(*operation).or_default().push(name.clone());
                }
                rest.entry(None).or_default().push(name);
            }
        }
    }
    let mut complaints = Vec::new();
    if !json.is_empty() {
        // jq reads several files as one text: it has to find one value per file.
        let all = json.len();
        let filter = format!("[inputs] | if length == {all} then empty else error(length) end");
        complaints.extend(complaint(folder, "jq", &["-n", &filter], &json));
    }
    if !xml.is_empty() {
        complaints.extend(complaint(folder, "xmllint", &["--noout"], &xml));
    }
    for (operation, names) in rest {
        let schema = match operation.and_then(|name| catalog().find(name)) {
            Some(entry) => xsd::operation(*profile, entry),
            None => xsd::any(catalog(), *profile),
        };
        let file = format!("{}.xsd", operation.unwrap_or("schema"));
        write(&file, schema.as_bytes());
        let options = ["--noout", "--schema", &file];
        complaints.extend(complaint(folder, "xmllint", &options, &names));
    }
    complaints
}

/// The complaint of a program about these files.
fn complaint(folder: &Path, program: &str, options: &[&str], files: &[String]) -> Option<String> {
    let output = Command::new(program)
        .args(options)
        .args(files)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}: `make tools` installs it"));
    let errors = String::from_utf8_lossy(&output.stderr);
    let errors = errors.lines().filter(|line| !line.ends_with(" validates"));
    let errors: Vec<&str> = errors.collect();
    (!output.status.success()).then(|| errors.join("\n"))
}

#[test]
fn invalid_responses_are_found() {
    const GOOD: &str =
        "<response><code>banned</code><msg>x</msg><success>false</success></response>";
    for (kind, body, fine) in [
        (Kind::Json, "{}", true),
        (Kind::Json, "null", true),
        (Kind::Json, "{", false),
        (Kind::Json, "{}{}", false),
        (Kind::Xml, "<x/>", true),
        (Kind::Xml, "<x>", false),
        (Kind::Rest(None), GOOD, true),
        (Kind::Rest(Some("joinGroup")), GOOD, true),
        (Kind::Rest(Some("echo")), GOOD, false),
        (Kind::Rest(None), "<x/>", false),
    ] {
        let kept = Kept {
            profile: Profile::Documented,
            answers: vec![(Kind::Json, b"{}".to_vec()), (kind, body.into())],
        };
        let folder = tempfile::tempdir().expect("a folder");
        let complaints = complaints(folder.path(), &kept);
        assert_eq!(complaints.is_empty(), fine, "{body}: {complaints:?}");
    }
}
