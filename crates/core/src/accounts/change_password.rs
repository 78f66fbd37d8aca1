//! `changePassword`: a new password for who knows the old one.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::tokens;
use trivium_storage::users::{self, UserChange};

use crate::context::Record;
use crate::operation::Done;
use crate::types::{AuthToken, Password};
use crate::{Caller, Code, Context, Effect, Error, Operation, Result, Service, Verbs, passwords};

/// Changes the caller's password, and ends all their tokens but the one they call with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangePassword {
    /// An authentication token
    pub auth_token: AuthToken,
    /// The password as it is
    pub old_password: Password,
    /// The password as it shall be
    #[schemars(length(min = passwords::SHORTEST))]
    pub new_password: Password,
    /// The hash against which the old password was found right, and that of the new one.
    #[serde(skip)]
    hashes: (Option<String>, String),
}

impl Operation for ChangePassword {
    const NAME: &'static str = "changePassword";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::UserInvalidPassword,
        Code::PasswordTooWeak,
    ];
    const PREPARES: bool = true;
    type Output = Done;

    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        let user = service.database.read::<_, Error>(|connection| {
            let mut context = service.context(connection, caller, Effect::Read, Self::NAME);
            let actor = context.authenticate(&self.auth_token)?;
            Ok(users::find(context.connection, actor.id)?)
        })?;
        let user = user.ok_or(Code::UserTokenInvalid)?;
        let attempt = service.throttle.password(caller.address, &user.login)?;
        if !passwords::verify(&self.old_password, user.password_hash.as_deref())? {
            return Err(refusal());
        }
        attempt.succeeded();
        self.hashes = (user.password_hash, passwords::hash(&self.new_password)?);
        Ok(())
    }

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let actor = context.authenticate(&self.auth_token)?;
        let (verified, new) = &self.hashes;
        let user = users::find(context.connection, actor.id)?;
        // Somebody may have changed it since it was verified.
        if user.is_none_or(|user| user.password_hash != *verified) {
            return Err(refusal());
        }
        let change = UserChange {
            password_hash: Some(Some(new.clone())),
            ..UserChange::default()
        };
        users::update(context.connection, actor.id, &change)?;
        let keep = actor.token.map(|(token, _)| token);
        tokens::revoke_others(context.connection, actor.id, keep, context.now)?;
        context.record(&actor.login, Record::default())?;
        Ok(Done {})
    }
}

fn refusal() -> Error {
    Error::new(Code::UserInvalidPassword, "The old password is wrong.")
}
