//! `login`: exchanges a password for a token.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::tokens;

use crate::accounts::password::{self, Verified};
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::session::Record;
use crate::types::{Login as LoginName, Password};
use crate::{
    Declaration, Origin, PreparedOperation, Proof, PublicOperation, Result, Service, Session,
    codes, secrets,
};

/// Exchanges a login and a password for a token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The login
    pub login: LoginName,
    /// The password
    pub password: Password,
}

/// The result of login.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedIn {
    /// An authentication token
    #[schemars(with = "crate::types::AuthToken")]
    pub auth_token: String,
    /// The lifetime of the token, in seconds
    #[schemars(range(min = 0, max = 2_147_483_647), extend("examples" = [86_400]))]
    pub token_lifetime: i64,
}

impl PreparedOperation for Login {
    const DECLARATION: &'static Declaration = &Declaration::change("login", password::ERRORS);
    type Caller = ();
    type Prepared = Verified;
    type Output = LoggedIn;

    fn prepare(&self, service: &Service, origin: &Origin, _: &Proof) -> Result<Verified> {
        password::verify(service, origin, &self.login, &self.password)
    }

    fn run(&self, verified: &Verified, (): &(), session: &mut Session<'_>) -> Result<LoggedIn> {
        let user = verified.lock(session)?;
        session.make_room_for_token(user.id)?;
        let lifetime = session.settings.token_lifetime;
        let (_, auth_token) = create_token(session, user.id, None, lifetime)?;
        session.record(&user, Record::default())?;
        Ok(LoggedIn {
            auth_token,
            token_lifetime: lifetime,
        })
    }
}

impl PublicOperation for Login {
    const EXAMPLE: Example = Example::by(
        Who::Nobody,
        &[("login", "marc"), ("password", "marcspassword")],
    );
    const ACCESS: Access = Access::everybody(&[
        ("login", Of::Login(Who::Owner)),
        ("password", Of::Password(Who::Owner)),
    ]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::LOGIN_UNKNOWN,
            Who::Nobody,
            &[("login", Of::Login(Who::Missing))],
        ),
        Cause::of(
            codes::USER_INVALID_PASSWORD,
            Who::Nobody,
            &[("password", Of::Text("wrong"))],
        ),
    ];
}

/// Creates a token of a user, given to an application or to the user, and stores its hash. Returns its ID and the
/// token.
///
/// # Errors
/// A failure of the store.
pub(crate) fn create_token(
    session: &mut Session<'_>,
    user_id: i64,
    application: Option<i64>,
    lifetime: i64,
) -> Result<(i64, String)> {
    let token = secrets::new_token()?;
    let id = keep_token(session, user_id, application, &token, lifetime)?;
    Ok((id, token))
}

/// Stores the hash of a token of a user, and returns its ID.
///
/// # Errors
/// A failure of the store.
pub(crate) fn keep_token(
    session: &mut Session<'_>,
    user_id: i64,
    application: Option<i64>,
    token: &str,
    lifetime: i64,
) -> Result<i64> {
    Ok(tokens::insert(
        session.connection,
        &tokens::NewToken {
            user_id,
            hash: secrets::hash(token),
            prefix: secrets::prefix(token),
            created_at: session.now(),
            expires_at: session.now().saturating_add(lifetime),
            key_id: application,
        },
    )?)
}
