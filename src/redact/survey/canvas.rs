//! Texts drawn on a canvas: what is drawn one after the other is often one text, drawn in parts.

use std::collections::{HashMap, VecDeque};

use super::super::Place;
use super::super::taint::{Taint, overlaid};
use super::super::tape::{Kind, Value};
use super::Survey;
use super::history::Written;

/// Texts of one canvas that are read as one, at most.
const MOST_TEXTS: usize = 24;
/// Bytes of them, at most.
const MOST_BYTES: usize = 512;

/// The last texts of each canvas.
pub(super) type Drawn = HashMap<i64, VecDeque<(Written, String)>>;

impl Survey<'_, '_, '_> {
    pub(super) fn drawing(&mut self, event: u32, data: Value<'_>) {
        let Some(id) = data.get("id").and_then(Value::integer) else { return };
        let single = data.get("property").map(|_| data);
        let commands = single.into_iter().chain(data.get("commands").into_iter().flat_map(Value::elements));
        for text in
            commands.filter(|command| is_text(*command)).filter_map(|command| command.get("args")?.elements().next())
        {
            if text.kind() == Kind::String {
                let span = text.span();
                let written = Written { event, start: span.start as u32, end: span.end as u32 };
                self.drawn_text(id, written, text.string().into_owned());
            }
        }
    }

    fn drawn_text(&mut self, canvas: i64, written: Written, text: String) {
        let mut texts = self.drawn.remove(&canvas).unwrap_or_default();
        texts.push_back((written, text));
        let length = |texts: &VecDeque<(Written, String)>| texts.iter().map(|(_, text)| text.len()).sum::<usize>();
        while texts.len() > MOST_TEXTS || texts.len() > 1 && length(&texts) > MOST_BYTES {
            texts.pop_front();
        }
        let whole: String = texts.iter().map(|(_, text)| text.as_str()).collect();
        for found in self.finder.find(&whole, Place::Canvas, &|_| false) {
            let Some(raw) = whole.get(found.range.clone()) else { continue };
            let secret = self.secrets.note(found.rule, raw, &found.value);
            let mut start = 0;
            for (written, text) in &texts {
                let end = start + text.len();
                let (from, to) = (found.range.start.max(start), found.range.end.min(end));
                let count = |range| whole.get(range).map_or(0, |part: &str| part.chars().count()) as u32;
                if from < to {
                    let chars = count(start..from)..count(start..to);
                    let taint = Taint { chars, secret, from: count(found.range.start..from) };
                    let known = self.history.touched.entry((written.event, written.start)).or_default();
                    *known = overlaid(known, &[taint]);
                }
                start = end;
            }
        }
        self.drawn.insert(canvas, texts);
    }
}

fn is_text(command: Value<'_>) -> bool {
    command.get("property").is_some_and(|property| property.is("fillText") || property.is("strokeText"))
}
