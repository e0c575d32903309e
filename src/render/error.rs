//! Why a render failed.

use crate::compose::ComposeError;
use crate::encode::EncodeError;
use crate::stage::StageError;
use crate::timeline::WhenError;

/// A failed render. Nothing of it is left: no file, no process, no folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A moment that the recording does not have.
    #[error("{option}: {source}")]
    When {
        /// The option that named it.
        option: &'static str,
        /// What is wrong with it.
        source: WhenError,
    },
    /// `--to` is not after `--from`.
    #[error("--to ({to}) must be after --from ({from})")]
    EmptySpan {
        /// Session time.
        from: crate::recording::SessionTime,
        /// Session time.
        to: crate::recording::SessionTime,
    },
    /// All that a video was to show is skipped as idle.
    #[error(
        "from {from} to {to} all is idle time, which --idle skip leaves out: there is nothing to show; --idle keep or another --from or --to shows something"
    )]
    AllIdle {
        /// Session time.
        from: crate::recording::SessionTime,
        /// Session time.
        to: crate::recording::SessionTime,
    },
    /// No such window.
    #[error("the recording has no window {id:?}; it has {}", .has.join(", "))]
    NoSuchWindow {
        /// As asked for.
        id: String,
        /// Those there are.
        has: Vec<String>,
    },
    /// The window was never snapshotted, so there is nothing to show.
    #[error("window {id:?} has no full snapshot (event type 2): there is nothing to show; windows that have one: {}", .showable.join(", "))]
    NothingToShow {
        /// The window.
        id: String,
        /// Those that can be shown.
        showable: Vec<String>,
    },
    /// The window's full snapshots hold no document.
    #[error(
        "window {id:?} is of neither a web page nor a phone: its {count} full snapshots hold neither a document nor wireframes"
    )]
    NoDocument {
        /// The window.
        id: String,
        /// Its full snapshots.
        count: usize,
    },
    /// A limit was passed.
    #[error("{what} is {value}, more than the limit of {limit} ({option})")]
    Limit {
        /// What was measured.
        what: String,
        /// Its value.
        value: u64,
        /// The limit.
        limit: u64,
        /// The option that sets it.
        option: &'static str,
    },
    /// It took too long.
    #[error("rendering took longer than {limit:?} (limit: --max-render-time)")]
    TooLong {
        /// How long it may take.
        limit: std::time::Duration,
    },
    /// Two files of one path.
    #[error("two outputs have the same path: {}", .0.display())]
    SamePath(std::path::PathBuf),
    /// What is to be cut out is no CSS selector.
    #[error("--crop {selector:?} is no CSS selector: {reason}")]
    Selector {
        /// As given.
        selector: String,
        /// The browser's words.
        reason: String,
    },
    /// There is nothing to cut out.
    #[error(
        "--crop {selector:?}: the page {} at {at}",
        if *.matches == 0 { "has no such element".to_owned() } else { format!("has {matches} such elements, none of them visible,") }
    )]
    NoElement {
        /// As given.
        selector: String,
        /// Session time.
        at: crate::recording::SessionTime,
        /// Elements that match and cannot be seen.
        matches: u64,
    },
    /// There is nothing to cut out at any of the moments.
    #[error("--crop {selector:?}: the page has no such visible element at any of the {moments} moments")]
    NoElementAnywhere {
        /// As given.
        selector: String,
        /// How many were looked at.
        moments: usize,
    },
    /// The browser or the page.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// A captured picture.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// An encoder or an output file.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// No folder for temporary files, or no thread, to be had.
    #[error("the system refused a temporary folder or a thread: {0} (folder: $TMPDIR)")]
    Temp(std::io::Error),
    /// The render was called off.
    #[error("cancelled")]
    Cancelled,
    /// A thread of ours died.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl RenderError {
    /// Whether what was asked for is at fault rather than the rendering of it.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::When { .. } | Self::EmptySpan { .. } | Self::AllIdle { .. })
            || matches!(
                self,
                Self::NoSuchWindow { .. } | Self::Limit { .. } | Self::SamePath(_) | Self::Selector { .. }
            )
            || matches!(self, Self::Encode(EncodeError::Unsupported(_) | EncodeError::TooLarge { .. }))
    }
}
