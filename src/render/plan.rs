//! What is asked for, worked out against the recording: pure, before any process is started.

mod sizes;
mod words;

use std::path::Path;
use std::sync::Arc;

use super::gallery::{LeftOut, PlannedStill, add_moments, refuse_same_paths};
use super::look::Look;
use super::overview::{self, Known, PlannedOverview};
use super::surroundings::Surroundings;
use super::{Overview, Part, RenderError, Request, SidecarRequest, VideoRequest, WindowChoice};
use crate::compose::Painter;
use crate::recording::{Recording, SessionTime, Viewport};
use crate::stage::Layout;
use crate::timeline::{
    Cue, Fps, Idle, Instants, Landmarks, Score, Span, Speed, Stretch, TimeMap, Turn, When, follow, idle_stretches,
    only, turn_at,
};
pub(super) use sizes::check_pixels;
pub use sizes::picture_size;
use sizes::{choose_apart_layout, choose_layout, interface_scale, largest_viewport, layout};
use words::Words;

/// See the module.
#[derive(Debug)]
pub(super) struct Plan {
    /// Which window is shown when; never empty.
    pub turns: Vec<Turn>,
    /// Of each window of the recording; empty for those that are not shown.
    pub scores: Vec<Score>,
    pub layout: Layout,
    pub videos: Vec<PlannedVideo>,
    /// Stills that come from the pass.
    pub stills: Vec<PlannedStill>,
    pub sidecars: Vec<PlannedSidecar>,
    /// Stills that cannot: of more or less than the viewport, and of windows that are not in view then.
    pub apart: Vec<PlannedStill>,
    /// The stage that these are taken on.
    pub apart_layout: Layout,
    /// Moments that were asked for and have no still.
    pub left_out: LeftOut,
    pub overview: PlannedOverview,
    pub landmarks: Landmarks,
    pub surroundings: Arc<Surroundings>,
}

#[derive(Debug)]
pub(super) struct PlannedVideo {
    pub request: VideoRequest,
    /// Which moment its slots show; and which idle stretches are shortened, and when to say so.
    pub map: TimeMap,
    pub slots: u64,
    /// Device px, before padding.
    pub size: (u32, u32),
    /// Empty where the format holds none or none are wanted.
    pub chapters: Vec<Cue>,
    /// As `chapters`.
    pub captions: Vec<Cue>,
}

#[derive(Debug)]
pub(super) struct PlannedSidecar {
    pub request: SidecarRequest,
    pub map: TimeMap,
    pub slots: u64,
    pub chapters: Vec<Cue>,
    pub captions: Vec<Cue>,
}

/// Which part of the session is shown, and how.
#[derive(Clone, Copy)]
struct Cut<'r> {
    speed: Speed,
    idle: Idle,
    from: &'r Option<When>,
    to: &'r Option<When>,
}

impl<'r> Cut<'r> {
    fn of_video(video: &'r VideoRequest) -> Self {
        Self { speed: video.speed, idle: video.idle, from: &video.from, to: &video.to }
    }

    fn of_overview(overview: &'r Overview) -> Self {
        Self { speed: Speed::NORMAL, idle: overview.idle, from: &overview.from, to: &overview.to }
    }

    fn of_sidecar(sidecar: &'r SidecarRequest) -> Self {
        Self { speed: sidecar.speed, idle: sidecar.idle, from: &sidecar.from, to: &sidecar.to }
    }
}

