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

/// Reads a rule file.
///
/// `origin` is the file's name, for messages. `folder` is where it stands: what it names is looked for there. `environment_key` is the
/// secret for pseudonyms if the file names none.
///
/// # Errors
///
/// If a rule cannot work, and where.
pub fn read(
    text: &str,
    origin: &str,
    folder: &Path,
    environment_key: Option<&str>,
) -> Result<(RuleSet, Option<PseudonymKey>), RuleError> {
    let source = Source { text, origin };
    let whole = DeTable::parse(text).map_err(|error| {
        source.error(error.span().map_or(0, |span| span.start), format!("this is not TOML: {}", error.message()))
    })?;
    let top = Table { source, at: 0, table: whole.get_ref() };
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

fn key(top: &Table<'_>, folder: &Path, environment: Option<&str>) -> Result<Option<PseudonymKey>, RuleError> {
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
