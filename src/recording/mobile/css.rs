//! Declarations, written so that none can end early.

use std::fmt::Write as _;

use super::picture::Picture;
use super::wireframe::{Width, Wireframe};

/// Declarations for a `style` attribute. Values are of this module's making or checked by it.
#[derive(Debug, Default)]
pub(super) struct Css(String);

impl Css {
    pub(super) fn set(&mut self, name: &str, value: &str) {
        for part in [name, ":", value, ";"] {
            self.0.push_str(part);
        }
    }

    pub(super) fn pixels(&mut self, name: &str, value: f64) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{name}:{}px;", rounded(value));
    }

    pub(super) fn picture(&mut self, name: &str, picture: &Picture<'_>) {
        self.0.reserve(picture.base64.len() + 64);
        for part in [name, ":url(data:", picture.media, ";base64,", &picture.base64, ");"] {
            self.0.push_str(part);
        }
    }

    /// Where the box is: on the screen at the recorded place, or in its parent if no place is recorded.
    pub(super) fn place(&mut self, wireframe: &Wireframe<'_>) {
        if let Some((x, y)) = wireframe.position() {
            self.set("position", "fixed");
            self.pixels("left", x);
            self.pixels("top", y);
        }
        self.size(wireframe);
    }

    pub(super) fn size(&mut self, wireframe: &Wireframe<'_>) {
        match wireframe.width() {
            Some(Width::Screen) => self.set("width", "100vw"),
            Some(Width::Pixels(width)) => self.pixels("width", width),
            None => {}
        }
        if let Some(height) = wireframe.height() {
            self.pixels("height", height);
        }
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// To a thousandth, so that styles are short and equal if they look equal.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
