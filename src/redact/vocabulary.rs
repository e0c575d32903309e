//! Values that were found somewhere, looked for everywhere: a page repeats what it is told. An address typed into a field stands in the greeting,
//! in a request, in the console.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::find::Found;
use super::secrets::{SHORTEST, Secrets};
use super::{Pattern, Place, RuleId, Rules, What};

/// Beginnings of values are found by themselves from this length on, and if they are half of the value. Characters.
const SHORTEST_BEGINNING: usize = 8;

/// All found values that are to be redacted wherever they stand.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    automaton: Option<AhoCorasick>,
    /// By pattern of the automaton.
    values: Vec<(RuleId, String)>,
}

impl Vocabulary {
    pub(super) fn new(rules: &Rules, secrets: &Secrets<'_>) -> Self {
        let mut all: BTreeMap<String, (RuleId, String)> = BTreeMap::new();
        for secret in secrets.all() {
            let Some(rule) = rules.get(secret.rule).filter(|rule| rule.everywhere) else { continue };
            let length = secret.value.chars().count();
            if length < SHORTEST {
                continue;
            }
            let entry = (secret.rule, secret.value.clone());
            all.entry(secret.value.to_lowercase()).or_insert_with(|| entry.clone());
            if let Some(beginning) = beginning(&rule.what, &secret.value, length) {
                all.entry(beginning.to_lowercase()).or_insert(entry);
            }
        }
        let automaton = automaton(all.keys());
        Self { automaton, values: all.into_values().collect() }
    }

    /// The values that stand in a text, and their beginnings.
    pub(super) fn find(&self, rules: &Rules, text: &str, place: Place) -> Vec<Found> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found: Vec<Found> = Vec::new();
        for hit in automaton.find_iter(text) {
            let Some((rule, value)) = self.values.get(hit.pattern().as_usize()) else { continue };
            let begun = found.last().is_some_and(|last| last.range.end > hit.start());
            if begun || !rules.get(*rule).is_some_and(|rule| rule.looks_at(place)) {
                continue;
            }
            let end = hit.start() + agreement(text.get(hit.start()..).unwrap_or_default(), value);
            let range = hit.start()..end.max(hit.end());
            if text.is_char_boundary(range.start) && text.is_char_boundary(range.end) {
                found.push(Found { value: text[range.clone()].to_owned(), range, rule: *rule });
            }
        }
        found
    }
}

/// The least of a value that tells it.
fn beginning<'v>(what: &What, value: &'v str, length: usize) -> Option<&'v str> {
    if let (What::Text(Pattern::Email), Some(at)) = (what, value.find('@')) {
        return value.get(..=at).filter(|beginning| beginning.len() > 2);
    }
    let least = SHORTEST_BEGINNING.max(length.div_ceil(2));
    let (end, _) = value.char_indices().nth(least)?;
    value.get(..end)
}

/// Finds any of `patterns`, whatever their case.
pub(super) fn automaton(patterns: impl Iterator<Item = impl AsRef<[u8]>>) -> Option<AhoCorasick> {
    let patterns: Vec<_> = patterns.collect();
    if patterns.is_empty() {
        return None;
    }
    let mut builder = AhoCorasickBuilder::new();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(patterns).ok()
}

/// How many bytes of `text` are the beginning of `value`, whatever their case.
fn agreement(text: &str, value: &str) -> usize {
    let same = |(a, b): &(char, char)| a == b || a.eq_ignore_ascii_case(b);
    text.chars().zip(value.chars()).take_while(same).map(|(a, _)| a.len_utf8()).sum()
}
