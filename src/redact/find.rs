//! Finds in texts what rules say is to be redacted.
//!
//! Everything here is about a text alone, and takes time in proportion to it, whatever the text: recordings are made by strangers.

mod card;
mod decoded;
#[cfg(test)]
pub(super) mod dice;
mod digits;
mod email;
mod merge;
mod names;
mod own;
mod phone;
mod token;

use std::ops::Range;

use regex::Regex;

use self::decoded::Layers;
use super::{Keep, Pattern, Place, RuleId, Rules, What};

/// Something to redact in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of the text as it was given, at character boundaries.
    pub range: Range<usize>,
    /// Which rule found it.
    pub rule: RuleId,
    /// What was found, with escapes undone (`john%40x.org` → `john@x.org`).
    pub value: String,
}

/// A set of patterns that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BuiltIn {
    Email,
    Card,
    Phone,
    Token,
}

/// What a rule looks for.
#[derive(Debug, Clone)]
enum Search {
    BuiltIn(BuiltIn),
    Own(Regex),
    Named(Regex),
}

#[derive(Debug, Clone)]
struct Searcher {
    id: RuleId,
    search: Search,
    places: super::Places,
    within: bool,
}

/// What all rules of texts and names find, ready to search.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    searchers: Vec<Searcher>,
    /// What each set of rules leaves alone.
    keeps: Vec<Keep>,
}

impl Finder {
    /// The rules of texts and names among all rules.
    pub(super) fn new(rules: &Rules) -> Self {
        let searchers = rules.all().filter_map(|(id, rule)| {
            let search = match &rule.what {
                What::Text(Pattern::Email) => Search::BuiltIn(BuiltIn::Email),
                What::Text(Pattern::Card) => Search::BuiltIn(BuiltIn::Card),
                What::Text(Pattern::Phone) => Search::BuiltIn(BuiltIn::Phone),
                What::Text(Pattern::Token) => Search::BuiltIn(BuiltIn::Token),
                What::Text(Pattern::Own(pattern)) => Search::Own(pattern.clone()),
                What::Named(pattern) => Search::Named(pattern.clone()),
                What::Elements(_) | What::Region(..) => return None,
            };
            Some(Searcher { id, search, places: rule.places, within: rule.within.is_some() })
        });
        Self { searchers: searchers.collect(), keeps: rules.sets.iter().map(|set| set.keep.clone()).collect() }
    }

    /// All that rules of texts find in a text that stands at a place, in order and not overlapping. Where two rules find the same, the earlier one
    /// holds; what the later one found besides is found as a piece of its own. Rules that hold only within elements are tried where `inside`
    /// says so.
    pub(super) fn find(&self, text: &str, place: Place, inside: &dyn Fn(RuleId) -> bool) -> Vec<Found> {
        self.search(text, place, inside, false)
    }

    /// All that rules of texts find in a URL, and the values of its parameters that a rule knows by name, in its fragment too.
    pub(super) fn in_url(&self, url: &str, inside: &dyn Fn(RuleId) -> bool) -> Vec<Found> {
        self.search(url, Place::Urls, inside, true)
    }

    /// Whether a rule of texts or names could find anything there.
    pub(super) fn looks_at(&self, place: Place) -> bool {
        self.searchers.iter().any(|searcher| searcher.places.has(place))
    }

    /// The rule that redacts the whole value of a member, parameter, header or field of this name. Rules that hold only within elements are left
    /// out: [`Finder::by_name_inside`].
    pub(super) fn by_name(&self, name: &str, place: Place) -> Option<RuleId> {
        self.by_name_inside(name, place, &|_| false)
    }

    /// [`Finder::by_name`] for what stands in an element.
    pub(super) fn by_name_inside(&self, name: &str, place: Place, inside: &dyn Fn(RuleId) -> bool) -> Option<RuleId> {
        self.trying(place, inside).find(|searcher| searcher.knows(name)).map(|searcher| searcher.id)
    }

    /// The rule that redacts whatever is typed into a form field with these attributes. Rules that hold only within elements are tried where `inside`
    /// says so.
    pub(super) fn field_inside(
        &self,
        attribute: &dyn Fn(&str) -> Option<String>,
        inside: &dyn Fn(RuleId) -> bool,
    ) -> Option<RuleId> {
        let kind = attribute("type").unwrap_or_default();
        let complete = attribute("autocomplete").unwrap_or_default();
        let names = [attribute("name"), attribute("id")];
        let mut searchers = self.trying(Place::Inputs, inside);
        let found = searchers.find(|searcher| {
            let by_kind = match searcher.search {
                Search::BuiltIn(built_in) => {
                    built_in.is_kind(&kind) || complete.split_ascii_whitespace().any(|word| built_in.completes(word))
                }
                _ => false,
            };
            by_kind || names.iter().flatten().any(|name| searcher.knows(name))
        });
        found.map(|searcher| searcher.id)
    }

