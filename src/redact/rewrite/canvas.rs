//! Drawing commands of a canvas: texts that they draw, and those of a canvas that is not to be seen.

use super::super::tape::{Kind, Value};
use super::super::{Place, RuleId};
use super::Page;

impl Page<'_, '_, '_> {
    pub(super) fn canvas(&mut self, data: Value<'_>) {
        let info = data.get("id").and_then(Value::integer).and_then(|id| self.nodes.get(&id));
        let hidden = info.and_then(|info| info.verdict.map(|verdict| verdict.rule).or(info.region));
        if let Some(rule) = hidden {
            return self.undrawn(data, rule);
        }
        let single = data.get("property").map(|_| data);
        let commands = data.get("commands").into_iter().flat_map(Value::elements);
        let commands: Vec<Value<'_>> = single.into_iter().chain(commands).collect();
        self.drawn_texts(&commands);
        for command in commands {
            let drawn = is_text(command);
            for (place, argument) in command.get("args").into_iter().flat_map(Value::elements).enumerate() {
                for value in argument.all().filter(|value| value.kind() == Kind::String) {
                    // Pictures and fonts come as bytes in base64; the first argument of a text was looked at with its neighbours.
                    if !(drawn && place == 0) && value.span().len() < LONGEST_ARGUMENT {
                        self.string(value, Place::Canvas, None);
                    }
                }
            }
        }
    }

    /// No commands at all: what they draw with would be in them.
    fn undrawn(&mut self, data: Value<'_>, rule: RuleId) {
        if let Some(commands) = data.get("commands") {
            self.edits.replace(commands.span(), "[]".to_owned());
        } else {
            for name in ["args", "property"] {
                if let Some(value) = data.get(name) {
                    let nothing = if name == "args" { "[]" } else { r#""save""# };
                    self.edits.replace(value.span(), nothing.to_owned());
                }
            }
            let end = data.span().end - 1;
            self.edits.insert(end, r#","commands":[]"#.to_owned());
        }
        self.redactor.tally.count(rule, Place::Canvas);
    }

    /// Texts drawn one after another are often one text, drawn in parts.
    fn drawn_texts(&mut self, commands: &[Value<'_>]) {
        let texts: Vec<Value<'_>> = commands
            .iter()
            .filter(|command| is_text(**command))
            .filter_map(|command| command.get("args")?.elements().next())
            .filter(|text| text.kind() == Kind::String)
            .collect();
        let strings: Vec<String> = texts.iter().map(|text| text.string().into_owned()).collect();
        let whole = strings.concat();
        let mut parts: Vec<Option<String>> =
            strings.iter().map(|text| self.redactor.text(text, Place::Canvas, None, &[])).collect();
        if let Some(changed) = self.redactor.text(&whole, Place::Canvas, None, &[]) {
            let lengths: Vec<usize> = strings.iter().map(|text| text.chars().count()).collect();
            if changed.chars().count() == lengths.iter().sum::<usize>() {
                let mut characters = changed.chars();
                for ((part, length), string) in parts.iter_mut().zip(lengths).zip(&strings) {
                    let joined: String = characters.by_ref().take(length).collect();
                    *part = part.take().or((joined != *string).then_some(joined));
                }
            } else {
                // Removed, or written with escapes: which part of it is whose cannot be told.
                for (part, string) in parts.iter_mut().zip(&strings) {
                    part.get_or_insert_with(|| {
                        string.chars().map(|c| if c.is_whitespace() { c } else { '█' }).collect()
                    });
                }
            }
        }
        for (text, changed) in texts.iter().zip(parts) {
            if let Some(changed) = changed {
                self.edits.replace_string(text.span(), &changed);
            }
        }
    }
}

/// Longer strings are pictures, bytes.
const LONGEST_ARGUMENT: usize = 4096;

fn is_text(command: Value<'_>) -> bool {
    command.get("property").is_some_and(|property| property.is("fillText") || property.is("strokeText"))
}
