//! Live marks: a note over the page for some seconds, at the moment at which something went wrong.

use super::blend;
use super::lettering::{Lettering, TextStyle, baseline_between};
use super::panel::{Panel, circle};
use super::theme::{Rgb, Theme};

/// How long a note is drawn, ms.
pub const NOTE_MS: f64 = 4000.0;
const FADES_MS: f64 = 320.0;

/// What a note tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// An error in the console.
    Error,
    /// A request that failed, or was slow.
    Request,
    /// Clicks in anger, or without effect.
    Click,
    /// Anything else.
    Other,
}

/// A note and its age.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// What it tells of.
    pub kind: NoteKind,
    /// In two or three words.
    pub title: String,
    /// In one line.
    pub text: String,
    /// Since it came up, ms. Nothing is drawn before 0 and from [`NOTE_MS`] on.
    pub age_ms: f64,
}

const WIDEST: f64 = 380.0;
const HEIGHT: f64 = 50.0;
const PAD: f64 = 12.0;
const ICON: f64 = 9.0;
pub(super) const SHADOW: f64 = 10.0;

impl Note {
    /// How much it covers what is below, 0 to 255.
    pub(super) fn opacity(&self) -> u8 {
        // At once, so that a still of the very moment has it.
        blend::opacity(self.age_ms, NOTE_MS, FADES_MS)
    }
}

impl NoteKind {
    const fn colour(self) -> Rgb {
        match self {
            Self::Error => [0xe5, 0x48, 0x4d],
            Self::Request => [0xe0, 0x7b, 0x1a],
            Self::Click => [0xc9, 0x3f, 0xa4],
            Self::Other => [0x3e, 0x74, 0xdb],
        }
    }

    /// Draws a note without its age. `most` is the width there is, device px.
    pub(super) fn draw(
        self,
        title: &str,
        text: &str,
        most: f64,
        scale: f64,
        theme: Theme,
        lettering: &mut Lettering,
    ) -> Panel {
        let colours = theme.palette();
        let head = TextStyle { size: 13.0 * scale, bold: true, colour: colours.text };
        let body = TextStyle { size: 12.0 * scale, bold: false, colour: colours.quiet };
        let before = (PAD + 2.0 * ICON + 10.0) * scale;
        let room = (most.min(WIDEST * scale) - before - PAD * scale).max(20.0);
        let (head_line, body_line) = (lettering.line(title, head, room), lettering.line(text, body, room));
        let wide = (before + head_line.width.max(body_line.width) + PAD * scale).ceil();
        let alone = body_line.is_empty();
        let high = (if alone { 36.0 } else { HEIGHT } * scale).round();
        let mut panel = Panel::new(wide, high);
        let radius = 9.0 * scale;
        panel.fill((0.0, 0.0, wide, high), radius, colours.surface, 255);
        panel.outline((0.0, 0.0, wide, high), radius, scale.max(1.0), colours.line, 255);
        self.icon(&mut panel, (PAD + ICON) * scale, high / 2.0, scale);
        let middle = if alone { high } else { high * 0.53 };
        panel.text(&head_line, before, baseline_between(if alone { 0.0 } else { 5.0 * scale }, middle, head.size));
        panel.text(&body_line, before, baseline_between(middle, high - 6.0 * scale, body.size));
        panel.with_shadow((SHADOW * scale).round(), 0.5)
    }

    fn icon(self, panel: &mut Panel, x: f64, y: f64, scale: f64) {
        let white = [255; 3];
        if let Some(disc) = circle(x, y, ICON * scale) {
            panel.fill_path(&disc, self.colour(), 255);
        }
        let mut path = tiny_skia::PathBuilder::new();
        let mut stroke = |from: (f64, f64), to: (f64, f64)| {
            path.move_to((x + from.0 * scale) as f32, (y + from.1 * scale) as f32);
            path.line_to((x + to.0 * scale) as f32, (y + to.1 * scale) as f32);
        };
        match self {
            // An exclamation mark; its dot is a line of no length with round ends.
            Self::Error | Self::Other => {
                stroke((0.0, -4.2), (0.0, 0.8));
                stroke((0.0, 4.2), (0.0, 4.25));
            }
            // A cross.
            Self::Request => {
                stroke((-3.2, -3.2), (3.2, 3.2));
                stroke((3.2, -3.2), (-3.2, 3.2));
            }
            // A click with rays.
            Self::Click => {
                stroke((0.0, -5.0), (0.0, -2.4));
                stroke((0.0, 5.0), (0.0, 2.4));
                stroke((-5.0, 0.0), (-2.4, 0.0));
                stroke((5.0, 0.0), (2.4, 0.0));
            }
        }
        if let Some(path) = path.finish() {
            panel.stroke_path(&path, 2.0 * scale, white, 255);
        }
    }
}
