//! One line that says what went wrong and what to do, with its stable code.

use std::fmt;

use wuyuan_client::lang::Lang;
use wuyuan_client::{PhoneError, SaveError};

/// A failure as told to the person at the terminal.
#[derive(Debug)]
pub struct Told(String);

/// Tells a text.
pub fn told(text: impl Into<String>) -> Told {
    Told(text.into())
}

impl Told {
    /// Tells why a phone failed.
    pub fn phone(error: &PhoneError, lang: Lang) -> Told {
        Told(format!("{} [{}]", error.wording(lang), error.code()))
    }

    /// Tells why a form was not saved.
    pub fn save(error: &SaveError, lang: Lang) -> Told {
        Told(format!("{} [{}]", error.wording(lang), error.code()))
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Told {}
