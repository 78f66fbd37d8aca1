//! The public pages of groups and users, at the URLs in results.

use trivium_storage::{groups, users};

use crate::accounts::find::full_name;
use crate::groups::rules::RegistrationType;
use crate::session::Viewer;
use crate::types::{DateTime, GroupRef, UserRef};
use crate::{Declaration, Directory, Operation, Result, Session, codes};

/// A group as its public page shows it.
#[derive(Debug)]
pub struct PublicGroup {
    /// ID of the group.
    pub id: GroupRef,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The number of members.
    pub member_count: i64,
    /// The number of topics.
    pub topic_count: i64,
    /// How users join it.
    pub registration_type: RegistrationType,
    /// When it was created.
    pub created: DateTime,
    /// The owner: ID and name.
    pub owner: (i64, String),
}

/// A user as their public page shows them.
#[derive(Debug)]
pub struct PublicUser {
    /// ID of the user.
    pub id: UserRef,
    /// The login.
    pub login: String,
    /// The name.
    pub name: String,
    /// When the account was created.
    pub created: DateTime,
    /// The listed groups that they own: ID and name.
    pub groups: Vec<(i64, String)>,
}

/// Shows the public page of a group.
#[derive(Clone, Copy, Debug)]
pub struct ShowPublicGroup {
    /// The group.
    pub id: GroupRef,
}

impl Operation for ShowPublicGroup {
    const DECLARATION: &'static Declaration =
        &Declaration::read("showPublicGroup", &[codes::CONTENT_NOT_FOUND]);
    type Caller = ();
    type Output = PublicGroup;

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<PublicGroup> {
        let group = session.group(self.id, Viewer::Anonymous)?.group;
        let owner = users::find(session.connection, group.owner_id)?
            .map(|owner| full_name(&owner.first_name, &owner.last_name, &owner.login));
        Ok(PublicGroup {
            id: self.id,
            name: group.name,
            description: group.description,
            member_count: group.member_count,
            topic_count: group.topic_count,
            registration_type: group.registration_type.into(),
            created: DateTime(group.created_at),
            owner: (group.owner_id, owner.unwrap_or_default()),
        })
    }
}

/// Shows the public page of a user.
#[derive(Clone, Copy, Debug)]
pub struct ShowPublicUser {
    /// The user.
    pub id: UserRef,
}

impl Operation for ShowPublicUser {
    const DECLARATION: &'static Declaration =
        &Declaration::read("showPublicUser", &[codes::USER_NOT_FOUND]);
    type Caller = ();
    type Output = PublicUser;

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<PublicUser> {
        if session.settings.directory == Directory::Members {
            return Err(codes::USER_NOT_FOUND.into());
        }
        let user = session.user(self.id)?;
        Ok(PublicUser {
            id: self.id,
            name: full_name(&user.first_name, &user.last_name, &user.login),
            login: user.login,
            created: DateTime(user.created_at),
            groups: groups::list_listed_of_owner(session.connection, user.id)?,
        })
    }
}
