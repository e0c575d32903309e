//! What a click hit, as far as the rules for moments ask.

use super::{Element, Page};
use crate::recording::Window;
use crate::timeline::clicks::Click;
use crate::timeline::payload::Reader;

/// What stands where somebody clicked.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::timeline) struct Target {
    /// `button#pay.primary`: what does something there, or else the element itself.
    pub name: String,
    /// It looks as if a click would change something that a recording shows.
    pub looks_clickable: bool,
    /// It sends a form.
    pub submits: bool,
    /// Text is written or selected in it.
    pub holds_text: bool,
}

/// What each click hit; `None` where the recording does not have it.
pub(in crate::timeline) fn targets(window: &Window, clicks: &[Click], reader: &mut Reader) -> Vec<Option<Target>> {
    let mut page = Page::default();
    let mut targets = Vec::with_capacity(clicks.len());
    let mut events = window.events.iter().enumerate().peekable();
    for click in clicks {
        while let Some((_, event)) = events.next_if(|(index, _)| *index < click.event) {
            page.follow(event, reader);
        }
        targets.push(page.target(click.node));
    }
    targets
}

impl Page {
    fn target(&self, node: i64) -> Option<Target> {
        let itself = self.around(node).next()?;
        let holds_text = self.around(node).any(Element::holds_text);
        let doing = self.doing(node);
        let submits = doing.is_some_and(|element| {
            let in_form =
                || element.attribute("form").is_some() || self.around(node).any(|outer| outer.tag() == "form");
            match element.tag() {
                "button" => in_form() && (element.attribute("type").is_none() || element.is_type(&["submit"])),
                "input" => in_form() && element.is_type(&["submit", "image"]),
                _ => false,
            }
        });
        let in_link = self.around(node).any(Element::is_link);
        let looks_clickable = !in_link && doing.is_some_and(Element::is_clickable);
        Some(Target { name: doing.unwrap_or(itself).selector(), looks_clickable, submits, holds_text })
    }
}
