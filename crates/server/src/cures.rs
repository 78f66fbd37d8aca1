//! What to do about a failure: where it is known, a line to paste.

use std::fs;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use trivium_storage::{DatabaseUrl, Error};

use crate::failure::Failure;
use crate::options::{Listen, did_you_mean};

/// Adds to a failure of a database what to do about it.
pub(crate) fn database(url: &DatabaseUrl, error: Error) -> Failure {
    let cure = match (&error, url.sqlite_path()) {
        (Error::AlreadyServed(_), _) => None,
        (Error::Migration(message), _) => migration(url, message),
        (_, Some(path)) => file(&path, &error.to_string()),
        (_, None) => postgres(url, &error.to_string()),
    };
    with(error.into(), cure)
}

/// The failure to open a database that does not exist.
pub(crate) fn missing(url: &DatabaseUrl) -> Failure {
    database(url, Error::missing(url))
}

/// What to do about tables of another version.
fn migration(url: &DatabaseUrl, message: &str) -> Option<String> {
    let up = format!("trivium migrate up --database {url}");
    if message.contains("newer trivium") {
        Some(match url.sqlite_path() {
            Some(path) => format!(
                "use that version of trivium; or go back to a copy that was made before, if there is one: ls {}.before-*",
                path.display()
            ),
            None => "use that version of trivium".to_owned(),
        })
    } else if message.contains("its tables have version") {
        Some(format!("migrate them: {up}"))
    } else if message.contains("it has no tables") {
        Some(format!("create them: {up}"))
    } else if message.contains("servers of an earlier version") {
        Some(format!("stop them, then migrate: {up}"))
    } else if message.contains("permission denied for schema") {
        postgres(url, message)
    } else {
        None
    }
}

/// Adds to a failure to listen what to do about it.
pub(crate) fn listening(listen: &Listen, error: &io::Error) -> Failure {
    let cure = match listen {
        Listen::Tcp(address) => port(*address, error.kind()),
        Listen::Unix(path) => socket(path, error.kind()),
    };
    with(
        Failure::Failed(format!("cannot listen on {listen}: {error}")),
        cure,
    )
}

fn port(address: SocketAddr, kind: ErrorKind) -> Option<String> {
    match kind {
        ErrorKind::AddrInUse => {
            let next = address.port().checked_add(1).unwrap_or(8080);
            let next = SocketAddr::new(address.ip(), next);
            Some(format!(
                "another program has this port; choose another one: --listen {next}"
            ))
        }
        ErrorKind::PermissionDenied => {
            let high = SocketAddr::new(address.ip(), 8080);
            Some(format!(
                "only root may use ports below 1024; choose another one: --listen {high}"
            ))
        }
        ErrorKind::AddrNotAvailable => Some(
            "no interface of this machine has the address; list those that exist: ip address"
                .into(),
        ),
        _ => None,
    }
}

fn socket(path: &Path, kind: ErrorKind) -> Option<String> {
    let folder = path.parent().unwrap_or(path).display();
    match kind {
        ErrorKind::AddrInUse => Some(format!(
            "another program has it, or a file of another kind is there: ls -l {}",
            path.display()
        )),
        ErrorKind::NotFound => Some(format!("create its folder: mkdir -p {folder}")),
        ErrorKind::PermissionDenied => Some(format!(
            "permit it in the folder; as root: chown $USER {folder}"
        )),
        _ => None,
    }
}

/// What to do about a server that does not respond.
pub(crate) fn connecting(url: &str, error: &io::Error) -> String {
    let is_tls = url.starts_with("https://");
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let address = address.trim_end_matches('/');
    let text = error.to_string();
    let cure = if error.kind() == ErrorKind::ConnectionRefused {
        format!("start a server there: trivium serve --listen {address}")
    } else if text.contains("UnknownIssuer") {
        "if you trust its certificate, name the file with it or with that of its issuer: --cacert FILE".to_owned()
    } else if text.contains("InvalidContentType") {
        format!("the server does not use TLS there: http://{address}")
    } else if is_tls && text.contains("certificate expired") {
        "its administrator must renew the certificate".to_owned()
    } else {
        return format!("{url}: {error}");
    };
    format!("{url}: {error}\n  {cure}")
}

/// What to do about a call that was rejected with this code.
pub(crate) fn call(code: &str) -> Option<&'static str> {
    match code {
        "user_token_invalid" | "user_token_expired" => {
            Some("get a new token: trivium user token LOGIN > token; then add: --token-file token")
        }
        "validation_missing_key" => Some("if the argument is authToken, add: --token-file FILE"),
        "user_invalid_password" => Some("set a new password: trivium user passwd LOGIN"),
        _ => None,
    }
}

