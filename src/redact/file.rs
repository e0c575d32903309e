//! Rule files.

use std::path::Path;
use std::str::FromStr;

use super::{Action, Keep, Pattern, Places, PseudonymKey, Rule, RuleSet, What};

/// A rule file that is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{origin}:{line}:{column}: {message}")]
pub struct RuleError {
    origin: String,
    line: usize,
    column: usize,
    message: String,
}

/// A rule set that the program brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
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

impl FromStr for BuiltIn {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        <Self as clap::ValueEnum>::from_str(name, false)
    }
}

/// Reads a rule file.
pub fn read(
    text: &str,
    origin: &str,
    _folder: &Path,
    environment_key: Option<&str>,
) -> Result<(RuleSet, Option<PseudonymKey>), RuleError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        RuleError { origin: origin.to_owned(), line, column, message: error.message().to_owned() }
    })?;
    let names = table.get("builtin").and_then(toml::Value::as_array).into_iter().flatten();
    let names: Vec<BuiltIn> = names.filter_map(|name| name.as_str()?.parse().ok()).collect();
    let set = RuleSet { respect_marks: true, ..builtin(&names) };
    Ok((set, environment_key.map(|key| PseudonymKey::new(key.as_bytes()))))
}

/// The rules of built-in sets.
pub fn builtin(names: &[BuiltIn]) -> RuleSet {
    let rule = |name: &BuiltIn| {
        let (name, pattern) = match name {
            BuiltIn::Email => ("email", Pattern::Email),
            BuiltIn::Card => ("card", Pattern::Card),
            BuiltIn::Phone => ("phone", Pattern::Phone),
            BuiltIn::Token => ("token", Pattern::Token),
        };
        Rule {
            name: name.to_owned(),
            what: What::Text(pattern),
            action: Action::Mask,
            places: Places::ALL,
            within: None,
            everywhere: true,
        }
    };
    RuleSet { rules: names.iter().map(rule).collect(), keep: Keep::default(), respect_marks: false }
}
