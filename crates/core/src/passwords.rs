//! Passwords: argon2id. Each hash takes 19 MiB and a core for some 20 ms, so it is made in an
//! operation's preparation, for which the server has permits of its own.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::types::Password;
use crate::{Code, Error, Result};

/// A hash of no password with this program's parameters: an unknown user costs the same as a
/// wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWF0LWFsbC4$Rm5cT9vJHnWvNq3rC6zVYw0x7c1S2m4kQh8gB5pD3aE";

/// Characters of a password at the least.
const SHORTEST: usize = 8;

/// The 3,000 commonest passwords, in lower case, one on a line.
const COMMON: &str = include_str!("../data/common-passwords.txt");

/// A password for keeping is not one of those that are tried first.
///
/// # Errors
/// `user_password_too_weak`.
pub fn acceptable(password: &Password) -> Result<()> {
    if password.0.chars().count() < SHORTEST {
        return Err(Error::new(
            Code::PasswordTooWeak,
            "A password has at least 8 characters.",
        ));
    }
    let folded = password.0.to_lowercase();
    if COMMON.lines().any(|common| common == folded) {
        return Err(Error::new(
            Code::PasswordTooWeak,
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
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(|e| Error::unforeseen(&e))?;
    let salt = SaltString::encode_b64(&salt).map_err(|e| Error::unforeseen(&e))?;
    Ok(argon2()
        .hash_password(password.0.as_bytes(), &salt)
        .map_err(|e| Error::unforeseen(&e))?
        .to_string())
}

/// Whether this is the password behind `hash`. Without a hash it never is, at the same cost.
///
/// # Errors
/// `general_some_error` when the kept hash cannot be read.
pub fn verify(password: &Password, hash: Option<&str>) -> Result<bool> {
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY)).map_err(|e| Error::unforeseen(&e))?;
    let right = argon2()
        .verify_password(password.0.as_bytes(), &parsed)
        .is_ok();
    Ok(right && hash.is_some())
}

fn argon2() -> Argon2<'static> {
    // m = 19,456 KiB, t = 2, p = 1: the floor that OWASP gives for argon2id.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
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
