//! Authentication: the credentials of a call, their proof before its transaction, and the caller inside
//! of it.
//!
//! An operation declares its caller as a type. Only [`Caller::identify`] creates one, so an operation
//! cannot run without an authenticated caller.

use std::ops::Deref;

use subtle::ConstantTimeEq;
use trivium_rpc::{Code, Credential, CredentialSpec, Error};
use trivium_storage::tokens::{self, Bearer};
use trivium_storage::{Connection, Seconds, users};

use crate::accounts::password::{self, Verified};
use crate::error::ErrorDetail;
use crate::secrets::hash;
use crate::throttle::Account;
use crate::types::{AuthToken, Login, Password, UserRef};
use crate::{Directory, Origin, Result, Service, Session, codes};

/// The credentials that a call presents.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Nothing.
    None,
    /// A token.
    Token(AuthToken),
    /// A login and its password.
    Password(Login, Password),
    /// The password of the service's administrator.
    AdminPassword(Password),
    /// The authority of the command line.
    Administrator,
    /// The authority of the command line, on behalf of a user.
    ActingFor(UserRef),
}

impl Credentials {
    /// True if a password is verified: that must not happen on a thread of the server or the writer.
    pub const fn is_password(&self) -> bool {
        matches!(self, Self::Password(..) | Self::AdminPassword(_))
    }

    /// Proves what can be proved before the transaction.
    ///
    /// # Errors
    /// Those of [`password::verify`]; `operation_not_permitted` if the service has no admin password;
    /// `user_invalid_password`, `rate_limited`.
    pub fn prove(self, service: &Service, origin: &Origin) -> Result<Proof> {
        Ok(match self {
            Self::None => Proof::Nothing,
            Self::Token(token) => Proof::Token(token),
            Self::Password(login, password) => {
                Proof::Password(password::verify(service, origin, &login, &password)?)
            }
            Self::AdminPassword(password) => {
                let result = verify_admin_password(service, origin, &password);
                origin.signed_in(Some(ADMINISTRATOR), &result);
                result?;
                Proof::Administrator
            }
            Self::Administrator => Proof::Administrator,
            Self::ActingFor(user) => Proof::ActingFor(user),
        })
    }
}

fn verify_admin_password(service: &Service, origin: &Origin, password: &Password) -> Result<()> {
    let settings = service.settings();
    let expected = settings.admin_password.as_ref().ok_or_else(|| {
        Error::new(
            codes::OPERATION_NOT_PERMITTED,
            "This service has no admin password, so this operation is not permitted.",
        )
    })?;
    let attempt = service.throttle.password(origin, Account::Administrator)?;
    // Hashes have one length, so the time of the comparison discloses nothing.
    if !bool::from(hash(&password.0).ct_eq(&hash(&expected.0))) {
        return Err(Error::new(
            codes::USER_INVALID_PASSWORD,
            "The admin password is wrong.",
        ));
    }
    attempt.succeeded();
    Ok(())
}

/// What was proved before the transaction. The transaction checks again what may have changed.
#[derive(Debug)]
pub enum Proof {
    /// Nothing.
    Nothing,
    /// Nothing yet: the token is looked up in the transaction.
    Token(AuthToken),
    /// The password of a user.
    Password(Verified),
    /// The authority of the administrator.
    Administrator,
    /// The authority of the administrator, on behalf of a user.
    ActingFor(UserRef),
}

/// A type of caller: which credential it takes, and how it is identified.
pub trait Caller: Sized {
    /// The credential, as the operations that require this caller declare it.
    const CREDENTIAL: CredentialSpec;

    /// Identifies the caller in the transaction.
    ///
    /// # Errors
    /// Those of [`CREDENTIAL`](Self::CREDENTIAL), or a failure of the store.
    fn identify(proof: &Proof, session: &mut Session<'_>) -> Result<Self>;
}

const TOKEN_ERRORS: &[Code] = &[codes::USER_TOKEN_INVALID, codes::USER_TOKEN_EXPIRED];

/// Anybody.
impl Caller for () {
    const CREDENTIAL: CredentialSpec = CredentialSpec::NONE;

    fn identify(_: &Proof, _: &mut Session<'_>) -> Result<Self> {
        Ok(())
    }
}

/// The name of the administrator in the audit log.
pub(crate) const ADMINISTRATOR: &str = "administrator";

/// The name of the service itself in the audit log.
pub(crate) const SYSTEM: &str = "system";

/// An authenticated user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Actor {
    /// The ID of the user; 0 for the administrator, who is not a user.
    pub id: i64,
    /// The user's login.
    pub login: String,
    /// The ID of the token that was presented, and when it expires.
    pub token: Option<(i64, Seconds)>,
    /// True for the administrator, to whom the roles of groups do not apply.
    pub administrator: bool,
}

/// How the user of a token is looked up: with locks or without.
type FindBearer = fn(&mut Connection, &[u8]) -> trivium_storage::Result<Option<Bearer>>;

impl Actor {
    fn of(id: i64, login: String) -> Self {
        Self {
            id,
            login,
            token: None,
            administrator: false,
        }
    }

    /// The user whom the proof names, as the row is now. The log gets the login.
    fn find(proof: &Proof, session: &mut Session<'_>, find_bearer: FindBearer) -> Result<Self> {
        let actor = Self::named_by(proof, session, find_bearer)?;
        session.origin.identified(&actor.login);
        Ok(actor)
    }

