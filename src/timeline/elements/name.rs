//! What an element is called: as a person sees it, after the rules by which screen readers name things (WAI-ARIA, accessible name).
//!
//! What somebody typed is never a name: values, texts of fields and of what is edited in place are left out.

use super::{Element, Noun, Page};
use crate::timeline::payload::bounded;

/// Characters of a name.
const LONGEST_NAME: usize = 60;
/// Nodes of an element that are looked through for its text.
const MOST_NODES: usize = 200;
/// Elements that `aria-labelledby` may name.
const MOST_LABELS: usize = 8;
/// Elements that parts of a page stand in.
const PARTS: [&str; 12] =
    ["div", "main", "section", "article", "form", "ul", "ol", "table", "header", "footer", "nav", "aside"];
/// Autocompletion's names for what nobody else may know (HTML Standard, autofill).
const SECRET_FIELDS: [&str; 6] = ["current-password", "new-password", "one-time-code", "cc-number", "cc-csc", "cc-exp"];
/// Parts of names that fields for secrets have.
const SECRET_NAMES: [&str; 9] =
    ["passw", "pwd", "passphrase", "kennwort", "contraseña", "motdepasse", "secret", "cvc", "cvv"];

impl<'p> Element<'p> {
    /// What it is called, if anything says so.
    pub(super) fn name(self, noun: Noun) -> Option<String> {
        let attribute = |name: &str| self.attribute(name).and_then(legible);
        let by_attribute = || {
            let is_pressed = noun == Noun::Button && self.tag() == "input";
            is_pressed.then(|| attribute("value")).flatten().or_else(|| attribute("alt"))
        };
        let content = || {
            let text = self.is_named_by_content(noun).then(|| self.text()).flatten()?;
            // The beginning of a whole part of the page names nothing.
            legible(&text).filter(|text| !(text.ends_with('…') && PARTS.contains(&self.tag())))
        };
        let last = || match noun {
            Noun::Text => None,
            _ => attribute("name").or_else(|| attribute("id")),
        };
        if noun == Noun::Page {
            return None;
        }
        self.labelled_by()
            .or_else(|| self.said())
            .or_else(|| self.label().and_then(Element::text).and_then(|text| legible(&text)))
            .or_else(by_attribute)
            .or_else(content)
            .or_else(|| attribute("placeholder"))
            .or_else(|| attribute("title"))
            .or_else(last)
            .map(|name| bounded(&name, LONGEST_NAME))
    }

    /// `aria-label`
    pub(super) fn said(self) -> Option<String> {
        self.attribute("aria-label").and_then(legible)
    }

    /// `aria-labelledby`
    pub(super) fn labelled_by(self) -> Option<String> {
        let ids = self.attribute("aria-labelledby")?.split_whitespace().take(MOST_LABELS);
        let texts: Vec<String> = ids.filter_map(|id| self.page.with_id(id)?.text()).collect();
        legible(&texts.join(" "))
    }

    /// The label that is written for it, or that it stands in.
    fn label(self) -> Option<Element<'p>> {
        if !matches!(self.tag(), "input" | "select" | "textarea" | "meter" | "progress" | "output" | "button") {
            return None;
        }
        let written = || {
            let id = self.attribute("id")?;
            let label = self.page.element(*self.page.labels.get(id)?)?;
            Some(label).filter(|label| label.tag() == "label" && label.attribute("for") == Some(id))
        };
        written().or_else(|| self.page.around(self.id).skip(1).find(|outer| outer.tag() == "label"))
    }

    /// What a label labels.
    pub(super) fn labels(self) -> Option<Element<'p>> {
        if let Some(id) = self.attribute("for") {
            return self.page.with_id(id);
        }
        let within = self.page.dom.subtree(self.id).take(MOST_NODES).filter_map(|id| self.page.element(id));
        within.into_iter().find(|inner| matches!(inner.tag(), "input" | "select" | "textarea" | "button"))
    }

    fn is_named_by_content(self, noun: Noun) -> bool {
        !self.holds_text() && !matches!(noun, Noun::List | Noun::Slider | Noun::File | Noun::Picker | Noun::Field)
    }

    /// The text in it, on one line and shortened, without what is typed; `None` if there is none.
    pub(super) fn text(self) -> Option<String> {
        if self.holds_text() {
            return None;
        }
        let page = self.page;
        let mut text = String::new();
        let mut waiting = vec![self.id];
        for _ in 0..MOST_NODES {
            let Some(id) = waiting.pop() else { break };
            let Some(element) = page.element(id) else {
                text.push_str(page.texts.get(&id).map_or("", String::as_str));
                continue;
            };
            text.push(' ');
            if element.is_silent() || element.holds_text() {
                continue;
            }
            if let Some(spoken) = element.spoken().filter(|_| id != self.id) {
                text.push_str(&spoken);
                text.push(' ');
                continue;
            }
            let from = waiting.len();
            waiting.extend(page.dom.children(id).take(MOST_NODES));
            if let Some(children) = waiting.get_mut(from..) {
                children.reverse();
            }
            if text.len() > 8 * LONGEST_NAME {
                break;
            }
        }
        Some(bounded(&text, LONGEST_NAME)).filter(|text| !text.is_empty())
    }

    /// What a picture says, and what is called otherwise than it is written.
    fn spoken(self) -> Option<String> {
        let picture = matches!(self.tag(), "img" | "area").then(|| self.attribute("alt").and_then(legible)).flatten();
        self.said().or(picture)
    }

    /// Nobody sees it, or what stands in it was chosen or typed.
    fn is_silent(self) -> bool {
        matches!(
            self.tag(),
            "output"
                | "meter"
                | "progress"
                | "script"
                | "style"
                | "noscript"
                | "template"
                | "select"
                | "datalist"
                | "textarea"
                | "iframe"
        )
    }

    /// Whether what is typed in it is nobody's business.
    pub(super) fn is_secret(self) -> bool {
        let said = |name: &str| self.attribute(name).map(str::to_lowercase).unwrap_or_default();
        self.is_type(&["password"])
            || self.attribute("data-rr-is-password").is_some()
            || said("autocomplete").split_whitespace().any(|word| SECRET_FIELDS.contains(&word))
            || ["name", "id", "aria-label", "placeholder"].iter().any(|attribute| is_secret_name(&said(attribute)))
    }

    /// The text of a list's choice with this value.
    pub(in crate::timeline) fn option(self, value: &str) -> Option<String> {
        let options = self.page.dom.subtree(self.id).filter_map(|id| self.page.element(id));
        let mut options = options.filter(|element| element.tag() == "option");
        options.find(|option| option.attribute("value") == Some(value))?.text()
    }
}

impl Page {
    /// The element that has this `id` now.
    fn with_id(&self, id: &str) -> Option<Element<'_>> {
        self.element(*self.ids.get(id)?).filter(|element| element.attribute("id") == Some(id))
    }

    /// An element that is known to be there.
    pub(in crate::timeline) fn get(&self, id: i64) -> Option<Element<'_>> {
        self.element(id)
    }
}

/// Whether it says that what is called so is for nobody else.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET_NAMES.iter().any(|part| name.contains(part))
}

/// A name that somebody can read: not empty, and not masked from end to end.
fn legible(text: &str) -> Option<String> {
    let text = bounded(text, LONGEST_NAME);
    let is_mask = |character: char| character.is_whitespace() || matches!(character, '*' | '•' | '●' | '█' | '…');
    (!text.chars().all(is_mask)).then_some(text)
}
