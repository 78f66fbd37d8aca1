//! `group.getInfo`, `group.getMyGroups`.

use trivium_core::groups::get_my_groups::all;
use trivium_core::types::GroupRef;
use trivium_core::{Actor, Caller, Proof, Result, Session, codes};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;
use crate::group;

/// Shows groups. Groups that do not exist, or are not disclosed to the caller, are omitted.
pub(super) fn info(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    arguments.application(session)?;
    let actor = Option::<Actor>::identify(proof, session)?;
    let mut groups = Vec::new();
    for id in arguments
        .list("group_id")
        .map_err(|_| Refusal::MissingGroups)?
    {
        let Ok(id) = id.parse() else { continue };
        match session.group(GroupRef(id), &actor) {
            Ok(found) => groups.push(found.group),
            Err(error) if error.code() == codes::CONTENT_NOT_FOUND => {}
            Err(error) => return Err(error),
        }
    }
    if groups.is_empty() {
        return Err(Refusal::MissingGroups.into());
    }
    Ok(group::answer(groups))
}

/// Shows the groups that the caller is a member of.
pub(super) fn mine(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let actor = arguments.actor(proof, session)?;
    Ok(group::answer(all(session, &actor)?))
}
