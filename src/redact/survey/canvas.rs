//! Texts drawn on a canvas: what is drawn one after the other is often one text, drawn in parts.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use super::super::Place;
use super::super::find::Found;
use super::super::taint::{Taint, overlaid};
use super::super::tape::{Kind, Value};
use super::history::Written;
use super::{Survey, flow};

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
        let mut places = Vec::new();
        let mut end = 0;
        for (_, text) in &texts {
            places.push(end..end + text.len());
            end += text.len();
        }
        // What was drawn before was looked at before.
        let stretches = flow::hidden(&whole, &places).into_iter().filter(|stretch| stretch.end == whole.len());
        for stretch in std::iter::once(0..whole.len()).chain(stretches) {
            let text = whole.get(stretch.clone()).unwrap_or_default();
            for found in self.finder.find(text, Place::Canvas, &|_| false) {
                let range = found.range.start + stretch.start..found.range.end + stretch.start;
                self.found_drawn(&whole, &places, &texts, range, &found);
            }
        }
        self.drawn.insert(canvas, texts);
    }

    fn found_drawn(
        &mut self,
        whole: &str,
        places: &[Range<usize>],
        texts: &VecDeque<(Written, String)>,
        range: Range<usize>,
        found: &Found,
    ) {
        let Some(raw) = whole.get(range.clone()) else { return };
        let secret = self.secrets.note(found.rule, raw, &found.value);
        for (place, (written, _)) in places.iter().zip(texts) {
            if let Some(taint) = Taint::of_part(whole, &range, place, secret) {
                let known = self.history.touched.entry((written.event, written.start)).or_default();
                *known = overlaid(known, &[taint]);
            }
        }
    }
}

fn is_text(command: Value<'_>) -> bool {
    command.get("property").is_some_and(|property| property.is("fillText") || property.is("strokeText"))
}
