//! `newUser`: creates an account, with the admin password.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::accounts::account::{LOGIN, create};
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::types::{Email, Login, Name, Password, UserRef};
use crate::{
    Administrator, Declaration, Origin, PreparedOperation, Proof, PublicOperation, Result, Service,
    Session, codes, passwords,
};

/// Creates an account. Requires the admin password of the service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    /// Network of the user; accepted for compatibility and ignored
    #[serde(default = "default_network")]
    pub home_network: Name,
    /// Login of the new user
    #[schemars(extend("x-characters" = LOGIN))]
    pub login: Login,
    /// Given name
    pub first_name: Name,
    /// Family name
    pub last_name: Name,
    /// Password of the new user
    #[schemars(length(min = passwords::MIN_LENGTH))]
    pub password: Password,
    /// E-mail address
    pub email: Email,
}

fn default_network() -> Name {
    Name("default".into())
}

/// The result of newUser.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserCreated {
    /// A human-readable message
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub msg: String,
    /// ID of the new user
    pub id: UserRef,
}

impl PreparedOperation for NewUser {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "newUser",
        &[
            codes::PASSWORD_TOO_WEAK,
            codes::USER_LOGINNAME_TAKEN,
            codes::USER_EMAIL_NOT_UNIQUE,
        ],
    );
    type Caller = Administrator;
    type Prepared = String;
    type Output = UserCreated;

    fn prepare(&self, _: &Service, _: &Origin, _: &Proof) -> Result<String> {
        passwords::hash(&self.password)
    }

    fn run(
        &self,
        password_hash: &String,
        _: &Administrator,
        session: &mut Session<'_>,
    ) -> Result<UserCreated> {
        let account = users::NewUser {
            id: None,
            login: self.login.0.clone(),
            first_name: self.first_name.0.clone(),
            last_name: self.last_name.0.clone(),
            email: Some(self.email.0.clone()).filter(|email| !email.is_empty()),
            password_hash: Some(password_hash.clone()),
            created_at: session.now(),
        };
        let id = create(session, &account)?;
        Ok(UserCreated {
            msg: format!("User {} was created.", &*self.login),
            id,
        })
    }
}

impl PublicOperation for NewUser {
    const EXAMPLE: Example = Example::by(
        Who::Administrator,
        &[
            ("login", "nina"),
            ("firstName", "Nina"),
            ("lastName", "Nonesuch"),
            ("password", "ninaspassword"),
            ("email", "nina@example.org"),
        ],
    );
    const ACCESS: Access = Access::fails(
        &[
            ("login", Of::Text("nina")),
            ("firstName", Of::Text("Nina")),
            ("lastName", Of::Text("Nonesuch")),
            ("password", Of::Text("ninaspassword")),
            ("email", Of::Text("nina@example.org")),
        ],
        codes::OPERATION_NOT_PERMITTED,
    );
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::PASSWORD_TOO_WEAK,
            Who::Administrator,
            &[("password", Of::Text("short"))],
        ),
        Cause::of(
            codes::USER_LOGINNAME_TAKEN,
            Who::Administrator,
            &[("login", Of::Login(Who::Member))],
        ),
        Cause::of(
            codes::USER_EMAIL_NOT_UNIQUE,
            Who::Administrator,
            &[("email", Of::Email(Who::Member))],
        ),
    ];
}
