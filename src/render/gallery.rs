//! Which stills of moments are taken, and what they are called. Pure.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::{MomentStills, RenderError, Request, StillRequest, WindowChoice};
use crate::encode::StillFormat;
use crate::recording::{Recording, SessionTime};
use crate::timeline::{Landmarks, ListedMoment, Moment, MomentKind, Score, portrait_at};

/// A picture to be taken.
#[derive(Debug, Clone)]
pub(super) struct PlannedStill {
    pub purpose: Purpose,
    pub at: SessionTime,
    /// Index of the window that it has to show; absent: the one in view.
    pub window: Option<usize>,
    /// The moment that it is of.
    pub moment: Option<StillMoment>,
    /// Its place among all stills.
    pub order: usize,
}

/// What becomes of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Purpose {
    /// A file of its own, of at most so many bytes.
    File { path: PathBuf, format: StillFormat, max_bytes: Option<u64> },
    /// It stands on a contact sheet. `page` is the URL of what stands there, for pages without a title.
    Cell { sheet: usize, cell: u32, page: String },
    /// It may become the poster: what speaks for its moment, before it is seen.
    Candidate { weight: f64 },
}

/// The moment that a still is of.
#[derive(Debug, Clone)]
pub(super) struct StillMoment {
    /// Among those of its kind, from 1.
    pub number: usize,
    pub moment: ListedMoment,
}

/// How many moments have no still, and why.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// There is no moment of any of these kinds.
    pub none_of: Vec<MomentKind>,
    /// More than the most.
    pub beyond: usize,
    /// In windows that cannot be shown.
    pub unshowable: usize,
}

/// The stills of moments, and those there are none of.
#[derive(Debug, Default)]
struct Gallery {
    /// By time.
    pub stills: Vec<PlannedStill>,
    /// Moments beyond the most that are taken.
    pub beyond: usize,
    /// Moments in windows that cannot be shown.
    pub unshowable: usize,
    /// There is no moment of any kind that was asked for.
    pub is_empty: bool,
}

/// Which moments, and what for.
pub(super) struct Wanted<'a> {
    pub kinds: &'a [MomentKind],
    pub most: usize,
    /// Of the moment of a kind with a number, taken at a time.
    pub purpose: &'a dyn Fn(MomentKind, usize, SessionTime) -> Purpose,
}

/// Chooses among `moments`. The number of each counts those of its kind in all windows, as `error:2` does. Where there are more than are
/// wanted, the first of every kind go before the second of any.
fn choose(
    recording: &Recording,
    moments: &[Moment],
    wanted: &Wanted<'_>,
    shown: &WindowChoice,
    end: SessionTime,
) -> Gallery {
    let windows: HashMap<&str, usize> =
        recording.windows.iter().enumerate().map(|(index, window)| (window.id.as_str(), index)).collect();
    let mut counts: HashMap<MomentKind, usize> = HashMap::new();
    let mut gallery = Gallery::default();
    let mut chosen: Vec<(usize, usize, &Moment, usize)> = Vec::new();
    for (place, moment) in moments.iter().enumerate() {
        let number = counts.entry(moment.kind).or_default();
        *number += 1;
        let in_view = !matches!(shown, WindowChoice::Id(id) if *id != moment.window);
        if !in_view || !wanted.kinds.contains(&moment.kind) {
            continue;
        }
        let showable = windows.get(moment.window.as_str()).copied();
        let showable = showable.filter(|index| recording.windows[*index].first_full_snapshot().is_some());
        match showable {
            Some(window) => chosen.push((*number, place, moment, window)),
            None => gallery.unshowable += 1,
        }
    }
    gallery.is_empty = chosen.is_empty() && gallery.unshowable == 0;
    chosen.sort_by_key(|(number, place, moment, _)| (*number, moment.kind, *place));
    gallery.beyond = chosen.len().saturating_sub(wanted.most);
    chosen.truncate(wanted.most);
    chosen.sort_by_key(|(_, place, ..)| *place);
    gallery.stills = chosen
        .into_iter()
        .map(|(number, _, moment, window)| {
            let of = &recording.windows[window];
            let first = of.first_full_snapshot().map_or(moment.at, |event| event.at);
            let at = portrait_at(moment, of).max(first).min(end.max(first));
            PlannedStill {
                purpose: (wanted.purpose)(moment.kind, number, at),
                at,
                window: Some(window),
                moment: Some(StillMoment { number, moment: ListedMoment::of(recording, moment) }),
                order: 0,
            }
        })
        .collect();
    gallery
}

