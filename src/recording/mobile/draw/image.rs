//! Images and screenshots.

use std::borrow::Cow;

use super::super::css::Css;
use super::super::node::Element;
use super::super::picture::Picture;
use super::super::style::Style;
use super::super::wireframe::Wireframe;
use super::icon::PICTURE;
use super::placeholder::placeholder;
use super::{Faults, Scene};

/// Screenshots of another size than the screen are of the screen if their sides are alike to this: some recorders tell the size in
/// the device's pixels.
const SAME_SHAPE: f64 = 0.03;

pub(super) fn image<'a>(
    wireframe: &Wireframe<'a>,
    style: &Style<'a>,
    mut css: Css,
    scene: Scene,
    faults: &mut Faults,
) -> Element<'a> {
    let picture = wireframe.base64.filter(|text| *text != "\"\"").map(Picture::read);
    if matches!(picture, Some(None)) {
        faults.unreadable_pictures += 1;
    }
    let Some(picture) = picture.flatten() else {
        return placeholder(wireframe, style, css, Some(Cow::Borrowed(wireframe.kind())), Some(PICTURE));
    };
    let is_screenshot = wireframe.is_screenshot();
    if is_screenshot && is_whole_screen(wireframe, &picture, scene) {
        css = Css::default();
        for (name, value) in
            [("position", "fixed"), ("left", "0"), ("top", "0"), ("width", "100vw"), ("height", "100vh")]
        {
            css.set(name, value);
        }
    } else if !is_screenshot
        && wireframe.width().is_none()
        && wireframe.height().is_none()
        && let Some((width, height)) = picture.size()
    {
        css.pixels("width", f64::from(width));
        css.pixels("height", f64::from(height));
    }
    style.box_css(&mut css);
    let image = Element::new("img", if is_screenshot { "shot" } else { "picture" }).with("alt", "");
    let image = if is_screenshot { image.with("data-posthog-screenshot", "true") } else { image };
    Element::new("div", if style.border_radius.is_some() { "box clipped" } else { "box" })
        .with("style", css.text())
        .holding(image.showing(picture))
}

/// Whether a screenshot is to fill the screen: it says no size, or one of the screen's shape in larger pixels.
fn is_whole_screen(wireframe: &Wireframe<'_>, picture: &Picture<'_>, scene: Scene) -> bool {
    let Some((width, height)) = scene.screen else {
        return false;
    };
    let area = match wireframe.area(Some(width)) {
        Some(area) => (area.width, area.height),
        // A dialog's picture says where it stands; one without a size that has another shape is not of the screen.
        None => match picture.size() {
            Some((width, height)) => (f64::from(width), f64::from(height)),
            None => return true,
        },
    };
    if wireframe.position().is_some_and(|place| place != (0.0, 0.0)) {
        return false;
    }
    (wireframe.height().is_none() || area.0 > width) && is_alike(area, (width, height))
}

/// Whether two sizes have the same shape.
pub(crate) fn is_alike(one: (f64, f64), other: (f64, f64)) -> bool {
    ((one.0 / one.1) / (other.0 / other.1) - 1.0).abs() <= SAME_SHAPE
}
