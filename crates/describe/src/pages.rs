//! The pages. Each is a template with the values that it shows; askama escapes them.

use askama::Template;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::public::{PublicGroup, PublicUser};
use trivium_front::Reply;

use crate::examples::Format;
use crate::reply::page;

#[derive(Template)]
#[template(path = "group.html")]
struct GroupPage<'a> {
    group: &'a PublicGroup,
    how_to_join: &'static str,
}

#[derive(Template)]
#[template(path = "user.html")]
struct UserPage<'a> {
    user: &'a PublicUser,
}

#[derive(Template)]
#[template(path = "missing.html")]
struct MissingPage;

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    formats: [Format; 3],
}

/// The first page: what this is, and where its protocols are.
pub fn index() -> Reply {
    let formats = Format::ALL;
    page(200, &IndexPage { formats })
}

/// The public page of a group.
pub fn group(group: &PublicGroup) -> Reply {
    let how_to_join = match group.registration_type {
        RegistrationType::Open => "Everybody can join.",
        RegistrationType::Moderated => "Ask to join; a moderator decides.",
        RegistrationType::Invite => "By invitation only.",
    };
    page(200, &GroupPage { group, how_to_join })
}

/// The public page of a person.
pub fn user(user: &PublicUser) -> Reply {
    page(200, &UserPage { user })
}

/// The page of what is not there, or not for everybody.
pub fn missing() -> Reply {
    page(404, &MissingPage)
}
