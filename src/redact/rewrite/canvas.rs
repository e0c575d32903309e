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
        for command in commands {
            let arguments = command.get("args").into_iter().flat_map(Value::elements);
            for value in arguments.flat_map(Value::all).filter(|value| value.kind() == Kind::String) {
                // Pictures and fonts come as bytes in base64.
                if value.span().len() < LONGEST_ARGUMENT {
                    self.string(value, Place::Canvas, None);
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
}

/// Longer strings are pictures, bytes.
const LONGEST_ARGUMENT: usize = 4096;
