//! `/user/groups`, the groups of the caller, and `/groups/{id}`.

use trivium_core::groups::delete::DeleteGroup;
use trivium_core::groups::edit::EditGroup;
use trivium_core::groups::get_my_groups::GetMyGroups;
use trivium_core::groups::kind::Kind;
use trivium_core::groups::new::NewGroup;
use trivium_core::groups::rules::{RegistrationType, Standing};
use trivium_core::groups::succession::{self, NameClash};
use trivium_core::groups::view::{AccessType, GroupView, ModerationType};
use trivium_core::types::{
    CategoryRef, Description, GroupName, GroupRef, Link, ResultsPerPage, Tags,
};
use trivium_core::{Operation, Result, codes};

use crate::answer::{Answer, Location};
use crate::call::Context;
use crate::calls::all_pages;
use crate::error::Refusal;
use crate::values::Values;

/// Lists the groups of the caller.
pub(crate) fn list(context: Context<'_, '_>) -> Result<Answer> {
    let actor = context.actor()?;
    let groups = all_pages(|page| {
        let list = GetMyGroups {
            page,
            results_per_page: ResultsPerPage::default(),
        };
        let answer = list.run(&actor, context.session)?;
        let ids = answer.groups.iter().map(|group| group.id).collect();
        Ok((ids, answer.total_pages))
    })?;
    Ok(Answer::Groups(groups))
}

/// Lists the groups of everybody, which is for administrators of Onezone: nobody is one here.
pub(crate) fn list_all(context: Context<'_, '_>) -> Result<Answer> {
    context.actor()?;
    Err(Refusal::Forbidden.into())
}

/// Creates a group. As in Onezone, users join it by invitation, and only members see it.
pub(crate) fn create(context: Context<'_, '_>) -> Result<Answer> {
    let actor = context.actor()?;
    let name = GroupName(context.values.name()?.to_owned());
    let kind = kind(context.values)?.unwrap_or(Kind::Team);
    let group = NewGroup {
        name,
        category: CategoryRef(1),
        tags: Tags::default(),
        description: Description::default(),
        image: Link::default(),
        access_type: AccessType::Members,
        registration_type: RegistrationType::Invite,
        moderation_type: ModerationType::Direct,
        join_condition: None,
    };
    let created = group.run(&actor, context.session)?;
    kind.store(context.session, created.id)?;
    Ok(Answer::Created(Location::group(
        context.session,
        created.id,
    )))
}

fn kind(values: &Values) -> Result<Option<Kind>, Refusal> {
    let not_allowed = || {
        let allowed = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        Refusal::BadValueNotAllowed("type", allowed)
    };
    match values.0.get("type") {
        None => Ok(None),
        Some(word) => word
            .as_str()
            .and_then(|word| word.parse().ok())
            .map(Some)
            .ok_or_else(not_allowed),
    }
}

/// Shows a group to a member.
pub(crate) fn show(context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    let actor = context.actor()?;
    let group = context.session.own_group(&actor, id)?;
    let kind = Kind::of(context.session, id)?;
    Ok(Answer::Group(
        Box::new(GroupView::of(group, context.session)),
        kind,
    ))
}

/// Shows a group to a member. Others learn that it exists, unless it is by invitation.
pub(crate) fn show_to_members(mut context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    context.check_group(id)?;
    let actor = context.actor()?;
    let found = context.session.group(id, &actor)?;
    match found.relation.standing.role() {
        Some(_) => show(context),
        None => Err(codes::USER_ACCESS_DENIED.into()),
    }
}

/// Changes the name or the type of a group. For its owner.
pub(crate) fn edit(mut context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    context.check_group(id)?;
    let actor = context.actor()?;
    // editGroup checks this, too, but here it precedes the values.
    let found = context.session.group(id, &actor)?;
    if found.relation.standing != Standing::Owner {
        return Err(codes::USER_ACCESS_DENIED.into());
    }
    let values = context.values;
    let name = match values.0.contains_key("name") {
        true => Some(GroupName(values.name()?.to_owned())),
        false => None,
    };
    let kind = kind(values)?;
    if name.is_none() && kind.is_none() {
        return Err(Refusal::MissingAtLeastOneValue(&["name", "type"]).into());
    }
    let change = EditGroup {
        id,
        name,
        description: None,
        category: None,
        tags: None,
        image: None,
        access_type: None,
        registration_type: None,
        moderation_type: None,
        join_condition: None,
    };
    change.run(&actor, context.session)?;
    if let Some(kind) = kind {
        kind.store(context.session, id)?;
    }
    Ok(Answer::Done)
}

/// Deletes a group. For its owner.
pub(crate) fn delete(mut context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    context.check_group(id)?;
    let actor = context.actor()?;
    DeleteGroup { id }.run(&actor, context.session)?;
    Ok(Answer::Done)
}

/// Ends the membership of the caller. The group of its owner passes to another member, or is deleted with its last.
pub(crate) fn leave(context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    let actor = context.actor()?;
    let session = context.session;
    let successor = succession::lock_successor(session, &actor, id, NameClash::PassesOver)?;
    succession::leave(session, &actor, id, successor)?;
    Ok(Answer::Done)
}
