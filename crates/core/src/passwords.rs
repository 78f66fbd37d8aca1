//! Passwords: argon2id. Each hash takes 19 MiB and a core for some 20 ms, so it is made in an
//! operation's preparation, for which the server has permits of its own.

use std::sync::Mutex;

use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;

use crate::types::Password;
use crate::{Error, Result, codes};

/// A hash of no password with this program's parameters: an unknown user costs the same as a
/// wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWF0LWFsbC4$Rm5cT9vJHnWvNq3rC6zVYw0x7c1S2m4kQh8gB5pD3aE";

/// Characters of a password at the least.
pub(crate) const MIN_LENGTH: usize = 8;

/// The 3,000 commonest passwords, in lower case, one on a line.
const COMMON: &str = include_str!("../data/common-passwords.txt");

/// A password for keeping is not one of those that are tried first.
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
            "This password is among those that are guessed first.",
        ));
    }
    Ok(())
}

/// Hashes an acceptable password for keeping.
///
/// # Errors
/// `user_password_too_weak`; `general_some_error` when the system gives no random numbers.
pub fn hash(password: &Password) -> Result<String> {
    acceptable(password)?;
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    let salt = SaltString::encode_b64(&bytes).map_err(|e| Error::internal(e.to_string()))?;
    // m = 19,456 KiB, t = 2, p = 1: the floor that OWASP gives for argon2id.
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

/// Whether this is the password behind `hash`. Without a hash it never is, at the same cost.
///
/// # Errors
/// `general_some_error` when the kept hash cannot be read.
pub fn verify(password: &Password, hash: Option<&str>) -> Result<bool> {
    let unreadable = || Error::internal("a stored password hash is malformed");
    let kept =
        PasswordHash::new(hash.unwrap_or(NOBODY)).map_err(|e| Error::internal(e.to_string()))?;
    let params = Params::try_from(&kept).map_err(|e| Error::internal(e.to_string()))?;
    let (Some(salt), Some(expected)) = (kept.salt, kept.hash) else {
        return Err(unreadable());
    };
    let mut bytes = [0_u8; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).map_err(|_| unreadable())?;
    let mut output = vec![0_u8; expected.len()];
    compute(password, salt, params, &mut output)?;
    let right: bool = output.ct_eq(expected.as_bytes()).into();
    Ok(right && hash.is_some())
}

/// Memory for hashing, kept for the next hash. Left to the allocator, each thread that ever
/// hashed would keep 19 MiB of its own.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

fn compute(password: &Password, salt: &[u8], params: Params, output: &mut [u8]) -> Result<()> {
    let kept = MEMORY.lock().ok().and_then(|mut memory| memory.pop());
    let mut blocks = kept.unwrap_or_default();
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
    fn a_hash_knows_its_password_alone() {
        let kept = hash(&Password("philspassword".into())).expect("a hash");
        let check = |text: &str, kept| verify(&Password(text.into()), kept).expect("a check");
        assert!(check("philspassword", Some(kept.as_str())));
        assert!(!check("philspasswore", Some(kept.as_str())));
        assert!(!check("philspassword", None));
    }

    #[test]
    fn weak_passwords_are_refused() {
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
    fn nobody_costs_what_a_user_costs() {
        let kept = hash(&Password("philspassword".into())).expect("a hash");
        let parameters = |text: &str| text.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(parameters(&kept), parameters(NOBODY));
    }
}
