//! `revokeToken`: the caller ends a token of theirs.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::tokens;

use crate::context::Record;
use crate::operation::Done;
use crate::types::{AuthToken, Prefix};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Ends those of the caller's tokens that begin so, as getTokens shows them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokeToken {
    /// An authentication token
    pub auth_token: AuthToken,
    /// The first characters of the token to end
    pub prefix: Prefix,
}

impl Operation for RevokeToken {
    const NAME: &'static str = "revokeToken";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::TokenNotFound,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let actor = context.authenticate(&self.auth_token)?;
        let mut ended = false;
        for token in tokens::list(context.connection, actor.id, context.now)? {
            if token.prefix == *self.prefix {
                ended |= tokens::revoke(context.connection, token.id, context.now)?;
            }
        }
        if !ended {
            return Err(Code::TokenNotFound.into());
        }
        context.record(
            &actor.login,
            Record {
                subject: Some(&self.prefix),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}