impl Plan {
    pub(super) fn of(request: &Request) -> Result<Self, RenderError> {
        let recording = &request.recording;
        let turns = choose_turns(recording, &request.window)?;
        let mut scores = scores(recording, &turns);
        let turns = showable(turns, &scores);
        let start = turns.first().map(|turn| turn.from);
        let start = start.ok_or_else(|| nothing_to_show(recording, &request.window, &scores))?;
        let mut landmarks = Landmarks::of(recording, start, request.tail);
        if needs_moments(request) {
            landmarks.find_moments(recording);
        }
        let last_event = last_event(recording, &request.window);
        let end = last_event + request.tail;
        let cuts: Vec<Cut<'_>> =
            request.videos.iter().map(Cut::of_video).chain(request.sidecars.iter().map(Cut::of_sidecar)).collect();
        let spans = cuts.iter().map(|cut| span(*cut, &landmarks, end)).collect::<Result<Vec<_>, _>>()?;
        let idle = idle(request, &cuts, &turns, last_event);
        let maps = cuts.iter().zip(&spans).map(|(cut, span)| map(*cut, *span, &idle));
        let maps = maps.collect::<Result<Vec<_>, _>>()?;
        landmarks.video = maps.first().cloned();
        let words = Words::new(recording, &turns, &landmarks.moments);
        let resolve =
            |at: &When| at.resolve(&landmarks).map_err(|source| RenderError::When { option: "--still", source });
        let stills = request.stills.iter().map(|still| Ok(PlannedStill::of(still, resolve(&still.at)?)));
        let mut stills = stills.collect::<Result<Vec<_>, RenderError>>()?;
        let left_out = add_moments(request, &landmarks, &mut scores, &mut stills);
        refuse_same_paths(request, &stills)?;
        let overview = if request.overview.is_empty() {
            PlannedOverview::default()
        } else {
            let cut = Cut::of_overview(&request.overview);
            let map = map(cut, span(cut, &landmarks, end)?, &idle)?;
            let mut known = Known { recording, landmarks: &landmarks, turns: &turns, scores: &mut scores };
            overview::plan(request, &mut known, &map, &mut stills)
        };
        for (order, still) in stills.iter_mut().enumerate() {
            still.order = order;
        }
        let (apart, stills): (Vec<_>, Vec<_>) = stills.into_iter().partition(|still| {
            let in_part = request.part != Part::Viewport && still.path().is_some();
            in_part || still.window.is_some_and(|window| window != window_at(&turns, still.at))
        });
        let shown_apart = largest_apart(&turns, &scores, &apart);
        let largest = largest_viewport(&turns, &scores, &landmarks, &spans, &stills, shown_apart);
        let layout = choose_layout(request, largest);
        check_pixels(layout.width, layout.height, request.max_pixels)?;
        overview.check(request, &layout)?;
        let apart_layout = choose_apart_layout(request, shown_apart.unwrap_or(largest));
        check_pixels(apart_layout.width, apart_layout.height, request.max_pixels)?;
        let surroundings = Surroundings::of(recording, &request.look, &landmarks.moments, idle, recording.duration());
        let surroundings = Arc::new(surroundings);
        let (maps, others) = maps.split_at(request.videos.len());
        let videos = request.videos.iter().zip(maps);
        let videos = videos.map(|(video, map)| plan_video(request, video, map, largest, &words));
        let videos = videos.collect::<Result<_, _>>()?;
        let sidecars = request.sidecars.iter().zip(others);
        let sidecars = sidecars.map(|(sidecar, map)| plan_sidecar(request, sidecar, map, &words));
        let sidecars = sidecars.collect::<Result<_, _>>()?;
        Ok(Self {
            turns,
            scores,
            layout,
            videos,
            stills,
            sidecars,
            apart,
            apart_layout,
            left_out,
            overview,
            landmarks,
            surroundings,
        })
    }

    /// Whether a browser is needed.
    pub(super) fn has_pictures(&self) -> bool {
        !self.videos.is_empty() || !self.stills.is_empty() || !self.apart.is_empty()
    }

    /// The window shown at a moment, as an index into those of the recording.
    pub(super) fn window_at(&self, at: SessionTime) -> usize {
        window_at(&self.turns, at)
    }

    /// The moments to show, in order.
    pub(super) fn instants(&self) -> Instants {
        let videos = self.videos.iter().map(|video| (video.map.clone(), video.request.fps));
        Instants::new(videos, self.stills.iter().map(|still| still.at))
    }

    /// How many slots all videos have, for progress.
    pub(super) fn session_span(&self) -> (SessionTime, SessionTime) {
        let from =
            self.videos.iter().map(|video| video.map.begins()).chain(self.stills.iter().map(|still| still.at)).min();
        let to = self.videos.iter().map(|video| video.map.ends()).chain(self.stills.iter().map(|still| still.at)).max();
        (from.unwrap_or_default(), to.unwrap_or_default())
    }
}

/// The report of a video lists them; a still alone, which is to be there at once, needs them only where its WHEN names one.
fn needs_moments(request: &Request) -> bool {
    Surroundings::needs_moments(&request.look)
        || !request.videos.is_empty()
        || !request.sidecars.is_empty()
        || request.moments.is_some()
        || !request.overview.is_empty()
        || request.stills.iter().any(|still| still.at.needs_moments())
}

/// What draws over pictures of a layout.
pub(super) fn painter(look: &Look, layout: &Layout) -> Painter {
    Painter::new(layout.scale * look.cursor_size).with_boards(interface_scale(layout), look.theme)
}

pub(super) fn window_at(turns: &[Turn], at: SessionTime) -> usize {
    turn_at(turns, at).map_or(0, |turn| turn.window)
}

/// The largest viewport of the stills that are taken apart.
fn largest_apart(turns: &[Turn], scores: &[Score], apart: &[PlannedStill]) -> Option<Viewport> {
    let viewports = apart.iter().filter_map(|still| {
        let window = still.window.unwrap_or_else(|| window_at(turns, still.at));
        scores[window].largest_viewport(still.at, still.at)
    });
    viewports.reduce(spanning)
}

fn spanning(a: Viewport, b: Viewport) -> Viewport {
    Viewport { width: a.width.max(b.width), height: a.height.max(b.height) }
}

fn choose_turns(recording: &Recording, choice: &WindowChoice) -> Result<Vec<Turn>, RenderError> {
    match choice {
        WindowChoice::Auto => Ok(follow(recording)),
        WindowChoice::Id(id) => {
            let position = recording.windows.iter().position(|window| window.id == *id);
            let window = position.ok_or_else(|| RenderError::NoSuchWindow { id: id.clone(), has: ids(recording) })?;
            Ok(only(recording, window))
        }
    }
}

