//! `trivium user` and `trivium token`.

use serde_json::{Value, json};
use trivium_core::accounts::delete_user::DeleteUser;
use trivium_core::administration::tokens::{
    CreateToken, ListTokens, RevokeAllTokens, RevokeTokens,
};
use trivium_core::administration::users::{
    AddUser, DisableUser, EnableUser, ListUsers, SetPassword, ShowUser,
};
use trivium_core::types::{DateTime, Login, UserRef};
use trivium_storage::users::User as Row;

use super::{Administrator, print, secret};
use crate::failure::Failure;
use crate::options::{Global, Token, User};

pub(crate) fn run(global: &Global, command: &User) -> Result<(), Failure> {
    // The password is read before the database is opened, so that a typing error changes nothing.
    let password = match command {
        User::Add { password_stdin, .. } => secret::new_password(*password_stdin, false)?,
        User::Passwd { password_stdin, .. } => secret::new_password(*password_stdin, true)?,
        _ => None,
    };
    let reads = matches!(command, User::List | User::Show { .. });
    let administrator = Administrator::open_to_read(global, reads)?;
    match command {
        User::Add {
            login,
            first_name,
            last_name,
            email,
            ..
        } => {
            let account = AddUser {
                login: Login(login.clone()),
                first_name: first_name.clone(),
                last_name: last_name.clone(),
                email: email.clone().filter(|email| !email.is_empty()),
                password,
            };
            let id = administrator.run(account)?;
            print::value(global, "id", id.to_string())
        }
        User::List => {
            let rows: Vec<_> = administrator.run(ListUsers)?.iter().map(show).collect();
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
            let login = login.clone();
            print::record(global, &show(&administrator.run(ShowUser { login })?))
        }
        User::Passwd { login, .. } => administrator.run(SetPassword {
            login: login.clone(),
            password,
        }),
        User::Disable { login } => administrator.run(DisableUser {
            login: login.clone(),
        }),
        User::Enable { login } => administrator.run(EnableUser {
            login: login.clone(),
        }),
        User::Delete { login } => {
            administrator.run(DeleteUser {
                login: Login(login.clone()),
            })?;
            Ok(())
        }
        User::Token { login, ttl } => {
            let token = administrator.run(CreateToken {
                login: login.clone(),
                lifetime: *ttl,
            })?;
            print::value(global, "token", token)
        }
    }
}

pub(crate) fn token(global: &Global, command: &Token) -> Result<(), Failure> {
    let reads = matches!(command, Token::List { .. });
    let administrator = Administrator::open_to_read(global, reads)?;
    match command {
        Token::List { login } => {
            let rows: Vec<_> = administrator
                .run(ListTokens {
                    login: login.clone(),
                })?
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
        Token::Revoke {
            login,
            prefix,
            user,
            ..
        } => match login.as_ref().or(user.as_ref()) {
            Some(login) => administrator.run(RevokeTokens {
                login: login.clone(),
                prefix: prefix.clone(),
            }),
            None => administrator.run(RevokeAllTokens),
        },
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
