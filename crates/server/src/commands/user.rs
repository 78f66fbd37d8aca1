//! `trivium user` and `trivium token`.

use serde_json::{Value, json};
use trivium_core::accounts::delete_user::DeleteUser;
use trivium_core::administration::{self, NewAccount};
use trivium_core::types::{DateTime, Login, Password, UserRef};
use trivium_storage::users::User as Row;

use super::{Administrator, print, secret};
use crate::failure::Failure;
use crate::options::{Global, Token, User};

pub(crate) fn run(global: &Global, command: &User) -> Result<(), Failure> {
    // A password is asked for before the database is opened: a typing error leaves nothing.
    let password = match command {
        User::Add { password_stdin, .. } | User::Passwd { password_stdin, .. } => {
            secret::new_password(*password_stdin)?
        }
        _ => None,
    };
    let administrator = Administrator::open(global)?;
    let service = &administrator.service;
    match command {
        User::Add {
            login,
            first_name,
            last_name,
            email,
            ..
        } => {
            let account = NewAccount {
                login: Login(login.clone()),
                first_name: first_name.clone(),
                last_name: last_name.clone(),
                email: email.clone().filter(|email| !email.is_empty()),
                password,
            };
            let id = administration::add_user(service, account)?;
            print::value(global, "id", id.to_string())
        }
        User::List => {
            let rows: Vec<_> = administration::users(service)?.iter().map(show).collect();
            let columns = [
                "id",
                "login",
                "firstName",
                "lastName",
                "email",
                "created",
                "disabled",
            ];
            print::list(global, &columns, &rows)
        }
        User::Show { login } => {
            print::record(global, &show(&administration::user(service, login)?))
        }
        User::Passwd { login, .. } => Ok(administration::set_password(
            service,
            login,
            password.as_ref(),
        )?),
        User::Disable { login } => Ok(administration::disable_user(service, login, true)?),
        User::Enable { login } => Ok(administration::disable_user(service, login, false)?),
        User::Delete { login } => {
            administrator.run(DeleteUser {
                admin_password: Password::default(),
                login: Login(login.clone()),
            })?;
            Ok(())
        }
        User::Token { login, ttl } => {
            let token = administration::add_token(service, login, *ttl)?;
            print::value(global, "token", token)
        }
    }
}

pub(crate) fn token(global: &Global, command: &Token) -> Result<(), Failure> {
    let administrator = Administrator::open(global)?;
    let service = &administrator.service;
    match command {
        Token::List { login } => {
            let rows: Vec<_> = administration::tokens(service, login)?
                .iter()
                .map(|token| {
                    json!({
                        "prefix": token.prefix,
                        "createdAt": DateTime(token.created_at).to_string(),
                        "expiresAt": DateTime(token.expires_at).to_string(),
                    })
                })
                .collect();
            print::list(global, &["prefix", "createdAt", "expiresAt"], &rows)
        }
        Token::Revoke { login, prefix, .. } => {
            administration::revoke_tokens(service, login, prefix.as_deref())?;
            Ok(())
        }
    }
}

fn show(user: &Row) -> Value {
    json!({
        "id": UserRef(user.id).to_string(),
        "login": user.login,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": user.email,
        "created": DateTime(user.created_at).to_string(),
        "disabled": user.disabled_at.is_some(),
    })
}
