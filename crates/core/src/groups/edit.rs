//! `editGroup`: its owner changes a group, and those who wait feel it.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::groups::{self, Group, GroupChange};
use trivium_storage::{memberships, users};

use crate::context::{Actor, Record};
use crate::groups::get::Shown;
use crate::groups::new::{NAME, acceptable_name, title_taken};
use crate::groups::rules::{NOW_BY_INVITATION, RegistrationType, Standing};
use crate::groups::view::{AccessType, GroupView, ModerationType};
use crate::types::{AuthToken, CategoryRef, GroupName, GroupRef, Line, Prose};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Changes a group. Only its owner may; what is not given stays as it is.
///
/// Where a moderated group becomes open, those who wait become members. Where it becomes one by
/// invitation, they are turned away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditGroup {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// Name of the group
    #[schemars(extend("x-characters" = NAME))]
    pub name: Option<GroupName>,
    /// What the group is about
    pub description: Option<Prose>,
    /// ID of its category
    pub category: Option<CategoryRef>,
    /// Words to find it by
    pub tags: Option<Line>,
    /// Address of a picture
    pub image: Option<Line>,
    /// Who may read what is in it
    pub access_type: Option<AccessType>,
    /// How it is joined
    pub registration_type: Option<RegistrationType>,
    /// Whether what members post appears at once
    pub moderation_type: Option<ModerationType>,
}

impl Operation for EditGroup {
    const NAME: &'static str = "editGroup";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
        Code::GroupParameterError,
        Code::CategoryDoesNotExist,
        Code::ContentCollectionTitleAlreadyExist,
    ];
    type Output = Shown;

    fn run(&self, context: &mut Context<'_>) -> Result<Shown> {
        let actor = context.authenticate(&self.auth_token)?;
        let group = context.group(self.id)?;
        if context.standing_of(&actor, &group)? != Standing::Owner {
            return Err(Code::UserAccessDenied.into());
        }
        if let Some(name) = &self.name {
            acceptable_name(name)?;
        }
        if let Some(category) = self.category
            && !groups::category_exists(context.connection, category.0)?
        {
            return Err(Code::CategoryDoesNotExist.into());
        }
        let change = GroupChange {
            name: self.name.as_ref().map(|name| name.0.clone()),
            folded_name: self.name.as_ref().map(|name| name.to_lowercase()),
            description: self.description.as_ref().map(|text| text.0.clone()),
            category_id: self.category.map(|category| category.0),
            tags: self.tags.as_ref().map(|tags| tags.0.clone()),
            image: self.image.as_ref().map(|image| image.0.clone()),
            access_type: self.access_type.map(AccessType::as_str),
            registration_type: self.registration_type.map(RegistrationType::as_str),
            moderation_type: self.moderation_type.map(ModerationType::as_str),
            ..GroupChange::default()
        };
        groups::update(context.connection, group.id, &change).map_err(title_taken)?;
        context.record(
            &actor.login,
            Record {
                group: Some(self.id),
                ..Record::default()
            },
        )?;
        match self.registration_type {
            Some(RegistrationType::Open) => decide_all(context, &actor, &group, true)?,
            Some(RegistrationType::Invite) => decide_all(context, &actor, &group, false)?,
            Some(RegistrationType::Moderated) | None => {}
        }
        Ok(Shown {
            group: GroupView::of(context.group(self.id)?, context)?,
        })
    }
}

/// Lets everybody in who waits, or turns everybody away.
fn decide_all(context: &mut Context<'_>, actor: &Actor, group: &Group, let_in: bool) -> Result<()> {
    for mut request in memberships::requests_of_group(context.connection, group.id)? {
        let user = users::find(context.connection, request.user_id)?;
        let login = user.map(|user| user.login).unwrap_or_default();
        let requested = Standing::Requested.as_str();
        let action = if let_in {
            request.state = Standing::Member.as_str().into();
            request.since = context.now;
            request.note = String::new();
            memberships::update(context.connection, requested, &request)?;
            groups::add_members(context.connection, group.id, 1)?;
            "approveJoinRequest"
        } else {
            memberships::delete(context.connection, group.id, request.user_id, requested)?;
            "denyJoinRequest"
        };
        context.record(
            &actor.login,
            Record {
                group: Some(GroupRef(group.id)),
                action: Some(action),
                subject: Some(&login),
                reason: (!let_in).then_some(NOW_BY_INVITATION),
            },
        )?;
    }
    Ok(())
}
