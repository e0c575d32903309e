//! `--redact` and `--builtin`: what is taken out of a recording before anything else sees it.

use std::cell::OnceCell;
use std::fmt;
use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::installation::{installed, read_rule_file};
use crate::package::Redaction;
use crate::recording::printable;
use crate::redact::{self, BuiltIn, PseudonymKey, RuleSet, Rules};

/// What is redacted.
#[derive(Debug, Args)]
pub(super) struct RedactionArgs {
    /// Take out of the recording what the rules of this TOML file find, before anything shows or stores it (any number of files; docs/redaction.md). The rules of /etc/replayreel/redact.toml, and of etc/replayreel/redact.toml beside the program's folder, hold in any case.
    #[arg(
        long = "redact",
        alias = "rules",
        env = "REPLAYREEL_REDACT",
        value_name = "FILE",
        help_heading = "Redaction"
    )]
    redact: Vec<PathBuf>,
    /// Take out what these find: email (addresses), card (numbers of payment cards), phone (numbers), token (passwords, keys, tokens).
    #[arg(
        long,
        env = "REPLAYREEL_BUILTIN",
        value_name = "NAME,…",
        value_enum,
        value_delimiter = ',',
        num_args = 1,
        hide_possible_values = true,
        help_heading = "Redaction"
    )]
    builtin: Vec<BuiltIn>,
    #[command(flatten)]
    key: KeyArg,
    #[arg(skip)]
    in_force: OnceCell<InForce>,
}

/// The secret behind pseudonyms.
#[derive(Debug, Args)]
pub(super) struct KeyArg {
    /// Secret that pseudonyms are made with: the same value and secret give the same pseudonym. Better set in the environment, where other users do not see it.
    #[arg(
        long,
        env = "REPLAYREEL_REDACT_KEY",
        value_name = "SECRET",
        hide_env_values = true,
        hide_short_help = true,
        help_heading = "Redaction"
    )]
    redact_key: Option<Secret>,
}

/// A secret on the command line. Says nothing of itself where options are logged.
#[derive(Clone)]
struct Secret(String);

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl KeyArg {
    /// What was given; nothing is no secret.
    pub(super) fn get(&self) -> Option<&str> {
        self.redact_key.as_ref().map(|secret| secret.0.as_str()).filter(|secret| !secret.is_empty())
    }
}

/// The rules that hold, as they were read.
#[derive(Debug, Clone)]
struct InForce {
    installed: Rules,
    all: Rules,
}

impl RedactionArgs {
    /// The rules that hold whatever is asked for.
    pub(super) fn installed(&self) -> Result<Rules, Failure> {
        Ok(self.in_force()?.installed.clone())
    }

    /// Every rule that holds: first those of the installation, so that nothing a caller keeps is kept from them.
    pub(super) fn rules(&self) -> Result<Rules, Failure> {
        Ok(self.in_force()?.all.clone())
    }

    /// Read once: a pipe that rules come through is empty the second time, and would then redact nothing.
    fn in_force(&self) -> Result<&InForce, Failure> {
        if let Some(known) = self.in_force.get() {
            return Ok(known);
        }
        let read = self.read()?;
        Ok(self.in_force.get_or_init(|| read))
    }

    fn read(&self) -> Result<InForce, Failure> {
        let mut rules = Rules::default();
        for one in installed(self.key.get())? {
            add(&mut rules, one.set, one.key);
        }
        let installed = rules.clone();
        // What a caller's file keeps is kept from the caller's other rules, too.
        let mut own = RuleSet::default();
        for path in &self.redact {
            let (set, key) = read_rule_file(path, self.key.get()).map_err(Failure::usage)?;
            own.join(set);
            rules.key = rules.key.take().or(key);
        }
        if !self.builtin.is_empty() {
            own.join(redact::builtin(&self.builtin));
        }
        rules.sets.push(own);
        Ok(InForce { installed, all: rules })
    }
}

/// Of several keys the first one holds: a caller's must not replace the installation's, since with a key of one's own one could try
/// out what a pseudonym stands for.
fn add(rules: &mut Rules, set: RuleSet, key: Option<PseudonymKey>) {
    rules.sets.push(set);
    rules.key = rules.key.take().or(key);
}

/// What was redacted, as a table for people: rules, what they do, how often and where. Never what.
pub(super) struct Table<'a>(pub(super) &'a Redaction);

impl Table<'_> {
    /// What the columns hold.
    pub(super) const HEADINGS: [&'static str; 4] = ["rule", "action", "count", "where"];

    /// Its rows, without control characters: names may come from a stranger's package.
    pub(super) fn rows(&self) -> impl Iterator<Item = [String; 4]> {
        self.0.rules.iter().map(|rule| {
            let places: Vec<String> = rule.places.iter().map(|(place, count)| format!("{place} {count}")).collect();
            [rule.name.clone(), rule.action.clone(), rule.count.to_string(), places.join(", ")]
                .map(|cell| printable(&cell))
        })
    }
}

/// Aligned columns.
impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = [Self::HEADINGS.map(str::to_owned)].into_iter().chain(self.rows()).collect();
        let widths: [usize; 4] =
            std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
        for (index, [name, action, count, places]) in rows.iter().enumerate() {
            let line = format!("{name:0$}  {action:1$}  {count:>2$}  {places}", widths[0], widths[1], widths[2]);
            let end = if index + 1 == rows.len() { "" } else { "\n" };
            write!(f, "{}{end}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::RedactionRule;

    #[test]
    fn the_table_is_aligned_and_obeys_nobody() {
        let rule = |name: &str, action: &str, count, places: &[(&str, u64)]| RedactionRule {
            name: name.to_owned(),
            action: action.to_owned(),
            count,
            places: places.iter().map(|(place, count)| ((*place).to_owned(), *count)).collect(),
        };
        let redaction = Redaction {
            rules: vec![
                rule("email", "mask", 12, &[("inputs", 4), ("text", 8)]),
                rule("Kä\u{1b}[2J", "pseudonym", 0, &[]),
            ],
        };
        let expected = "\
rule    action     count  where
email   mask          12  inputs 4, text 8
Kä\u{fffd}[2J  pseudonym      0";
        assert_eq!(Table(&redaction).to_string(), expected);
    }

    #[test]
    fn a_secret_is_not_shown() {
        let key = KeyArg { redact_key: Some(Secret("hunter2".to_owned())) };
        assert!(!format!("{key:?}").contains("hunter2"));
        assert_eq!(key.get(), Some("hunter2"));
        assert_eq!(KeyArg { redact_key: Some(Secret(String::new())) }.get(), None);
    }
}
