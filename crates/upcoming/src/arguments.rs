//! The arguments of a method: from the query, and for POST also from the form in the body.

use trivium_core::applications::{self, Application};
use trivium_core::types::{AuthToken, GroupRef};
use trivium_core::{Actor, Caller, Error, Proof, Result, Session, codes};
use trivium_front::limits::Meter;
use trivium_front::{RawValue, Request, form, rest};
use trivium_rpc::text::is_portable;

use crate::error::Refusal;

/// The maximum number of items of a comma-separated list.
const MAX_ITEMS: usize = 100;

/// The format of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// XML, the default.
    Xml,
    /// `format=json`.
    Json,
    /// `format=json`, wrapped in a call of this function.
    Jsonp(String),
}

/// The arguments of a call: those of the form, then those of the query.
#[derive(Debug)]
pub struct Arguments(Vec<(String, String)>);

impl Arguments {
    /// Reads query and form. The form takes precedence.
    ///
    /// # Errors
    /// `request_too_large`, `unsupported_media_type`; `validation_duplicate_key` if the query or the form
    /// has an argument twice.
    pub fn read(request: &Request<'_>, body: &[u8]) -> Result<Self> {
        let mut meter = Meter::default();
        let mut all = texts(form::read(body_of(request, body)?, &mut meter)?)?;
        for (name, value) in texts(form::read(request.query.as_bytes(), &mut meter)?)? {
            if !all.iter().any(|(other, _)| *other == name) {
                all.push((name, value));
            }
        }
        Ok(Self(all))
    }

    /// Checks that XML can carry every argument.
    ///
    /// # Errors
    /// The code of an unknown token, API key or frob; `validation_invalid_value` for other arguments.
    pub fn check_characters(&self) -> Result<()> {
        let unportable =
            |(name, value): &&(String, String)| !is_portable(name) || !is_portable(value);
        let Some((name, _)) = self.0.iter().find(unportable) else {
            return Ok(());
        };
        Err(match name.as_str() {
            "token" => codes::USER_TOKEN_INVALID.into(),
            "api_key" => codes::API_KEY_INVALID.into(),
            "frob" => codes::FROB_INVALID.into(),
            name => Error::new(
                codes::VALIDATION_INVALID_VALUE,
                format!("Invalid {} parameter.", trivium_front::text::quote(name)),
            ),
        })
    }

