//! One element, and what can be asked of it.

use super::Page;
use crate::timeline::payload;

/// Roles of things that are there to be clicked (WAI-ARIA, widget roles).
const CLICKABLE_ROLES: [&str; 9] =
    ["button", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "switch", "checkbox", "radio"];
/// Types of `<input>` that are clicked rather than filled in or answered by the browser itself (a file, a date, a colour).
const BUTTON_TYPES: [&str; 6] = ["submit", "button", "reset", "image", "checkbox", "radio"];

/// An element of a page.
#[derive(Debug, Clone, Copy)]
pub(in crate::timeline) struct Element<'p> {
    pub(super) page: &'p Page,
    pub(in crate::timeline) id: i64,
}

impl<'p> Element<'p> {
    /// In lower case.
    pub(in crate::timeline) fn tag(self) -> &'p str {
        self.page.dom.tag(self.id).unwrap_or_default()
    }

    pub(in crate::timeline) fn attribute(self, name: &str) -> Option<&'p str> {
        self.page.dom.attribute(self.id, name)
    }

    pub(in crate::timeline) fn is_type(self, types: &[&str]) -> bool {
        self.attribute("type").is_some_and(|kind| types.iter().any(|one| kind.eq_ignore_ascii_case(one)))
    }

    /// A link that goes somewhere: what comes of it may be in another program, or another tab.
    pub(in crate::timeline) fn is_link(self) -> bool {
        let goes = |href: &str| !href.is_empty() && !href.ends_with('#') && !href.starts_with("javascript:");
        matches!(self.tag(), "a" | "area") && self.attribute("href").is_some_and(goes)
    }

    pub(in crate::timeline) fn is_clickable(self) -> bool {
        match self.tag() {
            "button" | "summary" => true,
            "input" => self.is_type(&BUTTON_TYPES),
            "a" => !self.is_link() && self.attribute("href").is_some(),
            _ => {
                let role = self.attribute("role").unwrap_or_default();
                self.attribute("onclick").is_some() || CLICKABLE_ROLES.contains(&role)
            }
        }
    }

    pub(in crate::timeline) fn holds_text(self) -> bool {
        let is_field = match self.tag() {
            "textarea" => true,
            "input" => !self.is_type(&BUTTON_TYPES),
            _ => false,
        };
        is_field || self.is_editable()
    }

    /// Whether the page itself is written in.
    pub(super) fn is_editable(self) -> bool {
        self.attribute("contenteditable").is_some_and(|value| !value.eq_ignore_ascii_case("false"))
    }

    /// Whether the browser answers it by itself, with nothing that is recorded.
    pub(super) fn is_native(self) -> bool {
        matches!(self.tag(), "select" | "option" | "video" | "audio" | "iframe" | "object" | "embed")
    }

    /// `button#pay`, as developers name it.
    pub(in crate::timeline) fn selector(self) -> String {
        let mut name = self.tag().to_owned();
        if let Some(id) = self.attribute("id").filter(|id| !id.is_empty()) {
            name = format!("{name}#{id}");
        } else if let Some(class) = self.attribute("class").and_then(|classes| classes.split_whitespace().next()) {
            name = format!("{name}.{class}");
        }
        payload::bounded(&name, 80)
    }
}
