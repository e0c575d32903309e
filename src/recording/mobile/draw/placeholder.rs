//! What stands for things that were not recorded: hatched, so that nobody takes it for the app's own look, with its name.

use std::borrow::Cow;

use super::super::css::Css;
use super::super::node::{Element, Node};
use super::super::style::Style;
use super::super::wireframe::{Width, Wireframe};
use super::icon::Icon;

/// Assumed where a side is not recorded: room enough for icon and words. CSS px.
const SOME_SIDE: f64 = 120.0;

pub(super) fn placeholder<'a>(
    wireframe: &Wireframe<'a>,
    style: &Style<'a>,
    mut css: Css,
    label: Option<Cow<'a, str>>,
    icon: Option<Icon>,
) -> Element<'a> {
    style.box_css(&mut css);
    style.text_css(&mut css);
    let width = match wireframe.width() {
        Some(Width::Pixels(width)) => width,
        Some(Width::Screen) | None => SOME_SIDE,
    };
    let height = wireframe.height().unwrap_or(SOME_SIDE);
    let has_words = width >= 56.0 && height >= 18.0;
    let is_tall = height >= 64.0;
    let words = label
        .filter(|words| has_words && !words.is_empty())
        .map(|words| Element::new("span", "name").holding(Node::Text(words)));
    // Beside words there has to be room for both.
    let icon = icon.filter(|_| words.is_none() || is_tall || width >= 100.0).map(|icon| {
        let most = if words.is_some() { 28.0 } else { 32.0 };
        icon.draw((width.min(height) * 0.6).clamp(8.0, if is_tall { most } else { 18.0 }))
    });
    let class = match (style.background.is_some() || style.background_picture.is_some(), is_tall) {
        (false, true) => "box hatched stacked",
        (false, false) => "box hatched",
        (true, true) => "box named stacked",
        (true, false) => "box named",
    };
    Element::new("div", class).with("style", css.text()).holding_some(icon).holding_some(words)
}
