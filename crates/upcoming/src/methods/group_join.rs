//! `group.join`, `group.leave`.

use trivium_core::groups::get::visible;
use trivium_core::groups::join::JoinGroup;
use trivium_core::groups::rules::JoinState;
use trivium_core::groups::succession;
use trivium_core::groups::view::Group;
use trivium_core::{Code, Context, Operation, Result};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;
use crate::group;

/// Joins a group, or asks to. To have asked before is the same answer again.
pub(super) fn join(arguments: &Arguments, context: &mut Context<'_>) -> Result<Answer> {
    let auth_token = arguments.caller(context)?;
    let id = arguments.group(Refusal::InvalidGroup)?;
    let call = JoinGroup {
        auth_token,
        id,
        message: None,
        invitation: None,
    };
    let accepted = match call.run(context) {
        Ok(joined) => joined.join_state == JoinState::InModeration,
        Err(error) if error.code() == Code::JoinRequestPending => true,
        Err(error) => return Err(error),
    };
    let joined: Group = context.group(id)?;
    Ok(Answer {
        accepted,
        ..group::answer(vec![joined])?
    })
}

/// Leaves a group, by Upcoming's rule of succession.
pub(super) fn leave(arguments: &Arguments, context: &mut Context<'_>) -> Result<Answer> {
    let token = arguments.caller(context)?;
    let id = arguments.group(Refusal::InvalidGroup)?;
    // A private group is not disclosed to those outside.
    visible(context, Some(&token), id)?;
    succession::leave(context, &token, id)?;
    Ok(Answer::default())
}
