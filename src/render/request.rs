//! What is asked for.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::look::Look;
use crate::assets::Shelf;
use crate::encode::{Format, StillFormat};
use crate::package::Redaction;
use crate::recording::{Recording, SessionTime};
use crate::stage::{ChromiumOptions, Pool};
use crate::timeline::{Fps, Idle, MomentKind, Speed, When};

use super::NameTemplate;

/// One render: a recording, and everything wanted of it. One pass over the session feeds all outputs.
#[derive(Debug, Clone)]
pub struct Request {
    /// The recording.
    pub recording: Arc<Recording>,
    /// What was removed from it on purpose, for the report.
    pub redaction: Option<Redaction>,
    /// Which window to show.
    pub window: WindowChoice,
    /// Videos wanted.
    pub videos: Vec<VideoRequest>,
    /// Stills wanted.
    pub stills: Vec<StillRequest>,
    /// Captions and time maps wanted as files.
    pub sidecars: Vec<SidecarRequest>,
    /// Stills of moments wanted, by their kinds.
    pub moments: Option<MomentStills>,
    /// What of the page stills show.
    pub part: Part,
    /// Pictures of the session as a whole.
    pub overview: Overview,
    /// Size of stills, and of videos that ask for none of their own.
    pub size: Size,
    /// Device px per CSS px where the size is [`Size::Auto`].
    pub scale: f64,
    /// How long the last state stays after the last event.
    pub tail: SessionTime,
    /// How long nobody does anything before it is idle time; see [`crate::timeline::idle_stretches`].
    pub idle_threshold: SessionTime,
    /// What is drawn over and around the page.
    pub look: Look,
    /// What the recording does not hold itself.
    pub assets: Arc<Shelf>,
    /// The browser.
    pub chromium: ChromiumOptions,
    /// Where browsers come from; absent: each is started for this render.
    pub pool: Option<Pool>,
    /// Browsers that work at it side by side, at most. One is enough for a short session.
    pub browsers: usize,
    /// How long the page may take for one answer before the browser is replaced.
    pub page_timeout: Duration,
    /// How long an encoder may take no data before it is given up.
    pub encoder_timeout: Duration,
    /// The ffmpeg to run.
    pub ffmpeg: PathBuf,
    /// Most pixels of a picture.
    pub max_pixels: u64,
    /// How long it may take, from the first browser's start on.
    pub max_time: Duration,
    /// How many nodes a node of a page may stand in; what is nested deeper is left out.
    pub deepest: u32,
    /// Most slots of a video.
    pub max_slots: u64,
}

/// Which window of a recording to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowChoice {
    /// Always the one in which the person is active; see [`crate::timeline::follow`].
    Auto,
    /// The one with this id.
    Id(String),
}

/// A picture's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As large as the largest viewport shown.
    Auto,
    /// The page is fitted in and letterboxed. Device px.
    Fixed {
        /// Device px.
        width: u32,
        /// Device px.
        height: u32,
    },
}

/// One video file.
#[derive(Debug, Clone)]
pub struct VideoRequest {
    /// Where to.
    pub path: PathBuf,
    /// As what.
    pub format: Format,
    /// Frames per second.
    pub fps: Fps,
    /// Its own size, if not the common one.
    pub size: Option<Size>,
    /// Seconds of session per second of video.
    pub speed: Speed,
    /// What becomes of idle time.
    pub idle: Idle,
    /// First moment; absent: the first that shows anything.
    pub from: Option<When>,
    /// Last moment; absent: the tail's end.
    pub to: Option<When>,
    /// Constant frame rate.
    pub cfr: bool,
    /// Encoder's quality; see [`crate::encode::VideoSpec::quality`].
    pub quality: Option<u8>,
    /// The file may have so many bytes at most: quality, rate and size give way, in this order (`docs/size.md`).
    pub max_bytes: Option<u64>,
    /// Chapters, where the format can hold them.
    pub chapters: bool,
    /// A track of captions that players do not show by themselves, where the format can hold one.
    pub captions: bool,
}

impl VideoRequest {
    /// All of the session as it happened, at the format's usual rate.
    #[must_use]
    pub fn new(path: PathBuf, format: Format) -> Self {
        Self {
            path,
            format,
            fps: if format == Format::Gif { Fps::GIF } else { Fps::DEFAULT },
            size: None,
            speed: Speed::NORMAL,
            idle: Idle::Keep,
            from: None,
            to: None,
            cfr: false,
            quality: None,
            max_bytes: None,
            chapters: true,
            captions: true,
        }
    }
}

