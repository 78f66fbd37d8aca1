//! `/groups/{id}/users`: the members of a group.

use trivium_core::groups::get_members::GetMembers;
use trivium_core::moderation::remove::RemoveMember;
use trivium_core::types::{GroupRef, ResultsPerPage, UserRef};
use trivium_core::{Context, Operation};

use crate::answer::Answer;
use crate::asked::{Stop, existing, shown, somebody};
use crate::calls::all_pages;

/// Lists the members of a group.
pub(crate) fn list(id: GroupRef, context: &mut Context<'_>) -> Result<Answer, Stop> {
    existing(id, context)?;
    somebody(context)?;
    let members = all_pages(|page| {
        let list = GetMembers {
            auth_token: shown(),
            id,
            page,
            results_per_page: ResultsPerPage::default(),
        };
        let answer = Operation::run(&list, context)?;
        Ok((answer.members, answer.total_pages))
    })?;
    Ok(Answer::Users(
        members.iter().map(|member| member.id).collect(),
    ))
}

/// Ends the membership of another person.
pub(crate) fn remove(
    id: GroupRef,
    user: UserRef,
    context: &mut Context<'_>,
) -> Result<Answer, Stop> {
    existing(id, context)?;
    somebody(context)?;
    let removal = RemoveMember {
        auth_token: shown(),
        id,
        user,
        reason: None,
    };
    Operation::run(&removal, context)?;
    Ok(Answer::Done)
}
