//! Reads new passwords from standard input or a prompt, never from arguments.

use std::io::{BufRead, IsTerminal};

use trivium_core::types::Password;
use trivium_rpc::text::is_portable;

use crate::failure::Failure;

/// Reads a new password from a line of standard input or from the terminal. Returns `None` if there is
/// neither, unless a password is required, or if the user enters no password.
pub(crate) fn new_password(stdin: bool, required: bool) -> Result<Option<Password>, Failure> {
    if stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        if !is_portable(&password) {
            return Err(Failure::Failed(
                "the password contains a character that XML cannot represent".into(),
            ));
        }
        return Ok(Some(Password(password)));
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return match required {
            true => Err(Failure::Failed(
                "there is no terminal on which to enter a password\n  \
                 give it on standard input: trivium user passwd LOGIN --password-stdin < FILE"
                    .into(),
            )),
            false => Ok(None),
        };
    }
    let password = rpassword::prompt_password("Password (leave empty for no password): ")?;
    if password.is_empty() {
        return Ok(None);
    }
    if rpassword::prompt_password("Repeat the password: ")? != password {
        return Err(Failure::Failed("the passwords differ".into()));
    }
    Ok(Some(Password(password)))
}
