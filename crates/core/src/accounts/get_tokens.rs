//! `getTokens`: lists the caller's tokens.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::tokens;

use crate::cases::{Access, Example, Who};
use crate::types::DateTime;
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session};

/// Lists the caller's valid tokens, newest first. Shows only their first characters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetTokens {}

/// The result of getTokens.
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
    /// When the token was created
    pub created_at: DateTime,
    /// When the token expires
    pub expires_at: DateTime,
    /// Whether it is the token of this call
    pub current: bool,
}

impl Operation for GetTokens {
    const DECLARATION: &'static Declaration = &Declaration::read("getTokens", &[]);
    type Caller = Actor;
    type Output = Tokens;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Tokens> {
        let current = actor.token.map(|(token, _)| token);
        let rows = tokens::list(session.connection, actor.id, session.now())?;
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

impl PublicOperation for GetTokens {
    const EXAMPLE: Example = Example::by(Who::Member, &[]);
    const ACCESS: Access = Access::everybody(&[]);
}
