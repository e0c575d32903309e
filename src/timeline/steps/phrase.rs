//! A sentence of which it is known who wrote which words.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::timeline::elements::is_secret_name;

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

    /// With a URL, [without passwords](without_passwords).
    #[must_use]
    pub fn address(mut self, url: &str) -> Self {
        self.0.push(Words::Address(without_passwords(url)));
        self
    }

    /// Its words, in order.
    pub fn words(&self) -> &[Words] {
        &self.0
    }
}

/// A text that may hold a URL, without the values of parameters that are called like passwords: a form that is sent with GET writes
/// there what was typed.
pub fn without_passwords(text: &str) -> String {
    let Some((before, rest)) = text.split_once('?') else { return text.to_owned() };
    let end = rest.find(|character: char| character == '#' || character.is_whitespace()).unwrap_or(rest.len());
    let (query, after) = rest.split_at(end);
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret_name(name) => format!("{name}=***"),
        _ => pair.to_owned(),
    });
    format!("{before}?{}{after}", pairs.collect::<Vec<_>>().join("&"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_without_passwords() {
        for (text, told) in [
            ("https://a.example/?user=ida&password=x#top", "https://a.example/?user=ida&password=***#top"),
            ("https://a.example/?u%5BPassword%5D=a=b&pwd", "https://a.example/?u%5BPassword%5D=***&pwd"),
            ("500 GET /login?passwd=x y?z", "500 GET /login?passwd=*** y?z"),
            ("https://a.example/?q=passwords", "https://a.example/?q=passwords"),
            ("https://a.example/password=x", "https://a.example/password=x"),
            ("?", "?"),
        ] {
            assert_eq!(without_passwords(text), told);
        }
    }
}
