//! Rules that need no writing.

use std::fmt;
use std::str::FromStr;

use super::{Action, Keep, Pattern, Places, Rule, RuleSet, What};

/// A kind of text that is known well enough to be found without a rule of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum BuiltIn {
    /// Mail addresses.
    Email,
    /// Numbers of payment cards.
    Card,
    /// Telephone numbers.
    Phone,
    /// Passwords, keys, tokens.
    Token,
}

impl BuiltIn {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Email, Self::Card, Self::Phone, Self::Token];

    /// As rules and options write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Card => "card",
            Self::Phone => "phone",
            Self::Token => "token",
        }
    }

    pub(super) fn what(self) -> What {
        What::Text(match self {
            Self::Email => Pattern::Email,
            Self::Card => Pattern::Card,
            Self::Phone => Pattern::Phone,
            Self::Token => Pattern::Token,
        })
    }

    /// Masks it, wherever it stands.
    pub(super) fn rule(self) -> Rule {
        Rule {
            name: self.name().to_owned(),
            what: self.what(),
            action: Action::Mask,
            places: Places::ALL,
            within: None,
            everywhere: true,
        }
    }
}

impl fmt::Display for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for BuiltIn {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| super::file::unknown("built-in rule", name, Self::ALL.map(Self::name)))
    }
}

/// Rules that mask what these find. What the page's authors marked as private is respected, too.
pub fn builtin(names: &[BuiltIn]) -> RuleSet {
    let mut rules: Vec<Rule> = Vec::new();
    for one in names {
        if !rules.iter().any(|rule| rule.name == one.name()) {
            rules.push(one.rule());
        }
    }
    RuleSet { rules, keep: Keep::default(), respect_marks: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_rules_are_named_as_they_are_asked_for() {
        let names: Vec<BuiltIn> = "email,token,email".split(',').map(|name| name.parse().unwrap()).collect();
        let set = builtin(&names);
        assert_eq!(set.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["email", "token"]);
        assert!(set.respect_marks);
        let told = "emial".parse::<BuiltIn>().unwrap_err();
        assert_eq!(
            told,
            "`emial` is no built-in rule that is known; did you mean `email`? There are: email, card, phone, token"
        );
    }
}
