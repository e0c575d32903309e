//! Which cursor the page asks for.

mod arrow;
mod glyph;
mod hand;
mod resize;
mod sign;

pub(super) use glyph::{Glyph, Paint};

/// The cursors that are drawn: one for every CSS `cursor` keyword that looks different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum CursorShape {
    /// The usual arrow: `default`, `auto`, and whatever is not known.
    #[default]
    Arrow,
    /// No cursor: `none`.
    Hidden,
    /// A hand with a stretched index finger: `pointer`.
    Hand,
    /// An I-beam: `text`.
    Text,
    /// An I-beam lying down: `vertical-text`.
    VerticalText,
    /// A ring that says the page is busy: `wait`.
    Wait,
    /// An arrow with that ring: `progress`.
    Progress,
    /// An arrow with a question mark: `help`.
    Help,
    /// Thin crossed lines: `crosshair`.
    Crosshair,
    /// A barred circle: `not-allowed`, `no-drop`.
    NotAllowed,
    /// An open hand: `grab`.
    Grab,
    /// A closed hand: `grabbing`.
    Grabbing,
    /// Four arrows: `move`, `all-scroll`.
    Move,
    /// Left and right: `ew-resize`, `e-resize`, `w-resize`.
    EwResize,
    /// Up and down: `ns-resize`, `n-resize`, `s-resize`.
    NsResize,
    /// Along the rising diagonal: `nesw-resize`, `ne-resize`, `sw-resize`.
    NeswResize,
    /// Along the falling diagonal: `nwse-resize`, `nw-resize`, `se-resize`.
    NwseResize,
    /// A bar with arrows left and right: `col-resize`.
    ColResize,
    /// A bar with arrows up and down: `row-resize`.
    RowResize,
    /// A magnifier with a plus: `zoom-in`.
    ZoomIn,
    /// A magnifier with a minus: `zoom-out`.
    ZoomOut,
    /// An arrow with a plus: `copy`.
    Copy,
    /// An arrow with a bent arrow: `alias`.
    Alias,
    /// An arrow with a small menu: `context-menu`.
    ContextMenu,
    /// A fat cross: `cell`.
    Cell,
}

impl CursorShape {
    /// The shape for a computed value of the CSS property `cursor` (CSS Basic User Interface 4, section 5.1).
    ///
    /// A recording does not hold the images that `url(…)` names in a list, so the keyword after them counts. `auto` is the arrow: a caller that knows the
    /// pointer to be over text passes `text` instead. Case does not matter, nor does an old vendor prefix; an unknown value is the arrow.
    pub fn from_css(value: &str) -> Self {
        // No keyword holds a comma, so whatever stands in the URLs, the keyword is what follows the last one.
        let keyword = value.rsplit(',').next().unwrap_or(value).trim().to_ascii_lowercase();
        let keyword = keyword.strip_prefix("-webkit-").or_else(|| keyword.strip_prefix("-moz-")).unwrap_or(&keyword);
        match keyword {
            "none" => Self::Hidden,
            "pointer" | "hand" => Self::Hand,
            "text" => Self::Text,
            "vertical-text" => Self::VerticalText,
            "wait" => Self::Wait,
            "progress" => Self::Progress,
            "help" => Self::Help,
            "crosshair" => Self::Crosshair,
            "not-allowed" | "no-drop" => Self::NotAllowed,
            "grab" => Self::Grab,
            "grabbing" => Self::Grabbing,
            "move" | "all-scroll" => Self::Move,
            "ew-resize" | "e-resize" | "w-resize" => Self::EwResize,
            "ns-resize" | "n-resize" | "s-resize" => Self::NsResize,
            "nesw-resize" | "ne-resize" | "sw-resize" => Self::NeswResize,
            "nwse-resize" | "nw-resize" | "se-resize" => Self::NwseResize,
            "col-resize" => Self::ColResize,
            "row-resize" => Self::RowResize,
            "zoom-in" => Self::ZoomIn,
            "zoom-out" => Self::ZoomOut,
            "copy" => Self::Copy,
            "alias" => Self::Alias,
            "context-menu" => Self::ContextMenu,
            "cell" => Self::Cell,
            _ => Self::Arrow,
        }
    }

