//! The one model of an event: what the planner needs to know, and the JSON that the player is handed.

use bytes::Bytes;
use serde::Serialize;

use super::SessionTime;

/// One rrweb event of one window.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it happened, in session time. Never earlier than the event before it in its window.
    pub at: SessionTime,
    /// Its place in the source, counted from 0 over all windows, for error messages and `event:N`.
    pub index: u32,
    /// What it is, as far as planning needs to know.
    pub kind: EventKind,
    /// The event as one JSON object of rrweb's shape (`type`, `data`, `timestamp`), UTF-8, decompressed. Where the
    /// source holds it so, this is a slice of the source's own buffer, so that a recording is held once. Its
    /// `timestamp` is a number and equals [`super::Recording::started_at_ms`] plus `at`, also after a clock jump.
    pub json: Bytes,
}

/// rrweb's event types (rrweb `packages/types`, `EventType`).
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// Type 0.
    DomContentLoaded,
    /// Type 1.
    Load,
    /// Type 2: the whole document.
    FullSnapshot,
    /// Type 3: what changed since.
    Incremental(Incremental),
    /// Type 4: page and viewport. Comes before a full snapshot.
    Meta {
        /// URL of the page.
        href: String,
        /// Viewport, CSS px.
        viewport: Viewport,
    },
    /// Type 5: set by the recorder's user (`$pageview`, markers, …).
    Custom {
        /// The event's name.
        tag: String,
    },
    /// Type 6: a recorder plugin's event.
    Plugin {
        /// For example `rrweb/console@1`.
        plugin: String,
    },
    /// Any other type number; kept so that time stays true.
    Other(u64),
}

/// rrweb's incremental sources (rrweb `packages/types`, `IncrementalSource`).
#[derive(Debug, Clone, PartialEq)]
pub enum Incremental {
    /// Source 0: the DOM changed.
    Mutation,
    /// Sources 1, 6 and 12: the pointer moved; samples are back-dated to when each was taken.
    Pointer {
        /// Mouse, touch or drag.
        by: PointerKind,
        /// The samples, in the order recorded.
        samples: Vec<PointerSample>,
    },
    /// Source 2: a button, a touch, focus or blur.
    MouseInteraction {
        /// Which (rrweb `MouseInteractions`): 0 mouse up, 1 mouse down, 2 click, 3 context menu, 4 double click, 5 focus, 6 blur,
        /// 7 touch start, 8 touch move departed, 9 touch end, 10 touch cancel.
        kind: u64,
        /// The node acted on.
        node: i64,
        /// Where, CSS px in the node's own document; absent for focus and blur.
        position: Option<(f64, f64)>,
    },
    /// Source 3: a document or element was scrolled.
    Scroll,
    /// Source 4: the viewport changed size.
    ViewportResize(Viewport),
    /// Source 5: a form field has a new value.
    Input,
    /// Source 7: a video or audio element was played, paused, sought, …
    MediaInteraction,
    /// Source 8: rules were added to or removed from a style sheet.
    StyleSheetRule,
    /// Source 9: drawing commands of a canvas.
    CanvasMutation,
    /// Source 10: a font was loaded by script.
    Font,
    /// Source 11: console output of recorders before rrweb 1.0.
    Log,
    /// Source 13: a property was set on a style sheet's rule.
    StyleDeclaration,
    /// Source 14: the text selection.
    Selection,
    /// Source 15: constructed style sheets were adopted.
    AdoptedStyleSheet,
    /// Source 16: a custom element was defined.
    CustomElement,
    /// Any other source number.
    Other(u64),
}

/// What moved in an [`Incremental::Pointer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PointerKind {
    /// Source 1.
    Mouse,
    /// Source 6.
    Touch,
    /// Source 12: the mouse during drag and drop.
    Drag,
}

/// One recorded pointer position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointerSample {
    /// When, in session time (the event's time plus the sample's negative offset).
    pub at: SessionTime,
    /// CSS px in the document of `node`.
    pub x: f64,
    /// CSS px in the document of `node`.
    pub y: f64,
    /// The node under the pointer.
    pub node: i64,
}

/// Size of the page's visible area, CSS px.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Viewport {
    /// CSS px.
    pub width: u32,
    /// CSS px.
    pub height: u32,
}
