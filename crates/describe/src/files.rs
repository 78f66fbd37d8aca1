//! The pages as files that need no server: links name files, from where the page is.

use trivium_front::Reply;

use crate::{Site, site};

/// Every file: its path in their folder, and its bytes.
pub fn all(here: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let own = here.service.pages.iter().map(|page| page.path.to_owned());
    let pages: Vec<(String, Reply)> = site::paths(here.service)
        .into_iter()
        .chain(own)
        .filter_map(|path| Some((path.clone(), site::find(&path, here)?)))
        .collect();
    let names: Vec<(&str, String)> = pages
        .iter()
        .map(|(path, reply)| (path.as_str(), name(path, reply)))
        .collect();
    let file = |(path, reply): &(String, Reply)| {
        let body = match is_page(reply) {
            true => linked(path, &String::from_utf8_lossy(&reply.body), &names).into_bytes(),
            false => reply.body.clone(),
        };
        (name(path, reply), body)
    };
    pages.iter().map(file).collect()
}

fn is_page(reply: &Reply) -> bool {
    reply.content_type.starts_with("text/html")
}

/// The file of an address.
fn name(path: &str, reply: &Reply) -> String {
    let ending = if is_page(reply) { ".html" } else { "" };
    match path.trim_start_matches('/') {
        "" => "index.html".to_owned(),
        path => format!("{path}{ending}"),
    }
}

/// The page with its links as those between files.
fn linked(path: &str, html: &str, names: &[(&str, String)]) -> String {
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
