//! The values that were found, and what stands in for each.

use std::collections::HashMap;

use super::stand_in::{mask, stand_in};
use super::{RuleId, Rules};

/// Shorter values say too little to be looked for elsewhere, and stand in too many words. Characters.
pub(super) const SHORTEST: usize = 6;

/// A value that a rule found, as it was written there.
#[derive(Debug)]
pub(super) struct Secret {
    pub(super) rule: RuleId,
    /// With escapes undone.
    pub(super) value: String,
    /// As many characters as it was written with, or none.
    pub(super) stand_in: Vec<char>,
}

/// All values found in a recording.
#[derive(Debug)]
pub(super) struct Secrets<'r> {
    rules: &'r Rules,
    list: Vec<Secret>,
    known: HashMap<(RuleId, String), u32>,
}

impl<'r> Secrets<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        Self { rules, list: Vec::new(), known: HashMap::new() }
    }

    /// Its number; the same value of the same rule has one.
    pub(super) fn note(&mut self, rule: RuleId, raw: &str, value: &str) -> u32 {
        if let Some(known) = self.known.get(&(rule, raw.to_owned())) {
            return *known;
        }
        let number = self.list.len() as u32;
        let mut whole: Vec<char> = stand_in(self.rules, rule, raw, value).chars().collect();
        let length = raw.chars().count();
        if !whole.is_empty() && whole.len() != length {
            // Written with escapes: parts of it are told apart by the characters that are there.
            whole = mask(self.rules, rule, raw).chars().collect();
            whole.resize(length, 'x');
        }
        self.list.push(Secret { rule, value: value.to_owned(), stand_in: whole });
        self.known.insert((rule, raw.to_owned()), number);
        number
    }

    /// Notes a value that is all there is of a text, unless it is too short to be told from other words.
    pub(super) fn note_whole(&mut self, rule: RuleId, text: &str) {
        let text = text.trim();
        if text.chars().count() >= SHORTEST && !is_masked(text) {
            self.note(rule, text, text);
        }
    }

    /// Whether it is known as a whole value of a rule.
    pub(super) fn has(&self, rule: RuleId, raw: &str) -> bool {
        self.known.contains_key(&(rule, raw.to_owned()))
    }

    pub(super) fn get(&self, number: u32) -> Option<&Secret> {
        self.list.get(number as usize)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Secret> {
        self.list.iter()
    }

    /// What stands in for the characters of a secret from `from` on, `count` of them.
    pub(super) fn part(&self, number: u32, from: u32, count: u32) -> String {
        let stand_in = self.get(number).map(|secret| secret.stand_in.as_slice()).unwrap_or_default();
        stand_in.iter().skip(from as usize).take(count as usize).collect()
    }
}

/// Whether a recorder has masked it already: they write stars or dots.
pub(super) fn is_masked(text: &str) -> bool {
    text.trim().chars().all(|character| matches!(character, '*' | '•' | '●' | '█' | '·'))
}
