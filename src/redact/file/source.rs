//! TOML with its places.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::hint::meant;
use crate::redact::{RuleError, Selector};

/// The text of a rule file.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) text: &'s str,
    pub(super) origin: &'s str,
    /// As much may each of its regular expressions take when compiled.
    pub(super) regex_bytes: usize,
}

impl Source<'_> {
    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> RuleError {
        RuleError::at(self.origin, self.text, at, message)
    }
}

/// A table of it.
#[derive(Clone, Copy)]
pub(super) struct Table<'s> {
    pub(super) source: Source<'s>,
    /// Where it begins.
    pub(super) at: usize,
    #[expect(clippy::struct_field_names, reason = "TOML calls it so")]
    pub(super) table: &'s DeTable<'s>,
}

/// A string of it.
#[derive(Clone, Copy)]
pub(super) struct Text<'s> {
    pub(super) source: Source<'s>,
    /// Where it begins, with its quote.
    pub(super) at: usize,
    end: usize,
    pub(super) value: &'s str,
}

impl<'s> Table<'s> {
    pub(super) fn with_regex_bytes(self, regex_bytes: usize) -> Self {
        Self { source: Source { regex_bytes, ..self.source }, ..self }
    }

    /// Refuses keys that are not known.
    pub(super) fn only(&self, known: &[&str], place: &str) -> Result<(), RuleError> {
        let mut unknown: Vec<_> = self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        let Some(key) = unknown.first() else { return Ok(()) };
        let name = key.get_ref();
        let message = format!("`{name}` is not known in {place}{} There are: {}", meant(name, known), known.join(", "));
        Err(self.source.error(key.span().start, message))
    }

    /// An error at a key's value, or if it has none, at the table.
    pub(super) fn error(&self, key: &str, message: impl Into<String>) -> RuleError {
        self.source.error(self.table.get(key).map_or(self.at, |value| value.span().start), message)
    }

    fn wrong(&self, key: &str, expected: &str) -> RuleError {
        self.error(key, format!("`{key}` has to be {expected}"))
    }

    pub(super) fn get(&self, key: &str) -> Option<&'s Spanned<DeValue<'s>>> {
        self.table.get(key)
    }

    /// Where a key's name stands.
    pub(super) fn place(&self, key: &str) -> usize {
        self.table.get_key_value(key).map_or(self.at, |(key, _)| key.span().start)
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, RuleError> {
        match self.get(key).map(Spanned::get_ref) {
            None => Ok(None),
            Some(DeValue::Boolean(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(key, "true or false")),
        }
    }

    /// A whole number as it is written, and where.
    pub(super) fn number(&self, key: &str) -> Result<Option<(usize, &'s str)>, RuleError> {
        match self.get(key).map(|value| (value.span().start, value.get_ref())) {
            None => Ok(None),
            Some((at, DeValue::Integer(number))) => Ok(Some((at, number.as_str()))),
            Some(_) => Err(self.wrong(key, "a whole number")),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<Text<'s>>, RuleError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        self.as_text(value).map(Some).ok_or_else(|| self.wrong(key, "a string"))
    }

    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<Text<'s>>>, RuleError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let DeValue::Array(list) = value.get_ref() else { return Err(self.wrong(key, "a list of strings")) };
        let texts: Option<Vec<_>> = list.iter().map(|value| self.as_text(value)).collect();
        texts.map(Some).ok_or_else(|| self.wrong(key, "a list of strings"))
    }

    pub(super) fn as_text(&self, value: &'s Spanned<DeValue<'s>>) -> Option<Text<'s>> {
        let span = value.span();
        match value.get_ref() {
            DeValue::String(text) => Some(Text { source: self.source, at: span.start, end: span.end, value: text }),
            _ => None,
        }
    }

    pub(super) fn table(&self, key: &str) -> Result<Option<Table<'s>>, RuleError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        self.as_table(value).map(Some).ok_or_else(|| self.wrong(key, "a table"))
    }

    pub(super) fn tables(&self, key: &str) -> Result<Vec<Table<'s>>, RuleError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let DeValue::Array(list) = value.get_ref() else {
            return Err(self.wrong(key, &format!("written [[{key}]], with two brackets")));
        };
        let tables: Option<Vec<_>> = list.iter().map(|value| self.as_table(value)).collect();
        tables.ok_or_else(|| self.wrong(key, &format!("written [[{key}]], one for each")))
    }

    fn as_table(&self, value: &'s Spanned<DeValue<'s>>) -> Option<Table<'s>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Table { source: self.source, at: value.span().start, table }),
            _ => None,
        }
    }
}

impl Text<'_> {
    pub(super) fn error(&self, message: impl Into<String>) -> RuleError {
        self.source.error(self.at, message)
    }

    /// An error at a byte of the string. If it is written with escapes, at its beginning.
    pub(super) fn error_in(&self, offset: usize, message: impl Into<String>) -> RuleError {
        self.source.error(self.inside().map_or(self.at, |start| start + offset), message)
    }

    /// Where the string's own characters begin, if they are written as they are.
    fn inside(&self) -> Option<usize> {
        let raw = self.source.text.get(self.at..self.end)?;
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        let written = raw.get(quotes..raw.len().checked_sub(quotes)?)?;
        let skipped = written.strip_suffix(self.value)?;
        matches!(skipped, "" | "\n" | "\r\n").then(|| self.at + quotes + skipped.len())
    }

    pub(super) fn selector(&self) -> Result<Selector, RuleError> {
        Selector::parse(self.value).map_err(|error| self.error_in(error.offset, error.message))
    }
}
