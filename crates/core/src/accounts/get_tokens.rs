//! `getTokens`: where the caller is logged in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::tokens;

use crate::types::{AuthToken, DateTime};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Lists the caller's tokens that are good, newest first, by their first characters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetTokens {
    /// An authentication token
    pub auth_token: AuthToken,
}

/// What getTokens answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tokens {
    /// The tokens
    pub tokens: Vec<TokenView>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// The first characters of the token
    #[schemars(with = "crate::types::Prefix")]
    pub prefix: String,
    /// When it was given
    pub created_at: DateTime,
    /// When it ends by itself
    pub expires_at: DateTime,
    /// Whether it is the one with which this was asked
    pub current: bool,
}

impl Operation for GetTokens {
    const NAME: &'static str = "getTokens";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[Code::UserTokenInvalid, Code::UserTokenExpired];
    type Output = Tokens;

    fn run(&self, context: &mut Context<'_>) -> Result<Tokens> {
        let actor = context.authenticate(&self.auth_token)?;
        let current = actor.token.map(|(token, _)| token);
        let rows = tokens::list(context.connection, actor.id, context.now)?;
        Ok(Tokens {
            tokens: rows
                .into_iter()
                .map(|row| TokenView {
                    prefix: row.prefix,
                    created_at: DateTime(row.created_at),
                    expires_at: DateTime(row.expires_at),
                    current: Some(row.id) == current,
                })
                .collect(),
        })
    }
}
