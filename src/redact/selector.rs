//! CSS selectors over a recorded page.

/// A list of CSS selectors.
#[derive(Debug, Clone)]
pub struct Selector;
