//! What everybody may see of a group or a person, at the addresses that answers give.

use trivium_storage::{groups, users};

use crate::context::Directory;
use crate::groups::get::disclosed;
use crate::groups::get_members::full_name;
use crate::groups::rules::{RegistrationType, Standing};
use crate::types::{DateTime, GroupRef, UserRef};
use crate::{Code, Result, Service};

/// A group as its public page shows it.
#[derive(Debug)]
pub struct PublicGroup {
    /// ID of the group.
    pub id: GroupRef,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// How many members it has.
    pub member_count: i64,
    /// How many topics it has.
    pub topic_count: i64,
    /// How it is joined.
    pub registration_type: RegistrationType,
    /// When it was made.
    pub created: DateTime,
    /// Who owns it: number and name.
    pub owner: (i64, String),
}

/// A person as their public page shows them.
#[derive(Debug)]
pub struct PublicUser {
    /// ID of the person.
    pub id: UserRef,
    /// Their login.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Since when they have an account.
    pub created: DateTime,
    /// The listed groups that they own: number and name.
    pub groups: Vec<(i64, String)>,
}

/// The page of a group.
///
/// # Errors
/// `content_not_found`, also for a group by invitation: it is not disclosed.
pub fn group(service: &Service, id: GroupRef) -> Result<PublicGroup> {
    service.database.read(|connection| {
        let group = groups::find(connection, id.0)?
            .filter(|group| group.deleted_at.is_none())
            .ok_or(Code::ContentNotFound)?;
        disclosed(&group, Standing::None)?;
        let owner = users::find(connection, group.owner_id)?
            .map(|owner| full_name(&owner.first_name, &owner.last_name, &owner.login));
        Ok(PublicGroup {
            id,
            name: group.name,
            description: group.description,
            member_count: group.member_count,
            topic_count: group.topic_count,
            registration_type: group.registration_type.parse()?,
            created: DateTime(group.created_at),
            owner: (group.owner_id, owner.unwrap_or_default()),
        })
    })
}

/// The page of a person.
///
/// # Errors
/// `user_not_found`, also where the directory of people is for members only.
pub fn user(service: &Service, id: UserRef) -> Result<PublicUser> {
    if service.settings.directory == Directory::Members {
        return Err(Code::UserNotFound.into());
    }
    service.database.read(|connection| {
        let user = users::find(connection, id.0)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or(Code::UserNotFound)?;
        Ok(PublicUser {
            id,
            name: full_name(&user.first_name, &user.last_name, &user.login),
            login: user.login,
            created: DateTime(user.created_at),
            groups: groups::list_listed_of_owner(connection, user.id)?,
        })
    })
}
