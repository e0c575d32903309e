//! What is typed into, chosen from or pressed.

use std::borrow::Cow;

use super::super::css::Css;
use super::super::node::Element;
use super::super::style::{Align, Style};
use super::super::wireframe::Wireframe;
use super::icon::{CHEVRON, SEARCH};
use super::label::{label, with_icons};

/// Stands for each character of a password.
const BULLET: &str = "•";
/// Bullets shown; more would not be told apart.
const MOST_BULLETS: usize = 64;

/// A field of one line: text, password, email, number, search, tel, url, and what is not known.
pub(super) fn line<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, mut css: Css, kind: &str) -> Element<'a> {
    look(style, &mut css);
    style.place_css(Align::Center, Align::Start, &mut css);
    let mut value = value(wireframe);
    if kind == "password" {
        value = value.map(|value| Cow::Owned(BULLET.repeat(value.chars().count().min(MOST_BULLETS))));
    }
    let field = Element::new("div", class(style, "box row", "box row field")).with("style", css.text());
    let field = if kind == "search" { field.holding(SEARCH.draw(icon_size(wireframe))) } else { field };
    with_icons(field, style, value.map(|value| label(value, Some(1))))
}

/// A field of several lines.
pub(super) fn text_area<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, mut css: Css) -> Element<'a> {
    look(style, &mut css);
    style.place_css(Align::Start, Align::Start, &mut css);
    let lines = wireframe.height().map(|height| style.lines(height));
    let class = class(style, "box row", if lines == Some(1) { "box row field" } else { "box row field area" });
    let field = Element::new("div", class).with("style", css.text());
    with_icons(field, style, value(wireframe).map(|value| label(value, lines)))
}

/// A choice from a list, which is closed: what is chosen shows.
pub(super) fn select<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, mut css: Css) -> Element<'a> {
    look(style, &mut css);
    style.place_css(Align::Center, Align::Start, &mut css);
    let chosen = value(wireframe).or_else(|| wireframe.first_option());
    Element::new("div", class(style, "box row select", "box row field select"))
        .with("style", css.text())
        .holding(label(chosen.unwrap_or_default(), Some(1)))
        .holding(CHEVRON.draw(icon_size(wireframe)))
}

pub(super) fn button<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, mut css: Css) -> Element<'a> {
    look(style, &mut css);
    style.place_css(Align::Center, Align::Center, &mut css);
    let lines = wireframe.height().map(|height| style.lines(height));
    let words = value(wireframe).map(|value| label(value, lines));
    with_icons(Element::new("div", class(style, "box row", "box row button")).with("style", css.text()), style, words)
}

fn value<'a>(wireframe: &Wireframe<'a>) -> Option<Cow<'a, str>> {
    Wireframe::words(wireframe.value).filter(|value| !value.is_empty())
}

fn look(style: &Style<'_>, css: &mut Css) {
    style.box_css(css);
    style.text_css(css);
}

/// The class with a look of its own, where the recording gives none: a field without any would not be seen.
fn class(style: &Style<'_>, own: &'static str, assumed: &'static str) -> &'static str {
    if style.has_box() { if style.has_padding() { own } else { padded(own) } } else { assumed }
}

/// Text does not touch the border, unless the recording says how far it is from it.
fn padded(class: &'static str) -> &'static str {
    match class {
        "box row select" => "box row padded select",
        _ => "box row padded",
    }
}

fn icon_size(wireframe: &Wireframe<'_>) -> f64 {
    (wireframe.height().unwrap_or(36.0) * 0.5).clamp(10.0, 18.0)
}
