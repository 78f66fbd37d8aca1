//! `revokeToken`: revokes a token of the caller.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::tokens;

use crate::cases::{Access, Example, Of, Who};
use crate::session::Record;
use crate::types::Prefix;
use crate::{Actor, Declaration, Exclusive, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Revokes the caller's tokens with the given prefix, as shown by getTokens.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokeToken {
    /// The first characters of the token
    pub prefix: Prefix,
}

impl Operation for RevokeToken {
    const DECLARATION: &'static Declaration =
        &Declaration::change("revokeToken", &[codes::TOKEN_NOT_FOUND]);
    /// It locks the row of the user before that of a token.
    type Caller = Exclusive<Actor>;
    type Output = Done;

    fn run(&self, actor: &Exclusive<Actor>, session: &mut Session<'_>) -> Result<Done> {
        revoke_by_prefix(session, actor.id, &self.prefix)?;
        session.record(
            &**actor,
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

/// Revokes the tokens of a user with this prefix.
///
/// # Errors
/// `user_token_not_found` if there is no such token.
pub(crate) fn revoke_by_prefix(session: &mut Session<'_>, user: i64, prefix: &str) -> Result<()> {
    let mut revoked = false;
    for token in tokens::list(session.connection, user, session.now())? {
        if token.prefix == prefix {
            revoked |= tokens::revoke(session.connection, user, token.id, session.now())?;
        }
    }
    if revoked {
        Ok(())
    } else {
        Err(codes::TOKEN_NOT_FOUND.into())
    }
}
