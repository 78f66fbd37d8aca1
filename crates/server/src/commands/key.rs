//! `trivium key`.

use serde_json::{Value, json};
use trivium_core::applications::Application;
use trivium_core::applications::keys::{CreateKey, ListKeys, RevokeKey};
use trivium_core::types::DateTime;

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Global, Key};

pub(crate) fn run(global: &Global, command: &Key) -> Result<(), Failure> {
    let reads = matches!(command, Key::List);
    let administrator = Administrator::open_to_read(global, reads)?;
    match command {
        Key::Create { name, callback } => {
            let key = administrator.run(CreateKey {
                name: name.clone(),
                callback: callback.clone(),
                key: None,
            })?;
            print::value(global, "key", key)
        }
        Key::List => {
            let rows: Vec<_> = administrator.run(ListKeys)?.iter().map(show).collect();
            let columns = ["key", "name", "callback", "createdAt", "revoked"];
            print::list(global, &columns, &rows)
        }
        Key::Revoke { key } => administrator.run(RevokeKey { key: key.clone() }),
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
