//! Regular expressions of rules. They take time in proportion to the text, whatever they are; what is limited is what they take in memory.

use regex::{Regex, RegexBuilder};

use super::source::Text;
use crate::redact::RuleError;

/// As much may a compiled regular expression take, bytes.
pub(super) const LARGEST: usize = 1024 * 1024;
/// As much may all of a file take together, bytes: whoever sends rules to a service pays nothing for them.
const ALL: usize = 32 * LARGEST;
/// As deep may its groups be nested.
const DEEPEST: u32 = 100;

/// What each of so many regular expressions of a file may take, bytes.
pub(super) fn share(count: usize) -> usize {
    LARGEST.min(ALL / count.max(1))
}

/// A regular expression as it is written.
pub(super) fn read(text: &Text<'_>) -> Result<Regex, RuleError> {
    if text.value.is_empty() {
        return Err(text.error("an empty regular expression finds nothing"));
    }
    build(text.value, text.source.regex_bytes).map_err(|error| refused(text, &error))
}

/// A regular expression that has to match from beginning to end.
pub(super) fn whole(text: &Text<'_>) -> Result<Regex, RuleError> {
    let written = read(text)?.to_string();
    let most = text.source.regex_bytes;
    // In the second form a comment at the end, which `(?x)` allows, does not swallow the bracket.
    build(&format!(r"\A(?:{written})\z"), most)
        .or_else(|_| build(&format!("\\A(?:{written}\n)\\z"), most))
        .map_err(|error| refused(text, &error))
}

fn build(pattern: &str, most: usize) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(most).nest_limit(DEEPEST).build()
}

fn refused(text: &Text<'_>, error: &regex::Error) -> RuleError {
    match error {
        regex::Error::CompiledTooBig(most) => {
            let many = if *most < LARGEST { ", which is its share of 32 MiB for all of the file," } else { "" };
            text.error(format!(
                "the regular expression takes more than {} KiB ({most} bytes){many} when compiled: use smaller repetitions, or (?-u) for ASCII only",
                most / 1024
            ))
        }
        other => {
            let told = other.to_string();
            let essence = told.rsplit("error: ").next().unwrap_or(&told).trim();
            text.error_in(place(&told, text.value), format!("this is no regular expression: {essence}"))
        }
    }
}

/// Where the error is, in bytes of the pattern: it is told by a mark in a line under it.
fn place(told: &str, pattern: &str) -> usize {
    let mark = told.lines().nth(2).filter(|_| !pattern.contains('\n')).and_then(|line| line.find('^'));
    let characters = mark.and_then(|mark| mark.checked_sub("    ".len())).unwrap_or(0);
    pattern.char_indices().nth(characters).map_or(pattern.len(), |(at, _)| at)
}
