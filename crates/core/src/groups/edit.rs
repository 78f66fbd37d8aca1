//! `editGroup`: changes a group. Its pending join requests are decided if it is no longer moderated.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::categories;
use trivium_storage::groups::{self, Group, GroupChange};
use trivium_storage::memberships::{self, State};
use trivium_storage::users;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::condition::{ConditionText, JoinCondition};
use crate::groups::get::GroupResult;
use crate::groups::new::{NAME, acceptable_name, title_taken};
use crate::groups::rules::{
    CONDITION_IS_NOT_MET, Condition, JoinState, Joining, NOW_BY_INVITATION, RegistrationType,
    Standing, joining,
};
use crate::groups::view::{AccessType, ModerationType};
use crate::session::{Change, DisclosedGroup, Record};
use crate::types::{CategoryRef, Description, GroupName, GroupRef, Link, Tags};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Changes the given properties of a group. For its owner.
///
/// If its registration type or its condition of joining changes, its pending join requests are decided anew: those are
/// approved whose users could now join at once, and those denied whose users could not.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditGroup {
    /// ID of the group
    pub id: GroupRef,
    /// Name of the group
    #[schemars(extend("x-characters" = NAME))]
    pub name: Option<GroupName>,
    /// Description of the group
    pub description: Option<Description>,
    /// ID of its category
    pub category: Option<CategoryRef>,
    /// Tags of the group
    pub tags: Option<Tags>,
    /// URL of an image
    pub image: Option<Link>,
    /// Who may read the content of the group
    pub access_type: Option<AccessType>,
    /// How users join the group
    pub registration_type: Option<RegistrationType>,
    /// Whether posts of members are moderated
    pub moderation_type: Option<ModerationType>,
    /// Condition of joining, as in newGroup; an empty text removes it
    pub join_condition: Option<ConditionText>,
}

impl Operation for EditGroup {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "editGroup",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::GROUP_PARAMETER_ERROR,
            codes::CATEGORY_DOES_NOT_EXIST,
            codes::VALIDATION_INVALID_VALUE,
            codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST,
        ],
    );
    type Caller = Actor;
    type Output = GroupResult;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<GroupResult> {
        let DisclosedGroup { group, relation } = session.group(self.id, actor)?;
        if relation.standing != Standing::Owner {
            return Err(codes::USER_ACCESS_DENIED.into());
        }
        if let Some(name) = &self.name {
            acceptable_name(name)?;
        }
        if let Some(category) = self.category
            && !categories::exists(session.connection, category.0)?
        {
            return Err(codes::CATEGORY_DOES_NOT_EXIST.into());
        }
        let condition = match &self.join_condition {
            Some(text) => Some(JoinCondition::parse(text)?),
            None => None,
        };
        if let Some(Some(condition)) = condition {
            condition.check(session, actor)?;
            if condition.group == self.id {
                return Err(codes::CONTENT_NOT_FOUND.into());
            }
        }
        let change = GroupChange {
            name: self.name.as_ref().map(|name| name.0.clone()),
            folded_name: self.name.as_ref().map(|name| name.to_lowercase()),
            description: self.description.as_ref().map(|text| text.0.clone()),
            category_id: self.category.map(|category| category.0),
            tags: self.tags.as_ref().map(|tags| tags.0.clone()),
            image: self.image.as_ref().map(|image| image.0.clone()),
            access_type: self.access_type.map(Into::into),
            registration_type: self.registration_type.map(Into::into),
            moderation_type: self.moderation_type.map(Into::into),
            condition_kind: condition.map(|condition| condition.map(|it| it.kind)),
            condition_group_id: condition.map(|condition| condition.map(|it| it.group.0)),
            ..GroupChange::default()
        };
        groups::update(session.connection, group.id, &change).map_err(title_taken)?;
        session.record(
            actor,
            Record {
                group: Some(self.id),
                ..Record::default()
            },
        )?;
        let changed = session.group(self.id, actor)?.group;
        let rules = |group: &Group| (group.registration_type, JoinCondition::of(group));
        if rules(&changed) != rules(&group) {
            decide_all(session, actor, &changed)?;
        }
        GroupResult::of(session.group(self.id, actor)?.group, session, actor)
    }
}

impl PublicOperation for EditGroup {
    const EXAMPLE: Example = Example::by(
        Who::Owner,
        &[
            ("id", "group:1237"),
            ("description", "Where travellers wait."),
        ],
    );
    const ACCESS: Access = Access::owner(&[("id", Of::Group), ("tags", Of::Text("x"))]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("id", Of::DeletedGroup)],
        ),
        Cause::of(
            codes::GROUP_PARAMETER_ERROR,
            Who::Owner,
            &[("name", Of::Text(""))],
        ),
        Cause::of(
            codes::CATEGORY_DOES_NOT_EXIST,
            Who::Owner,
            &[("category", Of::Text("cat:99"))],
        ),
        Cause::of(
            codes::VALIDATION_INVALID_VALUE,
            Who::Owner,
            &[("joinCondition", Of::Text("member_of:7"))],
        ),
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("joinCondition", Of::Text("member_of:group:999999"))],
        ),
        Cause::of(
            codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST,
            Who::Owner,
            &[("name", Of::TakenName)],
        ),
    ];
}

/// Decides anew on all pending join requests of a group that has changed, by the table of joining: what would admit the
/// user now approves the request, what would refuse them denies it.
fn decide_all(session: &mut Session<'_>, actor: &Actor, group: &Group) -> Result<()> {
    let requests = memberships::requests_of_group(session.connection, group.id)?;
    let users: Vec<i64> = requests.iter().map(|request| request.user_id).collect();
    let conditions = Condition::of_all(session, JoinCondition::of(group), &users)?;
    let registration = group.registration_type.into();
    for (mut request, condition) in requests.into_iter().zip(conditions) {
        let rule = joining(Standing::None, registration, false, condition)?;
        let (action, standing, reason) = match rule.joining {
            Joining::Let(JoinState::InModeration) => continue,
            Joining::Let(JoinState::Joined) => {
                request.state = State::Member;
                request.since = session.now();
                request.note = String::new();
                memberships::update(session.connection, State::Requested, &request)?;
                session.count_members(group.id, 1)?;
                ("approveJoinRequest", Standing::Member, None)
            }
            Joining::Refuse(code) => {
                let requested = State::Requested;
                memberships::delete(session.connection, group.id, request.user_id, requested)?;
                let reason = match code {
                    codes::CONDITION_NOT_MET => CONDITION_IS_NOT_MET,
                    _ => NOW_BY_INVITATION,
                };
                ("denyJoinRequest", Standing::None, Some(reason))
            }
        };
        let user = users::find(session.connection, request.user_id)?;
        let login = user.map(|user| user.login).unwrap_or_default();
        session.record(
            actor,
            Record {
                group: Some(GroupRef(group.id)),
                action: Some(action),
                subject: Some(&login),
                reason,
                change: Some(Change::to(request.user_id, standing)),
            },
        )?;
    }
    Ok(())
}