/// A file without pictures that goes with a video of the same options.
#[derive(Debug, Clone)]
pub struct SidecarRequest {
    /// Where to.
    pub path: PathBuf,
    /// As what.
    pub kind: SidecarKind,
    /// Frames per second of the video.
    pub fps: Fps,
    /// Seconds of session per second of video.
    pub speed: Speed,
    /// What becomes of idle time.
    pub idle: Idle,
    /// As [`VideoRequest::from`].
    pub from: Option<When>,
    /// As [`VideoRequest::to`].
    pub to: Option<When>,
}

/// A kind of file without pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SidecarKind {
    /// What the person did, in words: `WebVTT`.
    Captions,
    /// The map between session time and video time: JSON (`docs/time-map.md`).
    TimeMap,
}

impl SidecarKind {
    /// The kind that a file name extension (without the dot, any case) stands for.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        [Self::Captions, Self::TimeMap].into_iter().find(|kind| extension.eq_ignore_ascii_case(kind.extension()))
    }

    /// The usual extension, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Captions => "vtt",
            Self::TimeMap => "json",
        }
    }
}

/// One still.
#[derive(Debug, Clone)]
pub struct StillRequest {
    /// Where to.
    pub path: PathBuf,
    /// As what.
    pub format: StillFormat,
    /// The moment shown.
    pub at: When,
    /// As [`VideoRequest::max_bytes`].
    pub max_bytes: Option<u64>,
}

/// Stills of all moments of some kinds, each in the window in which it happened.
#[derive(Debug, Clone)]
pub struct MomentStills {
    /// Which kinds.
    pub kinds: Vec<MomentKind>,
    /// What the files are called.
    pub names: NameTemplate,
    /// So many at most.
    pub most: usize,
    /// As [`VideoRequest::max_bytes`], of each.
    pub max_bytes: Option<u64>,
}

/// What of the page stills show.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Part {
    /// What was in view.
    #[default]
    Viewport,
    /// All of it, from its top to its end, as wide as the viewport. Sizes other than [`Size::Auto`] do not apply.
    Page,
    /// An element, wherever it stands. Sizes other than [`Size::Auto`] do not apply.
    Element {
        /// CSS.
        selector: String,
        /// What is shown around it on each side, CSS px.
        padding: f64,
    },
}

/// Pictures of the session as a whole. They show what was in view.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// Contact sheets wanted.
    pub sheets: Vec<SheetRequest>,
    /// The poster, if one is wanted.
    pub poster: Option<PosterRequest>,
    /// First moment shown; absent: the first that shows anything.
    pub from: Option<When>,
    /// Last moment shown; absent: the tail's end.
    pub to: Option<When>,
    /// What becomes of idle time: what is skipped is in no picture.
    pub idle: Idle,
}

/// One contact sheet: pictures of several moments in a grid, each with its time and title.
#[derive(Debug, Clone)]
pub struct SheetRequest {
    /// Where to.
    pub path: PathBuf,
    /// As what.
    pub format: StillFormat,
    /// Pictures side by side, at most.
    pub columns: u32,
    /// Pictures, at most.
    pub cells: u32,
    /// Of which moments.
    pub at: CellMoments,
    /// As [`VideoRequest::max_bytes`].
    pub max_bytes: Option<u64>,
}

/// The moments of a contact sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum CellMoments {
    /// The middles of equal parts of the time shown.
    Evenly,
    /// The beginning, and again after each of these lengths of what is shown.
    Every(SessionTime),
    /// Moments of these kinds.
    Kinds(Vec<MomentKind>),
}

/// The one picture that stands for a session.
#[derive(Debug, Clone)]
pub struct PosterRequest {
    /// Where to.
    pub path: PathBuf,
    /// As what.
    pub format: StillFormat,
    /// As [`VideoRequest::max_bytes`].
    pub max_bytes: Option<u64>,
}

impl Overview {
    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.sheets.is_empty() && self.poster.is_none()
    }

    /// Where the files go.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.sheets.iter().map(|sheet| &sheet.path).chain(self.poster.iter().map(|poster| &poster.path))
    }

    /// The same, to be changed.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        self.sheets.iter_mut().map(|sheet| &mut sheet.path).chain(self.poster.iter_mut().map(|poster| &mut poster.path))
    }
}
