//! CSS selectors over a recorded page.
//!
//! Tokens are read by `cssparser`; the grammar and the matching are here. A browser's matching (the `selectors` crate) walks pages
//! by recursion and walks to the same ancestors and siblings again for every element: a recorded page, which anybody can make a million
//! levels deep, would end the process or keep it busy for hours.

mod attribute;
mod matching;
mod memo;
mod parse;
mod pseudo;
mod reach;
mod state;
mod syntax;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::dom::{Dom, Slot};
use matching::Matcher;
pub(super) use memo::Memos;
pub(super) use reach::Reach;
use syntax::Complex;

/// A list of CSS selectors.
#[derive(Debug, Clone)]
pub struct Selector(Arc<List>);

#[derive(Debug)]
struct List {
    selectors: Vec<Complex>,
    reach: Reach,
    attributes: Vec<String>,
}

/// Why a text is no selector that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SelectorError {
    /// Where in the text, in bytes.
    pub offset: usize,
    /// What is wrong there.
    pub message: String,
}

impl Selector {
    /// Reads a list of selectors.
    ///
    /// # Errors
    ///
    /// If it is none, or asks for what a recording does not tell.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let (selectors, attributes) = parse::read(text)?;
        let reach = reach::of(&selectors);
        Ok(Self(Arc::new(List { selectors, reach, attributes })))
    }

    /// How far a change can reach into what is selected.
    pub(super) fn reach(&self) -> Reach {
        self.0.reach
    }

    /// The attributes that it looks at, in lower case, `class` and `id` too.
    pub(super) fn attributes(&self) -> &[String] {
        &self.0.attributes
    }

    /// Whether the node is an element that is selected.
    pub(super) fn selects(&self, dom: &Dom, slot: Slot, memos: &mut Memos) -> bool {
        dom.tag_at(slot).is_some() && Matcher { dom, memo: memos.of(self) }.any(slot, &self.0.selectors)
    }

    /// Differs between any two that were read and are still there.
    fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}
