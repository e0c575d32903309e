//! Rules and texts for tests.

use crate::redact::{Action, Places, Rule, RuleSet, Rules, What};

/// Numbers that are the same in each run.
pub(in crate::redact) struct Dice(u64);

/// What texts are made of: parts of values, of escapes, and characters of every width.
const PARTS: [&str; 48] = [
    "a",
    "Z",
    "7",
    "@",
    ".",
    "org",
    "com",
    "%40",
    "%",
    "%25",
    "&",
    "#64;",
    "&amp;",
    "\\",
    "\\u0040",
    "\\u",
    "u00",
    "\\40 ",
    "\"",
    "'",
    "=",
    ":",
    "password",
    "token",
    "eyJ",
    "Bearer ",
    "4111",
    "1111",
    " ",
    "-",
    "+",
    "(",
    ")",
    "555",
    "1234",
    "tel:",
    "é",
    "e\u{301}",
    "用",
    "😀",
    "👍🏽",
    "\u{200d}",
    "\n",
    "\u{a0}",
    "://",
    "?",
    "sk_live_",
    "\u{10ffff}",
];

impl Dice {
    pub(in crate::redact) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(in crate::redact) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    /// A text of so many parts at most.
    pub(in crate::redact) fn text(&mut self, most: usize) -> String {
        (0..=self.roll(most)).map(|_| PARTS[self.roll(PARTS.len())]).collect()
    }
}

/// One set of rules that look everywhere.
pub(in crate::redact) fn rules(what: impl IntoIterator<Item = What>) -> Rules {
    let rule = |what| Rule {
        name: String::new(),
        what,
        action: Action::Mask,
        places: Places::ALL,
        within: None,
        everywhere: false,
    };
    Rules { sets: vec![RuleSet { rules: what.into_iter().map(rule).collect(), ..RuleSet::default() }], key: None }
}
