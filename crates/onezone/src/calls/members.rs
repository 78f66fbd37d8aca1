//! `/groups/{id}/users`: the members of a group.

use trivium_core::groups::get_members::GetMembers;
use trivium_core::moderation::remove::RemoveMember;
use trivium_core::types::{GroupRef, ResultsPerPage};
use trivium_core::{Operation, Result};

use crate::answer::Answer;
use crate::call::Context;
use crate::calls::all_pages;

/// Lists the members of a group.
pub(crate) fn list(mut context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    context.check_group(id)?;
    let actor = context.actor()?;
    let members = all_pages(|page| {
        let list = GetMembers {
            id,
            page,
            results_per_page: ResultsPerPage::default(),
        };
        let answer = list.run(&actor, context.session)?;
        let ids = answer.members.iter().map(|member| member.id).collect();
        Ok((ids, answer.total_pages))
    })?;
    Ok(Answer::Users(members))
}

/// Removes another member from a group.
pub(crate) fn remove(mut context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    let user = context.user();
    context.check_group(id)?;
    let actor = context.actor()?;
    let removal = RemoveMember {
        id,
        user,
        reason: None,
    };
    removal.run(&actor, context.session)?;
    Ok(Answer::Done)
}
