//! What somebody was typing, looked for while it was typed: the beginnings of an address stand in the requests of a search that runs while
//! one types, and in the preview beside the field.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::secrets::Secrets;
use super::stand_in::stand_in;
use super::survey::{Findings, text_of};
use super::vocabulary::automaton;
use super::{RuleId, Rules};
use crate::recording::{SessionTime, Window};

/// How long what was typed is looked for elsewhere: a page answers to typing within that.
const ECHO: SessionTime = SessionTime::from_micros(10_000_000);
/// Recorders flush what the page has changed before what was typed.
const BEFORE: SessionTime = SessionTime::from_micros(100_000);
/// Characters typed from this length on are found within words as well.
const PLAIN_ECHO: usize = 8;
/// Shorter ones are redacted only where they are all there is.
const WORD_ECHO: usize = 3;

/// What somebody was typing at a time, as far as it is redacted there.
#[derive(Debug, Clone)]
pub(super) struct Echo {
    pub(super) at: SessionTime,
    pub(super) text: String,
    pub(super) stand_in: String,
    pub(super) rule: RuleId,
}

/// What was typed in a window, as far as it is redacted where it was typed.
pub(super) fn of_window(window: &Window, findings: &Findings, rules: &Rules, secrets: &Secrets<'_>) -> Vec<Echo> {
    let mut echoes = Vec::new();
    for typed in &findings.typed {
        let written = typed.written;
        let Some(text) = text_of(&window.events, written) else { continue };
        let Some(at) = window.events.get(written.event as usize).map(|event| event.at) else { continue };
        let info = findings.nodes.at(written.event).and_then(|nodes| nodes.get(&typed.node));
        let of_field = info.and_then(|info| info.verdict.map(|verdict| verdict.rule).or(info.field));
        if let Some(rule) = of_field.filter(|rule| rules.get(*rule).is_some_and(|rule| rule.everywhere)) {
            let text = text.trim();
            echoes.push(Echo { at, text: text.to_owned(), stand_in: stand_in(rules, rule, text, text), rule });
        }
        for taint in findings.touched.get(&(written.event, written.start)).into_iter().flatten() {
            let Some(rule) = secrets.get(taint.secret).map(|secret| secret.rule) else { continue };
            let count = taint.chars.end - taint.chars.start;
            let text: String = text.chars().skip(taint.chars.start as usize).take(count as usize).collect();
            let stand_in = secrets.part(taint.secret, taint.from, count);
            echoes.push(Echo { at, text, stand_in, rule });
        }
    }
    echoes.retain(|echo| !echo.text.trim().is_empty());
    echoes
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

    fn echo(at_ms: i64, text: &str) -> Echo {
        let rule = RuleId { set: 0, rule: 0 };
        Echo {
            at: SessionTime::from_micros(at_ms * 1000),
            text: text.to_owned(),
            stand_in: "x".repeat(text.len()),
            rule,
        }
    }

    fn found(echoes: &mut Echoes, at_ms: i64, text: &str) -> Vec<Range<usize>> {
        echoes.go_to(SessionTime::from_micros(at_ms * 1000));
        echoes.find(text).into_iter().map(|(range, ..)| range).collect()
    }

    #[test]
    fn what_is_typed_is_found_in_what_the_page_says_of_it_meanwhile() {
        let mut echoes = Echoes::new(vec![echo(1000, "a"), echo(1100, "ad"), echo(1200, "ada")]);
        assert_eq!(found(&mut echoes, 1250, "/search?q=ada&n=1"), vec![10..13]);
        assert_eq!(found(&mut echoes, 1250, "Hello ada!"), vec![6..9]);
        assert_eq!(found(&mut echoes, 1050, " a "), vec![1..2]);
        assert_eq!(found(&mut echoes, 1050, "/search?q=a&n=1"), vec![10..11]);
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
