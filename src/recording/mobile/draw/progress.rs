//! How far something is: bars, rings and stars.

use std::fmt::Write as _;

use super::super::css::{Css, rounded};
use super::super::json::number;
use super::super::node::Element;
use super::super::style::Style;
use super::super::wireframe::{Wireframe, unquoted};

/// More stars than this are not drawn.
const MOST_STARS: f64 = 100.0;
/// A star in a square of 24, from its left tip on; the tips are 2 from the sides.
const STAR: &str = "M12 2.4l2.9 6.3 6.9.8-5.1 4.7 1.4 6.8-6.1-3.4-6.1 3.4 1.4-6.8-5.1-4.7 6.9-.8z";
const STAR_EDGE: f64 = 2.2;

pub(super) fn progress<'a>(wireframe: &Wireframe<'a>, style: &Style<'a>, mut css: Css) -> Element<'a> {
    let max = read(wireframe.max).filter(|max| *max > 0.0);
    let value = read(wireframe.value);
    let share = value.map(|value| (value / max.unwrap_or(1.0)).clamp(0.0, 1.0));
    match style.bar {
        "circular" => {
            let ring = ring(share, style);
            Element::new("div", "box row ring").with("style", css.text()).holding(ring)
        }
        "rating" => {
            style.box_css(&mut css);
            let stars = max.unwrap_or(5.0).ceil().clamp(1.0, MOST_STARS);
            Element::new("div", "box rating").with("style", css.text()).holding(rating(
                value.unwrap_or(0.0).clamp(0.0, stars),
                stars,
                style,
            ))
        }
        _ => {
            let bar = bar(share, wireframe.height(), style);
            Element::new("div", "box row").with("style", css.text()).holding(bar)
        }
    }
}

fn read(text: Option<&str>) -> Option<f64> {
    number(unquoted(text?))
}

/// A bar; one that runs up and down if it is not known how far.
fn bar<'a>(share: Option<f64>, height: Option<f64>, style: &Style<'a>) -> Element<'a> {
    let height = height.unwrap_or(6.0);
    let height = if height <= 10.0 { height } else { (height * 0.25).clamp(4.0, 8.0) };
    let mut track = Css::default();
    track.pixels("height", height);
    if let Some(background) = &style.background {
        track.set("background-color", background);
    }
    let mut fill = Css::default();
    if let Some(share) = share {
        fill.set("width", &format!("{}%", rounded(share * 100.0)));
    }
    if let Some(color) = &style.color {
        fill.set("background-color", color);
    }
    let class = if share.is_some() { "fill" } else { "fill running" };
    Element::new("div", "progress")
        .with("style", track.text())
        .holding(Element::new("div", class).with("style", fill.text()))
}

/// A ring; one that turns if it is not known how far.
fn ring<'a>(share: Option<f64>, style: &Style<'a>) -> Element<'a> {
    let circle = |dashes: Option<f64>, colour: Option<&str>| {
        let mut css = Css::default();
        if let Some(colour) = colour {
            css.set("stroke", colour);
        }
        let circle = Element::svg("circle")
            .with("class", if dashes.is_some() { "arc" } else { "rim" })
            .with("cx", "20")
            .with("cy", "20")
            .with("r", "17")
            .with("style", css.text());
        match dashes {
            Some(length) => {
                circle.with("pathLength", "100").with("stroke-dasharray", format!("{} 100", rounded(length)))
            }
            None => circle,
        }
    };
    let rim = circle(None, style.background.as_deref());
    let arc = circle(Some(share.map_or(28.0, |share| share * 100.0)), style.color.as_deref());
    Element::svg("svg")
        .with("class", if share.is_some() { "circle" } else { "circle turning" })
        .with("viewBox", "0 0 40 40")
        .holding(rim)
        // A dash of no length would still be a point.
        .holding_some((share != Some(0.0)).then_some(arc))
}

/// Stars, the last of them filled as far as the value goes.
fn rating<'a>(value: f64, stars: f64, style: &Style<'a>) -> Element<'a> {
    let outline = |count: f64| {
        let mut path = String::new();
        for star in 0..count as u32 {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} 0{}", f64::from(star) * 24.0, STAR.replacen('M', "m", 1));
        }
        path
    };
    let edge = value.floor() * 24.0
        + if value.fract() > 0.0 { STAR_EDGE + value.fract() * (24.0 - 2.0 * STAR_EDGE) } else { 0.0 };
    let filled = Element::svg("svg").with("width", rounded(edge).to_string()).with("height", "24").holding(
        Element::svg("path")
            .with("class", "star on")
            .with("d", outline(value.ceil()))
            .with("style", style.color.as_ref().map(|color| format!("fill:{color};")).unwrap_or_default()),
    );
    Element::svg("svg")
        .with("class", "stars")
        .with("viewBox", format!("0 0 {} 24", stars * 24.0))
        .with("preserveAspectRatio", "xMinYMid meet")
        .holding(Element::svg("path").with("class", "star").with("d", outline(stars)))
        .holding_some((edge > 0.0).then_some(filled))
}
