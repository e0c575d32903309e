//! What each type of wireframe looks like. (`docs/mobile.md` shows them.)

mod bars;
mod choice;
mod field;
mod icon;
mod image;
mod keyboard;
mod label;
mod placeholder;
mod progress;

use std::borrow::Cow;

use super::css::Css;
use super::node::Element;
use super::style::Style;
use super::wireframe::Wireframe;

pub(super) use image::is_alike;
pub(super) use keyboard::{Keyboard, keyboard};

/// What of the moment a drawing depends on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scene {
    /// The recording's clock, ms since 1970-01-01 UTC.
    pub(super) clock: f64,
    /// The screen's size, CSS px, once known.
    pub(super) screen: Option<(f64, f64)>,
    /// The navigation bar that stands at the bottom, if one does: it lies over the keyboard.
    pub(super) navigation: Option<Navigation>,
}

/// What of the navigation bar the keyboard depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Navigation {
    /// CSS px.
    pub(super) height: f64,
    pub(super) is_dark: bool,
}

/// What was found wrong while drawing.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Pictures that are none; a placeholder stands for each.
    pub(super) unreadable_pictures: u64,
}

/// Draws one wireframe, without its children: they come after what is drawn here.
pub(super) fn draw<'a>(wireframe: &Wireframe<'a>, scene: Scene, faults: &mut Faults) -> Element<'a> {
    let style = Style::read(wireframe.style);
    let mut css = Css::default();
    css.place(wireframe);
    let element = match wireframe.kind() {
        "text" => label::text(wireframe, &style, css),
        "image" | "screenshot" => image::image(wireframe, &style, css, scene, faults),
        "placeholder" => placeholder::placeholder(wireframe, &style, css, Wireframe::words(wireframe.label), None),
        "web_view" => placeholder::placeholder(
            wireframe,
            &style,
            css,
            Some(Wireframe::words(wireframe.url).unwrap_or(Cow::Borrowed("web page"))),
            Some(icon::GLOBE),
        ),
        "status_bar" => bars::status(wireframe, &style, scene),
        "navigation_bar" => bars::navigation(wireframe, &style, scene),
        "input" => match wireframe.input_kind() {
            "checkbox" => choice::checkbox(wireframe, &style, css),
            "radio" => choice::radio(wireframe, &style, css),
            "toggle" => choice::toggle(wireframe, &style, css),
            "progress" => progress::progress(wireframe, &style, css),
            "button" => field::button(wireframe, &style, css),
            "select" => field::select(wireframe, &style, css),
            "text_area" => field::text_area(wireframe, &style, css),
            kind => field::line(wireframe, &style, css, kind),
        },
        // `div`, `rectangle`, `radio_group`, and what recorders may yet invent: a box that can hold others.
        _ => {
            style.box_css(&mut css);
            style.text_css(&mut css);
            Element::new("div", "box").with("style", css.text())
        }
    };
    let kind = wireframe.kind();
    let element =
        if wireframe.is_disabled() && kind == "input" { element.with("data-disabled", "true") } else { element };
    element.with(
        "data-type",
        if kind == "input" { Cow::Owned(format!("input {}", wireframe.input_kind())) } else { Cow::Borrowed(kind) },
    )
}
