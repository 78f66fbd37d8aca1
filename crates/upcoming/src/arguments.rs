//! What a method is given: from the query, and for POST from the form in the body too.

use trivium_core::applications::{self, Application};
use trivium_core::types::{AuthToken, GroupRef};
use trivium_core::{Actor, Caller, Error, Proof, Result, Session, codes};
use trivium_front::limits::Meter;
use trivium_front::{RawValue, Request, form, rest};
use trivium_rpc::text::is_portable;

use crate::error::Refusal;

/// Numbers in a comma list at the most.
const LIST: usize = 100;

/// How an answer is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// The default.
    Xml,
    /// `format=json`.
    Json,
    /// `format=json`, in a call of this function.
    Jsonp(String),
}

/// The arguments of a call, in the order in which they were given.
#[derive(Debug)]
pub struct Arguments(Vec<(String, String)>);

impl Arguments {
    /// Reads query and form. What the form has wins over the query.
    ///
    /// # Errors
    /// `request_too_large`, `unsupported_media_type`, and where one place has an argument twice.
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

    /// An argument, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// True when an argument is given, and not empty.
    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// An argument, also an empty one.
    pub fn find(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// How the answer is to be written.
    ///
    /// # Errors
    /// Of a format that is none, and a callback that is no name of a function.
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
    /// Those of the token, then those of the key.
    pub fn actor(&self, proof: &Proof, session: &mut Session<'_>) -> Result<Actor> {
        if let Proof::Nothing = proof {
            return Err(Refusal::MissingToken.into());
        }
        let actor = Actor::identify(proof, session)?;
        self.application(session)?;
        Ok(actor)
    }

    /// The token, if one is given.
    pub fn token(&self) -> Option<AuthToken> {
        self.has("token")
            .then(|| AuthToken(self.text("token").to_owned()))
    }

    /// The application that calls.
    ///
    /// # Errors
    /// Of the key.
    pub fn application(&self, session: &mut Session<'_>) -> Result<Application> {
        match self.text("api_key") {
            "" => Err(Refusal::MissingKey.into()),
            key => applications::find_valid(session, key),
        }
    }

    /// The group that `group_id` names.
    ///
    /// # Errors
    /// `missing` where there is none; of one that is no number.
    pub fn group(&self, missing: Refusal) -> Result<GroupRef> {
        match self.text("group_id") {
            "" => Err(missing.into()),
            id => Ok(GroupRef(number(id).ok_or(missing)?)),
        }
    }

    /// The items of a comma list.
    ///
    /// # Errors
    /// Where there is none, and where there are too many.
    pub fn list(&self, name: &'static str) -> Result<Vec<&str>> {
        let items: Vec<&str> = self.text(name).split(',').map(str::trim).collect();
        let items: Vec<&str> = items.into_iter().filter(|item| !item.is_empty()).collect();
        match items.len() {
            0 => Err(Refusal::Missing(name).into()),
            1..=LIST => Ok(items),
            _ => Err(Refusal::Invalid(name).into()),
        }
    }

    /// A number in a range, or the default.
    ///
    /// # Errors
    /// Of one that is none, or out of its range.
    pub fn number(&self, name: &'static str, default: i64, most: i64) -> Result<i64> {
        match self.text(name) {
            "" => Ok(default),
            text => number(text)
                .filter(|number| (1..=most).contains(number))
                .ok_or_else(|| Refusal::Invalid(name).into()),
        }
    }

    /// A flag, where one is given.
    ///
    /// # Errors
    /// Of one that is neither 0 nor 1.
    pub fn flag(&self, name: &'static str) -> Result<Option<bool>> {
        match self.text(name) {
            "" => Ok(None),
            "0" => Ok(Some(false)),
            "1" => Ok(Some(true)),
            _ => Err(Refusal::Invalid(name).into()),
        }
    }

    /// A text that any format can carry, where one is given.
    ///
    /// # Errors
    /// Of one with a character that XML cannot carry.
    pub fn prose(&self, name: &'static str) -> Result<Option<String>> {
        match self.find(name) {
            Some(text) if !is_portable(text) => Err(Refusal::Invalid(name).into()),
            text => Ok(text.map(str::to_owned)),
        }
    }
}

/// The form in the body; a body without a type counts as one.
fn body_of<'a>(request: &Request<'_>, body: &'a [u8]) -> Result<&'a [u8]> {
    let kind = rest::media_type(request.content_type.unwrap_or_default());
    match &*kind {
        _ if body.is_empty() || request.method != "POST" => Ok(&[]),
        "" | "application/x-www-form-urlencoded" => Ok(body),
        kind => Err(rest::unsupported(kind)),
    }
}

fn texts(given: Vec<(String, RawValue)>) -> Result<Vec<(String, String)>> {
    let mut texts: Vec<(String, String)> = Vec::with_capacity(given.len());
    for (name, value) in given {
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

/// A whole number without a sign.
fn number(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 18;
    digits.then(|| text.parse().ok()).flatten()
}

/// A name, or up to five with dots between them, of at most 64 characters.
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
    fn callbacks_are_names_of_functions() {
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
    fn numbers_have_neither_sign_nor_space() {
        assert_eq!(number("0101"), Some(101));
        for odd in ["+1", "-1", " 1", "1.0", "1e3", "9999999999999999999"] {
            assert_eq!(number(odd), None, "{odd}");
        }
    }
}
