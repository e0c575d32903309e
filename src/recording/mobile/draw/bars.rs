//! The phone's own bars at the top and bottom of the screen.

use super::super::colour::is_light;
use super::super::node::{Element, Node};
use super::super::style::{Css, Style};
use super::super::wireframe::Wireframe;
use super::Scene;
use super::icon::{BACK, HOME, RECENT};

const DAY_MINUTES: i64 = 24 * 60;

/// The bar with the clock. The clock is the recording's own, in UTC: in which zone the phone was is not recorded.
pub(super) fn status<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, scene: Scene) -> Element<'a> {
    let css = bar(wireframe, style, "top");
    let minutes = ((scene.clock / 60_000.0).floor() as i64).rem_euclid(DAY_MINUTES);
    let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    Element::new("div", "box status")
        .with("style", css.text())
        .holding(Element::new("span", "clock").holding(Node::Text(clock.into())))
}

/// The bar with Android's three buttons.
pub(super) fn navigation<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>) -> Element<'a> {
    let css = bar(wireframe, style, "bottom");
    let size = (wireframe.height().unwrap_or(48.0) * 0.45).clamp(8.0, 20.0);
    [BACK, HOME, RECENT]
        .into_iter()
        .fold(Element::new("div", "box navigation").with("style", css.text()), |bar, icon| bar.holding(icon.draw(size)))
}

/// Place and look of a bar: where it was recorded, or along its side of the screen.
fn bar(wireframe: &Wireframe<'_>, style: &Style<'_>, side: &str) -> Css {
    let mut css = Css::default();
    if wireframe.position().is_some() {
        css.place(wireframe);
    } else {
        css.set("position", "fixed");
        css.set("left", "0");
        css.set(side, "0");
        css.size(wireframe);
    }
    if wireframe.width().is_none() {
        css.set("width", "100vw");
    }
    style.box_css(&mut css);
    let is_light = style.background.as_deref().is_none_or(is_light);
    css.set("color", if is_light { "#1f2328" } else { "#ffffff" });
    css
}
