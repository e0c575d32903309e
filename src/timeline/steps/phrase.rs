//! A sentence of which it is known who wrote which words.

use std::fmt;

/// Words of a [`Phrase`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// This program's own: letters, digits, spaces and plain punctuation.
    Ours(String),
    /// Of the page, its developers or the person: to be escaped for wherever it goes, and quoted.
    Theirs(String),
    /// A URL, as recorded: a stranger's too.
    Address(String),
}

/// A short line of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Words>);

impl Phrase {
    pub(super) fn ours(text: &str) -> Self {
        Self::default().then(text)
    }

    #[cfg(test)]
    pub(in crate::timeline) fn of(text: &str) -> Self {
        Self::ours(text)
    }

    /// With more of our own words.
    pub(super) fn then(mut self, text: &str) -> Self {
        match self.0.last_mut() {
            Some(Words::Ours(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => self.0.push(Words::Ours(text.to_owned())),
        }
        self
    }

    pub(super) fn theirs(mut self, text: &str) -> Self {
        self.0.push(Words::Theirs(text.to_owned()));
        self
    }

    pub(super) fn address(mut self, url: &str) -> Self {
        self.0.push(Words::Address(url.to_owned()));
        self
    }

    /// Its words, in order.
    pub fn words(&self) -> &[Words] {
        &self.0
    }
}

/// `Opens https://a.example/ (“Shop”)`
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|words| match words {
            Words::Ours(text) | Words::Address(text) => f.write_str(text),
            Words::Theirs(text) => write!(f, "“{text}”"),
        })
    }
}
