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
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|e| Error::unforeseen(&e))
}
