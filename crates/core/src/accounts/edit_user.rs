//! `editUser`: an account, changed by who knows the admin password.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users::UserChange;

use crate::accounts::account::{LOGIN, administers, change};
use crate::types::{Email, Line, Login, Password, UserRef};
use crate::{Caller, Code, Context, Effect, Operation, Result, Service, Verbs, passwords};

/// Changes an account; what is not given stays as it is. A new password ends all its tokens.
/// Needs the admin password of the service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditUser {
    /// The admin password of the service
    pub admin_password: Password,
    /// ID of the user
    pub id: UserRef,
    /// Given name
    pub first_name: Option<Line>,
    /// Family name
    pub last_name: Option<Line>,
    /// What the person will log in with
    #[schemars(extend("x-characters" = LOGIN))]
    pub login: Option<Login>,
    /// A new password
    #[schemars(length(min = passwords::SHORTEST))]
    pub password: Option<Password>,
    /// E-mail address
    pub email: Option<Email>,
    /// The network that the person belongs to: understood, and without effect
    pub home_network: Option<Line>,
    #[serde(skip)]
    hash: Option<String>,
}

/// What editUser and deleteUser answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Told {
    /// What was done, for people
    #[schemars(with = "crate::plain::Text")]
    pub msg: String,
}

impl Operation for EditUser {
    const NAME: &'static str = "editUser";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::OperationNotPermitted,
        Code::UserInvalidPassword,
        Code::PasswordTooWeak,
        Code::UserNotFound,
        Code::UserLoginnameTaken,
        Code::UserEmailNotUnique,
    ];
    const PREPARES: bool = true;
    type Output = Told;

    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        administers(service, caller, &self.admin_password)?;
        self.hash = self.password.as_ref().map(passwords::hash).transpose()?;
        Ok(())
    }

    fn run(&self, context: &mut Context<'_>) -> Result<Told> {
        let email = |email: &Email| Some(email.0.clone()).filter(|email| !email.is_empty());
        let changes = UserChange {
            login: self.login.as_ref().map(|login| login.0.clone()),
            first_name: self.first_name.as_ref().map(|name| name.0.clone()),
            last_name: self.last_name.as_ref().map(|name| name.0.clone()),
            email: self.email.as_ref().map(email),
            password_hash: self.hash.clone().map(Some),
            ..UserChange::default()
        };
        change(context, self.id, &changes)?;
        Ok(Told {
            msg: format!("{} was changed.", self.id),
        })
    }
}
