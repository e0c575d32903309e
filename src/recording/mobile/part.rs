//! What stands on a screen, and what an event changes there.

use std::collections::{HashMap, HashSet};

use super::draw::Faults;
use super::node::{Element, Kept};
use super::wireframe::Area;

/// Numbers of the page's own nodes. The body's is the one that recorders give as parent of what stands in nothing, as PostHog's player has it.
pub(super) mod ids {
    pub(crate) const DOCUMENT: u64 = 1;
    pub(crate) const DOCTYPE: u64 = 2;
    pub(crate) const HTML: u64 = 3;
    pub(crate) const HEAD: u64 = 4;
    pub(crate) const BODY: u64 = 5;
    /// As recorders say it.
    pub(crate) const SAID_BODY: i64 = 5;
    pub(crate) const STYLE: u64 = 6;
    pub(crate) const NAVIGATION: u64 = 7;
    pub(crate) const STYLE_TEXT: u64 = 8;
    pub(crate) const KEYBOARD: u64 = 9;
    pub(crate) const APP: u64 = 10;
    pub(crate) const STATUS: u64 = 11;
    /// The first of a wireframe. Without gaps, as rrweb's recorder counts: so a new screen is known for a new document.
    pub(crate) const FIRST: u64 = 12;
}

/// What names a thing on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The recorder's number.
    Wireframe(i64),
    /// One without a number, or with one that is taken.
    Nameless(u64),
    Keyboard,
}

/// Where a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// The app, below all bars.
    App,
    Keyboard,
    Navigation,
    Status,
    Inside(Key),
}

/// One thing on the screen.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: u64,
    pub(super) place: Place,
    /// Which of the entries in its place's list is its own: moved things leave entries behind, so that no list has to be searched.
    pub(super) entry: Option<u64>,
    /// The wireframe that a bar stood in before it was lifted to its side of the screen.
    pub(super) owner: Option<Key>,
    /// What a screenshot covers.
    pub(super) shot: Option<Area>,
    /// The node in the page, once it is there, where, and the number of the node that it stands in.
    pub(super) kept: Option<Kept>,
    pub(super) standing: Option<(Place, u64)>,
}

/// What one event changes: new looks, and what is gone.
#[derive(Debug, Default)]
pub(super) struct Change<'a> {
    pub(super) fresh: HashMap<Key, Element<'a>>,
    /// Places that hold something new, or something that has to be built anew.
    pub(super) touched: HashSet<Place>,
    /// Numbers of nodes that are to go, with that of the node each stands in.
    pub(super) gone: Vec<(u64, u64)>,
    pub(super) faults: Faults,
    /// Wireframes left out because their parents stand too deep already.
    pub(super) too_deep: u64,
    /// Wireframes whose parent is not there.
    pub(super) lost_parents: u64,
}
