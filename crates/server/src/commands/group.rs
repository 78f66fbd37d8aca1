//! `trivium group`.

use serde_json::json;
use trivium_core::administration::groups::{ListGroups, ShowGroup};
use trivium_core::groups::condition::{ConditionText, JoinCondition};
use trivium_core::groups::delete::DeleteGroup;
use trivium_core::groups::edit::EditGroup;
use trivium_core::groups::get_members::GetMembers;
use trivium_core::groups::new::NewGroup;
use trivium_core::groups::view::ModerationType;
use trivium_core::moderation::get_audit_log::GetAuditLog;
use trivium_core::moderation::transfer::TransferGroup;
use trivium_core::types::{DateTime, Description, GroupName, GroupRef, Link, Tags, UserRef};
use trivium_storage::groups::Group as Row;

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Global, Group};

pub(crate) fn run(global: &Global, command: &Group) -> Result<(), Failure> {
    let reads = matches!(
        command,
        Group::List | Group::Show { .. } | Group::Members { .. } | Group::Log { .. }
    );
    let administrator = Administrator::open_to_read(global, reads)?;
    match command {
        Group::Add {
            name,
            owner,
            registration,
            access,
            description,
            category,
        } => {
            let owner = administrator.user(owner)?;
            let new = NewGroup {
                name: GroupName(name.clone()),
                category: *category,
                tags: Tags::default(),
                description: Description(description.clone()),
                image: Link::default(),
                access_type: *access,
                registration_type: *registration,
                moderation_type: ModerationType::Direct,
                join_condition: None,
            };
            let created = administrator.run_as(owner, new)?;
            print::value(global, "id", created.id.to_string())
        }
        Group::List => {
            let groups = administrator.run(ListGroups)?;
            let rows: Vec<_> = groups.iter().map(show).collect();
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
            let group = administrator.run(ShowGroup { id: *id })?;
            print::record(global, &show(&group))
        }
        Group::Edit {
            id,
            name,
            registration,
            access,
            description,
            category,
            join_condition,
            owner,
        } => {
            let edit = EditGroup {
                id: *id,
                name: name.clone().map(GroupName),
                description: description.clone().map(Description),
                category: *category,
                tags: None,
                image: None,
                access_type: *access,
                registration_type: *registration,
                moderation_type: None,
                join_condition: join_condition.clone().map(ConditionText),
            };
            administrator.run(edit)?;
            if let Some(owner) = owner {
                let user = administrator.user(owner)?;
                administrator.run(TransferGroup { id: *id, user })?;
            }
            Ok(())
        }
        Group::Delete { id } => {
            administrator.run(DeleteGroup { id: *id })?;
            Ok(())
        }
        Group::Members { id } => {
            let rows = administrator.pages(
                |page, results_per_page| GetMembers {
                    id: *id,
                    page,
                    results_per_page,
                },
                |answer| answer.members,
            )?;
            let columns = ["id", "login", "name", "role", "joinedAt", "endsAt"];
            print::list(global, &columns, &rows)
        }
        Group::Log { id } => {
            let rows = administrator.pages(
                |page, results_per_page| GetAuditLog {
                    id: *id,
                    page,
                    results_per_page,
                },
                |answer| answer.entries,
            )?;
            let columns = ["at", "actor", "action", "subject", "reason", "via"];
            print::list(global, &columns, &rows)
        }
    }
}

fn show(group: &Row) -> serde_json::Value {
    json!({
        "id": GroupRef(group.id).to_string(),
        "name": group.name,
        "description": group.description,
        "category": format!("cat:{}", group.category_id),
        "tags": group.tags,
        "image": group.image,
        "accessType": group.access_type.as_str(),
        "registrationType": group.registration_type.as_str(),
        "moderationType": group.moderation_type.as_str(),
        "joinCondition": JoinCondition::of(group).map(|condition| condition.to_string()),
        "memberCount": group.member_count,
        "topicCount": group.topic_count,
        "created": DateTime(group.created_at).to_string(),
        "owner": UserRef(group.owner_id).to_string(),
    })
}
