//! Passwords, hashed with argon2id. Each hash takes 19 MiB and a core for about 20 ms, so it is
//! computed in the preparation of an operation, for which the server has separate permits.

use std::sync::Mutex;

use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;

use crate::types::Password;
use crate::{Error, Result, codes};

/// A hash that matches no password, with the parameters of this program: verifying the password of an
/// unknown user takes as long as rejecting a wrong one.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWF0LWFsbC4$Rm5cT9vJHnWvNq3rC6zVYw0x7c1S2m4kQh8gB5pD3aE";

/// The minimum number of characters of a password.
pub(crate) const MIN_LENGTH: usize = 8;

/// The 3,000 most common passwords, in lower case, one per line.
const COMMON: &str = include_str!("../data/common-passwords.txt");

/// Checks that a new password is long enough and not common.
///
/// # Errors
/// `user_password_too_weak`.
pub fn acceptable(password: &Password) -> Result<()> {
    if password.0.chars().count() < MIN_LENGTH {
        return Err(Error::new(
            codes::PASSWORD_TOO_WEAK,
            "A password has at least 8 characters.",
        ));
    }
    let folded = password.0.to_lowercase();
    if COMMON.lines().any(|common| common == folded) {
        return Err(Error::new(
            codes::PASSWORD_TOO_WEAK,
            "The password is one of the 3,000 most common passwords.",
        ));
    }
    Ok(())
}

/// Checks a new password, and returns the hash to store.
///
/// # Errors
/// `user_password_too_weak`; `general_some_error` if the system has no random numbers.
pub fn hash(password: &Password) -> Result<String> {
    acceptable(password)?;
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    let salt = SaltString::encode_b64(&bytes).map_err(|e| Error::internal(e.to_string()))?;
    // m = 19,456 KiB, t = 2, p = 1: the minimum that OWASP recommends for argon2id.
    let params = Params::DEFAULT;
    let mut output = [0_u8; Params::DEFAULT_OUTPUT_LEN];
    compute(password, &bytes, params.clone(), &mut output)?;
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|e| Error::internal(e.to_string()))?,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(&output).map_err(|e| Error::internal(e.to_string()))?),
    };
    Ok(hash.to_string())
}

/// Verifies a password against a stored hash. Without a hash the result is false, after the same time.
///
/// # Errors
/// `general_some_error` if the stored hash is malformed.
pub fn verify(password: &Password, hash: Option<&str>) -> Result<bool> {
    let unreadable = || Error::internal("a stored password hash is malformed");
    let stored = PasswordHash::new(hash.unwrap_or(DUMMY_HASH))
        .map_err(|e| Error::internal(e.to_string()))?;
    let params = Params::try_from(&stored).map_err(|e| Error::internal(e.to_string()))?;
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
        return Err(unreadable());
    };
    let mut bytes = [0_u8; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).map_err(|_| unreadable())?;
    let mut output = vec![0_u8; expected.len()];
    compute(password, salt, params, &mut output)?;
    let matches: bool = output.ct_eq(expected.as_bytes()).into();
    Ok(matches && hash.is_some())
}

/// Memory for hashing, reused by the next hash. With the allocator alone, each thread that ever hashed
/// would retain 19 MiB.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

fn compute(password: &Password, salt: &[u8], params: Params, output: &mut [u8]) -> Result<()> {
    let reused = MEMORY.lock().ok().and_then(|mut memory| memory.pop());
    let mut blocks = reused.unwrap_or_default();
    blocks.resize(params.block_count(), Block::default());
    let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.0.as_bytes(), salt, output, &mut blocks)
        .map_err(|e| Error::internal(e.to_string()));
    if let Ok(mut memory) = MEMORY.lock() {
        memory.push(blocks);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_is_verified() {
        let kept = hash(&Password("philspassword".into())).expect("a hash");
        let check = |text: &str, kept| verify(&Password(text.into()), kept).expect("a check");
        assert!(check("philspassword", Some(kept.as_str())));
        assert!(!check("philspasswore", Some(kept.as_str())));
        assert!(!check("philspassword", None));
    }

    #[test]
    fn weak_passwords_are_rejected() {
        for weak in ["", "seven77", "12345678", "PassWord", "iloveyou"] {
            assert!(acceptable(&Password(weak.into())).is_err(), "{weak}");
        }
        for fine in [
            "eight888",
            "江大学同江大学同",
            "correct horse battery staple",
        ] {
            assert!(acceptable(&Password(fine.into())).is_ok(), "{fine}");
        }
    }

    #[test]
    fn dummy_hash_has_the_current_parameters() {
        let kept = hash(&Password("philspassword".into())).expect("a hash");
        let parameters = |text: &str| text.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(parameters(&kept), parameters(DUMMY_HASH));
    }
}
