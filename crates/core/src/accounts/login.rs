//! `login`: a password for a token.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::tokens;

use crate::accounts::password::{self, Verified};
use crate::context::Record;
use crate::types::{Login as LoginName, Password};
use crate::{Caller, Code, Context, Effect, Operation, Result, Service, Verbs, secrets};

/// Gives a token to a person who knows their password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The person's login
    pub login: LoginName,
    /// The person's password
    pub password: Password,
    #[serde(skip)]
    verified: Option<Verified>,
}

/// What login answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedIn {
    /// An authentication token
    #[schemars(with = "crate::types::AuthToken")]
    pub auth_token: String,
    /// How long the token is good, in seconds
    #[schemars(range(min = 0, max = 2_147_483_647), extend("examples" = [86_400]))]
    pub token_lifetime: i64,
}

impl Operation for Login {
    const NAME: &'static str = "login";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = password::ERRORS;
    const PREPARES: bool = true;
    type Output = LoggedIn;

    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        let verified = password::verify(service, caller, &self.login, &self.password)?;
        self.verified = Some(verified);
        Ok(())
    }

    fn run(&self, context: &mut Context<'_>) -> Result<LoggedIn> {
        let verified = self.verified.as_ref().ok_or(Code::UserInvalidPassword)?;
        let actor = verified.authenticate(context)?;
        let lifetime = context.settings.token_lifetime;
        let auth_token = give_token(context, actor.id, lifetime)?;
        context.record(&actor.login, Record::default())?;
        Ok(LoggedIn {
            auth_token,
            token_lifetime: lifetime,
        })
    }
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
