//! Groups as elements of Upcoming.

use jiff::Timestamp;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::groups::view::{Group, ModerationType};

use crate::answer::{Answer, Attributes};

/// The order of the attributes in XML, as positions in JSON.
const XML_ORDER: &[usize] = &[0, 1, 2, 4, 5, 6, 9, 10, 11, 7, 8, 3, 12, 13];

/// A result with these groups.
pub fn answer(groups: Vec<Group>) -> Answer {
    let elements = groups.into_iter().map(attributes).collect();
    Answer {
        xml_order: XML_ORDER,
        ..Answer::of("group", elements)
    }
}

fn attributes(group: Group) -> Attributes {
    let registration = RegistrationType::from(group.registration_type);
    let event_moderation = ModerationType::from(group.moderation_type) == ModerationType::Moderated;
    let moderation_level = if event_moderation {
        "moderated"
    } else {
        "unmoderated"
    };
    let member_moderation = registration == RegistrationType::Moderated;
    let is_private = registration == RegistrationType::Invite;
    vec![
        ("id", group.id.into()),
        ("name", group.name.into()),
        ("description", group.description.into()),
        ("moderation_level", moderation_level.into()),
        ("event_moderation", event_moderation.into()),
        ("member_moderation", member_moderation.into()),
        ("is_private", is_private.into()),
        ("topic_count", group.topic_count.into()),
        ("member_count", group.member_count.into()),
        ("timestamp", time(group.created_at).into()),
        ("owner_user_id", group.owner_id.into()),
        ("commercial_account_id", group.commercial_account_id.into()),
        ("num_members", group.member_count.into()),
        ("num_topics", group.num_topics.max(group.topic_count).into()),
    ]
}

/// A point in time in UTC as `2006-08-11 13:38:44`.
pub fn time(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
