//! `group.join`, `group.leave`.

use trivium_core::groups::join::JoinGroup;
use trivium_core::groups::rules::JoinState;
use trivium_core::groups::succession::{self, NameClash};
use trivium_core::{Operation, Proof, Result, Session, codes};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;
use crate::group;

/// Joins a group, or stores a join request. A pending request gives the same result again.
pub(super) fn join(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let actor = arguments.actor(proof, session)?;
    let id = arguments.group(Refusal::InvalidGroup)?;
    let call = JoinGroup {
        id,
        message: None,
        invitation: None,
    };
    let accepted = match call.run(&actor, session) {
        Ok(joined) => joined.join_state == JoinState::InModeration,
        Err(error) if error.code() == codes::JOIN_REQUEST_PENDING => true,
        Err(error) => return Err(error),
    };
    let joined = session.group(id, &actor)?.group;
    Ok(Answer {
        accepted,
        ..group::answer(vec![joined])
    })
}

/// Leaves a group, by Upcoming's rule of succession.
pub(super) fn leave(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let actor = arguments.actor(proof, session)?;
    let id = arguments.group(Refusal::InvalidGroup)?;
    let successor = succession::lock_successor(session, &actor, id, NameClash::Fails)?;
    succession::leave(session, &actor, id, successor)?;
    Ok(Answer::default())
}
