//! Values that were found somewhere, looked for everywhere; and what somebody was typing, looked for while it was typed.
//!
//! A page repeats what it is told: an address typed into a field stands in the greeting, in a request, in the console, and its beginnings
//! in the requests of a search that runs while one types.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::find::Found;
use super::secrets::Secrets;
use super::{Pattern, Place, RuleId, Rules, What};
use crate::recording::SessionTime;

/// Shorter values are not looked for elsewhere: they stand in too many words. Characters.
const SHORTEST: usize = 6;
/// Beginnings of values are found by themselves from this length on, and if they are half of the value. Characters.
const SHORTEST_BEGINNING: usize = 8;
/// How long what was typed is looked for elsewhere: a page answers to typing within that.
const ECHO: SessionTime = SessionTime::from_micros(10_000_000);
/// Recorders flush what the page has changed before what was typed.
const BEFORE: SessionTime = SessionTime::from_micros(100_000);
/// Characters typed from this length on are found within words as well.
const PLAIN_ECHO: usize = 8;
/// Shorter ones are redacted only where they are all there is.
const WORD_ECHO: usize = 3;

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

fn automaton(patterns: impl Iterator<Item = impl AsRef<[u8]>>) -> Option<AhoCorasick> {
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

/// What somebody was typing at a time, as far as it is redacted there.
#[derive(Debug, Clone)]
pub(super) struct Echo {
    pub(super) at: SessionTime,
    pub(super) text: String,
    pub(super) stand_in: String,
    pub(super) rule: RuleId,
}

/// All that was typed, by time.
#[derive(Debug, Default)]
pub(super) struct Echoes {
    list: Vec<Echo>,
    current: Range<usize>,
    automaton: Option<AhoCorasick>,
}

impl Echoes {
    pub(super) fn new(mut list: Vec<Echo>) -> Self {
        list.sort_by_key(|echo| echo.at);
        Self { list, current: 0..0, automaton: None }
    }

    /// Goes to a time.
    pub(super) fn go_to(&mut self, at: SessionTime) {
        let first = self.list.partition_point(|echo| echo.at + ECHO < at);
        let end = self.list.partition_point(|echo| echo.at <= at + BEFORE);
        let range = first.min(end)..end;
        if range != self.current {
            self.automaton = automaton(self.list[range.clone()].iter().map(|echo| echo.text.as_str()));
            self.current = range;
        }
    }

    /// What of it stands in a text: where, what stands in for it, and the rule.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, String, RuleId)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found = Vec::new();
        for hit in automaton.find_iter(text) {
            let Some(echo) = self.list.get(self.current.start + hit.pattern().as_usize()) else { continue };
            let range = hit.range();
            let (Some(before), Some(after)) = (text.get(..range.start), text.get(range.end..)) else { continue };
            let of_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
            let is_word = !of_word(before.chars().next_back()) && !of_word(after.chars().next());
            let counts = match echo.text.chars().count() {
                PLAIN_ECHO.. => true,
                WORD_ECHO.. => is_word,
                // As all there is of a text, or of a value in an address.
                _ => {
                    let opens = before.trim().is_empty() || before.ends_with('=');
                    opens && (after.trim().is_empty() || after.starts_with(['&', '#']))
                }
            };
            if counts {
                found.push((range, echo.stand_in.clone(), echo.rule));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(at_ms: u64, text: &str) -> Echo {
        let rule = RuleId { set: 0, rule: 0 };
        Echo { at: SessionTime::from_micros(at_ms * 1000), text: text.to_owned(), stand_in: "x".repeat(text.len()), rule }
    }

    fn found(echoes: &mut Echoes, at_ms: u64, text: &str) -> Vec<Range<usize>> {
        echoes.go_to(SessionTime::from_micros(at_ms * 1000));
        echoes.find(text).into_iter().map(|(range, ..)| range).collect()
    }

    #[test]
    fn what_is_typed_is_found_in_what_the_page_says_of_it_meanwhile() {
        let mut echoes = Echoes::new(vec![echo(1000, "a"), echo(1100, "ad"), echo(1200, "ada")]);
        assert_eq!(found(&mut echoes, 1250, "/search?q=ada&n=1"), [10..13]);
        assert_eq!(found(&mut echoes, 1250, "Hello ada!"), [6..9]);
        assert_eq!(found(&mut echoes, 1050, " a "), [1..2]);
        assert_eq!(found(&mut echoes, 1050, "/search?q=a&n=1"), [10..11]);
    }

    #[test]
    fn the_same_letters_in_other_words_or_at_another_time_are_left_alone() {
        let mut echoes = Echoes::new(vec![echo(1000, "a"), echo(1200, "ada")]);
        for text in ["Canada", "adapt", "a house"] {
            assert_eq!(found(&mut echoes, 1250, text), [0..0; 0], "{text}");
        }
        assert_eq!(found(&mut echoes, 500, "ada"), [0..0; 0]);
        assert_eq!(found(&mut echoes, 20_000, "ada"), [0..0; 0]);
    }
}
