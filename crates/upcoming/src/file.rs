//! Parses a stored response of group.getMyGroups in JSON.

use serde::Deserialize;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::groups::view::ModerationType;
use trivium_core::import::ForeignGroup;

/// The groups of the demonstration: the JSON example of Upcoming's documentation page.
pub const DEMONSTRATION: &str =
    include_str!("../../../tests/cases/upcoming.group.getMyGroups.json");

#[derive(Deserialize)]
struct Document {
    rsp: Response,
}

#[derive(Deserialize)]
struct Response {
    stat: Stat,
    /// Absent if there are no groups.
    #[serde(default)]
    group: Vec<Group>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Stat {
    Ok,
    Fail,
}

#[derive(Deserialize)]
struct Group {
    id: i64,
    name: String,
    description: String,
    event_moderation: i64,
    member_moderation: i64,
    is_private: i64,
    topic_count: i64,
    member_count: i64,
    timestamp: String,
    owner_user_id: i64,
    #[serde(default)]
    commercial_account_id: i64,
    num_topics: Option<i64>,
}

/// Parses the groups of a document, in its order.
///
/// # Errors
/// A message that names the place.
pub fn read(document: &str) -> Result<Vec<ForeignGroup>, String> {
    let document: Document = serde_json::from_str(document).map_err(|e| e.to_string())?;
    if document.rsp.stat == Stat::Fail {
        return Err("it is the response of a failed call".to_owned());
    }
    document.rsp.group.into_iter().map(foreign).collect()
}

fn foreign(group: Group) -> Result<ForeignGroup, String> {
    let created_at = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", &group.timestamp)
        .and_then(|time| time.to_zoned(jiff::tz::TimeZone::UTC))
        .map_err(|_| {
            format!(
                "group {}: the timestamp '{}' is not of the form 2006-08-11 13:38:44",
                group.id, group.timestamp
            )
        })?
        .timestamp()
        .as_second();
    Ok(ForeignGroup {
        id: group.id,
        registration_type: match (group.is_private, group.member_moderation) {
            (1, _) => RegistrationType::Invite,
            (_, 1) => RegistrationType::Moderated,
            _ => RegistrationType::Open,
        },
        moderation_type: match group.event_moderation {
            1 => ModerationType::Moderated,
            _ => ModerationType::Direct,
        },
        member_count: group.member_count,
        topic_count: group.topic_count,
        num_topics: group.num_topics.unwrap_or(group.topic_count),
        commercial_account_id: group.commercial_account_id,
        owner_id: group.owner_user_id,
        created_at,
        name: group.name,
        description: group.description,
    })
}
