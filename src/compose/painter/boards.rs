//! Bars, notes, keys and cues: drawn once, kept as long as they stay the same, and laid where they belong.

use std::collections::HashMap;

use super::Patch;
use crate::compose::backdrop::Edge;
use crate::compose::lettering::Lettering;
use crate::compose::panel::Panel;
use crate::compose::{Bar, Frame, Keys, Note, NoteKind, Place, Theme, cue, keys, note};

/// Panels of notes, keys and cues that are kept.
const MOST_KEPT: usize = 24;
/// Between what is laid over the page and the page's edge, px at scale 1.
const MARGIN: f64 = 16.0;
/// A pointer this near sends notes to the other corner, px at scale 1.
const NEAR: f64 = 28.0;
/// Notes shown at once.
const MOST_NOTES: usize = 3;

#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Note(NoteKind, String, String, u32),
    Keys(Vec<String>),
    Cue(String),
}

#[derive(Debug)]
pub(super) struct Boards {
    scale: f64,
    theme: Theme,
    edge: Edge,
    /// Reading the fonts takes time that pictures without text need not spend.
    lettering: Option<Lettering>,
    bar: Option<(Bar, u32, Panel)>,
    kept: HashMap<Key, Panel>,
}

impl Boards {
    pub(super) fn new(scale: f64, theme: Theme) -> Self {
        Self { scale, theme, edge: Edge::new(scale, theme), lettering: None, bar: None, kept: HashMap::new() }
    }

    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// How the edge of a page is drawn.
    pub(super) fn edge(&self) -> &Edge {
        &self.edge
    }

    pub(super) fn bar(&mut self, frame: &mut Frame, bar: &Bar, patch: &mut Patch) {
        let lettering = self.lettering.get_or_insert_default();
        let kept = self.bar.take().filter(|(drawn, width, _)| drawn == bar && *width == frame.width);
        let drawn = || (bar.clone(), frame.width, bar.draw(frame.width, self.scale, self.theme, lettering));
        let (_, _, panel) = self.bar.insert(kept.unwrap_or_else(drawn));
        let top = if bar.above { 0 } else { frame.height.saturating_sub(bar.height) };
        lay(panel, frame, (0, top.cast_signed()), 255, patch);
    }

    /// Lays notes above one another, the newest lowest, in the lower left corner of the page; in the right one while the pointer is there.
    pub(super) fn notes(
        &mut self,
        frame: &mut Frame,
        notes: &[Note],
        page: Place,
        pointer: Option<(f64, f64)>,
        patch: &mut Patch,
    ) {
        if notes.is_empty() {
            return;
        }
        let (margin, shadow) = ((MARGIN * self.scale).round(), (note::SHADOW * self.scale).round());
        let room = (f64::from(page.width) - 2.0 * margin).max(1.0);
        let shown = &notes[notes.len().saturating_sub(MOST_NOTES)..];
        let mut bottom = f64::from(page.top) + f64::from(page.height) - margin;
        let mut places = Vec::new();
        let (mut widest, mut top) = (0.0_f64, bottom);
        for note in shown.iter().rev() {
            let panel = self.note(note, room);
            let (wide, high) = (panel.width() - 2.0 * shadow, panel.height() - 2.0 * shadow);
            top = bottom - high;
            places.push((note, wide, top));
            widest = widest.max(wide);
            bottom = top - (8.0 * self.scale).round();
        }
        let left = f64::from(page.left) + margin;
        let near = NEAR * self.scale;
        let moved = pointer.is_some_and(|(x, y)| x < left + widest + near && y > top - near);
        let right = f64::from(page.left) + f64::from(page.width) - margin;
        for (note, wide, top) in places {
            let left = if moved { right - wide } else { left };
            let at = ((left - shadow).round() as i32, (top - shadow).round() as i32);
            let opacity = note.opacity();
            let panel = self.note(note, room);
            lay(panel, frame, at, opacity, patch);
        }
    }

    fn note(&mut self, note: &Note, room: f64) -> &Panel {
        let key = Key::Note(note.kind, note.title.clone(), note.text.clone(), room as u32);
        self.panel(key, |scale, theme, lettering| {
            note.kind.draw(&note.title, &note.text, room, scale, theme, lettering)
        })
    }

    /// At the page's lower edge, in the middle; higher where notes are shown that it could cover.
    pub(super) fn keys(&mut self, frame: &mut Frame, keys: &Keys, page: Place, over_notes: bool, patch: &mut Patch) {
        let scale = self.scale;
        let narrow = f64::from(page.width) < 1000.0 * scale;
        let above_edge = if over_notes && narrow { 200.0 } else { 24.0 } * scale;
        let opacity = keys.opacity();
        let panel = self.panel(Key::Keys(keys.caps.clone()), |scale, theme, lettering| {
            keys::draw(&keys.caps, scale, theme, lettering)
        });
        let left = middle(page, panel);
        let top = f64::from(page.top) + f64::from(page.height) - panel.height() - above_edge;
        lay(panel, frame, (left.round() as i32, top.round() as i32), opacity, patch);
    }

    pub(super) fn cue(&mut self, frame: &mut Frame, text: &str, page: Place, opacity: u8) {
        let margin = (MARGIN - cue::SHADOW) * self.scale;
        let panel =
            self.panel(Key::Cue(text.to_owned()), |scale, theme, lettering| cue::draw(text, scale, theme, lettering));
        let left = middle(page, panel);
        panel.lay(frame, left.round() as i32, page.top + margin.round() as i32, opacity);
    }

    fn panel(&mut self, key: Key, draw: impl FnOnce(f64, Theme, &mut Lettering) -> Panel) -> &Panel {
        if self.kept.len() >= MOST_KEPT && !self.kept.contains_key(&key) {
            self.kept.clear();
        }
        let lettering = self.lettering.get_or_insert_default();
        self.kept.entry(key).or_insert_with(|| draw(self.scale, self.theme, lettering))
    }
}

/// The left edge of what stands in the middle of the page.
fn middle(page: Place, panel: &Panel) -> f64 {
    f64::from(page.left) + (f64::from(page.width) - panel.width()) / 2.0
}

fn lay(panel: &Panel, frame: &mut Frame, (left, top): (i32, i32), opacity: u8, patch: &mut Patch) {
    if let Some(area) = panel.area(frame, left, top).filter(|_| opacity > 0) {
        patch.save(area, frame);
        panel.lay(frame, left, top, opacity);
    }
}
