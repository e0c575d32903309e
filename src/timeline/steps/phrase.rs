//! A sentence of which it is known who wrote which words.

use std::fmt;

use serde::{Serialize, Serializer};

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
    /// One that begins with our own words.
    #[must_use]
    pub fn ours(text: &str) -> Self {
        Self::default().then(text)
    }

    /// With more of our own words.
    #[must_use]
    pub fn then(mut self, text: &str) -> Self {
        match self.0.last_mut() {
            Some(Words::Ours(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => self.0.push(Words::Ours(text.to_owned())),
        }
        self
    }

    /// With words of a stranger.
    #[must_use]
    pub fn theirs(mut self, text: &str) -> Self {
        self.0.push(Words::Theirs(text.to_owned()));
        self
    }

    /// With a URL.
    #[must_use]
    pub fn address(mut self, url: &str) -> Self {
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

/// As it is printed: without a mark of who wrote what.
impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
