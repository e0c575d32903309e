//! Small drawings, in one colour, that of the text around them.

use super::super::node::Element;

/// The outline of an icon in a square of 24.
#[derive(Debug, Clone, Copy)]
pub(super) struct Icon(pub(super) &'static str);

pub(super) const PICTURE: Icon = Icon("M3 5h18v14H3zM3 16.5l5-5 4.5 4.5 2.5-2.5 6 5.5M15.5 9a1.2 1.2 0 1 0 .01 0z");
pub(super) const GLOBE: Icon =
    Icon("M12 3a9 9 0 1 0 .01 0zM3.3 9.5h17.4M3.3 14.5h17.4M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18");
pub(super) const SEARCH: Icon = Icon("M10.5 4a6.5 6.5 0 1 0 .01 0zM15.3 15.3L20.5 20.5");
pub(super) const CHEVRON: Icon = Icon("M6 9l6 6 6-6");
pub(super) const CHECK: Icon = Icon("M5 12.5l4.7 4.7L19 7.5");
pub(super) const BACK: Icon = Icon("M16 4.5L5.5 12 16 19.5z");
pub(super) const HOME: Icon = Icon("M12 5a7 7 0 1 0 .01 0z");
pub(super) const RECENT: Icon = Icon("M6 6h12v12H6z");

impl Icon {
    /// As an element with a class of the page's style sheet, `size` CSS px wide and high.
    pub(super) fn draw(self, size: f64) -> Element<'static> {
        let size = super::super::css::rounded(size);
        Element::svg("svg")
            .with("class", "icon")
            .with("viewBox", "0 0 24 24")
            .with("style", format!("width:{size}px;height:{size}px;"))
            .holding(Element::svg("path").with("d", self.0))
    }
}