impl PlannedStill {
    pub(super) fn of(still: &StillRequest, at: SessionTime) -> Self {
        let (path, format, max_bytes) = (still.path.clone(), still.format, still.max_bytes);
        Self::seen_at(at, Purpose::File { path, format, max_bytes })
    }

    /// Of the window in view.
    pub(super) fn seen_at(at: SessionTime, purpose: Purpose) -> Self {
        Self { purpose, at, window: None, moment: None, order: 0 }
    }

    /// Where its file goes, if it has one.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        match &self.purpose {
            Purpose::File { path, .. } => Some(path),
            Purpose::Cell { .. } | Purpose::Candidate { .. } => None,
        }
    }
}

/// Adds the stills of moments that were asked for.
pub(super) fn add_moments(
    request: &Request,
    landmarks: &Landmarks,
    scores: &mut [Score],
    stills: &mut Vec<PlannedStill>,
) -> LeftOut {
    let Some(MomentStills { kinds, names, most, max_bytes }) = &request.moments else { return LeftOut::default() };
    let purpose = |kind, number, at| Purpose::File {
        path: names.path(kind, number, at),
        format: names.format(),
        max_bytes: *max_bytes,
    };
    add(request, &Wanted { kinds, most: *most, purpose: &purpose }, landmarks, scores, stills)
}

/// Adds stills of moments, and the scores of the windows that they need.
pub(super) fn add(
    request: &Request,
    wanted: &Wanted<'_>,
    landmarks: &Landmarks,
    scores: &mut [Score],
    stills: &mut Vec<PlannedStill>,
) -> LeftOut {
    let recording = &request.recording;
    let Gallery { stills: chosen, beyond, mut unshowable, is_empty } =
        choose(recording, &landmarks.moments, wanted, &request.window, landmarks.end);
    for mut still in chosen {
        let window = still.window.unwrap_or_default();
        if scores[window].start().is_none() {
            scores[window] = Score::of(&recording.windows[window]);
        }
        match scores[window].start() {
            Some(start) => {
                still.at = still.at.max(start);
                stills.push(still);
            }
            None => unshowable += 1,
        }
    }
    LeftOut { none_of: if is_empty { wanted.kinds.to_vec() } else { Vec::new() }, beyond, unshowable }
}

/// Names that were made here may be those of other outputs.
pub(super) fn refuse_same_paths(request: &Request, stills: &[PlannedStill]) -> Result<(), RenderError> {
    let mut seen = HashSet::new();
    let videos = request.videos.iter().map(|video| &video.path);
    let sidecars = request.sidecars.iter().map(|sidecar| &sidecar.path);
    let overview = request.overview.paths();
    let mut paths = videos.chain(sidecars).chain(overview).chain(stills.iter().filter_map(PlannedStill::path));
    match paths.find(|path| !seen.insert(path.as_path())) {
        Some(path) => Err(RenderError::SamePath(path.clone())),
        None => Ok(()),
    }
}

impl LeftOut {
    /// What the report warns of: code, count and sentence of each.
    pub(super) fn told(&self, without_element: usize) -> [(&'static str, u64, String); 4] {
        let kinds: Vec<&str> = self.none_of.iter().map(|kind| kind.name()).collect();
        let Self { beyond, unshowable, .. } = self;
        [
            (
                "no_moments",
                u64::from(!kinds.is_empty()),
                format!(
                    "no still was taken: the recording has no moments of the kinds asked for ({})",
                    kinds.join(", ")
                ),
            ),
            ("moments_beyond_the_most", *beyond as u64, format!("{beyond} more moments have no still (--most-stills)")),
            (
                "moments_not_shown",
                *unshowable as u64,
                format!("{unshowable} moments have no still: they happened in windows without a full snapshot"),
            ),
            (
                "crop_not_found",
                without_element as u64,
                format!(
                    "{without_element} moments have no still: their page had no such visible element then (--crop)"
                ),
            ),
        ]
    }
}
