//! What an administrator does with API keys.

use std::sync::Arc;

use trivium_storage::applications;
pub use trivium_storage::applications::Application;

use crate::administration::change;
use crate::applications::known;
use crate::context::Record;
use crate::types::{GroupName, Line};
use crate::{Code, Context, Error, Result, Service, secrets};

/// Adds an application of the Upcoming dialect, and answers its key.
///
/// # Errors
/// `validation_invalid_value` for a name or a callback that is none.
pub fn add(service: &Arc<Service>, name: &str, callback: Option<&str>) -> Result<String> {
    acceptable(name, callback)?;
    let key = secrets::new_key()?;
    keep(service, &key, name, callback)?;
    Ok(key)
}

/// Makes a chosen text an application's key: for demonstrations.
///
/// # Errors
/// The store's failure.
pub fn keep(service: &Arc<Service>, key: &str, name: &str, callback: Option<&str>) -> Result<()> {
    let (key, name) = (key.to_owned(), name.to_owned());
    let callback = callback.map(str::to_owned);
    change(service, "newKey", move |context| {
        applications::insert(
            context.connection,
            &applications::NewApplication {
                key: key.clone(),
                name: name.clone(),
                callback: callback.clone(),
                created_at: context.now,
            },
        )?;
        record(context, &name)
    })
}

/// All applications, oldest first, also those that were ended.
///
/// # Errors
/// The store's failure.
pub fn list(service: &Service) -> Result<Vec<Application>> {
    service
        .database
        .read(|connection| Ok(applications::list(connection)?))
}

/// Ends an application: its key is no longer known.
///
/// # Errors
/// `api_key_invalid` when there is no such key, or it was ended already.
pub fn revoke(service: &Arc<Service>, key: &str) -> Result<()> {
    let key = key.to_owned();
    change(service, "revokeKey", move |context| {
        let application = known(context, &key)?;
        applications::revoke(context.connection, &key, context.now)?;
        record(context, &application.name)
    })
}

fn record(context: &mut Context<'_>, name: &str) -> Result<()> {
    context.record(
        "administrator",
        Record {
            subject: Some(name),
            ..Record::default()
        },
    )
}

/// A callback is an address to which a browser can be sent, with a frob added to its query.
fn acceptable(name: &str, callback: Option<&str>) -> Result<()> {
    let complain = |words: &str| Err(Error::new(Code::ValidationInvalidValue, words.to_owned()));
    if name.trim().is_empty() || name.chars().count() > GroupName::LONGEST {
        return complain("An application needs a name, of at most 255 characters.");
    }
    let address = |url: &str| {
        let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
        let authority = |rest: &str| {
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            let fine = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
            !host.is_empty() && host.bytes().all(fine)
        };
        rest.is_some_and(authority)
            && url.len() <= Line::LONGEST
            && url.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
    };
    if callback.is_some_and(|url| !address(url)) {
        return complain("A callback is an address such as https://example.org/back, without #.");
    }
    Ok(())
}
