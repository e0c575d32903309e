//! A text that goes with a stretch of a video: a caption, a chapter.

/// Something to read while a stretch of a video plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// Video time, µs.
    pub from: i64,
    /// Video time, µs; after `from`.
    pub to: i64,
    /// Plain text of a stranger: to be escaped for wherever it goes. Lines end with `\n`.
    pub text: String,
}
