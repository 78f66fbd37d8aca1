//! `trivium openapi`, `xsd` and `docs`: the descriptions that a server publishes.

use std::path::Path;

use trivium_core::catalog;
use trivium_describe::answers::BASE_URL;
use trivium_describe::{Site, files, openapi as document, xsd as schema};
use trivium_front::Wire;
use trivium_site::description;

use super::print::line;
use crate::failure::Failure;
use crate::options::{Described, Docs, Openapi, Xsd};

pub(crate) fn openapi(of: &Openapi) -> Result<(), Failure> {
    let printed = with_site(&of.server, BASE_URL, |site| {
        document::text(site, &of.document)
    });
    let Some(text) = printed else {
        let names: Vec<&str> = document::names(description::service()).collect();
        let error = format!(
            "there is no document '{}' of this server; there are: {}",
            of.document,
            names.join(", ")
        );
        return Err(Failure::Failed(error));
    };
    line(String::from_utf8_lossy(&text).trim_end())
}

pub(crate) fn xsd(of: &Xsd) -> Result<(), Failure> {
    let profile = of.profile.into();
    let text = match &of.operation {
        None => schema::any(catalog(), profile),
        Some(name) => {
            let entry = catalog().find(name);
            let unknown = || Failure::Failed(format!("there is no operation '{name}'"));
            schema::operation(profile, entry.ok_or_else(unknown)?)
        }
    };
    line(text.trim_end())
}

pub(crate) fn docs(docs: &Docs) -> Result<(), Failure> {
    let files = with_site(&docs.server, docs.url.trim_end_matches('/'), files::all);
    let cannot = |path: &Path, error| Failure::Failed(format!("{}: {error}", path.display()));
    for (name, body) in files {
        let path = docs.folder.join(name);
        let folder = path.parent().unwrap_or(&docs.folder);
        std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
        std::fs::write(&path, body).map_err(|error| cannot(&path, error))?;
    }
    line(&docs.folder.join("docs.html").display().to_string())
}

/// Runs a function on a server with these settings.
fn with_site<T>(server: &Described, base_url: &str, run: impl FnOnce(&Site<'_>) -> T) -> T {
    let (upcoming, onezone) = (&server.upcoming.0, &server.onezone.0);
    run(&Site {
        service: description::service(),
        base_url,
        wire: Wire {
            profile: server.profile.into(),
            status: server.status.into(),
        },
        dialects: &description::served(upcoming.as_deref(), onezone.as_deref()),
        is_live: false,
    })
}