/// What to do about a command that was rejected with this code.
pub(crate) fn command(code: &str) -> Option<&'static str> {
    match code {
        "user_not_found" | "user_loginname_taken" => Some("see who exists: trivium user list"),
        "content_not_found" => Some("see which groups exist: trivium group list"),
        _ => None,
    }
}

/// Adds to a failure what to do about it.
fn with(failure: Failure, cure: Option<String>) -> Failure {
    match (failure, cure) {
        (Failure::Failed(message), Some(cure)) => {
            Failure::Failed(format!("{}\n  {cure}", message.trim_end()))
        }
        (failure, _) => failure,
    }
}

/// Looks at an SQLite file that cannot be opened, and at its folder.
fn file(path: &Path, message: &str) -> Option<String> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    if path.is_dir() {
        let file = path.join("trivium.db");
        return Some(format!(
            "this is a folder; name a file in it: --database sqlite:{}",
            file.display()
        ));
    }
    if !folder.exists() {
        return Some(format!("create its folder: mkdir -p {}", folder.display()));
    }
    let refuses = |error: Option<io::Error>| {
        error.is_some_and(|it| {
            matches!(
                it.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            )
        })
    };
    if message.contains("there is no such database") {
        let names = databases(&folder);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let hint = did_you_mean(&name, names.iter().map(String::as_str));
        return Some(format!(
            "commands that read create no database{hint}; see what is there: ls {}",
            folder.display()
        ));
    }
    if message.contains("malformed") {
        return Some("the file is damaged; restore a copy: trivium restore FILE".into());
    }
    if message.contains("another program") || message.contains("file is not a database") {
        return Some("name another file: --database sqlite:trivium.db".into());
    }
    if path.exists() && refuses(fs::File::options().read(true).write(true).open(path).err()) {
        return Some(format!(
            "permit its user to read and write it: chmod u+rw {0}; or as root: chown $USER {0}",
            path.display()
        ));
    }
    if refuses(
        rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK)
            .err()
            .map(io::Error::from),
    ) {
        return Some(format!(
            "SQLite writes beside the file, too: permit it in the folder: chmod u+rwx {0}; or as root: chown $USER {0}",
            folder.display()
        ));
    }
    None
}

/// The names of the databases in a folder.
fn databases(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".db"))
        .collect()
}

/// Reads the message of libpq, which has no codes for failures to connect. In another language there is no cure.
fn postgres(url: &DatabaseUrl, message: &str) -> Option<String> {
    let Parts {
        user,
        host,
        port,
        name,
    } = Parts::of(url);
    let says = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    let cure = if says(&["password authentication failed", "no password supplied"]) {
        "put the right password into the URL: in TRIVIUM_DATABASE, or in the file that TRIVIUM_DATABASE_FILE names"
            .to_owned()
    } else if says(&["permission denied for schema"]) {
        let grant = format!("GRANT CREATE, USAGE ON SCHEMA public TO {user}");
        format!(
            "permit it, as the owner of the database: psql -h {host} -p {port} {name} -c '{grant}'"
        )
    } else if message.contains("database \"") && message.contains("does not exist") {
        format!("create the database: createdb -h {host} -p {port} {name}")
    } else if says(&[
        "could not translate host name",
        "Connection refused",
        "No such file or directory",
        "timeout expired",
    ]) {
        format!(
            "start Postgres there, or name another one with --database; check it: pg_isready -h {host} -p {port}"
        )
    } else {
        return None;
    };
    Some(cure)
}

/// The parts of the URL of a Postgres database that are no secrets, as its programs take them.
struct Parts {
    user: String,
    host: String,
    port: String,
    name: String,
}

impl Parts {
    fn of(url: &DatabaseUrl) -> Self {
        let text = match url {
            DatabaseUrl::Postgres(text) => text.as_str(),
            DatabaseUrl::Sqlite(_) => "",
        };
        let rest = text.split_once("//").map_or("", |(_, rest)| rest);
        let (authority, name) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@').unwrap_or(("USER", authority));
        let (host, port) = host.rsplit_once(':').unwrap_or((host, "5432"));
        Self {
            user: user.split(':').next().unwrap_or_default().to_owned(),
            host: host.replace("%2F", "/"),
            port: port.to_owned(),
            name: name.split('?').next().unwrap_or_default().to_owned(),
        }
    }
}
