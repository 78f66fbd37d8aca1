//! Writes the pages as files that need no server: their links are relative paths of files.

use trivium_front::Reply;

use crate::{Site, site};

/// Renders every file: its path in the output folder, and its bytes.
pub fn all(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let own = site.service.pages.iter().map(|page| page.path.to_owned());
    let pages: Vec<(String, Reply)> = site::paths(site.service)
        .into_iter()
        .chain(own)
        .filter_map(|path| Some((path.clone(), site::find(&path, site)?)))
        .collect();
    let names: Vec<(&str, String)> = pages
        .iter()
        .map(|(path, reply)| (path.as_str(), name(path, reply)))
        .collect();
    let file = |(path, reply): &(String, Reply)| {
        let body = match is_page(reply) {
            true => with_relative_links(path, &String::from_utf8_lossy(&reply.body), &names)
                .into_bytes(),
            false => reply.body.to_vec(),
        };
        (name(path, reply), body)
    };
    pages.iter().map(file).collect()
}

fn is_page(reply: &Reply) -> bool {
    reply.content_type.starts_with("text/html")
}

/// Returns the path of the file for an address.
fn name(path: &str, reply: &Reply) -> String {
    let extension = if is_page(reply) { ".html" } else { "" };
    match path.trim_start_matches('/') {
        "" => "index.html".to_owned(),
        path => format!("{path}{extension}"),
    }
}

/// Replaces the links of a page with relative links to files.
fn with_relative_links(path: &str, html: &str, names: &[(&str, String)]) -> String {
    let up = "../".repeat(path.matches('/').count() - 1);
    let mut html = html.to_owned();
    for (target, file) in names {
        for end in ["\"", "#"] {
            for attribute in ["href", "src"] {
                let from = format!("{attribute}=\"{target}{end}");
                html = html.replace(&from, &format!("{attribute}=\"{up}{file}{end}"));
            }
        }
    }
    html
}
