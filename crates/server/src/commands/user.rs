//! `trivium user`.

use serde_json::json;
use trivium_core::administration::{self, NewAccount};
use trivium_core::types::{DateTime, Login, UserRef};

use super::{open, print, secret};
use crate::failure::Failure;
use crate::options::{Global, User};

pub(crate) fn run(global: &Global, command: &User) -> Result<(), Failure> {
    match command {
        User::Add {
            login,
            first_name,
            last_name,
            email,
            password_stdin,
        } => {
            let account = NewAccount {
                login: Login(login.clone()),
                first_name: first_name.clone(),
                last_name: last_name.clone(),
                email: email.clone().filter(|email| !email.is_empty()),
                password: secret::new_password(*password_stdin)?,
            };
            let id = administration::add_user(&open(global)?, account)?;
            print::value(global, "id", &id.to_string())
        }
        User::List => {
            let rows: Vec<_> = administration::users(&*open(global)?)?
                .into_iter()
                .map(|user| {
                    json!({
                        "id": UserRef(user.id).to_string(),
                        "login": user.login,
                        "firstName": user.first_name,
                        "lastName": user.last_name,
                        "email": user.email,
                        "created": DateTime(user.created_at).to_string(),
                        "disabled": user.disabled_at.is_some(),
                    })
                })
                .collect();
            let columns = ["id", "login", "firstName", "lastName", "email", "created"];
            print::list(global, &columns, &rows)
        }
        User::Token { login, ttl } => {
            let token = administration::add_token(&open(global)?, login, *ttl)?;
            print::value(global, "token", &token)
        }
    }
}
