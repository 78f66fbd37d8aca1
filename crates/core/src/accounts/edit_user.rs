//! `editUser`: changes an account, with the admin password.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users::UserChange;

use crate::accounts::account::{LOGIN, change};
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::types::{Email, Login, Name, Password, UserRef};
use crate::{
    Administrator, Declaration, Origin, PreparedOperation, Proof, PublicOperation, Result, Service,
    Session, codes, passwords,
};

/// Changes the given properties of an account. A new password revokes all tokens of the user.
/// Requires the admin password of the service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditUser {
    /// ID of the user
    pub id: UserRef,
    /// Given name
    pub first_name: Option<Name>,
    /// Family name
    pub last_name: Option<Name>,
    /// New login
    #[schemars(extend("x-characters" = LOGIN))]
    pub login: Option<Login>,
    /// New password
    #[schemars(length(min = passwords::MIN_LENGTH))]
    pub password: Option<Password>,
    /// E-mail address
    pub email: Option<Email>,
    /// Network of the user; accepted for compatibility and ignored
    pub home_network: Option<Name>,
}

/// The result of editUser and deleteUser.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Confirmation {
    /// A human-readable message
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub msg: String,
}

impl PreparedOperation for EditUser {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "editUser",
        &[
            codes::PASSWORD_TOO_WEAK,
            codes::USER_NOT_FOUND,
            codes::USER_LOGINNAME_TAKEN,
            codes::USER_EMAIL_NOT_UNIQUE,
        ],
    );
    type Caller = Administrator;
    type Prepared = Option<String>;
    type Output = Confirmation;

    fn prepare(&self, _: &Service, _: &Origin, _: &Proof) -> Result<Option<String>> {
        self.password.as_ref().map(passwords::hash).transpose()
    }

    fn run(
        &self,
        password_hash: &Option<String>,
        _: &Administrator,
        session: &mut Session<'_>,
    ) -> Result<Confirmation> {
        let email = |email: &Email| Some(email.0.clone()).filter(|email| !email.is_empty());
        let changes = UserChange {
            login: self.login.as_ref().map(|login| login.0.clone()),
            first_name: self.first_name.as_ref().map(|name| name.0.clone()),
            last_name: self.last_name.as_ref().map(|name| name.0.clone()),
            email: self.email.as_ref().map(email),
            password_hash: password_hash.clone().map(Some),
            ..UserChange::default()
        };
        change(session, self.id, &changes)?;
        Ok(Confirmation {
            msg: format!("{} was changed.", self.id),
        })
    }
}

impl PublicOperation for EditUser {
    const EXAMPLE: Example = Example::by(
        Who::Administrator,
        &[("id", "user:3"), ("firstName", "Lena Maria")],
    );
    const ACCESS: Access = Access::fails(
        &[("id", Of::Id(Who::Member))],
        codes::OPERATION_NOT_PERMITTED,
    );
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::PASSWORD_TOO_WEAK,
            Who::Administrator,
            &[("password", Of::Text("short"))],
        ),
        Cause::of(
            codes::USER_NOT_FOUND,
            Who::Administrator,
            &[("id", Of::Id(Who::Missing))],
        ),
        Cause::of(
            codes::USER_LOGINNAME_TAKEN,
            Who::Administrator,
            &[("login", Of::Login(Who::Owner))],
        ),
        Cause::of(
            codes::USER_EMAIL_NOT_UNIQUE,
            Who::Administrator,
            &[
                ("id", Of::Id(Who::Owner)),
                ("email", Of::Email(Who::Member)),
            ],
        ),
    ];
}
