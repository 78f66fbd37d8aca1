//! `logout`: a token ends.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::tokens;

use crate::context::Record;
use crate::operation::Done;
use crate::types::AuthToken;
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Ends the token with which it is called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Logout {
    /// The authentication token to end
    pub auth_token: AuthToken,
}

impl Operation for Logout {
    const NAME: &'static str = "logout";
    const VERBS: Verbs = Verbs::Any;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[Code::UserTokenInvalid, Code::UserTokenExpired];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let actor = context.authenticate(&self.auth_token)?;
        if let Some((token, _)) = actor.token
            && !tokens::revoke(context.connection, token, context.now)?
        {
            return Err(Code::UserTokenInvalid.into());
        }
        context.record(&actor.login, Record::default())?;
        Ok(Done {})
    }
}
