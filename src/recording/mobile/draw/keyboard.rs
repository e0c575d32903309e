//! The keyboard that covers the lower part of the screen: keys without letters, because which keyboard it was is not recorded.

use std::fmt::Write as _;

use super::super::colour::is_light;
use super::super::css::{Css, rounded};
use super::super::json::members;
use super::super::node::{Element, Node};
use super::super::style::Style;
use super::super::wireframe::{Width, Wireframe};
use super::Scene;

/// Keys in each row, the wider ones at the ends of the third and the space bar of the fourth counted apart.
const KEYS: [u32; 3] = [10, 9, 7];
/// Assumed where the screen's size is not known, CSS px.
const SOME_WIDTH: f64 = 390.0;
const SOME_HEIGHT: f64 = 260.0;

/// What a `keyboard` event says.
#[derive(Debug)]
pub(crate) enum Keyboard<'a> {
    Open(Box<Wireframe<'a>>),
    Closed,
}

impl<'a> Keyboard<'a> {
    /// Of the text of a custom event's payload; `None` if it says neither.
    pub(crate) fn read(payload: &'a str) -> Option<Self> {
        let [open, x, y, width, height, styles] = members(payload, ["open", "x", "y", "width", "height", "styles"]);
        match open? {
            "true" => {
                Some(Self::Open(Box::new(Wireframe { x, y, width, height, style: styles, ..Wireframe::default() })))
            }
            "false" => Some(Self::Closed),
            _ => None,
        }
    }
}

pub(crate) fn keyboard<'a>(place: &Wireframe<'a>, scene: Scene) -> Element<'a> {
    let style = Style::read(place.style);
    let mut css = Css::default();
    css.set("position", "fixed");
    if let Some((x, y)) = place.position() {
        css.pixels("left", x);
        css.pixels("top", y);
    } else {
        css.set("left", "0");
        css.set("bottom", "0");
    }
    let width = match place.width() {
        Some(Width::Pixels(width)) if width > 0.0 => Some(width),
        _ => None,
    };
    let height = place.height().filter(|height| *height > 0.0).unwrap_or(SOME_HEIGHT);
    match width {
        Some(width) => css.pixels("width", width),
        None => css.set("width", "100vw"),
    }
    css.pixels("height", height);
    style.box_css(&mut css);
    style.text_css(&mut css);
    // Android counts the bar below it as part of the keyboard's height.
    let covered =
        scene.navigation.filter(|_| place.position().is_none()).map_or(0.0, |bar| bar.height.min(height / 2.0));
    let is_dark = style
        .background
        .as_deref()
        .map_or(scene.navigation.is_some_and(|bar| bar.is_dark), |background| !is_light(background));
    let width = width.or(scene.screen.map(|(width, _)| width)).unwrap_or(SOME_WIDTH).max(1.0);
    let mut space = Css::default();
    space.pixels("bottom", covered + (height - covered) * 0.0294);
    space.pixels("height", (height - covered) * 0.2353);
    Element::new("div", if is_dark { "keyboard dark" } else { "keyboard" })
        .with("style", css.text())
        .with("data-type", "keyboard")
        .holding(
            Element::svg("svg")
                .with("viewBox", format!("0 0 {} {}", rounded(width), rounded(height)))
                .with("preserveAspectRatio", "none")
                .holding(
                    Element::svg("path").with("class", "key").with("d", keys(width, height - covered, KeyKind::Plain)),
                )
                .holding(
                    Element::svg("path")
                        .with("class", "key wide")
                        .with("d", keys(width, height - covered, KeyKind::Wide)),
                ),
        )
        .holding(Element::new("span", "space").with("style", space.text()).holding(Node::Text("keyboard".into())))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Plain,
    /// Shift, delete, layout and return: the greyer ones.
    Wide,
}

/// The outlines of the keys of one kind, as one path.
fn keys(width: f64, height: f64, kind: KeyKind) -> String {
    let mut path = String::new();
    let gap = (width * 0.015).clamp(2.0, 8.0);
    let row = height / 4.25;
    let tall = (row - gap * 1.6).max(1.0);
    let unit = (width - gap) / 10.0;
    let top = |index: f64| row * (index + 0.125) + (row - tall) / 2.0;
    let mut key = |x: f64, y: f64, wide: f64| {
        let radius = (tall * 0.12).min(6.0);
        // Writing to a string cannot fail.
        let _ = write!(
            path,
            "M{} {}h{}a{r} {r} 0 0 1 {r} {r}v{}a{r} {r} 0 0 1 -{r} {r}h-{h}a{r} {r} 0 0 1 -{r} -{r}v-{v}a{r} {r} 0 0 1 {r} -{r}z",
            rounded(x + radius),
            rounded(y),
            rounded(wide - 2.0 * radius),
            rounded(tall - 2.0 * radius),
            r = rounded(radius),
            h = rounded(wide - 2.0 * radius),
            v = rounded(tall - 2.0 * radius),
        );
    };
    let side = unit * 1.5 - gap;
    match kind {
        KeyKind::Plain => {
            for (index, count) in (0_u32..).zip(KEYS) {
                let left = (width - unit * f64::from(count)) / 2.0 + gap / 2.0;
                for place in 0..count {
                    key(left + unit * f64::from(place), top(f64::from(index)), unit - gap);
                }
            }
            let ends = unit * 2.5;
            key(ends + gap / 2.0, top(3.0), width - 2.0 * ends - gap);
        }
        KeyKind::Wide => {
            for y in [2.0, 3.0].map(top) {
                let wide = if y > top(2.5) { unit * 2.5 - gap * 1.5 } else { side - gap / 2.0 };
                key(gap, y, wide);
                key(width - gap - wide, y, wide);
            }
        }
    }
    path
}
