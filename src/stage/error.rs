//! What can go wrong between us and Chromium.

use std::path::PathBuf;
use std::time::Duration;

/// A failure of the browser or of the page in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// No usable browser was found.
    #[error("no Chromium with BeginFrame control was found (looked for {}); install it with: apt-get install chromium-headless-shell", .looked_for.join(", "))]
    ChromiumMissing {
        /// Paths and names tried, in order.
        looked_for: Vec<String>,
    },
    /// The browser ended before it could be talked to.
    #[error("Chromium ({}) did not start: {reason}\n{stderr}", .program.display())]
    Launch {
        /// The program that was run.
        program: PathBuf,
        /// What happened.
        reason: String,
        /// The last lines it wrote.
        stderr: String,
    },
    /// The browser process ended in the middle of the work.
    #[error("Chromium ended unexpectedly ({status}) {doing}\n{stderr}")]
    Died {
        /// Exit status or signal.
        status: String,
        /// What was asked of it.
        doing: String,
        /// The last lines it wrote.
        stderr: String,
    },
    /// The page did not answer in time.
    #[error("the page did not answer within {after:?} {doing} (limit: --page-timeout)")]
    Unresponsive {
        /// What was asked of it.
        doing: String,
        /// How long it was given.
        after: Duration,
    },
    /// The browser was ended because it took too much memory.
    #[error("the browser took {} MB of memory {doing} (limit: --max-browser-memory, {} MB)", .used >> 20, .limit >> 20)]
    Memory {
        /// What was asked of it.
        doing: String,
        /// Bytes that its processes had.
        used: u64,
        /// Bytes that they may have.
        limit: u64,
    },
    /// This browser cannot be stepped frame by frame.
    #[error(
        "this Chromium ({version}) cannot render frame by frame (HeadlessExperimental.beginFrame: {reason}); use Debian's chromium-headless-shell or another headless shell build"
    )]
    NoBeginFrame {
        /// The browser's own name and version.
        version: String,
        /// What it answered.
        reason: String,
    },
    /// The page's script failed.
    #[error("the player failed {doing}: {message}")]
    Script {
        /// What was asked of it.
        doing: String,
        /// The exception's text.
        message: String,
    },
    /// DevTools answered something else than expected.
    #[error("DevTools error {doing}: {message}")]
    Protocol {
        /// What was asked.
        doing: String,
        /// The error.
        message: String,
    },
    /// Files for the browser (profile, fonts) could not be written.
    #[error("cannot prepare the browser's folder: {0}")]
    Folder(#[from] std::io::Error),
}

impl StageError {
    /// Whether a new browser, brought to the same moment, may get further.
    pub fn is_worth_another_browser(&self) -> bool {
        matches!(self, Self::Died { .. } | Self::Unresponsive { .. } | Self::Protocol { .. })
    }
}