    /// An argument; empty if it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// True if an argument is present and not empty.
    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// An argument, which may be empty; `None` if it is absent.
    pub fn find(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The requested format of the response.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for an unknown format, [`Refusal::InvalidCallback`] for a callback that is not
    /// the name of a function.
    pub fn format(&self) -> Result<Format> {
        match self.text("format") {
            "" | "xml" => Ok(Format::Xml),
            "json" => match self.find("callback") {
                None => Ok(Format::Json),
                Some(name) if is_function(name) => Ok(Format::Jsonp(name.to_owned())),
                Some(_) => Err(Refusal::InvalidCallback.into()),
            },
            _ => Err(Refusal::Invalid("format").into()),
        }
    }

    /// Authenticates the user and the application: the first step of most methods.
    ///
    /// # Errors
    /// Those of the token, then those of the API key.
    pub fn actor(&self, proof: &Proof, session: &mut Session<'_>) -> Result<Actor> {
        if let Proof::Nothing = proof {
            return Err(Refusal::MissingToken.into());
        }
        let actor = Actor::identify(proof, session)?;
        self.application(session)?;
        Ok(actor)
    }

    /// The token, if it is present.
    pub fn token(&self) -> Option<AuthToken> {
        self.has("token")
            .then(|| AuthToken(self.text("token").to_owned()))
    }

    /// The calling application.
    ///
    /// # Errors
    /// Those of the API key.
    pub fn application(&self, session: &mut Session<'_>) -> Result<Application> {
        match self.text("api_key") {
            "" => Err(Refusal::MissingKey.into()),
            key => applications::find_valid(session, key),
        }
    }

    /// The group that `group_id` names.
    ///
    /// # Errors
    /// `missing` if the argument is absent, or not a number.
    pub fn group(&self, missing: Refusal) -> Result<GroupRef> {
        match self.text("group_id") {
            "" => Err(missing.into()),
            id => Ok(GroupRef(number(id).ok_or(missing)?)),
        }
    }

    /// The items of a comma-separated list.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no item, [`Refusal::Invalid`] if there are too many.
    pub fn list(&self, name: &'static str) -> Result<Vec<&str>> {
        let items: Vec<&str> = self.text(name).split(',').map(str::trim).collect();
        let items: Vec<&str> = items.into_iter().filter(|item| !item.is_empty()).collect();
        match items.len() {
            0 => Err(Refusal::Missing(name).into()),
            1..=MAX_ITEMS => Ok(items),
            _ => Err(Refusal::Invalid(name).into()),
        }
    }

    /// A number in a range, or the default.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] if the value is not a number, or out of range.
    pub fn number(&self, name: &'static str, default: i64, most: i64) -> Result<i64> {
        match self.text(name) {
            "" => Ok(default),
            text => number(text)
                .filter(|number| (1..=most).contains(number))
                .ok_or_else(|| Refusal::Invalid(name).into()),
        }
    }

    /// A flag, if it is present.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] if the value is neither 0 nor 1.
    pub fn flag(&self, name: &'static str) -> Result<Option<bool>> {
        match self.text(name) {
            "" => Ok(None),
            "0" => Ok(Some(false)),
            "1" => Ok(Some(true)),
            _ => Err(Refusal::Invalid(name).into()),
        }
    }

    /// A text, if it is present.
    pub fn prose(&self, name: &str) -> Option<String> {
        self.find(name).map(str::to_owned)
    }
}

/// The form in the body. A body without a media type counts as a form.
fn body_of<'a>(request: &Request<'_>, body: &'a [u8]) -> Result<&'a [u8]> {
    let kind = rest::media_type(request.content_type.unwrap_or_default());
    match &*kind {
        _ if body.is_empty() || request.method != "POST" => Ok(&[]),
        "" | "application/x-www-form-urlencoded" => Ok(body),
        kind => Err(rest::unsupported(kind)),
    }
}

fn texts(values: Vec<(String, RawValue)>) -> Result<Vec<(String, String)>> {
    let mut texts: Vec<(String, String)> = Vec::with_capacity(values.len());
    for (name, value) in values {
        let RawValue::Untyped(value) = value else {
            continue;
        };
        if texts.iter().any(|(other, _)| *other == name) {
            return Err(Error::new(
                codes::VALIDATION_DUPLICATE_KEY,
                format!("Duplicate {} parameter.", trivium_front::text::quote(&name)),
            ));
        }
        texts.push((name, value));
    }
    Ok(texts)
}

/// Parses an integer without a sign.
fn number(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 18;
    digits.then(|| text.parse().ok()).flatten()
}

/// True for one to five names with dots between them, of at most 64 characters in total.
fn is_function(callback: &str) -> bool {
    let name = |name: &str| {
        let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
        name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit())
    };
    callback.len() <= 64 && callback.split('.').count() <= 5 && callback.split('.').all(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_functions_are_callbacks() {
        for fine in ["f", "$", "_a1.b.c.d.e", "jQuery.cb_0"] {
            assert!(is_function(fine), "{fine}");
        }
        for odd in [
            "",
            ".",
            "1a",
            "a.",
            "a..b",
            "a.b.c.d.e.f",
            "a()",
            "a-b",
            "é",
            "a b",
        ] {
            assert!(!is_function(odd), "{odd}");
        }
        assert!(is_function(&"a".repeat(64)) && !is_function(&"a".repeat(65)));
    }

    #[test]
    fn numbers_with_sign_or_space_are_rejected() {
        assert_eq!(number("0101"), Some(101));
        for odd in ["+1", "-1", " 1", "1.0", "1e3", "9999999999999999999"] {
            assert_eq!(number(odd), None, "{odd}");
        }
    }
}
