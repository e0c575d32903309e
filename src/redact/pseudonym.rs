//! Stand-ins that are the same for the same value.

use std::fmt;

const VOWELS: &[u8] = b"aeiou";
const CONSONANTS: &[u8] = b"bcdfghjklmnprstvwz";

/// How often another stand-in is tried where the first one happens to be the value itself.
const TRIES: u8 = 16;

/// The secret that pseudonyms are made with: who has not got it cannot try out which value a pseudonym stands for.
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

impl PseudonymKey {
    /// From any secret text.
    pub fn new(secret: &[u8]) -> Self {
        Self(blake3::derive_key("replayreel 2026 pseudonyms of redacted values", secret))
    }

    /// The key itself.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Says nothing of the key.
impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey")
    }
}

/// The letters and digits of one stand-in, one after the other.
pub(super) struct Pseudonym {
    stream: blake3::OutputReader,
    count: usize,
}

impl Pseudonym {
    /// For a value of a kind: `normal` is what is the same for all ways to write it.
    pub(super) fn new(key: &PseudonymKey, kind: &str, normal: &str, value: &str) -> Self {
        let start = |attempt: u8| {
            let mut hasher = blake3::Hasher::new_keyed(key.bytes());
            hasher.update(kind.as_bytes()).update(&[0, attempt]).update(normal.as_bytes());
            Self { stream: hasher.finalize_xof(), count: 0 }
        };
        let is_other = |attempt: &u8| {
            let mut pseudonym = start(*attempt);
            value.chars().any(|character| pseudonym.next(character).is_some_and(|other| other != character))
        };
        start((0..TRIES).find(is_other).unwrap_or(0))
    }

    /// What stands in for the next letter or digit. Nothing for other characters, and for those that take two units of UTF-16: no letter does as well.
    pub(super) fn next(&mut self, character: char) -> Option<char> {
        if !character.is_alphanumeric() || character.len_utf16() == 2 {
            return None;
        }
        let mut number = [0; 2];
        self.stream.fill(&mut number);
        self.count += 1;
        let number = usize::from(u16::from_le_bytes(number));
        let letters = if self.count.is_multiple_of(2) { VOWELS } else { CONSONANTS };
        let letters = if character.is_numeric() { b"0123456789" } else { letters };
        let other = char::from(letters.get(number % letters.len()).copied()?);
        Some(if character.is_uppercase() { other.to_ascii_uppercase() } else { other })
    }
}
