//! The credentials of a request: the first of `X-Auth-Token`, `Authorization: Bearer`, `Macaroon` and
//! `Authorization: Basic`.

use base64ct::{Base64, Encoding};
use trivium_core::Credentials;
use trivium_core::types::{AuthToken, Login, Password};
use trivium_front::Request;
use trivium_front::text::utf8_or_latin1;
use trivium_rpc::text::is_portable;

use crate::error::{MAX_TOKEN_LENGTH, Refusal};

/// The credentials of a request.
///
/// # Errors
/// `unauthorized` if they are malformed.
pub(crate) fn read(request: &Request<'_>) -> Result<Credentials, Refusal> {
    let token = request.auth_token.or(request.bearer());
    if let Some(token) = token.or(request.macaroon) {
        // Any text may be a token of this service.
        return match token.len() {
            1..=MAX_TOKEN_LENGTH if is_portable(token) => {
                Ok(Credentials::Token(AuthToken(token.to_owned())))
            }
            _ => Err(Refusal::unauthenticated(Refusal::BadToken)),
        };
    }
    match request.credentials("basic") {
        Some(pair) => decode(pair)
            .map(|(login, password)| Credentials::Password(login, password))
            .ok_or(Refusal::unauthenticated(Refusal::BadBasicCredentials)),
        None => Ok(Credentials::None),
    }
}

/// Login and password of Basic authentication, unless they are malformed or too long, or have a character that
/// XML cannot carry: no login and no password has one.
fn decode(pair: &str) -> Option<(Login, Password)> {
    let bytes = Base64::decode_vec(pair).ok()?;
    let text = utf8_or_latin1(&bytes);
    let (login, password) = text.split_once(':')?;
    (login.chars().count() <= Login::MAX_LENGTH && is_portable(&text))
        .then(|| (Login(login.to_owned()), Password(password.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_credentials_take_precedence() {
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
            let Ok(Credentials::Token(token)) = read(request) else {
                panic!("no token: {request:?}");
            };
            assert_eq!(token.0, expected);
        }
    }

    #[test]
    fn malformed_basic_credentials_are_rejected() {
        let (login, password) = decode("bWFyYzphOmI=").expect("marc:a:b");
        assert_eq!((login.0.as_str(), password.0.as_str()), ("marc", "a:b"));
        // The last two are `marc:` and `:x` with NUL.
        for wrong in ["", "bWFyYw==", "bWFyYzphOmI", "!", "bWFyYzoA", "ADp4"] {
            assert!(decode(wrong).is_none(), "{wrong}");
        }
    }
}
