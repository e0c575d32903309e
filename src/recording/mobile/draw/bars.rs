//! The phone's own bars at the top and bottom of the screen.

use super::super::colour::is_light;
use super::super::css::Css;
use super::super::node::{Element, Node};
use super::super::style::Style;
use super::super::wireframe::Wireframe;
use super::Scene;
use super::icon::{BACK, HOME, RECENT};

/// A lower bar is drawn as a stripe, CSS px.
const LOWEST_WITH_CLOCK: f64 = 12.0;
const DAY_MINUTES: i64 = 24 * 60;

/// The bar with the clock. The clock is the recording's own, in UTC: in which zone the phone was is not recorded.
pub(super) fn status<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, scene: Scene) -> Element<'a> {
    let mut css = bar(wireframe, style, scene, "top");
    let height = wireframe.height().unwrap_or(24.0);
    css.pixels("font-size", (height * 0.6).clamp(1.0, 13.0));
    let minutes = ((scene.clock / 60_000.0).floor() as i64).rem_euclid(DAY_MINUTES);
    let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    Element::new("div", "box status").with("style", css.text()).holding_some(
        (height >= LOWEST_WITH_CLOCK).then(|| Element::new("span", "clock").holding(Node::Text(clock.into()))),
    )
}

/// The bar with Android's three buttons.
pub(super) fn navigation<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, scene: Scene) -> Element<'a> {
    let css = bar(wireframe, style, scene, "bottom");
    let size = (wireframe.height().unwrap_or(48.0) * 0.45).clamp(8.0, 20.0);
    [BACK, HOME, RECENT]
        .into_iter()
        .fold(Element::new("div", "box navigation").with("style", css.text()), |bar, icon| bar.holding(icon.draw(size)))
}

/// Place and look of a bar: where it was recorded, or along its side of the screen. One that was recorded along its side stays there when
/// the phone is turned.
fn bar(wireframe: &Wireframe<'_>, style: &Style<'_>, scene: Scene, side: &str) -> Css {
    let is = |one: f64, other: f64| (one - other).abs() < 1.0;
    let area = wireframe.area(scene.screen.map(|(width, _)| width));
    let (is_along, is_wide) = match (wireframe.position(), area, scene.screen) {
        (None, ..) => (true, wireframe.width().is_none()),
        (_, Some(area), Some((width, height))) => {
            let edge = if side == "top" { is(area.y, 0.0) } else { is(area.y + area.height, height) };
            let is_wide = is(area.x, 0.0) && is(area.width, width);
            (edge && is_wide, edge && is_wide)
        }
        _ => (false, wireframe.width().is_none()),
    };
    let mut css = Css::default();
    if is_along {
        css.set("position", "fixed");
        css.set("left", "0");
        css.set(side, "0");
        css.size(wireframe);
    } else {
        css.place(wireframe);
    }
    if is_wide {
        css.set("width", "100vw");
    }
    style.box_css(&mut css);
    let is_light = style.background.as_deref().is_none_or(is_light);
    css.set("color", if is_light { "#1f2328" } else { "#ffffff" });
    css
}