    fn named_by(proof: &Proof, session: &mut Session<'_>, find_bearer: FindBearer) -> Result<Self> {
        match proof {
            Proof::Nothing => Err(codes::USER_TOKEN_INVALID.into()),
            Proof::Token(token) => {
                let bearer = find_bearer(session.connection, &hash(&token.0))?;
                Self::bearer(bearer.ok_or(codes::USER_TOKEN_INVALID)?, session)
            }
            Proof::Password(verified) => {
                let user = verified.user(session)?;
                Ok(Self::of(user.id, user.login))
            }
            Proof::Administrator => Ok(Self {
                administrator: true,
                ..Self::of(0, ADMINISTRATOR.to_owned())
            }),
            Proof::ActingFor(id) => {
                let user = session.user(*id)?;
                Ok(Self::of(user.id, user.login))
            }
        }
    }

    fn bearer(bearer: Bearer, session: &Session<'_>) -> Result<Self> {
        if bearer.revoked_at.is_some() {
            return Err(ErrorDetail::TokenRevoked.of(codes::USER_TOKEN_INVALID));
        }
        if bearer.disabled_at.is_some() || bearer.deleted_at.is_some() {
            return Err(codes::USER_TOKEN_INVALID.into());
        }
        if session.is_past(bearer.expires_at) {
            return Err(codes::USER_TOKEN_EXPIRED.into());
        }
        Ok(Self {
            token: Some((bearer.token_id, bearer.expires_at)),
            ..Self::of(bearer.user_id, bearer.login)
        })
    }

    /// The user, after the row was locked: the credential may have been revoked while the lock was awaited.
    fn find_again(self, proof: &Proof, session: &mut Session<'_>) -> Result<Self> {
        match session.connection.locks_rows() {
            true => Self::find(proof, session, tokens::find_bearer),
            false => Ok(self),
        }
    }

    /// The error if the user was disabled or deleted meanwhile.
    fn outdated(proof: &Proof) -> Error {
        match proof {
            Proof::Password(_) => password::wrong(codes::USER_INVALID_PASSWORD),
            _ => codes::USER_TOKEN_INVALID.into(),
        }
    }
}

impl Caller for Actor {
    const CREDENTIAL: CredentialSpec = CredentialSpec {
        credential: Credential::Token,
        description: "An authentication token",
        errors: TOKEN_ERRORS,
    };

    fn identify(proof: &Proof, session: &mut Session<'_>) -> Result<Self> {
        // Disabling and deleting the user waits for this change, or this change sees their result.
        let find_bearer = match session.effect.reads() {
            true => tokens::find_bearer,
            false => tokens::find_bearer_and_lock,
        };
        let actor = Self::find(proof, session, find_bearer)?;
        if session.effect.reads() || actor.administrator || actor.token.is_some() {
            return Ok(actor);
        }
        if !session.connection.lock_user_shared(actor.id)? {
            return Err(Self::outdated(proof));
        }
        actor.find_again(proof, session)
    }
}

/// An authenticated user, if a token is presented.
impl Caller for Option<Actor> {
    const CREDENTIAL: CredentialSpec = CredentialSpec {
        credential: Credential::OptionalToken,
        description: "An authentication token; required for invitation-only groups",
        errors: TOKEN_ERRORS,
    };

    fn identify(proof: &Proof, session: &mut Session<'_>) -> Result<Self> {
        match proof {
            Proof::Nothing => Ok(None),
            proof => Actor::identify(proof, session).map(Some),
        }
    }
}

/// An authenticated user whose row is locked: no other change of the account runs at the same time.
#[derive(Clone, Debug)]
pub struct Exclusive<A>(A);

impl<A> Deref for Exclusive<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.0
    }
}

impl Caller for Exclusive<Actor> {
    const CREDENTIAL: CredentialSpec = Actor::CREDENTIAL;

    fn identify(proof: &Proof, session: &mut Session<'_>) -> Result<Self> {
        let actor = Actor::find(proof, session, tokens::find_bearer)?;
        session.connection.lock_user(actor.id)?;
        let user = users::find(session.connection, actor.id)?;
        let is_active =
            |user: &users::User| user.disabled_at.is_none() && user.deleted_at.is_none();
        if !user.as_ref().is_some_and(is_active) {
            return Err(Actor::outdated(proof));
        }
        Ok(Self(actor.find_again(proof, session)?))
    }
}

/// A caller who may read the lists of users and groups: anybody, or the holder of a token, depending on
/// the setting [`Directory`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DirectoryReader;

impl Caller for DirectoryReader {
    const CREDENTIAL: CredentialSpec = CredentialSpec {
        credential: Credential::OptionalToken,
        description: "An authentication token, if the service shows its directory to members only",
        errors: TOKEN_ERRORS,
    };

    fn identify(proof: &Proof, session: &mut Session<'_>) -> Result<Self> {
        match proof {
            Proof::Nothing if session.settings.directory == Directory::Public => {}
            Proof::Administrator => {}
            proof => drop(Actor::identify(proof, session)?),
        }
        Ok(Self)
    }
}

/// The administrator: by the admin password, or at the command line.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Administrator;

impl Caller for Administrator {
    const CREDENTIAL: CredentialSpec = CredentialSpec {
        credential: Credential::AdminPassword,
        description: "The admin password of the service",
        errors: &[codes::OPERATION_NOT_PERMITTED, codes::USER_INVALID_PASSWORD],
    };

    fn identify(proof: &Proof, _: &mut Session<'_>) -> Result<Self> {
        match proof {
            Proof::Administrator => Ok(Self),
            _ => Err(codes::OPERATION_NOT_PERMITTED.into()),
        }
    }
}
