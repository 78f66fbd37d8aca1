//! Tokens.

use trivium_storage::applications;
use trivium_storage::tokens::{self, Token};

use super::record;
use super::users::active;
use crate::accounts::account::revoke_tokens;
use crate::accounts::login::{create_token, keep_token};
use crate::accounts::revoke_token::revoke_by_prefix;
use crate::session::{By, Record};
use crate::{Administrator, Declaration, Operation, Result, Session, codes};

/// Creates a token of a user.
#[derive(Clone, Debug)]
pub struct CreateToken {
    /// The login.
    pub login: String,
    /// The lifetime, in seconds.
    pub lifetime: i64,
}

impl Operation for CreateToken {
    const DECLARATION: &'static Declaration =
        &Declaration::change("newToken", &[codes::USER_NOT_FOUND]);
    type Caller = Administrator;
    type Output = String;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<String> {
        let user = active(session, &self.login)?;
        let (_, token) = create_token(session, user.id, None, self.lifetime)?;
        record(session, &self.login)?;
        Ok(token)
    }
}

/// Stores a chosen text as a token of a user: for the demonstration, which prints it.
#[derive(Clone, Debug)]
pub struct KeepToken {
    /// The login.
    pub login: &'static str,
    /// The token.
    pub token: &'static str,
    /// The lifetime, in seconds.
    pub lifetime: i64,
}

impl Operation for KeepToken {
    const DECLARATION: &'static Declaration =
        &Declaration::change("newToken", &[codes::USER_NOT_FOUND]);
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        let user = active(session, self.login)?;
        keep_token(session, user.id, None, self.token, self.lifetime)?;
        Ok(())
    }
}

/// Lists the valid tokens of a user, newest first.
#[derive(Clone, Debug)]
pub struct ListTokens {
    /// The login.
    pub login: String,
}

impl Operation for ListTokens {
    const DECLARATION: &'static Declaration =
        &Declaration::read("listTokens", &[codes::USER_NOT_FOUND]);
    type Caller = Administrator;
    type Output = Vec<Token>;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Vec<Token>> {
        let user = active(session, &self.login)?;
        Ok(tokens::list(session.connection, user.id, session.now())?)
    }
}

/// Revokes tokens of a user: those with a prefix, or all, with the frobs.
#[derive(Clone, Debug)]
pub struct RevokeTokens {
    /// The login.
    pub login: String,
    /// The first characters of the token.
    pub prefix: Option<String>,
}

impl Operation for RevokeTokens {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "revokeToken",
        &[codes::USER_NOT_FOUND, codes::TOKEN_NOT_FOUND],
    );
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        let user = active(session, &self.login)?;
        match &self.prefix {
            Some(prefix) => revoke_by_prefix(session, user.id, prefix)?,
            None => {
                session.connection.lock_user(user.id)?;
                revoke_tokens(session, user.id, None)?;
            }
        }
        record(session, &self.login)
    }
}

/// Revokes the tokens and frobs of all users.
#[derive(Clone, Copy, Debug)]
pub struct RevokeAllTokens;

impl Operation for RevokeAllTokens {
    const DECLARATION: &'static Declaration = &Declaration::change("revokeAllTokens", &[]);
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        session.connection.lock_tokens_and_frobs()?;
        applications::delete_all_frobs(session.connection)?;
        tokens::revoke_all(session.connection, session.now())?;
        session.record(By::ADMINISTRATOR, Record::default())
    }
}