    /// Whether the set that a rule is of leaves this value alone.
    pub(super) fn keeps(&self, rule: RuleId, value: &str) -> bool {
        let Some(keep) = self.keeps.get(usize::from(rule.set)) else { return false };
        let matches = |pattern: &Regex| {
            // Of `a|ab` the first way is taken: the second one matches all of `ab` only if nothing may follow.
            pattern.find(value).is_some_and(|found| found.len() == value.len())
                || pattern.is_match(value)
                    && Regex::new(&format!(r"\A(?:{})\z", pattern.as_str())).is_ok_and(|whole| whole.is_match(value))
        };
        keep.values.iter().any(|kept| kept == value) || keep.patterns.iter().any(matches)
    }

    /// The rules that hold for a text at a place.
    fn trying<'f>(&'f self, place: Place, inside: &'f dyn Fn(RuleId) -> bool) -> impl Iterator<Item = &'f Searcher> {
        let holds = move |searcher: &&Searcher| searcher.places.has(place) && (!searcher.within || inside(searcher.id));
        self.searchers.iter().filter(holds)
    }

    fn search(&self, text: &str, place: Place, inside: &dyn Fn(RuleId) -> bool, is_url: bool) -> Vec<Found> {
        let mut all = Vec::new();
        let mut layers = None;
        let mut ranges = Vec::new();
        for searcher in self.trying(place, inside) {
            if text.is_empty() || !is_url && matches!(searcher.search, Search::Named(_)) {
                continue;
            }
            let layers = layers.get_or_insert_with(|| Layers::of(text));
            let mut one = Vec::new();
            for (layer, written) in layers.texts() {
                ranges.clear();
                searcher.find(written, place, &mut ranges);
                if is_url {
                    searcher.parameters(written, &mut ranges);
                }
                for range in ranges.drain(..) {
                    let range = layers.whole_escapes(layer, range);
                    let value = written.get(range.clone()).unwrap_or_default();
                    if !value.is_empty() && !self.keeps(searcher.id, value) {
                        let range = layers.original(layer, range);
                        one.push(Found { range, rule: searcher.id, value: value.to_owned() });
                    }
                }
            }
            if !one.is_empty() {
                all = merge::besides(all, merge::joined(one, text), text);
            }
        }
        all
    }
}

impl Searcher {
    /// Adds where it finds something.
    fn find(&self, text: &str, place: Place, ranges: &mut Vec<Range<usize>>) {
        match &self.search {
            Search::BuiltIn(BuiltIn::Email) => email::find(text, ranges),
            Search::BuiltIn(BuiltIn::Card) => card::find(text, ranges),
            Search::BuiltIn(BuiltIn::Phone) => phone::find(text, place, ranges),
            Search::BuiltIn(BuiltIn::Token) => token::find(text, place, ranges),
            Search::Own(pattern) => own::find(pattern, text, ranges),
            Search::Named(_) => {}
        }
    }

    /// Whether all values of this name are redacted.
    fn knows(&self, name: &str) -> bool {
        match &self.search {
            Search::BuiltIn(built_in) => names::is_known(*built_in, name),
            Search::Named(pattern) => name.len() <= names::LONGEST && pattern.is_match(name),
            Search::Own(_) => false,
        }
    }

    /// Adds where values of parameters stand whose name is known: `?name=value&name=value#name=value`.
    fn parameters(&self, url: &str, ranges: &mut Vec<Range<usize>>) {
        if matches!(self.search, Search::Own(_)) {
            return;
        }
        let starts = |character: char| matches!(character, '?' | '&' | '#' | ';');
        let mut at = 0;
        while let Some(sign) = url.get(at..).and_then(|rest| rest.find(starts)) {
            at += sign + 1;
            let Some(rest) = url.get(at..) else { return };
            let look = rest.get(..rest.floor_char_boundary(names::LONGEST * 3 + 1)).unwrap_or_default();
            let Some(equals) = look.find(|character: char| character == '=' || starts(character)) else { continue };
            let name = look.get(..equals).unwrap_or_default();
            if look.as_bytes().get(equals) != Some(&b'=')
                || !self.knows(Layers::of(name).texts().last().map_or(name, |(_, name)| name))
            {
                continue;
            }
            let value = at + equals + 1;
            let length = rest.get(equals + 1..).map_or(0, |rest| rest.find(['&', '#']).unwrap_or(rest.len()));
            ranges.push(value..value + length);
            at = value + length;
        }
    }
}

impl BuiltIn {
    /// Whether fields of this type hold it.
    fn is_kind(self, kind: &str) -> bool {
        let own = match self {
            Self::Email => "email",
            Self::Phone => "tel",
            Self::Token => "password",
            Self::Card => return false,
        };
        kind.trim().eq_ignore_ascii_case(own)
    }

    /// Whether fields that a browser completes with this hold it.
    fn completes(self, word: &str) -> bool {
        let word = word.to_ascii_lowercase();
        match self {
            Self::Email => word == "email",
            Self::Phone => word == "tel" || word.starts_with("tel-"),
            Self::Card => {
                word.starts_with("cc-name")
                    || matches!(
                        word.as_str(),
                        "cc-number"
                            | "cc-csc"
                            | "cc-exp"
                            | "cc-exp-month"
                            | "cc-exp-year"
                            | "cc-given-name"
                            | "cc-additional-name"
                            | "cc-family-name"
                    )
            }
            Self::Token => matches!(word.as_str(), "current-password" | "new-password" | "one-time-code"),
        }
    }
}

#[cfg(test)]
mod tests;
