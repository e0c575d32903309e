//! Whole values that rules of elements and fields redact, noted as they are complete.

use std::collections::HashMap;

use super::super::RuleId;
use super::super::secrets::Secrets;

/// Fields that are being typed into.
#[derive(Debug, Default)]
pub(super) struct Fields {
    open: HashMap<i64, (RuleId, String)>,
}

impl Fields {
    /// A field that `rule` redacts holds `text` now.
    pub(super) fn holds(&mut self, id: i64, rule: RuleId, text: &str, secrets: &mut Secrets<'_>) {
        let text = text.trim();
        match self.open.get_mut(&id) {
            // Typed on.
            Some((_, value)) if text.starts_with(value.as_str()) => text.clone_into(value),
            // Characters taken away again: it was longer.
            Some((_, value)) if value.starts_with(text) => {}
            Some((rule, value)) => {
                let before = std::mem::replace(value, text.to_owned());
                let rule = *rule;
                secrets.note_whole(rule, &before);
            }
            None => {
                self.open.insert(id, (rule, text.to_owned()));
            }
        }
    }

    /// There is nothing to come.
    pub(super) fn finish(&mut self, secrets: &mut Secrets<'_>) {
        let mut open: Vec<_> = std::mem::take(&mut self.open).into_iter().collect();
        open.sort_by_key(|(id, _)| *id);
        for (_, (rule, value)) in open {
            secrets.note_whole(rule, &value);
        }
    }
}
