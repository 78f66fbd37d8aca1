//! Groups as results show them.

use schemars::JsonSchema;
use serde::Serialize;
pub use trivium_storage::groups::{Group, JoinedGroup};

use crate::groups::rules::{RegistrationType, Role, Standing};
use crate::types::{CategoryRef, DateTime, GroupRef, UserRef};
use crate::{Result, Session};

trivium_rpc::string_enum! {
    /// Who may read the content of a group.
    AccessType {
        /// Everybody.
        Public = "public",
        /// Its members.
        Members = "members",
    }
}

trivium_rpc::string_enum! {
    /// Whether posts of members are moderated.
    ModerationType {
        /// Posts appear at once.
        Direct = "direct",
        /// A moderator approves each post first.
        Moderated = "moderated",
    }
}

/// A group. The list of the caller's own groups adds the caller's role.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// ID of the group
    pub id: GroupRef,
    /// Name of the group
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// Description of the group
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub description: String,
    /// ID of its category
    pub category: CategoryRef,
    /// Tags of the group
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub tags: String,
    /// URL of an image
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub image: String,
    /// Who may read the content of the group
    pub access_type: AccessType,
    /// How users join the group
    pub registration_type: RegistrationType,
    /// Whether posts of members are moderated
    pub moderation_type: ModerationType,
    /// Condition of joining, if the caller may see the other group; in the results of getGroup and editGroup
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::groups::condition::ConditionText>")]
    pub join_condition: Option<String>,
    /// Number of members
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub member_count: i64,
    /// Number of topics
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub topic_count: i64,
    /// When the group was created
    pub created: DateTime,
    /// ID of the owner
    pub owner: UserRef,
    /// URL of the public page
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub url: String,
    /// Role of the caller in the group
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// When the caller joined
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<DateTime>,
    /// When the caller's membership ends
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime>,
    /// Number of pending join requests; for moderators of the group
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Count>")]
    pub waiting_requests: Option<i64>,
}

impl GroupView {
    /// Converts a row.
    pub fn of(group: Group, session: &Session<'_>) -> Self {
        Self {
            id: GroupRef(group.id),
            url: session.group_url(group.id),
            name: group.name,
            description: group.description,
            category: CategoryRef(group.category_id),
            tags: group.tags,
            image: group.image,
            access_type: group.access_type.into(),
            registration_type: group.registration_type.into(),
            moderation_type: group.moderation_type.into(),
            join_condition: None,
            member_count: group.member_count,
            topic_count: group.topic_count,
            created: DateTime(group.created_at),
            owner: UserRef(group.owner_id),
            role: None,
            joined_at: None,
            ends_at: None,
            waiting_requests: None,
        }
    }

    /// Converts a row of a group that a user is a member of, with their role.
    pub(crate) fn of_member(row: JoinedGroup, user: i64, session: &Session<'_>) -> Self {
        let owned = row.group.owner_id == user;
        Self {
            role: Standing::of(row.state, owned).role(),
            joined_at: Some(DateTime(row.since)),
            ends_at: row.ends_at.map(DateTime),
            ..Self::of(row.group, session)
        }
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
    /// Number of members
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub member_count: i64,
    /// URL of the public page
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub url: String,
}

impl GroupSummary {
    /// Converts a row.
    pub fn of(group: Group, session: &Session<'_>) -> Self {
        Self {
            id: GroupRef(group.id),
            url: session.group_url(group.id),
            name: group.name,
            member_count: group.member_count,
        }
    }
}
