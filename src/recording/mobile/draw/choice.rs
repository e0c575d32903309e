//! Things that are on or off: the mark as large as the phone's own, as far as there is room, and the label beside it.

use super::super::css::{Css, rounded};
use super::super::node::Element;
use super::super::style::{Align, Style};
use super::super::wireframe::{Width, Wireframe};
use super::icon::CHECK;
use super::label::label;

/// Side of a check box or radio button, CSS px.
const MARK: f64 = 20.0;
/// Height of a toggle, CSS px, and its width by that.
const TOGGLE: f64 = 28.0;
const TOGGLE_SHAPE: f64 = 1.7;

pub(super) fn checkbox<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, css: Css) -> Element<'a> {
    let side = mark_side(wireframe);
    let class = if wireframe.is_checked() { "mark check on" } else { "mark check" };
    let mark = mark(class, side, style, wireframe.is_checked());
    let mark = if wireframe.is_checked() { mark.holding(CHECK.draw(side - 4.0)) } else { mark };
    row(wireframe, style, css, mark, false)
}

pub(super) fn radio<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, css: Css) -> Element<'a> {
    let side = mark_side(wireframe);
    let mut mark = mark(if wireframe.is_checked() { "mark dot on" } else { "mark dot" }, side, style, false);
    if wireframe.is_checked() {
        let mut css = Css::default();
        css.pixels("width", side / 2.0);
        css.pixels("height", side / 2.0);
        if let Some(color) = style.color.as_deref() {
            css.set("background-color", color);
        }
        mark = mark.holding(Element::new("div", "point").with("style", css.text()));
    }
    row(wireframe, style, css, mark, false)
}

pub(super) fn toggle<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, css: Css) -> Element<'a> {
    let room = match wireframe.width() {
        Some(Width::Pixels(width)) => width / TOGGLE_SHAPE,
        _ => TOGGLE,
    };
    let height = rounded(wireframe.height().unwrap_or(TOGGLE).min(TOGGLE).min(room).max(6.0));
    let mut track_css = Css::default();
    track_css.pixels("width", height * TOGGLE_SHAPE);
    track_css.pixels("height", height);
    if let Some(color) = style.color.as_deref().filter(|_| wireframe.is_checked()) {
        track_css.set("background-color", color);
    }
    let knob = format!("width:{0}px;height:{0}px;", rounded(height - 4.0));
    let track = Element::new("div", if wireframe.is_checked() { "track on" } else { "track" })
        .with("style", track_css.text())
        .holding(Element::new("div", "knob").with("style", knob));
    row(wireframe, style, css, track, true)
}

fn mark_side(wireframe: &Wireframe<'_>) -> f64 {
    let width = match wireframe.width() {
        Some(Width::Pixels(width)) => width,
        _ => MARK,
    };
    wireframe.height().unwrap_or(MARK).min(width).clamp(8.0, MARK)
}

fn mark<'a>(class: &'static str, side: f64, style: &Style<'a>, is_filled: bool) -> Element<'a> {
    let mut css = Css::default();
    css.pixels("width", side);
    css.pixels("height", side);
    if let Some(color) = style.border_color.as_deref().or(style.color.as_deref()) {
        css.set("border-color", color);
    }
    if let Some(color) = style.color.as_deref().filter(|_| is_filled) {
        css.set("background-color", color);
    }
    Element::new("div", class).with("style", css.text())
}

/// A mark and its label; a toggle stands behind its label and at the far end.
fn row<'a>(
    wireframe: &Wireframe<'a>,
    style: &Style<'a>,
    mut css: Css,
    mark: Element<'a>,
    mark_last: bool,
) -> Element<'a> {
    if let Some(background) = &style.background {
        css.set("background-color", background);
    }
    style.text_css(&mut css);
    let words = Wireframe::words(wireframe.label).filter(|words| !words.is_empty());
    style.place_css(Align::Center, if words.is_some() { Align::Start } else { Align::Center }, &mut css);
    let lines = wireframe.height().map(|height| style.lines(height));
    let words = words.map(|words| label(words, lines));
    let row = Element::new("div", if mark_last && words.is_some() { "box row choice apart" } else { "box row choice" })
        .with("style", css.text());
    if mark_last { row.holding_some(words).holding(mark) } else { row.holding(mark).holding_some(words) }
}
