//! What the stage hands to the compositor: one message per moment, in order.

use std::sync::Arc;

use crate::recording::Viewport;
use crate::stage::{Pointer, PressMark};
use crate::timeline::Instant;

/// One moment of the session as the stage saw it.
#[derive(Debug)]
pub(super) struct Moment {
    pub instant: Instant,
    pub page: PagePicture,
    /// The pointer, where the page said something new about it.
    pub pointer: PointerNews,
    pub marks: Vec<PressMark>,
    /// A new document was shown since the moment before: marks on the old one are gone.
    pub cut: bool,
    pub view: View,
}

/// What stands in the picture.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    /// Index of the window.
    pub window: usize,
    /// Its size; `None` before it is known.
    pub viewport: Option<Viewport>,
    /// Its page's title.
    pub title: Arc<str>,
}

/// What is known of the pointer.
#[derive(Debug, Clone)]
pub(super) enum PointerNews {
    /// As at the moment before.
    Same,
    /// There now; `None` before it was first seen.
    Now(Option<Pointer>),
}

/// The page's pixels at a moment.
#[derive(Debug)]
pub(super) enum PagePicture {
    /// As at the moment before.
    Same,
    /// A PNG of them.
    New(bytes::Bytes),
}
