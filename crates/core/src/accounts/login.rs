//! `login`: a password for a token.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::{tokens, users};

use crate::context::{Actor, Record};
use crate::types::{Login as LoginName, Password};
use crate::{
    Caller, Code, Context, Effect, Error, Operation, Result, Service, Verbs, passwords, secrets,
};

/// Gives a token to a person who knows their password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The person's login
    pub login: LoginName,
    /// The person's password
    pub password: Password,
    /// The hash against which the password was found right.
    #[serde(skip)]
    verified: Option<String>,
}

/// What login answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedIn {
    /// An authentication token
    pub auth_token: String,
    /// How long the token is good, in seconds
    pub token_lifetime: i64,
}

impl Operation for Login {
    const NAME: &'static str = "login";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[Code::LoginUnknown, Code::UserInvalidPassword];
    const PREPARES: bool = true;
    type Output = LoggedIn;

    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        let attempt = service.throttle.password(caller.address, &self.login)?;
        let user = service
            .database
            .read::<_, Error>(|connection| Ok(users::find_by_login(connection, &self.login)?))?
            .filter(|user| user.deleted_at.is_none());
        let kept = user.as_ref().and_then(|user| user.password_hash.as_deref());
        // The work is done for nobody as well, so that time does not tell who exists.
        let right = passwords::verify(&self.password, kept)?;
        match user {
            None => Err(refusal(Code::LoginUnknown)),
            Some(user) if !right || user.disabled_at.is_some() => {
                Err(refusal(Code::UserInvalidPassword))
            }
            Some(user) => {
                attempt.succeeded();
                self.verified = user.password_hash;
                Ok(())
            }
        }
    }

    fn run(&self, context: &mut Context<'_>) -> Result<LoggedIn> {
        let user = users::find_by_login(context.connection, &self.login)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or_else(|| refusal(Code::LoginUnknown))?;
        // The password may have been changed, or the user disabled, since it was verified.
        if user.password_hash != self.verified || !context.connection.hold_user(user.id)? {
            return Err(refusal(Code::UserInvalidPassword));
        }
        let lifetime = context.settings.token_lifetime;
        let auth_token = give_token(context, user.id, lifetime)?;
        let actor = Actor {
            id: user.id,
            login: user.login,
            token: None,
            administrator: false,
        };
        context.record(&actor.login, Record::default())?;
        Ok(LoggedIn {
            auth_token,
            token_lifetime: lifetime,
        })
    }
}

/// Unknown logins and wrong passwords are refused in the same words.
fn refusal(code: Code) -> Error {
    Error::new(code, "The login or the password is wrong.")
}

/// Makes a token for a user and keeps its hash.
///
/// # Errors
/// The store's failure.
pub(crate) fn give_token(context: &mut Context<'_>, user_id: i64, lifetime: i64) -> Result<String> {
    let token = secrets::new_token()?;
    keep_token(context, user_id, &token, lifetime)?;
    Ok(token)
}

/// Keeps the hash of a token for a user.
///
/// # Errors
/// The store's failure.
pub(crate) fn keep_token(
    context: &mut Context<'_>,
    user_id: i64,
    token: &str,
    lifetime: i64,
) -> Result<()> {
    tokens::insert(
        context.connection,
        &tokens::NewToken {
            user_id,
            hash: secrets::hash(token),
            prefix: secrets::prefix(token),
            created_at: context.now,
            expires_at: context.now.saturating_add(lifetime),
        },
    )?;
    Ok(())
}
