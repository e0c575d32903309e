//! Whole values that rules of elements and fields redact, noted as they are complete.

use std::collections::HashMap;

use super::super::secrets::Secrets;
use super::super::{RuleId, Rules};

/// Shorter values say too little to be looked for elsewhere, and stand in too many words, characters.
const SHORTEST: usize = 6;

/// Fields that are being typed into.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: HashMap<i64, (RuleId, String)>,
}

impl Fields {
    /// A field that `rule` redacts holds `text` now.
    pub(super) fn holds(&mut self, id: i64, rule: RuleId, text: &str, rules: &Rules, secrets: &mut Secrets<'_>) {
        let text = text.trim();
        match self.open.get_mut(&id) {
            // Typed on.
            Some((_, value)) if text.starts_with(value.as_str()) => text.clone_into(value),
            // Characters taken away again: it was longer.
            Some((_, value)) if value.starts_with(text) => {}
            Some((rule, value)) => {
                let before = std::mem::replace(value, text.to_owned());
                let rule = *rule;
                self.note(rule, &before, rules, secrets);
            }
            None => {
                self.open.insert(id, (rule, text.to_owned()));
            }
        }
    }

    /// Notes a value that is whole.
    #[expect(clippy::unused_self, reason = "what is noted is one thing with what is still typed")]
    pub(super) fn note(&self, rule: RuleId, text: &str, rules: &Rules, secrets: &mut Secrets<'_>) {
        // Recorders write stars for what they mask themselves.
        let masked = text.chars().all(|character| matches!(character, '*' | '•' | '●' | '█' | '·'));
        if text.chars().count() >= SHORTEST && !masked && rules.get(rule).is_some() {
            secrets.note(rule, text, text);
        }
    }

    /// There is nothing to come.
    pub(super) fn finish(&mut self, rules: &Rules, secrets: &mut Secrets<'_>) {
        let mut open: Vec<_> = std::mem::take(&mut self.open).into_iter().collect();
        open.sort_by_key(|(id, _)| *id);
        for (_, (rule, value)) in open {
            self.note(rule, &value, rules, secrets);
        }
    }
}
