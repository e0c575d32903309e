//! What is redacted, and how.

use serde::Deserialize;

use super::pseudonym::PseudonymKey;
use super::selector::Selector;
use super::{Place, Places};

/// All rules that hold for a recording.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Of the installation, and of whoever calls: each a set of its own, so that what one keeps takes nothing from another.
    pub sets: Vec<RuleSet>,
    /// What pseudonyms are made with. Present if any rule makes some.
    pub key: Option<PseudonymKey>,
}

/// Rules with what they spare.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// In the order in which they are tried: where two find the same, the first one holds.
    pub rules: Vec<Rule>,
    /// What they leave alone.
    pub keep: Keep,
    /// Whether elements that the page's authors marked as private (`ph-no-capture`, `rr-block`, …) are redacted.
    pub respect_marks: bool,
}

/// What the rules of a set leave alone.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    /// Values, as they stand.
    pub values: Vec<String>,
    /// Values that one of these matches from beginning to end.
    pub patterns: Vec<regex::Regex>,
    /// Elements with all that is in them.
    pub selectors: Vec<Selector>,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// As the summary calls it.
    pub name: String,
    /// What it finds.
    pub what: What,
    /// What becomes of it.
    pub action: Action,
    /// Where it looks, for rules of texts and names.
    pub places: Places,
    /// Rules of texts: only in elements that match.
    pub within: Option<Selector>,
    /// Whether a value that it found is redacted wherever else it stands, too.
    pub everywhere: bool,
}

/// What a rule finds.
#[derive(Debug, Clone)]
pub enum What {
    /// Elements, with all that is in them.
    Elements(Selector),
    /// A part of each picture that an element shows.
    Region(Selector, Area),
    /// Parts of texts.
    Text(Pattern),
    /// Whole values of members of JSON objects, query parameters, headers and form fields whose name matches.
    Named(regex::Regex),
}

/// Which parts of texts.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// Mail addresses.
    Email,
    /// Numbers of payment cards.
    Card,
    /// Telephone numbers.
    Phone,
    /// Passwords, keys, tokens.
    Token,
    /// One's own. A group called `value` is what is redacted of a match.
    Own(regex::Regex),
}

/// What becomes of what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Each letter and digit by the same neutral one, so that length and layout stay.
    Mask,
    /// A box over it.
    Cover,
    /// Gone.
    Remove,
    /// A stand-in, the same one for the same value.
    Pseudonym,
}

impl Action {
    /// As rules and summaries write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mask => "mask",
            Self::Cover => "cover",
            Self::Remove => "remove",
            Self::Pseudonym => "pseudonym",
        }
    }
}

/// A part of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// From the left.
    pub x: Length,
    /// From the top.
    pub y: Length,
    /// To the right.
    pub width: Length,
    /// Downwards.
    pub height: Length,
}

/// A length in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// Pixels of the picture.
    Pixels(f64),
    /// Of its width or height, 0 to 1.
    Share(f64),
}

/// As many rules can look only inside certain elements; those beyond find nothing. [`super::read_rules`] refuses more.
pub(super) const MOST_WITHIN: usize = 64;

/// A rule's place in [`Rules`]: set and rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// Which of [`Rules::sets`].
    pub set: u16,
    /// Which of [`RuleSet::rules`].
    pub rule: u16,
}

impl Rules {
    /// Every rule with its place, in the order in which they are tried.
    pub fn all(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.sets.iter().enumerate().flat_map(|(set, rules)| {
            rules.rules.iter().enumerate().map(move |(rule, one)| (RuleId { set: set as u16, rule: rule as u16 }, one))
        })
    }

    /// Rules that look only inside certain elements.
    pub(super) fn within(&self) -> impl Iterator<Item = RuleId> {
        self.all().filter(|(_, rule)| rule.within.is_some()).map(|(id, _)| id).take(MOST_WITHIN)
    }

    /// The rule at a place.
    pub fn get(&self, id: RuleId) -> Option<&Rule> {
        self.sets.get(usize::from(id.set))?.rules.get(usize::from(id.rule))
    }

    /// Whether nothing is to be redacted.
    pub fn is_empty(&self) -> bool {
        self.sets.iter().all(|set| set.rules.is_empty() && !set.respect_marks)
    }
}

impl RuleSet {
    /// One set of both, for rules that the same person gives: what one of them keeps is kept from all.
    pub fn join(&mut self, other: Self) {
        self.rules.extend(other.rules);
        self.keep.values.extend(other.keep.values);
        self.keep.patterns.extend(other.keep.patterns);
        self.keep.selectors.extend(other.keep.selectors);
        self.respect_marks |= other.respect_marks;
    }
}

impl Rule {
    /// Whether it looks at texts there.
    pub fn looks_at(&self, place: Place) -> bool {
        self.places.has(place)
    }
}
