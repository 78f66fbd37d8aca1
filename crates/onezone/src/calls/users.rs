//! `/user` and `/groups/{id}/users/{user}`: users as they see themselves, and as members see each other.

use trivium_core::groups::relation::Relation;
use trivium_core::groups::rules::Role;
use trivium_core::types::{GroupRef, UserRef};
use trivium_core::{Actor, Result, codes};

use crate::answer::Answer;
use crate::call::Context;

/// Shows the caller.
pub(crate) fn own(context: Context<'_, '_>) -> Result<Answer> {
    let actor = context.actor()?;
    let user = context.session.user(UserRef(actor.id))?;
    Ok(Answer::OwnUser(user.into()))
}

/// Shows a member of a group to the other members.
pub(crate) fn show(context: Context<'_, '_>) -> Result<Answer> {
    let (user, _) = member(context, |_| true)?;
    Ok(user)
}

/// Lists what a member may do in a group. For moderators, and the member.
pub(crate) fn privileges(context: Context<'_, '_>) -> Result<Answer> {
    let (_, role) = member(context, |role| role != Role::Member)?;
    Ok(Answer::Privileges(privileges_of(role)))
}

/// A member of a group, if the role of the caller is sufficient, or the caller is the user.
fn member(mut context: Context<'_, '_>, suffices: impl Fn(Role) -> bool) -> Result<(Answer, Role)> {
    let id = GroupRef(context.ids.id);
    context.check_group(id)?;
    let actor: Actor = context.actor()?;
    let found = context.session.group(id, &actor)?;
    let own = found.relation.standing.role();
    if !own.is_some_and(suffices) && context.ids.user != Some(actor.id) {
        return Err(codes::USER_ACCESS_DENIED.into());
    }
    let user = context.user();
    let user = context.session.user(user)?;
    let relation: Relation = context.session.relation(&found.group, user.id)?;
    let role = relation.standing.role().ok_or(codes::NOT_A_MEMBER)?;
    Ok((Answer::User(user.into()), role))
}

/// What each role may do, by Onezone's names, sorted. Of these names, the service honours no others.
pub(crate) const fn privileges_of(role: Role) -> &'static [&'static str] {
    match role {
        Role::Member => &["group_view"],
        Role::Moderator => &[
            "group_add_user",
            "group_remove_user",
            "group_view",
            "group_view_privileges",
        ],
        Role::Owner => &[
            "group_add_user",
            "group_delete",
            "group_remove_user",
            "group_update",
            "group_view",
            "group_view_privileges",
        ],
    }
}

/// Lists what each role may do.
pub(crate) fn all_privileges(_: Context<'_, '_>) -> Result<Answer> {
    Ok(Answer::PrivilegesOfRoles)
}
