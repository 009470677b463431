//! The two languages in which people are spoken to.

/// A language of the wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The one of two wordings that is in this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A catalogue label in this language.
    pub fn label(self, label: &sync_protocol::catalog::Label) -> &str {
        self.pick(&label.zh_hans, &label.en)
    }
}
