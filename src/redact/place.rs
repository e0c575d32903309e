//! Kinds of places in which a recording holds text.

use serde::Deserialize;

/// Where in a recording a text stands: what a rule's `in` names, and what the summary counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Text of the page, comments too.
    Text,
    /// The document's title.
    Titles,
    /// Attributes of elements that are neither addresses nor values of fields.
    Attributes,
    /// Values of form fields, as the page had them and as they were typed.
    Inputs,
    /// Addresses: of pages, links, resources.
    Urls,
    /// Style sheets and inline styles.
    Styles,
    /// Text drawn on a canvas.
    Canvas,
    /// Pictures that the recording holds, and drawings of a canvas.
    Pictures,
    /// What the page wrote to its console.
    Console,
    /// Requests and answers.
    Network,
    /// Custom events and what plugins recorded besides.
    Events,
    /// Who was recorded, and properties of the session.
    Person,
    /// Resources in a package.
    Assets,
    /// Names of the session, its windows and its files.
    Names,
}

impl Place {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Text,
        Self::Titles,
        Self::Attributes,
        Self::Inputs,
        Self::Urls,
        Self::Styles,
        Self::Canvas,
        Self::Pictures,
        Self::Console,
        Self::Network,
        Self::Events,
        Self::Person,
        Self::Assets,
        Self::Names,
    ];

    /// As rules and summaries write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Titles => "titles",
            Self::Attributes => "attributes",
            Self::Inputs => "inputs",
            Self::Urls => "urls",
            Self::Styles => "styles",
            Self::Canvas => "canvas",
            Self::Pictures => "pictures",
            Self::Console => "console",
            Self::Network => "network",
            Self::Events => "events",
            Self::Person => "person",
            Self::Assets => "assets",
            Self::Names => "names",
        }
    }
}

/// A set of kinds of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places(u16);

impl Places {
    /// Every kind.
    pub const ALL: Self = Self((1 << Place::ALL.len()) - 1);

    /// Whether `place` is in it.
    pub fn has(self, place: Place) -> bool {
        self.0 & (1 << place as u16) != 0
    }
}

impl FromIterator<Place> for Places {
    fn from_iter<I: IntoIterator<Item = Place>>(places: I) -> Self {
        Self(places.into_iter().fold(0, |set, place| set | (1 << place as u16)))
    }
}
