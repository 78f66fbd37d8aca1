//! `getGroup`: one group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups::Group;

use crate::groups::rules::{RegistrationType, Standing};
use crate::groups::view::GroupView;
use crate::types::{AuthToken, GroupRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Shows a group. One that is joined by invitation only is shown to its members alone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetGroup {
    /// An authentication token; groups by invitation are shown to members only
    pub auth_token: Option<AuthToken>,
    /// ID of the group
    pub id: GroupRef,
}

/// What getGroup answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Shown {
    /// The group
    pub group: GroupView,
}

impl Operation for GetGroup {
    const NAME: &'static str = "getGroup";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
    ];
    type Output = Shown;

    fn run(&self, context: &mut Context<'_>) -> Result<Shown> {
        let group = visible(context, self.auth_token.as_ref(), self.id)?;
        Ok(Shown {
            group: GroupView::of(group, context)?,
        })
    }
}

/// The group of this id, as far as it is disclosed to the caller.
///
/// # Errors
/// Those of [`GetGroup`].
pub fn visible(
    context: &mut Context<'_>,
    token: Option<&AuthToken>,
    id: GroupRef,
) -> Result<Group> {
    let actor = match token {
        Some(token) => Some(context.authenticate(token)?),
        None => None,
    };
    let group = context.group(id)?;
    let standing = match actor {
        Some(actor) => context.standing_of(&actor, &group)?,
        None => Standing::None,
    };
    disclosed(&group, standing)?;
    Ok(group)
}

/// Groups by invitation do not exist for those outside.
///
/// # Errors
/// `content_not_found`.
pub(crate) fn disclosed(group: &Group, standing: Standing) -> Result<()> {
    if group.registration_type == RegistrationType::Invite.as_str() && standing.role().is_none() {
        return Err(Code::ContentNotFound.into());
    }
    Ok(())
}
