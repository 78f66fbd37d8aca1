//! A group as answers show it.

use schemars::JsonSchema;
use serde::Serialize;
pub use trivium_storage::groups::Group;

use crate::groups::rules::{RegistrationType, Role};
use crate::types::{CategoryRef, DateTime, GroupRef, UserRef};
use crate::{Result, Session};

trivium_rpc::string_enum! {
    /// Who may read what is in a group.
    AccessType {
        /// Everybody.
        Public = "public",
        /// Its members.
        Members = "members",
    }
}

trivium_rpc::string_enum! {
    /// Whether what members post appears at once.
    ModerationType {
        /// It does.
        Direct = "direct",
        /// A moderator approves it first.
        Moderated = "moderated",
    }
}

/// A group, with what the caller is in it where the caller asks for their own groups.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// ID of the group
    pub id: GroupRef,
    /// Name of the group
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// What the group is about
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub description: String,
    /// ID of its category
    pub category: CategoryRef,
    /// Words to find it by
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub tags: String,
    /// Address of a picture
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub image: String,
    /// Who may read what is in it
    pub access_type: AccessType,
    /// How it is joined
    pub registration_type: RegistrationType,
    /// Whether what members post appears at once
    pub moderation_type: ModerationType,
    /// How many members it has
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub member_count: i64,
    /// How many topics it has
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub topic_count: i64,
    /// When it was made
    pub created: DateTime,
    /// ID of the user who owns it
    pub owner: UserRef,
    /// Address of its public page
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub url: String,
    /// What the caller is in it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// When the caller joined
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<DateTime>,
    /// How many requests to join wait; for those who moderate it
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Count>")]
    pub waiting_requests: Option<i64>,
}

impl GroupView {
    /// Shows a group.
    ///
    /// # Errors
    /// The store's failure, for a value that is none of the allowed.
    pub fn of(group: Group, session: &Session<'_>) -> Result<Self> {
        Ok(Self {
            id: GroupRef(group.id),
            url: session.group_url(group.id),
            name: group.name,
            description: group.description,
            category: CategoryRef(group.category_id),
            tags: group.tags,
            image: group.image,
            access_type: group.access_type.parse()?,
            registration_type: group.registration_type.parse()?,
            moderation_type: group.moderation_type.parse()?,
            member_count: group.member_count,
            topic_count: group.topic_count,
            created: DateTime(group.created_at),
            owner: UserRef(group.owner_id),
            role: None,
            joined_at: None,
            waiting_requests: None,
        })
    }
}

/// A group in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupSummary {
    /// ID of the group
    pub id: GroupRef,
    /// Name of the group
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// How many members it has
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub member_count: i64,
    /// Address of its public page
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub url: String,
}

impl GroupSummary {
    /// Shows a group in short.
    pub fn of(group: Group, session: &Session<'_>) -> Self {
        Self {
            id: GroupRef(group.id),
            url: session.group_url(group.id),
            name: group.name,
            member_count: group.member_count,
        }
    }
}
