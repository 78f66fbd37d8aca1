//! `/user/groups`: the groups of the caller.

use trivium_core::groups::get_my_groups::GetMyGroups;
use trivium_core::groups::kind::Kind;
use trivium_core::groups::leave::LeaveGroup;
use trivium_core::groups::new::NewGroup;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::groups::view::{AccessType, GroupView, ModerationType};
use trivium_core::types::{
    CategoryRef, Description, GroupName, GroupRef, Link, ResultsPerPage, Tags,
};
use trivium_core::{Operation, Result};

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

/// Creates a group. As in Onezone, users join it by invitation, and only members see it.
pub(crate) fn create(context: Context<'_, '_>) -> Result<Answer> {
    let actor = context.actor()?;
    let name = GroupName(context.values.name()?.to_owned());
    let kind = kind(context.values)?;
    let group = NewGroup {
        name,
        category: CategoryRef(1),
        tags: Tags::default(),
        description: Description::default(),
        image: Link::default(),
        access_type: AccessType::Members,
        registration_type: RegistrationType::Invite,
        moderation_type: ModerationType::Direct,
    };
    let created = group.run(&actor, context.session)?;
    kind.store(context.session, created.id)?;
    Ok(Answer::Created(Location::group(
        context.session,
        created.id,
    )))
}

fn kind(values: &Values) -> Result<Kind, Refusal> {
    let not_allowed = || {
        let allowed = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        Refusal::BadValueNotAllowed("type", allowed)
    };
    match values.0.get("type") {
        None => Ok(Kind::Team),
        Some(word) => word
            .as_str()
            .and_then(|word| word.parse().ok())
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

/// Ends the membership of the caller.
pub(crate) fn leave(context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    let actor = context.actor()?;
    LeaveGroup { id }.run(&actor, context.session)?;
    Ok(Answer::Done)
}