    /// What is drawn, around a hot spot at the origin. Empty for [`CursorShape::Hidden`].
    pub(super) fn glyph(self) -> Glyph {
        match self {
            Self::Arrow => arrow::plain(),
            Self::Hidden => Glyph::default(),
            Self::Hand => hand::pointing(),
            Self::Text => sign::text_beam(),
            Self::VerticalText => sign::text_beam_lying(),
            Self::Wait => sign::wait(),
            Self::Progress => arrow::with_progress(),
            Self::Help => arrow::with_question(),
            Self::Crosshair => sign::crosshair(),
            Self::NotAllowed => sign::not_allowed(),
            Self::Grab => hand::open(),
            Self::Grabbing => hand::closed(),
            Self::Move => resize::all_ways(),
            Self::EwResize => resize::both_ways(resize::Axis::EastWest),
            Self::NsResize => resize::both_ways(resize::Axis::NorthSouth),
            Self::NeswResize => resize::both_ways(resize::Axis::Rising),
            Self::NwseResize => resize::both_ways(resize::Axis::Falling),
            Self::ColResize => resize::divider(resize::Axis::EastWest),
            Self::RowResize => resize::divider(resize::Axis::NorthSouth),
            Self::ZoomIn => sign::magnifier(true),
            Self::ZoomOut => sign::magnifier(false),
            Self::Copy => arrow::with_plus(),
            Self::Alias => arrow::with_bent_arrow(),
            Self::ContextMenu => arrow::with_menu(),
            Self::Cell => sign::cell(),
        }
    }

    #[cfg(test)]
    pub(super) const ALL: [Self; 25] = [
        Self::Arrow,
        Self::Hidden,
        Self::Hand,
        Self::Text,
        Self::VerticalText,
        Self::Wait,
        Self::Progress,
        Self::Help,
        Self::Crosshair,
        Self::NotAllowed,
        Self::Grab,
        Self::Grabbing,
        Self::Move,
        Self::EwResize,
        Self::NsResize,
        Self::NeswResize,
        Self::NwseResize,
        Self::ColResize,
        Self::RowResize,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::Copy,
        Self::Alias,
        Self::ContextMenu,
        Self::Cell,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_css_keyword_has_its_shape() {
        use CursorShape as S;
        // Every keyword of the specification, in its order.
        let table = [
            ("auto", S::Arrow),
            ("default", S::Arrow),
            ("none", S::Hidden),
            ("context-menu", S::ContextMenu),
            ("help", S::Help),
            ("pointer", S::Hand),
            ("progress", S::Progress),
            ("wait", S::Wait),
            ("cell", S::Cell),
            ("crosshair", S::Crosshair),
            ("text", S::Text),
            ("vertical-text", S::VerticalText),
            ("alias", S::Alias),
            ("copy", S::Copy),
            ("move", S::Move),
            ("no-drop", S::NotAllowed),
            ("not-allowed", S::NotAllowed),
            ("grab", S::Grab),
            ("grabbing", S::Grabbing),
            ("e-resize", S::EwResize),
            ("n-resize", S::NsResize),
            ("ne-resize", S::NeswResize),
            ("nw-resize", S::NwseResize),
            ("s-resize", S::NsResize),
            ("se-resize", S::NwseResize),
            ("sw-resize", S::NeswResize),
            ("w-resize", S::EwResize),
            ("ew-resize", S::EwResize),
            ("ns-resize", S::NsResize),
            ("nesw-resize", S::NeswResize),
            ("nwse-resize", S::NwseResize),
            ("col-resize", S::ColResize),
            ("row-resize", S::RowResize),
            ("all-scroll", S::Move),
            ("zoom-in", S::ZoomIn),
            ("zoom-out", S::ZoomOut),
        ];
        for (keyword, shape) in table {
            assert_eq!(CursorShape::from_css(keyword), shape, "{keyword}");
        }
        for shape in CursorShape::ALL {
            assert!(table.iter().any(|(_, s)| *s == shape), "no keyword leads to {shape:?}");
        }
    }

    #[test]
    fn after_images_the_keyword_counts() {
        assert_eq!(CursorShape::from_css(r#"url("https://x.test/a.cur") 2 2, pointer"#), CursorShape::Hand);
        assert_eq!(
            CursorShape::from_css(r#"url("data:image/png;base64,AAAA,text"), url(b.svg), zoom-in"#),
            CursorShape::ZoomIn
        );
        assert_eq!(
            CursorShape::from_css(r#"-webkit-image-set(url("a.png") 1x, url("b.png") 2x) 4 4, grab"#),
            CursorShape::Grab
        );
    }

    #[test]
    fn case_space_and_old_prefixes_do_not_matter() {
        assert_eq!(CursorShape::from_css("  POINTER "), CursorShape::Hand);
        assert_eq!(CursorShape::from_css("-webkit-grabbing"), CursorShape::Grabbing);
        assert_eq!(CursorShape::from_css("-moz-zoom-out"), CursorShape::ZoomOut);
    }

    #[test]
    fn what_is_not_known_is_the_arrow() {
        for value in ["", ",", "inherit", "url(a.png)", "🖱", "none-such"] {
            assert_eq!(CursorShape::from_css(value), CursorShape::Arrow, "{value}");
        }
    }
}
