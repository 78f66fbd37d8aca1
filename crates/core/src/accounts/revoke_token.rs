//! `revokeToken`: the caller ends a token of theirs.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::tokens;

use crate::cases::{Access, Example, Of, Who};
use crate::session::Record;
use crate::types::Prefix;
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Ends those of the caller's tokens that begin so, as getTokens shows them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokeToken {
    /// The first characters of the token to end
    pub prefix: Prefix,
}

impl Operation for RevokeToken {
    const DECLARATION: &'static Declaration =
        &Declaration::change("revokeToken", &[codes::TOKEN_NOT_FOUND]);
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        revoke_by_prefix(session, actor.id, &self.prefix)?;
        session.record(
            &actor.login,
            Record {
                subject: Some(&self.prefix),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}

impl PublicOperation for RevokeToken {
    const EXAMPLE: Example = Example::by(Who::Member, &[("prefix", "123576ab")]);
    const ACCESS: Access = Access::fails(&[("prefix", Of::Text("-"))], codes::TOKEN_NOT_FOUND);
}

/// Ends those tokens of a user that begin so.
///
/// # Errors
/// `user_token_not_found` when none does.
pub(crate) fn revoke_by_prefix(session: &mut Session<'_>, user: i64, prefix: &str) -> Result<()> {
    let mut ended = false;
    for token in tokens::list(session.connection, user, session.now)? {
        if token.prefix == prefix {
            ended |= tokens::revoke(session.connection, token.id, session.now)?;
        }
    }
    if ended {
        Ok(())
    } else {
        Err(codes::TOKEN_NOT_FOUND.into())
    }
}
