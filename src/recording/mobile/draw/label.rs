//! Text, cut off as phones do it.

use std::borrow::Cow;

use super::super::css::Css;
use super::super::node::{Element, Node};
use super::super::style::{Align, Style};
use super::super::wireframe::Wireframe;

/// A text in its box.
pub(super) fn text<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, mut css: Css) -> Element<'a> {
    style.box_css(&mut css);
    style.text_css(&mut css);
    style.place_css(Align::Start, Align::Start, &mut css);
    let words = Wireframe::words(wireframe.text)
        .map(|words| label(words, wireframe.height().map(|height| style.lines(height))));
    with_icons(Element::new("div", "box row").with("style", css.text()), style, words)
}

/// Words that take at most `lines` lines, any number if none is given; an ellipsis stands for the rest.
///
/// The box of a text is as wide as the phone's font makes it. Ours is a little wider, so a line may stand out a little from its box
/// before it is cut (the style sheet of the page): else the last letter of every button would be missing.
pub(super) fn label(words: Cow<'_, str>, lines: Option<u32>) -> Element<'_> {
    match lines {
        Some(1) if !words.contains('\n') => Element::new("span", "line").holding(Node::Text(words)),
        lines => Element::new("span", "lines")
            .with("style", lines.map(|lines| format!("-webkit-line-clamp:{lines};")).unwrap_or_default())
            .holding(Node::Text(words)),
    }
}

/// Puts the pictures of the style beside the words.
pub(super) fn with_icons<'a>(element: Element<'a>, style: &Style<'a>, words: Option<Element<'a>>) -> Element<'a> {
    let [left, right] =
        style.icons.clone().map(|icon| icon.map(|icon| Element::new("img", "beside").with("alt", "").showing(icon)));
    element.holding_some(left).holding_some(words).holding_some(right)
}
