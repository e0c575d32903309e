//! The bar above or below the page: where the person is, and what time it is.

use super::lettering::{Lettering, TextStyle, baseline_between};
use super::panel::Panel;
use super::theme::{Rgb, Theme};

/// What a bar says at one instant. Two equal ones look the same. Absent parts take no room.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Bar {
    /// Whether it stands above the page, not below it.
    pub above: bool,
    /// Device px.
    pub height: u32,
    /// The page's title.
    pub title: Option<String>,
    /// The page's URL.
    pub url: Option<String>,
    /// Which window.
    pub window: Option<String>,
    /// Nobody does anything.
    pub idle: bool,
    /// Session time.
    pub clock: Option<String>,
    /// Length of the session.
    pub length: Option<String>,
    /// Wall-clock time.
    pub wall: Option<String>,
    /// How much of the session is over, in thousandths.
    pub progress: Option<u16>,
    /// Where in the session something went wrong, in thousandths.
    pub problems: Vec<u16>,
}

/// Height of a bar, px at scale 1.
const HEIGHT: f64 = 36.0;
const MARGIN: f64 = 14.0;
const GAP: f64 = 12.0;
const TEXT: f64 = 13.0;
const SMALL: f64 = 11.5;
const TRACK: f64 = 3.0;
/// A part that has less room than this is left out.
const LEAST: f64 = 64.0;
const PROBLEM: Rgb = [0xf0, 0x52, 0x52];

impl Bar {
    /// How high a bar is at a scale (device px per px of the drawing). Even, so that it makes no odd picture of an even one.
    pub fn height_at(scale: f64) -> u32 {
        ((HEIGHT * scale / 2.0).round() as u32).max(1) * 2
    }

    /// Draws it `width` device px wide.
    pub(super) fn draw(&self, width: u32, scale: f64, theme: Theme, lettering: &mut Lettering) -> Panel {
        let (wide, high) = (f64::from(width), f64::from(self.height));
        let mut panel = Panel::new(wide, high);
        let colours = theme.palette();
        panel.fill((0.0, 0.0, wide, high), 0.0, colours.surface, 255);
        let hairline = scale.max(1.0).round();
        // Towards the page.
        let edge = if self.above { high - hairline } else { 0.0 };
        panel.fill((0.0, edge, wide, hairline), 0.0, colours.line, 255);
        if let Some(progress) = self.progress {
            let track = (TRACK * scale).round().max(1.0);
            let top = if self.above { high - track } else { 0.0 };
            let at = |thousandths: u16| (f64::from(thousandths) / 1000.0 * wide).round();
            panel.fill((0.0, top, wide, track), 0.0, colours.line, 255);
            panel.fill((0.0, top, at(progress), track), 0.0, colours.accent, 255);
            for problem in &self.problems {
                let tick = track.max(2.0);
                panel.fill((at(*problem) - (tick / 2.0).floor(), top, tick, track), 0.0, PROBLEM, 255);
            }
        }
        let mut writer =
            Writer { panel, lettering, scale, left: MARGIN * scale, right: wide - MARGIN * scale, high, theme };
        // What has no room is left out, the least important first: those that come later.
        if let Some(clock) = &self.clock {
            let length = self.length.as_ref().map(|length| format!(" / {length}"));
            if let Some(length) = length.filter(|_| wide >= 300.0 * scale) {
                writer.right(&length, SMALL, false, colours.quiet, 0.0);
            }
            writer.right(clock, TEXT, true, colours.text, GAP);
        }
        if self.idle {
            writer.chip("Idle", colours.idle);
        }
        if let Some(window) = &self.window {
            writer.chip(window, colours.text);
        }
        if let Some(wall) = self.wall.as_ref().filter(|_| wide >= 560.0 * scale) {
            writer.right(wall, SMALL, false, colours.quiet, GAP);
        }
        let url = self.url.as_deref().filter(|url| !url.is_empty());
        if let Some(title) = self.title.as_deref().filter(|title| !title.trim().is_empty()) {
            // The URL gets half of the room where both are long.
            let share = if url.is_some() { 0.5 } else { 1.0 };
            writer.left(title, TEXT, true, colours.text, share);
        }
        if let Some(url) = url {
            writer.left(url, TEXT, false, colours.quiet, 1.0);
        }
        writer.panel
    }
}

/// Fills a bar from both ends.
struct Writer<'a> {
    panel: Panel,
    lettering: &'a mut Lettering,
    scale: f64,
    /// First free px.
    left: f64,
    /// The px after the last free one.
    right: f64,
    high: f64,
    theme: Theme,
}

impl Writer<'_> {
    fn room(&self) -> f64 {
        self.right - self.left
    }

    fn left(&mut self, text: &str, size: f64, bold: bool, colour: Rgb, share: f64) {
        let room = self.room() * share;
        if room < LEAST * self.scale {
            return;
        }
        let style = TextStyle { size: size * self.scale, bold, colour };
        let line = self.lettering.line(text, style, room);
        self.panel.text(&line, self.left, baseline_between(0.0, self.high, style.size));
        self.left += line.width + GAP * self.scale;
    }

    fn right(&mut self, text: &str, size: f64, bold: bool, colour: Rgb, gap: f64) {
        let style = TextStyle { size: size * self.scale, bold, colour };
        let line = self.lettering.line(text, style, f64::INFINITY);
        if line.width > self.room() {
            return;
        }
        let x = self.right - line.width;
        self.panel.text(&line, x, baseline_between(0.0, self.high, style.size));
        self.right = x - gap * self.scale;
    }

    fn chip(&mut self, text: &str, colour: Rgb) {
        let style = TextStyle { size: SMALL * self.scale, bold: true, colour };
        let line = self.lettering.line(text, style, 140.0 * self.scale);
        let (pad, high) = (7.0 * self.scale, (20.0 * self.scale).round());
        let wide = (line.width + 2.0 * pad).ceil();
        if wide > self.room() {
            return;
        }
        let (x, y) = ((self.right - wide).round(), ((self.high - high) / 2.0).round());
        self.panel.fill((x, y, wide, high), 5.0 * self.scale, self.theme.palette().raised, 255);
        self.panel.text(&line, x + pad, baseline_between(y, y + high, style.size));
        self.right = x - GAP * self.scale;
    }
}
