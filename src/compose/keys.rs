//! Keys that were pressed, as key caps.

use super::blend;
use super::lettering::{Lettering, TextStyle, baseline_between};
use super::panel::Panel;
use super::theme::Theme;

/// How long keys are drawn, ms.
pub const KEYS_MS: f64 = 1400.0;
const FADES_MS: f64 = 300.0;

/// Keys pressed together, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Keys {
    /// What stands on each, in the order in which it is written: `Ctrl`, `K`.
    pub caps: Vec<String>,
    /// Since they were pressed, ms. Nothing is drawn before 0 and from [`KEYS_MS`] on.
    pub age_ms: f64,
}

const CAP: f64 = 34.0;
const GAP: f64 = 6.0;
const PAD: f64 = 10.0;

impl Keys {
    pub(super) fn opacity(&self) -> u8 {
        blend::opacity(self.age_ms, KEYS_MS, FADES_MS)
    }
}

/// Draws the caps on a tray.
pub(super) fn draw(caps: &[String], scale: f64, theme: Theme, lettering: &mut Lettering) -> Panel {
    let colours = theme.palette();
    let style = TextStyle { size: 15.0 * scale, bold: true, colour: colours.text };
    let lines: Vec<_> = caps.iter().map(|cap| lettering.line(cap, style, 160.0 * scale)).collect();
    let high = (CAP * scale).round();
    let wide = |width: f64| (width + 20.0 * scale).max(CAP * scale).round();
    let (pad, gap) = ((PAD * scale).round(), (GAP * scale).round());
    let total: f64 =
        lines.iter().map(|line| wide(line.width)).sum::<f64>() + gap * lines.len().saturating_sub(1) as f64;
    let mut panel = Panel::new(total + 2.0 * pad, high + 2.0 * pad);
    panel.fill((0.0, 0.0, panel.width(), panel.height()), 12.0 * scale, colours.surface, 245);
    let mut x = pad;
    for line in &lines {
        let width = wide(line.width);
        // The lower edge of a cap is thicker, as that of a real one seen from above.
        panel.fill((x, pad, width, high), 6.0 * scale, colours.line, 255);
        let face = (x + scale, pad + scale, width - 2.0 * scale, high - 4.0 * scale);
        panel.fill(face, 5.0 * scale, colours.raised, 255);
        let middle = x + (width - line.width) / 2.0;
        panel.text(line, middle, baseline_between(pad, pad + high - 3.0 * scale, style.size));
        x += width + gap;
    }
    panel
}
