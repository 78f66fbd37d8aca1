//! `group.getInfo`, `group.getMyGroups`.

use trivium_core::groups::get::visible;
use trivium_core::groups::get_my_groups::all;
use trivium_core::types::GroupRef;
use trivium_core::{Code, Context, Result};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;
use crate::group;

/// Shows groups. Those that there are not, for the caller, are left out.
pub(super) fn info(arguments: &Arguments, context: &mut Context<'_>) -> Result<Answer> {
    arguments.application(context)?;
    let token = arguments.token();
    if let Some(token) = &token {
        let actor = context.authenticate(token)?;
        context.actor = Some(actor);
    }
    let mut groups = Vec::new();
    for id in arguments
        .list("group_id")
        .map_err(|_| Refusal::MissingGroups)?
    {
        let Ok(id) = id.parse() else { continue };
        match visible(context, token.as_ref(), GroupRef(id)) {
            Ok(group) => groups.push(group),
            Err(error) if error.code() == Code::ContentNotFound => {}
            Err(error) => return Err(error),
        }
    }
    if groups.is_empty() {
        return Err(Refusal::MissingGroups.into());
    }
    group::answer(groups)
}

/// Shows the groups that the caller is a member of.
pub(super) fn mine(arguments: &Arguments, context: &mut Context<'_>) -> Result<Answer> {
    let token = arguments.caller(context)?;
    group::answer(all(context, &token)?)
}
