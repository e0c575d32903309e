//! The cue that says that idle time was left out, or plays faster.

use super::lettering::{Lettering, TextStyle, baseline_between};
use super::panel::Panel;
use super::theme::Theme;

pub(super) const SHADOW: f64 = 10.0;

/// Draws a pill with an arrow forward and a text.
pub(super) fn draw(text: &str, scale: f64, theme: Theme, lettering: &mut Lettering) -> Panel {
    let colours = theme.palette();
    let style = TextStyle { size: 15.0 * scale, bold: true, colour: colours.text };
    let line = lettering.line(text, style, 400.0 * scale);
    let (high, pad, icon) = ((38.0 * scale).round(), 16.0 * scale, 26.0 * scale);
    let mut panel = Panel::new(pad + icon + line.width + pad, high);
    let whole = (0.0, 0.0, panel.width(), high);
    panel.fill(whole, high / 2.0, colours.surface, 240);
    panel.outline(whole, high / 2.0, scale.max(1.0), colours.line, 255);
    for left in [pad, pad + 8.0 * scale] {
        let mut arrow = tiny_skia::PathBuilder::new();
        let (reach, half) = (8.0 * scale, 5.5 * scale);
        arrow.move_to(left as f32, (high / 2.0 - half) as f32);
        arrow.line_to((left + reach) as f32, (high / 2.0) as f32);
        arrow.line_to(left as f32, (high / 2.0 + half) as f32);
        arrow.close();
        if let Some(arrow) = arrow.finish() {
            panel.fill_path(&arrow, colours.idle, 255);
        }
    }
    panel.text(&line, pad + icon, baseline_between(0.0, high, style.size));
    panel.with_shadow((SHADOW * scale).round(), 0.45)
}
