//! The API keys of applications, as the administrator manages them.

use trivium_storage::{applications, tokens};

use crate::administration::record;
use crate::applications::{Application, find_valid};
use crate::types::{GroupName, Link};
use crate::{Administrator, Declaration, Error, Operation, Result, Session, codes, secrets};

/// Adds an application, and returns its key.
#[derive(Clone, Debug)]
pub struct CreateKey {
    /// The name of the application: 1 to 255 characters.
    pub name: String,
    /// The address to which a browser is sent with a frob.
    pub callback: Option<String>,
    /// The key; without one, a new key is generated. The demonstration prints a known one.
    pub key: Option<&'static str>,
}

impl Operation for CreateKey {
    const DECLARATION: &'static Declaration =
        &Declaration::change("newKey", &[codes::VALIDATION_INVALID_VALUE]);
    type Caller = Administrator;
    type Output = String;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<String> {
        self.check()?;
        let key = match self.key {
            Some(key) => key.to_owned(),
            None => secrets::new_key()?,
        };
        applications::insert(
            session.connection,
            &applications::NewApplication {
                key: key.clone(),
                name: self.name.clone(),
                callback: self.callback.clone(),
                created_at: session.now(),
            },
        )?;
        record(session, &self.name)?;
        Ok(key)
    }
}

impl CreateKey {
    fn check(&self) -> Result<()> {
        let invalid =
            |message: &'static str| Err(Error::new(codes::VALIDATION_INVALID_VALUE, message));
        if self.name.trim().is_empty() || self.name.chars().count() > GroupName::MAX_LENGTH {
            return invalid("An application needs a name, of at most 255 characters.");
        }
        if self
            .callback
            .as_deref()
            .is_some_and(|url| !is_callback(url))
        {
            return invalid(
                "A callback is a URL such as https://example.org/back, without a fragment.",
            );
        }
        Ok(())
    }
}

/// True for an address to which a browser can be sent, with a frob added to its query.
fn is_callback(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
    let has_host = |rest: &str| {
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        let is_host_byte = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
        !host.is_empty() && host.bytes().all(is_host_byte)
    };
    rest.is_some_and(has_host)
        && url.len() <= Link::MAX_LENGTH
        && url.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
}

/// Lists the applications, oldest first, with those whose key was revoked.
#[derive(Clone, Copy, Debug)]
pub struct ListKeys;

impl Operation for ListKeys {
    const DECLARATION: &'static Declaration = &Declaration::read("listKeys", &[]);
    type Caller = Administrator;
    type Output = Vec<Application>;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Vec<Application>> {
        Ok(applications::list(session.connection)?)
    }
}

/// Revokes a key, with the frobs and tokens that were given to its application.
#[derive(Clone, Debug)]
pub struct RevokeKey {
    /// The key.
    pub key: String,
}

impl Operation for RevokeKey {
    const DECLARATION: &'static Declaration =
        &Declaration::change("revokeKey", &[codes::API_KEY_INVALID]);
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        let application = find_valid(session, &self.key)?;
        // This locks the key: an approval or an exchange of a frob has ended, or sees the revocation.
        if !applications::revoke(session.connection, &self.key, session.now())? {
            return Err(codes::API_KEY_INVALID.into());
        }
        applications::delete_frobs_of_application(session.connection, application.id)?;
        tokens::revoke_of_application(session.connection, application.id, session.now())?;
        record(session, &application.name)
    }
}
