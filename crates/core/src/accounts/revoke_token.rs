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
        end_by_prefix(context, actor.id, &self.prefix)?;
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

/// Ends those tokens of a user that begin so.
///
/// # Errors
/// `user_token_not_found` when none does.
pub(crate) fn end_by_prefix(context: &mut Context<'_>, user: i64, prefix: &str) -> Result<()> {
    let mut ended = false;
    for token in tokens::list(context.connection, user, context.now)? {
        if token.prefix == prefix {
            ended |= tokens::revoke(context.connection, token.id, context.now)?;
        }
    }
    if ended {
        Ok(())
    } else {
        Err(Code::TokenNotFound.into())
    }
}
