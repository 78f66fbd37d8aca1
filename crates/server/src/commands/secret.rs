//! Secrets: from a file, the environment, standard input or a prompt, never from arguments.

use std::io::{BufRead, IsTerminal};

use trivium_core::types::Password;
use trivium_storage::DatabaseUrl;

use crate::failure::Failure;
use crate::options::Global;

/// The database's address, which may hold a password: `TRIVIUM_DATABASE_FILE` names a file
/// that holds it.
pub(crate) fn database(global: &Global) -> Result<DatabaseUrl, Failure> {
    let url = match from_file("TRIVIUM_DATABASE_FILE")? {
        Some(url) => url,
        None => global.database.clone(),
    };
    Ok(url.parse()?)
}

/// The password of newUser, editUser and deleteUser, where one is set.
pub(crate) fn admin_password() -> Result<Option<Password>, Failure> {
    let password = match from_file("TRIVIUM_ADMIN_PASSWORD_FILE")? {
        Some(password) => Some(password),
        None => std::env::var("TRIVIUM_ADMIN_PASSWORD").ok(),
    };
    Ok(password.filter(|text| !text.is_empty()).map(Password))
}

fn from_file(variable: &str) -> Result<Option<String>, Failure> {
    let Some(path) = std::env::var_os(variable) else {
        return Ok(None);
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => Err(Failure::Configuration(format!(
            "{variable}: {}: {error}",
            path.to_string_lossy()
        ))),
    }
}

/// A new password: a line of standard input, or what is typed on the terminal. None where
/// there is neither.
pub(crate) fn new_password(stdin: bool) -> Result<Option<Password>, Failure> {
    if stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        return Ok(Some(Password(password)));
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    let password = rpassword::prompt_password("Password (empty for none): ")?;
    if password.is_empty() {
        return Ok(None);
    }
    if rpassword::prompt_password("The same again: ")? != password {
        return Err(Failure::Failed("the two passwords differ".into()));
    }
    Ok(Some(Password(password)))
}
