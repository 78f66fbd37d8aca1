//! The public pages of groups and users.

use askama::Template;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::public::{PublicGroup, PublicUser};
use trivium_front::Reply;
use trivium_front::page::page;

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

/// Renders the public page of a group.
pub fn group(group: &PublicGroup) -> Reply {
    let how_to_join = match group.registration_type {
        RegistrationType::Open => "Any user can join.",
        RegistrationType::Moderated => "A moderator must approve each request to join.",
        RegistrationType::Invite => "Users can join by invitation only.",
    };
    page(200, GroupPage { group, how_to_join }.render())
}

/// Renders the public page of a user.
pub fn user(user: &PublicUser) -> Reply {
    page(200, UserPage { user }.render())
}

/// Renders the page for a group or user that does not exist, or is not disclosed.
pub fn missing() -> Reply {
    page(404, MissingPage.render())
}
