//! What stands in for a value.
//!
//! A stand-in has as many characters as the text it stands for, each as wide as the one in its place, so that what is around stays where it is and
//! recorded selections still fit; only what is removed is shorter.

use super::pseudonym::Pseudonym;
use super::{Action, Pattern, RuleId, Rules, What};

/// As wide as Chinese, Japanese and Korean characters.
const WIDE: char = 'ｘ';

/// For emoji and all other characters that take two units of UTF-16: it does, too.
const WIDE_ASTRAL: char = '\u{1f532}';

/// For characters that take no room.
const NO_WIDTH: char = '\u{2060}';

/// For those of them that take two units of UTF-16.
const NO_WIDTH_ASTRAL: char = '\u{e0078}';

const BOX: char = '█';

/// As wide as Chinese, Japanese and Korean characters.
const WIDE_BOX: char = '⬛';

/// What stands in for a value: `raw` is how it is written in the text (with escapes), `value` what it means. As many characters as `raw` if both
/// are the same, unless it is removed.
pub(super) fn stand_in(rules: &Rules, rule: RuleId, raw: &str, value: &str) -> String {
    let text = if raw == value { raw } else { value };
    match (rules.get(rule).map(|rule| rule.action), &rules.key) {
        (Some(Action::Remove), _) => String::new(),
        (Some(Action::Cover), _) => each(text, covered),
        (Some(Action::Pseudonym), Some(key)) => {
            let kind = Kind::of(rules, rule);
            let mut pseudonym = Pseudonym::new(key, kind.name(), &kind.normal(value), value);
            each(text, |character, shown| match pseudonym.next(character) {
                Some(other) => other,
                None => masked(kind, character, shown),
            })
        }
        _ => mask(rules, rule, text),
    }
}

/// Character by character, also where only a part of a value is there yet.
pub(super) fn mask(rules: &Rules, rule: RuleId, text: &str) -> String {
    let kind = Kind::of(rules, rule);
    each(text, |character, shown| masked(kind, character, shown))
}

/// What kind of value a rule finds: some punctuation says nothing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Email,
    Card,
    Phone,
    Other,
}

impl Kind {
    fn of(rules: &Rules, rule: RuleId) -> Self {
        match rules.get(rule).map(|rule| &rule.what) {
            Some(What::Text(Pattern::Email)) => Self::Email,
            Some(What::Text(Pattern::Card)) => Self::Card,
            Some(What::Text(Pattern::Phone)) => Self::Phone,
            _ => Self::Other,
        }
    }

    /// Values of different kinds that are written alike have different pseudonyms.
    fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Card => "card",
            Self::Phone => "phone",
            Self::Other => "other",
        }
    }

    /// What is the same for all ways to write the same value.
    fn normal(self, value: &str) -> String {
        let digits = || value.chars().filter(char::is_ascii_digit).collect::<String>();
        match self {
            Self::Email => value.to_lowercase(),
            // What is in such a field need not be a number.
            Self::Card | Self::Phone if !digits().is_empty() => digits(),
            _ => value.to_owned(),
        }
    }

    fn keeps(self, sign: char) -> bool {
        match self {
            Self::Email => matches!(sign, '@' | '.'),
            Self::Card | Self::Phone => matches!(sign, '-' | '.' | '/' | '(' | ')' | '+'),
            Self::Other => false,
        }
    }
}

/// Puts another character in the place of each, which is told whether it shows: the second half of an emoji (its skin, its profession) does not.
fn each(text: &str, mut other: impl FnMut(char, bool) -> char) -> String {
    let mut joined = false;
    text.chars()
        .map(|character| {
            let shows = !joined && !takes_no_room(character);
            joined = character == '\u{200d}';
            other(character, shows)
        })
        .collect()
}

fn masked(kind: Kind, character: char, shows: bool) -> char {
    match character {
        _ if character.is_whitespace() => character,
        _ if !shows => hidden(character),
        _ if character.len_utf16() == 2 => WIDE_ASTRAL,
        _ if is_wide(character) => WIDE,
        _ if character.is_numeric() => '#',
        _ if character.is_uppercase() => 'X',
        _ if kind.keeps(character) => character,
        _ => 'x',
    }
}

fn covered(character: char, shows: bool) -> char {
    match character {
        _ if character.is_whitespace() => character,
        _ if !shows => hidden(character),
        _ if character.len_utf16() == 2 => WIDE_ASTRAL,
        _ if is_wide(character) => WIDE_BOX,
        _ => BOX,
    }
}

fn hidden(character: char) -> char {
    if character.len_utf16() == 2 { NO_WIDTH_ASTRAL } else { NO_WIDTH }
}

/// Accents that stand on the character before, joiners, marks of direction, skins of emoji.
fn takes_no_room(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}'
        | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302f}'
        | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// As wide as it is high: Chinese, Japanese, Korean, and the wide forms of Latin.
fn is_wide(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{4dbf}' | '\u{4e00}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}')
}

#[cfg(test)]
mod tests;
