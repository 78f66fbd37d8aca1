//! Tokens and invitations: generated from the random numbers of the system, stored as SHA-256 hashes.

use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// The number of characters of a secret that lists show to its owner.
const PREFIX_LENGTH: usize = 8;

/// The hash of a secret, which is stored in its place.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The first characters of a secret.
pub fn prefix(secret: &str) -> String {
    secret.chars().take(PREFIX_LENGTH).collect()
}

/// A new token: 40 hexadecimal digits, 160 bits.
///
/// # Errors
/// `general_some_error` if the system has no random numbers.
pub fn new_token() -> Result<String> {
    let mut bytes = [0_u8; 20];
    fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// The characters of an API key.
const KEY_DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A new API key: ten of `a` to `z` and `0` to `9`. It is a name, not a secret.
///
/// # Errors
/// `general_some_error` if the system has no random numbers.
pub fn new_key() -> Result<String> {
    let mut bytes = [0_u8; 10];
    fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .filter_map(|byte| KEY_DIGITS.get(usize::from(*byte) % KEY_DIGITS.len()))
        .map(|digit| char::from(*digit))
        .collect())
}

/// The beginning of every invitation.
const INVITATION_PREFIX: &str = "inv_";

/// The number of hexadecimal digits of an invitation's checksum.
const CHECKSUM_LENGTH: usize = 8;

/// A new invitation: `inv_`, 40 hexadecimal digits, and 8 more that check them.
///
/// # Errors
/// `general_some_error` if the system has no random numbers.
pub fn new_invitation() -> Result<String> {
    let body = format!("{INVITATION_PREFIX}{}", new_token()?);
    let check = checksum(&body);
    Ok(body + &check)
}

/// True if a text has the form and the checksum of an invitation, so that a typing error is found
/// without a look-up.
pub fn is_invitation(text: &str) -> bool {
    text.len()
        .checked_sub(CHECKSUM_LENGTH)
        .and_then(|middle| text.split_at_checked(middle))
        .is_some_and(|(body, check)| body.starts_with(INVITATION_PREFIX) && checksum(body) == check)
}

fn checksum(text: &str) -> String {
    let mut check = hex(&hash(text));
    check.truncate(CHECKSUM_LENGTH);
    check
}

/// The hexadecimal digits of these bytes.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|e| Error::internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_invitations_are_rejected() {
        let invitation = new_invitation().expect("an invitation");
        assert!(is_invitation(&invitation));
        assert!(!is_invitation(&invitation.replacen("inv_", "inw_", 1)));
        assert!(!is_invitation(&format!("{invitation}0")));
        assert!(!is_invitation(&new_token().expect("a token")));
        assert!(!is_invitation("") && !is_invitation("inv_") && !is_invitation("äöüäöüä"));
    }
}
