//! Reads rule files. `docs/redaction.md` describes them.
//!
//! The file is walked as TOML with places, not deserialised: what is wrong is told where it stands, and with what would be right.

mod hint;
mod pattern;
mod region;
mod rule;
mod source;

#[cfg(test)]
mod tests;

use std::path::Path;

use toml::de::DeTable;

use super::{BuiltIn, Keep, PseudonymKey, Rule, RuleError, RuleSet};
pub(super) use hint::unknown;
use rule::Names;
use source::{Source, Table};

const KEYS: [&str; 6] = ["version", "builtin", "respect-marks", "keep", "pseudonyms", "rule"];
const VERSION: &str = "1";
/// A key longer than this is some other file.
const LARGEST_KEY: usize = 64 * 1024;
/// Rules of one file at most. Callers of the service send such files, and each rule costs time in every recording.
const MOST_RULES: usize = 1000;
/// Values, patterns or selectors that one file keeps at most.
const MOST_KEPT: usize = 1000;

/// Reads a rule file.
///
/// `origin` is the file's name, for messages. `folder` is where it stands: what it names is looked for there; absent, for rules of somebody who may
/// not read this machine's files, it may name none. `environment_key` is the secret for pseudonyms if the file names none.
///
/// # Errors
///
/// If a rule cannot work, and where.
pub fn read(
    text: &str,
    origin: &str,
    folder: Option<&Path>,
    environment_key: Option<&str>,
) -> Result<(RuleSet, Option<PseudonymKey>), RuleError> {
    let source = Source { text, origin, regex_bytes: pattern::LARGEST };
    let whole = DeTable::parse(text).map_err(|error| {
        source.error(error.span().map_or(0, |span| span.start), format!("this is not TOML: {}", error.message()))
    })?;
    let top = Table { source, at: 0, table: whole.get_ref() };
    check_number(&top)?;
    let top = top.with_regex_bytes(pattern::share(count_patterns(&top)?));
    top.only(&KEYS, "a rule file")?;
    check_version(&top)?;
    let key = key(&top, folder, environment_key)?;
    let mut names = Names::default();
    let mut rules = Vec::new();
    for table in top.tables("rule")? {
        rules.push(rule::read(&table, key.is_some(), &mut names)?);
    }
    // Behind those that are written out, which may treat the same otherwise.
    rules.extend(short_rules(&top, &mut names)?);
    let set = RuleSet { rules, keep: keep(&top)?, respect_marks: top.flag("respect-marks")?.unwrap_or(true) };
    Ok((set, key))
}

/// Before anything is made of them.
fn check_number(top: &Table<'_>) -> Result<(), RuleError> {
    let builtins = top.texts("builtin")?.map_or(0, |names| names.len());
    let rules = top.tables("rule")?;
    if rules.len() + builtins > MOST_RULES {
        let message = format!("there are {} rules, and a file can have {MOST_RULES}", rules.len() + builtins);
        return Err(top.source.error(top.place(if rules.is_empty() { "builtin" } else { "rule" }), message));
    }
    let Some(keep) = top.table("keep")? else { return Ok(()) };
    for key in ["values", "patterns", "selectors"] {
        let count = keep.texts(key)?.map_or(0, |list| list.len());
        if count > MOST_KEPT {
            return Err(keep.error(key, format!("there are {count} {key} to be kept, and a file can have {MOST_KEPT}")));
        }
    }
    Ok(())
}

/// Regular expressions of the whole file.
fn count_patterns(top: &Table<'_>) -> Result<usize, RuleError> {
    let of_rules =
        top.tables("rule")?.iter().filter(|rule| rule.get("pattern").or(rule.get("member")).is_some()).count();
    let kept = top.table("keep")?.map(|keep| keep.texts("patterns")).transpose()?.flatten();
    Ok(of_rules + kept.map_or(0, |patterns| patterns.len()))
}

fn check_version(top: &Table<'_>) -> Result<(), RuleError> {
    match top.number("version")? {
        Some((_, VERSION)) | None => Ok(()),
        Some((at, other)) => Err(top
            .source
            .error(at, format!("version {other} of rule files is not known here; there is version {VERSION}"))),
    }
}

fn short_rules(top: &Table<'_>, names: &mut Names) -> Result<Vec<Rule>, RuleError> {
    let mut rules = Vec::new();
    for text in top.texts("builtin")?.unwrap_or_default() {
        let one: BuiltIn = text.value.parse().map_err(|message: String| text.error(message))?;
        rules.push(Rule { name: names.unused(one.name()), ..one.rule() });
    }
    Ok(rules)
}

fn keep(top: &Table<'_>) -> Result<Keep, RuleError> {
    let Some(table) = top.table("keep")? else { return Ok(Keep::default()) };
    table.only(&["values", "patterns", "selectors"], "[keep]")?;
    let mut keep = Keep::default();
    for value in table.texts("values")?.unwrap_or_default() {
        if value.value.is_empty() {
            return Err(value.error("an empty value is nowhere"));
        }
        keep.values.push(value.value.to_owned());
    }
    for pattern in table.texts("patterns")?.unwrap_or_default() {
        keep.patterns.push(pattern::whole(&pattern)?);
    }
    for selector in table.texts("selectors")?.unwrap_or_default() {
        keep.selectors.push(selector.selector()?);
    }
    Ok(keep)
}

fn key(top: &Table<'_>, folder: Option<&Path>, environment: Option<&str>) -> Result<Option<PseudonymKey>, RuleError> {
    let named = match top.table("pseudonyms")? {
        Some(table) => {
            table.only(&["key-file"], "[pseudonyms]")?;
            table.text("key-file")?
        }
        None => None,
    };
    let Some(named) = named else {
        let secret = environment.map(str::trim).filter(|secret| !secret.is_empty());
        return Ok(secret.map(|secret| PseudonymKey::new(secret.as_bytes())));
    };
    let Some(folder) = folder else {
        return Err(named.error("pseudonyms are made with the server's key: leave [pseudonyms] out"));
    };
    let path = folder.join(named.value);
    let bytes = std::fs::read(&path)
        .map_err(|error| named.error(format!("the key file {} cannot be read: {error}", path.display())))?;
    let secret = bytes.trim_ascii();
    if secret.is_empty() || secret.len() > LARGEST_KEY {
        return Err(named.error(format!(
            "the key file {} has to hold a secret of 1 to {LARGEST_KEY} bytes; it holds {}",
            path.display(),
            secret.len()
        )));
    }
    Ok(Some(PseudonymKey::new(secret)))
}
