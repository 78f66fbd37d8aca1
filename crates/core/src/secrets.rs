//! Tokens and invitations: made from the system's generator, kept as SHA-256.

use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// Characters of a secret that its owner may see in lists.
const PREFIX: usize = 8;

/// What is kept of a secret.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The first characters of a secret.
pub fn prefix(secret: &str) -> String {
    secret.chars().take(PREFIX).collect()
}

/// A new token: 40 hexadecimal digits, 160 bits.
///
/// # Errors
/// `general_some_error` when the system gives no random numbers.
pub fn new_token() -> Result<String> {
    let mut bytes = [0_u8; 20];
    fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// What an API key is made of.
const KEY_DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A new API key: ten of `a` to `z` and `0` to `9`. It is a name, not a secret.
///
/// # Errors
/// `general_some_error` when the system gives no random numbers.
pub fn new_key() -> Result<String> {
    let mut bytes = [0_u8; 10];
    fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .filter_map(|byte| KEY_DIGITS.get(usize::from(*byte) % KEY_DIGITS.len()))
        .map(|digit| char::from(*digit))
        .collect())
}

/// What every invitation begins with.
const INVITATION: &str = "inv_";

/// Hexadecimal digits of an invitation's checksum.
const CHECKSUM: usize = 8;

/// A new invitation: `inv_`, 40 hexadecimal digits, and 8 more that check them.
///
/// # Errors
/// `general_some_error` when the system gives no random numbers.
pub fn new_invitation() -> Result<String> {
    let body = format!("{INVITATION}{}", new_token()?);
    let check = checksum(&body);
    Ok(body + &check)
}

/// True for what can be an invitation: a slip of the pen is found out without a look.
pub fn is_invitation(text: &str) -> bool {
    text.len()
        .checked_sub(CHECKSUM)
        .and_then(|middle| text.split_at_checked(middle))
        .is_some_and(|(body, check)| body.starts_with(INVITATION) && checksum(body) == check)
}

fn checksum(text: &str) -> String {
    let mut check = hex(&hash(text));
    check.truncate(CHECKSUM);
    check
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|e| Error::internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_invitation_is_none() {
        let invitation = new_invitation().expect("an invitation");
        assert!(is_invitation(&invitation));
        assert!(!is_invitation(&invitation.replacen("inv_", "inw_", 1)));
        assert!(!is_invitation(&format!("{invitation}0")));
        assert!(!is_invitation(&new_token().expect("a token")));
        assert!(!is_invitation("") && !is_invitation("inv_") && !is_invitation("äöüäöüä"));
    }
}
