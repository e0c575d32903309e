//! An element in words: what it is, and what it is called.

use super::name::is_secret_name;
use super::{Element, Page};

/// What an element is to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::timeline) enum Noun {
    Button,
    Link,
    Field,
    List,
    CheckBox,
    Switch,
    /// One of several, as a radio button is.
    Choice,
    Slider,
    File,
    /// A field that the browser fills with a picker: a date, a colour.
    Picker,
    Tab,
    MenuItem,
    Option,
    Section,
    Picture,
    /// Nothing that does anything by itself.
    Text,
    Page,
    Other,
}

impl Noun {
    /// With a name behind it.
    pub(in crate::timeline) fn named(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Link => "link",
            Self::Field | Self::Picker | Self::File => "the field",
            Self::List => "the list",
            Self::CheckBox => "the check box",
            Self::Switch => "the switch",
            Self::Choice => "a choice of",
            Self::Slider => "the slider",
            Self::Tab => "tab",
            Self::MenuItem => "menu item",
            Self::Option => "option",
            Self::Section => "section",
            Self::Picture => "the picture",
            Self::Text | Self::Page => "",
            Self::Other => "the element",
        }
    }

    /// Without a name.
    pub(in crate::timeline) fn unnamed(self) -> &'static str {
        match self {
            Self::Button => "a button",
            Self::Link => "a link",
            Self::Field | Self::Picker | Self::File => "a field",
            Self::List => "a list",
            Self::CheckBox => "a check box",
            Self::Switch => "a switch",
            Self::Choice => "a choice",
            Self::Slider => "a slider",
            Self::Tab => "a tab",
            Self::MenuItem => "a menu item",
            Self::Option => "an option",
            Self::Section => "a section",
            Self::Picture => "a picture",
            Self::Page => "the page",
            Self::Text | Self::Other => "an element",
        }
    }
}

/// An element, as a person would speak of it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::timeline) struct Described {
    /// The node of what does something; of a label, what it labels.
    pub node: i64,
    pub noun: Noun,
    /// What a stranger wrote.
    pub name: Option<String>,
    /// Of one of several: what it is called itself. `name` is then what is chosen.
    pub choice: Option<String>,
    /// What is in it is never told.
    pub secret: bool,
}

impl Page {
    /// What is there where somebody clicked or typed; `None` where the recording does not have it.
    pub(in crate::timeline) fn described(&self, node: i64) -> Option<Described> {
        let itself = self.around(node).next()?;
        let labelled = || self.around(node).find(|element| element.tag() == "label").and_then(Element::labels);
        let element = self.doing(node).or_else(labelled).unwrap_or(itself);
        let noun = noun(element);
        let (name, choice) = match noun {
            Noun::Choice => (self.group(element), element.name(noun)),
            _ => (element.name(noun), None),
        };
        if noun == Noun::Text && name.is_none() {
            let selector = Some(element.selector()).filter(|selector| selector.contains(['#', '.']));
            return Some(Described { node: element.id, noun: Noun::Other, name: selector, choice, secret: false });
        }
        let secret = element.is_secret() || name.as_deref().is_some_and(is_secret_name);
        Some(Described { node: element.id, noun, name, choice, secret })
    }

    /// What several choices belong to.
    fn group(&self, choice: Element<'_>) -> Option<String> {
        let around = self
            .around(choice.id)
            .find(|outer| outer.tag() == "fieldset" || matches!(outer.attribute("role"), Some("radiogroup" | "group")));
        let legend = around.and_then(|group| {
            let named = group.said().or_else(|| group.labelled_by());
            let legend =
                || self.dom.children(group.id).find_map(|id| self.element(id).filter(|it| it.tag() == "legend"));
            named.or_else(|| legend()?.text())
        });
        legend.or_else(|| choice.attribute("name").map(str::to_owned)).filter(|name| !name.is_empty())
    }
}

fn noun(element: Element<'_>) -> Noun {
    let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
    match (element.tag(), kind.as_str()) {
        ("button", _) | ("input", "submit" | "button" | "reset" | "image") => Noun::Button,
        ("input", "checkbox") => Noun::CheckBox,
        ("input", "radio") => Noun::Choice,
        ("input", "range") => Noun::Slider,
        ("input", "file") => Noun::File,
        ("input", "date" | "time" | "datetime-local" | "month" | "week" | "color") => Noun::Picker,
        ("input" | "textarea", _) => Noun::Field,
        ("select" | "option" | "optgroup", _) => Noun::List,
        ("summary", _) => Noun::Section,
        (tag, _) => of_role(element).unwrap_or(match tag {
            "a" | "area" => Noun::Link,
            "img" | "svg" | "picture" | "image" | "canvas" | "video" => Noun::Picture,
            "html" | "body" => Noun::Page,
            _ if element.is_editable() => Noun::Field,
            _ => Noun::Text,
        }),
    }
}

fn of_role(element: Element<'_>) -> Option<Noun> {
    Some(match element.attribute("role")? {
        "button" => Noun::Button,
        "link" => Noun::Link,
        "tab" => Noun::Tab,
        "menuitem" | "menuitemcheckbox" | "menuitemradio" => Noun::MenuItem,
        "option" | "treeitem" => Noun::Option,
        "checkbox" => Noun::CheckBox,
        "switch" => Noun::Switch,
        "radio" => Noun::Choice,
        "slider" => Noun::Slider,
        "textbox" | "searchbox" | "combobox" | "spinbutton" => Noun::Field,
        "img" => Noun::Picture,
        _ => return None,
    })
}
