//! `newUser`: an account, made by who knows the admin password.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::accounts::account::{LOGIN, administers, create};
use crate::types::{Email, Line, Login, Password, UserRef};
use crate::{Caller, Code, Context, Effect, Operation, Result, Service, Verbs, passwords};

/// Makes an account. Needs the admin password of the service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    /// The admin password of the service
    pub admin_password: Password,
    /// The network that the person belongs to: understood, and without effect
    #[serde(default = "default_network")]
    pub home_network: Line,
    /// What the person will log in with
    #[schemars(extend("x-characters" = LOGIN))]
    pub login: Login,
    /// Given name
    pub first_name: Line,
    /// Family name
    pub last_name: Line,
    /// What the person will log in with, and nobody else knows
    #[schemars(length(min = passwords::SHORTEST))]
    pub password: Password,
    /// E-mail address
    pub email: Email,
    #[serde(skip)]
    hash: Option<String>,
}

fn default_network() -> Line {
    Line("default".into())
}

/// What newUser answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewUserMade {
    /// What was done, for people
    #[schemars(with = "crate::plain::Text")]
    pub msg: String,
    /// ID of the new user
    pub id: UserRef,
}

impl Operation for NewUser {
    const NAME: &'static str = "newUser";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::OperationNotPermitted,
        Code::UserInvalidPassword,
        Code::PasswordTooWeak,
        Code::UserLoginnameTaken,
        Code::UserEmailNotUnique,
    ];
    const PREPARES: bool = true;
    type Output = NewUserMade;

    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        administers(service, caller, &self.admin_password)?;
        self.hash = Some(passwords::hash(&self.password)?);
        Ok(())
    }

    fn run(&self, context: &mut Context<'_>) -> Result<NewUserMade> {
        let account = users::NewUser {
            id: None,
            login: self.login.0.clone(),
            first_name: self.first_name.0.clone(),
            last_name: self.last_name.0.clone(),
            email: Some(self.email.0.clone()).filter(|email| !email.is_empty()),
            password_hash: self.hash.clone(),
            created_at: context.now,
        };
        let id = create(context, &account)?;
        Ok(NewUserMade {
            msg: format!("User {} was created.", &*self.login),
            id,
        })
    }
}
