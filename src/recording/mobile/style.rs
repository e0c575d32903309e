//! A wireframe's style as CSS. Every value is checked or written anew: none can end its declaration or name a resource.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::super::json;
use super::colour::colour;
use super::css::Css;
use super::picture::Picture;
use super::wireframe::{Wireframe, pixels, unquoted};

/// What phones set text in; the usual names are mapped to bundled fonts (player-assets/fonts).
const SYSTEM_FONTS: &str = "-apple-system,Roboto,sans-serif";
/// The size of text that has none, CSS px, as on Android.
const FONT_SIZE: f64 = 14.0;
/// Height of a line by the size of its text: what both Roboto and San Francisco come to, rounded to their pixels.
pub(super) const LINE: f64 = 1.17;
/// Font names in one list that are looked at.
const MOST_FONTS: usize = 8;

/// Where something is put in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Start,
    Center,
    End,
}

impl Align {
    fn read(text: Option<&str>) -> Option<Self> {
        Some(match unquoted(text?) {
            "left" | "top" | "start" => Self::Start,
            "center" | "middle" => Self::Center,
            "right" | "bottom" | "end" => Self::End,
            _ => return None,
        })
    }

    fn flex(self) -> &'static str {
        match self {
            Self::Start => "flex-start",
            Self::Center => "center",
            Self::End => "flex-end",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Start => "left",
            Self::Center => "center",
            Self::End => "right",
        }
    }
}

/// A wireframe's style, as far as it is understood.
#[derive(Debug, Default)]
pub(super) struct Style<'a> {
    pub(super) color: Option<Cow<'a, str>>,
    pub(super) background: Option<Cow<'a, str>>,
    pub(super) background_picture: Option<Picture<'a>>,
    background_size: Option<&'static str>,
    border_width: Option<f64>,
    pub(super) border_radius: Option<f64>,
    pub(super) border_color: Option<Cow<'a, str>>,
    pub(super) vertical: Option<Align>,
    pub(super) horizontal: Option<Align>,
    font_size: Option<f64>,
    font_family: Option<Cow<'a, str>>,
    /// Top, right, bottom, left.
    padding: [Option<f64>; 4],
    /// How a progress is shown.
    pub(super) bar: &'a str,
    /// Pictures beside a text, as Android's text views have them.
    pub(super) icons: [Option<Picture<'a>>; 2],
}

impl<'a> Style<'a> {
    /// Of the JSON text of a style object.
    pub(super) fn read(text: Option<&'a str>) -> Self {
        let mut style = Self::default();
        let Some(text) = text else {
            return style;
        };
        // A fault ends the object; what came before it holds.
        let _ = json::each_member(text, |key, value| {
            style.set(key, value);
            true
        });
        style
    }

    fn set(&mut self, key: &str, value: &'a str) {
        let size = || pixels(value).map(|size| size.max(0.0));
        match key {
            "color" => self.color = checked_colour(value),
            "backgroundColor" => self.background = checked_colour(value),
            "borderColor" => self.border_color = checked_colour(value),
            "backgroundImage" => self.background_picture = Picture::read(value),
            "backgroundSize" => {
                self.background_size = match unquoted(value) {
                    "contain" => Some("contain"),
                    "cover" => Some("cover"),
                    _ => None,
                }
            }
            "borderWidth" => self.border_width = size(),
            "borderRadius" => self.border_radius = size(),
            "verticalAlign" => self.vertical = Align::read(Some(value)),
            "horizontalAlign" => self.horizontal = Align::read(Some(value)),
            "fontSize" => self.font_size = size().filter(|size| *size > 0.0),
            "fontFamily" => self.font_family = Wireframe::words(Some(value)),
            "paddingTop" => self.padding[0] = size(),
            "paddingRight" => self.padding[1] = size(),
            "paddingBottom" => self.padding[2] = size(),
            "paddingLeft" => self.padding[3] = size(),
            "bar" => self.bar = unquoted(value),
            "iconLeft" => self.icons[0] = Picture::read(value),
            "iconRight" => self.icons[1] = Picture::read(value),
            _ => {}
        }
    }

    /// Width of its border, CSS px; a colour without a width means the thinnest.
    pub(super) fn border(&self) -> f64 {
        self.border_width.unwrap_or(if self.border_color.is_some() { 1.0 } else { 0.0 })
    }

    /// Whether it says what its box looks like, so that no look has to be assumed.
    pub(super) fn has_box(&self) -> bool {
        self.background.is_some() || self.background_picture.is_some() || self.border() > 0.0
    }

    pub(super) fn has_padding(&self) -> bool {
        self.padding.iter().any(Option::is_some)
    }

    /// CSS px.
    pub(super) fn font_size(&self) -> f64 {
        self.font_size.unwrap_or(FONT_SIZE)
    }

    /// How many lines of its text fit into a box of this height, at least one.
    pub(super) fn lines(&self, height: f64) -> u32 {
        let inner = height - 2.0 * self.border() - self.padding[0].unwrap_or(0.0) - self.padding[2].unwrap_or(0.0);
        (inner / (self.font_size() * LINE)).round().clamp(1.0, 10_000.0) as u32
    }

    /// The look of the box: background, border, corners.
    pub(super) fn box_css(&self, css: &mut Css) {
        if let Some(background) = &self.background {
            css.set("background-color", background);
        }
        if let Some(picture) = &self.background_picture {
            css.picture("background-image", picture);
            css.set("background-size", self.background_size.unwrap_or("auto"));
            css.set("background-repeat", "no-repeat");
            if self.background_size.is_some() {
                css.set("background-position", "center");
            }
        }
        let width = self.border();
        if width > 0.0 {
            css.pixels("border-width", width);
            css.set("border-style", "solid");
            if let Some(color) = &self.border_color {
                css.set("border-color", color);
            }
        }
        if let Some(radius) = self.border_radius {
            css.pixels("border-radius", radius);
        }
    }

