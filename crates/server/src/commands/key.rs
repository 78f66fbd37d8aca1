//! `trivium key`.

use serde_json::{Value, json};
use trivium_core::applications::keys::{self, Application};
use trivium_core::types::DateTime;

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Global, Key};

pub(crate) fn run(global: &Global, command: &Key) -> Result<(), Failure> {
    let service = &Administrator::open(global)?.service;
    match command {
        Key::Create { name, callback } => {
            let key = keys::add(service, name, callback.as_deref())?;
            print::value(global, "key", key)
        }
        Key::List => {
            let rows: Vec<_> = keys::list(service)?.iter().map(show).collect();
            let columns = ["key", "name", "callback", "createdAt", "revoked"];
            print::list(global, &columns, &rows)
        }
        Key::Revoke { key } => Ok(keys::revoke(service, key)?),
    }
}

fn show(application: &Application) -> Value {
    json!({
        "key": application.key,
        "name": application.name,
        "callback": application.callback,
        "createdAt": DateTime(application.created_at).to_string(),
        "revoked": application.revoked_at.is_some(),
    })
}
