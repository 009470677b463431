//! Passwords, hashed with Argon2id (RFC 9106).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::AccountError;
use crate::random;

/// 19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet's first choice.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Fewest and most characters.
const LENGTH: std::ops::RangeInclusive<usize> = 10..=128;

/// Hashed when the number is unknown, so that it takes as long as a wrong password. Nobody's password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$d3V5dWFuLW5vYm9keS0xNg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon2() -> Result<Argon2<'static>, AccountError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| AccountError::Internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether `password` may be the password of the member `number`.
pub fn check(password: &str, number: &str) -> Result<(), AccountError> {
    let one_character = password
        .chars()
        .next()
        .is_none_or(|first| password.chars().all(|c| c == first));
    if LENGTH.contains(&password.chars().count()) && !password.contains(number) && !one_character {
        Ok(())
    } else {
        Err(AccountError::PasswordWeak)
    }
}

/// The PHC string to store. Takes some tens of milliseconds and 19 MiB.
pub fn hash(password: &str) -> Result<String, AccountError> {
    let salt = random::bytes::<16>()?;
    let hash = argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| AccountError::Internal)?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed. Without a stored hash the same work is done, for nothing.
pub fn verify(password: &str, stored: Option<&str>) -> Result<bool, AccountError> {
    let parsed = PasswordHash::new(stored.unwrap_or(NOBODY)).map_err(|_| AccountError::Internal)?;
    let right = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
    Ok(right && stored.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_verifies_and_nothing_else() {
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(stored, hash("correct horse battery").unwrap());
        assert_eq!(verify("correct horse battery", Some(&stored)), Ok(true));
        assert_eq!(verify("correct horse batterz", Some(&stored)), Ok(false));
        assert_eq!(verify("", None), Ok(false));
        assert_eq!(verify("x", Some("rubbish")), Err(AccountError::Internal));
    }

    #[test]
    fn a_stranger_costs_the_same_work() {
        let stored = PasswordHash::new(NOBODY).unwrap();
        let real = hash("correct horse battery").unwrap();
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(stored.params, real.params);
        assert_eq!(stored.hash.map(|h| h.len()), real.hash.map(|h| h.len()));
    }

    #[test]
    fn weak_passwords_are_refused() {
        for bad in ["", "short", "xxxxxxxxxxxx", "my-JA0001-word", &"long".repeat(40)] {
            assert_eq!(check(bad, "JA0001"), Err(AccountError::PasswordWeak), "{bad}");
        }
        assert_eq!(check("一二三四五六七八九十", "JA0001"), Ok(()));
    }
}
