//! Who asks: the first of `X-Auth-Token`, `Authorization: Bearer`, `Macaroon` and
//! `Authorization: Basic` that is there decides.

use base64ct::{Base64, Encoding};
use trivium_core::accounts::password::{self, Verified};
use trivium_core::context::Actor;
use trivium_core::types::{AuthToken, Login, Password};
use trivium_core::{Caller, Context, Result, Service};
use trivium_front::Request;
use trivium_front::text::utf8_or_latin1;

use crate::error::{LONGEST_TOKEN, Refusal};

/// What a request shows of who asks.
pub(crate) enum Credentials {
    /// Nothing.
    None,
    /// A token.
    Token(AuthToken),
    /// A login with its password, and once that was found right, what says so.
    Password(Login, Password, Option<Verified>),
}

impl Credentials {
    /// Those of a request.
    ///
    /// # Errors
    /// `unauthorized` for what has not the form of credentials.
    pub(crate) fn of(request: &Request<'_>) -> Result<Self, Refusal> {
        let token = request.auth_token.or(request.bearer());
        if let Some(token) = token.or(request.macaroon) {
            // The tokens of this service are any text.
            return match token.len() {
                1..=LONGEST_TOKEN => Ok(Self::Token(AuthToken(token.to_owned()))),
                _ => Err(Refusal::unauthenticated(Refusal::BadToken)),
            };
        }
        match request.credentials("basic") {
            Some(pair) => decode(pair)
                .map(|(login, password)| Self::Password(login, password, None))
                .ok_or(Refusal::unauthenticated(Refusal::BadBasicCredentials)),
            None => Ok(Self::None),
        }
    }

    /// True when there is a password to be verified before the transaction.
    pub(crate) const fn is_password(&self) -> bool {
        matches!(self, Self::Password(..))
    }

    /// Verifies a password.
    ///
    /// # Errors
    /// Those of [`password::verify`].
    pub(crate) fn verify(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        if let Self::Password(login, password, verified) = self {
            *verified = Some(password::verify(service, caller, login, password)?);
        }
        Ok(())
    }

    /// Who it is; `None` for those who show nothing.
    ///
    /// # Errors
    /// Those of a token, and of [`password::verify`].
    pub(crate) fn authenticate(&self, context: &mut Context<'_>) -> Result<Option<Actor>> {
        match self {
            Self::None | Self::Password(_, _, None) => Ok(None),
            Self::Token(token) => context.authenticate(token).map(Some),
            Self::Password(_, _, Some(verified)) => verified.authenticate(context).map(Some),
        }
    }
}

/// Login and password of Basic authentication; a login that is too long is nobody's.
fn decode(pair: &str) -> Option<(Login, Password)> {
    let bytes = Base64::decode_vec(pair).ok()?;
    let text = utf8_or_latin1(&bytes);
    let (login, password) = text.split_once(':')?;
    (login.chars().count() <= Login::LONGEST)
        .then(|| (Login(login.to_owned()), Password(password.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_there_decides() {
        let every = Request {
            auth_token: Some("a"),
            authorization: Some("Bearer b"),
            macaroon: Some("c"),
            ..Request::default()
        };
        let second = Request {
            auth_token: None,
            ..every.clone()
        };
        let third = Request {
            authorization: Some("Basic bWFyYzp4"),
            ..second.clone()
        };
        for (request, expected) in [(&every, "a"), (&second, "b"), (&third, "c")] {
            let Ok(Credentials::Token(token)) = Credentials::of(request) else {
                panic!("no token: {request:?}");
            };
            assert_eq!(token.0, expected);
        }
    }

    #[test]
    fn basic_credentials_have_a_form() {
        let (login, password) = decode("bWFyYzphOmI=").expect("marc:a:b");
        assert_eq!((login.0.as_str(), password.0.as_str()), ("marc", "a:b"));
        for wrong in ["", "bWFyYw==", "bWFyYzphOmI", "!"] {
            assert!(decode(wrong).is_none(), "{wrong}");
        }
    }
}
