//! `/user/groups`: the groups of who asks.

use trivium_core::groups::get_my_groups::GetMyGroups;
use trivium_core::groups::kind::Kind;
use trivium_core::groups::leave::LeaveGroup;
use trivium_core::groups::new::NewGroup;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::groups::view::{AccessType, GroupView, ModerationType};
use trivium_core::types::{CategoryRef, GroupName, GroupRef, Line, Prose, ResultsPerPage};
use trivium_core::{Context, Operation};

use crate::answer::{Answer, Location};
use crate::asked::{Stop, shown, somebody};
use crate::calls::all_pages;
use crate::error::Refusal;
use crate::values::Values;

/// Lists the groups that who asks is a member of.
pub(crate) fn list(context: &mut Context<'_>) -> Result<Answer, Stop> {
    somebody(context)?;
    let groups = all_pages(|page| {
        let list = GetMyGroups {
            auth_token: shown(),
            page,
            results_per_page: ResultsPerPage::default(),
        };
        let answer = Operation::run(&list, context)?;
        Ok((answer.groups, answer.total_pages))
    })?;
    Ok(Answer::Groups(
        groups.iter().map(|group| group.id).collect(),
    ))
}

/// Makes a group. As Onezone's are, it is joined by invitation, and seen by its members.
pub(crate) fn make(values: &Values, context: &mut Context<'_>) -> Result<Answer, Stop> {
    somebody(context)?;
    let name = GroupName(values.name()?.to_owned());
    let kind = kind(values)?;
    let group = NewGroup {
        auth_token: shown(),
        name,
        category: CategoryRef(1),
        tags: Line::default(),
        description: Prose::default(),
        image: Line::default(),
        access_type: AccessType::Members,
        registration_type: RegistrationType::Invite,
        moderation_type: ModerationType::Direct,
    };
    let made = Operation::run(&group, context)?;
    kind.give(context, made.id)?;
    Ok(Answer::Made(Location::group(context, made.id)))
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
pub(crate) fn show(id: GroupRef, context: &mut Context<'_>) -> Result<Answer, Stop> {
    let actor = somebody(context)?;
    let group = context.own_group(&actor, id)?;
    let kind = Kind::of(context, id)?;
    Ok(Answer::Group(
        Box::new(GroupView::of(group, context)?),
        kind,
    ))
}

/// Ends the membership of who asks.
pub(crate) fn leave(id: GroupRef, context: &mut Context<'_>) -> Result<Answer, Stop> {
    somebody(context)?;
    let leaving = LeaveGroup {
        auth_token: shown(),
        id,
    };
    Operation::run(&leaving, context)?;
    Ok(Answer::Done)
}
