//! `trivium openapi`, `xsd` and `docs`: the descriptions that a server publishes.

use std::path::Path;

use trivium_core::catalog;
use trivium_describe::{Site, files, openapi as document, xsd as schema};
use trivium_front::Wire;
use trivium_site::description;

use super::print::line;
use crate::failure::Failure;
use crate::options::{Docs, Openapi, Xsd};

pub(crate) fn openapi(of: &Openapi) -> Result<(), Failure> {
    line(document::text(description::service(), of.profile.into()).trim_end())
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
    let dialects = description::served(docs.upcoming.0.as_deref(), docs.onezone.0.as_deref());
    let site = Site {
        service: description::service(),
        base_url: docs.url.trim_end_matches('/'),
        wire: Wire {
            profile: docs.profile.into(),
            ..Wire::default()
        },
        dialects: &dialects,
        is_live: false,
    };
    let cannot = |path: &Path, error| Failure::Failed(format!("{}: {error}", path.display()));
    for (name, body) in files::all(&site) {
        let path = docs.folder.join(name);
        let folder = path.parent().unwrap_or(&docs.folder);
        std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
        std::fs::write(&path, body).map_err(|error| cannot(&path, error))?;
    }
    line(&docs.folder.join("docs.html").display().to_string())
}