    /// The look of text.
    pub(super) fn text_css(&self, css: &mut Css) {
        if let Some(color) = &self.color {
            css.set("color", color);
        }
        if let Some(size) = self.font_size {
            css.pixels("font-size", size);
        }
        if let Some(family) = &self.font_family {
            font_css(family, css);
        }
    }

    /// Where the content of a box (a flex container in a row) is put.
    pub(super) fn place_css(&self, vertical: Align, horizontal: Align, css: &mut Css) {
        let horizontal = self.horizontal.unwrap_or(horizontal);
        css.set("align-items", self.vertical.unwrap_or(vertical).flex());
        css.set("justify-content", horizontal.flex());
        css.set("text-align", horizontal.text());
        for (name, padding) in
            ["padding-top", "padding-right", "padding-bottom", "padding-left"].iter().zip(self.padding)
        {
            if let Some(padding) = padding {
                css.pixels(name, padding);
            }
        }
    }
}

fn checked_colour(value: &str) -> Option<Cow<'_, str>> {
    match Wireframe::words(Some(value))? {
        Cow::Borrowed(text) => colour(text).map(Cow::Borrowed),
        Cow::Owned(text) => colour(&text).map(|colour| Cow::Owned(colour.to_owned())),
    }
}

/// A list of font names as CSS: each checked and quoted, the phone's own font behind them. Android names weights as families.
fn font_css(family: &str, css: &mut Css) {
    let mut list = String::new();
    for name in family.split(',').take(MOST_FONTS) {
        let name = name.trim().trim_matches(['"', '\'']).trim();
        let bare = name.to_ascii_lowercase();
        if let Some(weight) = bare.strip_prefix("sans-serif-") {
            let weight = match weight {
                "thin" => "100",
                "light" => "300",
                "medium" => "500",
                "bold" => "700",
                "black" => "900",
                _ => continue,
            };
            css.set("font-weight", weight);
            continue;
        }
        let generic = ["serif", "monospace", "cursive"].into_iter().find(|generic| *generic == bare);
        // Names that begin with a dot are the phone's own and no other machine has them.
        let usable = !name.starts_with('.')
            && (1..=64).contains(&name.len())
            && name.chars().all(|character| character.is_alphanumeric() || " -_.".contains(character));
        match generic {
            Some(generic) => list.push_str(generic),
            None if bare == "sans-serif" || !usable => continue,
            None => {
                let _ = write!(list, "'{name}'");
            }
        }
        list.push(',');
    }
    list.push_str(SYSTEM_FONTS);
    css.set("font-family", &list);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn css(style: &str) -> String {
        let style = Style::read(Some(style));
        let mut css = Css::default();
        style.box_css(&mut css);
        style.text_css(&mut css);
        style.place_css(Align::Start, Align::Start, &mut css);
        css.text()
    }

    #[test]
    fn styles_become_declarations() {
        let text = css(
            r##"{"color":"#fff","backgroundColor":"#123456","borderWidth":"2px","borderRadius":8,"borderColor":"red","fontSize":16,
                "verticalAlign":"bottom","horizontalAlign":"right","paddingLeft":4,"paddingTop":"3px"}"##,
        );
        for part in [
            "background-color:#123456;",
            "border-width:2px;border-style:solid;border-color:red;",
            "border-radius:8px;",
            "color:#fff;",
            "font-size:16px;",
            "align-items:flex-end;justify-content:flex-end;text-align:right;",
            "padding-top:3px;padding-left:4px;",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_border_needs_a_width_or_a_colour_and_corners_alone_draw_none() {
        assert!(!css(r#"{"borderRadius":8}"#).contains("border-style"));
        assert!(!css(r##"{"borderWidth":0,"borderColor":"#000"}"##).contains("border-style"));
        assert!(css(r##"{"borderColor":"#000"}"##).contains("border-width:1px"));
    }

    #[test]
    fn no_value_breaks_out_of_its_declaration() {
        let evil = "red;background:url(https://evil.example/x)}body{display:none";
        let members = [
            "color",
            "backgroundColor",
            "backgroundImage",
            "backgroundSize",
            "borderWidth",
            "borderRadius",
            "borderColor",
            "verticalAlign",
            "horizontalAlign",
            "fontSize",
            "fontFamily",
            "paddingLeft",
            "bar",
            "iconLeft",
        ];
        for member in members {
            for evil in [evil, "url(javascript:1)", "\\27;x:y", "</style><script>", "a'b", "x\\", "expression(1)"] {
                let style = serde_json::json!({ member: evil }).to_string();
                let text = css(&style);
                for bad in ["evil", "url(", "}", "<", "script", "\\", "expression", "x:y", "a'b"] {
                    assert!(!text.contains(bad), "{member}: {text}");
                }
            }
        }
    }

    #[test]
    fn fonts_are_quoted_and_androids_weights_are_weights() {
        assert!(
            css(r#"{"fontFamily":"Helvetica Neue, serif"}"#)
                .contains("font-family:'Helvetica Neue',serif,-apple-system")
        );
        let bold = css(r#"{"fontFamily":"sans-serif-bold"}"#);
        assert!(bold.contains("font-weight:700;") && bold.contains("font-family:-apple-system,"));
        assert!(css(r#"{"fontFamily":".SFUI-Regular"}"#).contains("font-family:-apple-system,"));
    }

    #[test]
    fn as_many_lines_as_fit() {
        let style = Style::read(Some(r#"{"fontSize":14}"#));
        assert_eq!([19.0, 33.0, 49.0, 164.0, 3.0].map(|height| style.lines(height)), [1, 2, 3, 10, 1]);
    }
}
