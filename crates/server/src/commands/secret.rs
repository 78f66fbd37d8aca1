//! New passwords: from standard input or a prompt, never from arguments.

use std::io::{BufRead, IsTerminal};

use trivium_core::types::Password;

use crate::failure::Failure;

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