fn scores(recording: &Recording, turns: &[Turn]) -> Vec<Score> {
    let is_shown = |index| turns.iter().any(|turn| turn.window == index);
    let score = |(index, window)| if is_shown(index) { Score::of(window) } else { Score::default() };
    recording.windows.iter().enumerate().map(score).collect()
}

/// The turns from when their windows have a document to show.
fn showable(turns: Vec<Turn>, scores: &[Score]) -> Vec<Turn> {
    let starts = turns.into_iter().filter_map(|turn| {
        let start = scores[turn.window].start()?;
        Some(Turn { from: turn.from.max(start), ..turn })
    });
    starts.collect()
}

/// A video of a single window ends with its own last event; one that follows the person, with the last of all.
fn last_event(recording: &Recording, choice: &WindowChoice) -> SessionTime {
    let window = match choice {
        WindowChoice::Auto => None,
        WindowChoice::Id(id) => recording.window(id),
    };
    window.and_then(|window| window.events.last()).map_or_else(|| recording.duration(), |event| event.at)
}

fn ids(recording: &Recording) -> Vec<String> {
    recording.windows.iter().map(|window| window.id.clone()).collect()
}

fn nothing_to_show(recording: &Recording, choice: &WindowChoice, scores: &[Score]) -> RenderError {
    let asked = match choice {
        WindowChoice::Auto => recording.windows.iter().find(|window| window.first_full_snapshot().is_some()),
        WindowChoice::Id(id) => recording.window(id),
    };
    let id = asked.map(|window| window.id.clone()).unwrap_or_default();
    let count = scores.iter().map(|score| score.unreadable).sum();
    if count > 0 {
        return RenderError::NoDocument { id, count };
    }
    let showable = recording.windows.iter().filter(|window| window.first_full_snapshot().is_some());
    RenderError::NothingToShow { id, showable: showable.map(|window| window.id.clone()).collect() }
}

fn span(cut: Cut<'_>, landmarks: &Landmarks, end: SessionTime) -> Result<Span, RenderError> {
    let resolve = |at: &Option<When>, option, otherwise| match at {
        Some(at) => at.resolve(landmarks).map_err(|source| RenderError::When { option, source }),
        None => Ok(otherwise),
    };
    let from = resolve(cut.from, "--from", landmarks.start)?;
    let to = resolve(cut.to, "--to", end.max(landmarks.start))?;
    if to <= from && !(cut.from.is_none() && cut.to.is_none()) {
        return Err(RenderError::EmptySpan { from, to });
    }
    Ok(Span { from, to, speed: cut.speed })
}

/// The idle stretches, if a video asks what they are.
fn idle(request: &Request, cuts: &[Cut<'_>], turns: &[Turn], last_event: SessionTime) -> Vec<Stretch> {
    let kept = request.overview.idle == Idle::Keep && cuts.iter().all(|cut| cut.idle == Idle::Keep);
    if kept && !Surroundings::needs_idle(&request.look) {
        return Vec::new();
    }
    idle_stretches(&request.recording, turns, last_event, request.idle_threshold)
}

fn map(cut: Cut<'_>, span: Span, idle: &[Stretch]) -> Result<TimeMap, RenderError> {
    TimeMap::new(span, cut.idle, idle).ok_or(RenderError::AllIdle { from: span.from, to: span.to })
}

fn plan_video(
    request: &Request,
    video: &VideoRequest,
    map: &TimeMap,
    largest: Viewport,
    words: &Words<'_>,
) -> Result<PlannedVideo, RenderError> {
    let size = layout(request, video.size.unwrap_or(request.size), largest);
    check_pixels(size.width, size.height, request.max_pixels)?;
    let slots = count_slots(request, &video.path, map, video.fps)?;
    let (can, map) = (video.format.holds_text(), map.clone());
    let chapters = if can && video.chapters { words.chapters(&map, video.fps) } else { Vec::new() };
    let captions = if can && video.captions { words.captions(&map) } else { Vec::new() };
    let size = (size.width, size.height);
    Ok(PlannedVideo { request: video.clone(), map, slots, size, chapters, captions })
}

fn plan_sidecar(
    request: &Request,
    sidecar: &SidecarRequest,
    map: &TimeMap,
    words: &Words<'_>,
) -> Result<PlannedSidecar, RenderError> {
    let slots = count_slots(request, &sidecar.path, map, sidecar.fps)?;
    let (chapters, captions) = (words.chapters(map, sidecar.fps), words.captions(map));
    Ok(PlannedSidecar { request: sidecar.clone(), map: map.clone(), slots, chapters, captions })
}

fn count_slots(request: &Request, path: &Path, map: &TimeMap, fps: Fps) -> Result<u64, RenderError> {
    let slots = map.slots(fps);
    if slots <= request.max_slots {
        return Ok(slots);
    }
    Err(RenderError::Limit {
        what: format!("the number of frames of {}", path.display()),
        value: slots,
        limit: request.max_slots,
        option: "--max-frames",
    })
}
