//! `trivium group`.

use serde_json::json;
use trivium_core::administration;
use trivium_core::groups::new::NewGroup;
use trivium_core::groups::view::ModerationType;
use trivium_core::types::{AuthToken, DateTime, GroupName, GroupRef, Line, Prose, UserRef};
use trivium_storage::groups::Group as Row;

use super::{open, print};
use crate::failure::Failure;
use crate::options::{Global, Group};

pub(crate) fn run(global: &Global, command: &Group) -> Result<(), Failure> {
    match command {
        Group::Add {
            name,
            owner,
            registration,
            access,
            description,
            category,
        } => {
            let operation = NewGroup {
                auth_token: AuthToken::default(),
                name: GroupName(name.clone()),
                category: category.parse()?,
                tags: Line::default(),
                description: Prose(description.clone()),
                image: Line::default(),
                access_type: word(access, "--access", "public or members")?,
                registration_type: word(
                    registration,
                    "--registration",
                    "open, moderated or invite",
                )?,
                moderation_type: ModerationType::Direct,
            };
            let service = open(global)?;
            let owner = administration::user(&service, owner)?;
            let made = service.run(operation, &administration::acting_for(owner.id))?;
            print::value(global, "id", &made.id.to_string())
        }
        Group::List => {
            let rows: Vec<_> = administration::groups(&*open(global)?)?
                .iter()
                .map(show)
                .collect();
            let columns = [
                "id",
                "name",
                "registrationType",
                "memberCount",
                "owner",
                "created",
            ];
            print::list(global, &columns, &rows)
        }
        Group::Show { id } => {
            let group = administration::group(&*open(global)?, id.parse()?)?;
            print::record(global, &show(&group))
        }
    }
}

/// One of a closed list of words, from an option.
fn word<T: std::str::FromStr>(text: &str, option: &str, allowed: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| {
        clap::Error::raw(
            clap::error::ErrorKind::InvalidValue,
            format!("{option} is {allowed}, not '{text}'\n"),
        )
        .into()
    })
}

fn show(group: &Row) -> serde_json::Value {
    json!({
        "id": GroupRef(group.id).to_string(),
        "name": group.name,
        "description": group.description,
        "category": format!("cat:{}", group.category_id),
        "tags": group.tags,
        "image": group.image,
        "accessType": group.access_type,
        "registrationType": group.registration_type,
        "moderationType": group.moderation_type,
        "memberCount": group.member_count,
        "topicCount": group.topic_count,
        "created": DateTime(group.created_at).to_string(),
        "owner": UserRef(group.owner_id).to_string(),
    })
}
