//! How large pictures are, and where the page and the bar stand in them.

use super::spanning;
use crate::compose::Bar;
use crate::recording::{SessionTime, Viewport};
use crate::render::gallery::PlannedStill;
use crate::render::{Part, RenderError, Request, Size};
use crate::stage::Layout;
use crate::timeline::{Landmarks, Score, Span, Turn};

/// The largest viewport of all that is asked for; of the whole recording where that is open. Idle time counts, so that a video has
/// the same size with and without it.
pub(super) fn largest_viewport(
    turns: &[Turn],
    scores: &[Score],
    landmarks: &Landmarks,
    spans: &[Span],
    stills: &[PlannedStill],
    apart: Option<Viewport>,
) -> Viewport {
    let spans = spans.iter().map(|span| (span.from, span.to));
    let mut shown: Vec<_> = spans.chain(stills.iter().map(|still| (still.at, still.at))).collect();
    if shown.is_empty() {
        // What is taken apart has a stage of its own, which does not change the size of videos.
        if let Some(apart) = apart {
            return apart;
        }
        shown.push((landmarks.start, landmarks.end));
    }
    let ends = turns.iter().skip(1).map(|next| next.from).chain([SessionTime::MAX]);
    let turns: Vec<_> = turns.iter().zip(ends).collect();
    let viewports = shown.into_iter().flat_map(|(from, to)| {
        let seen = turns.iter().filter(move |(turn, end)| turn.from <= to && from < *end);
        seen.filter_map(move |(turn, end)| {
            // A turn's end is the first moment of the next.
            let last = to.min(*end - SessionTime::from_micros(1));
            scores[turn.window].largest_viewport(from.max(turn.from), last)
        })
    });
    viewports.reduce(spanning).unwrap_or(Viewport::FALLBACK)
}

/// The stage draws at one size: the common one, if a still or a video asks for it; otherwise the largest that a video asks
/// for. The encoders scale to all others.
pub(super) fn choose_layout(request: &Request, largest: Viewport) -> Layout {
    let own = request.videos.iter().map(|video| video.size);
    let common_is_used =
        !request.stills.is_empty() || request.moments.is_some() || own.clone().any(|size| size.is_none());
    let size = if common_is_used {
        Some(request.size)
    } else {
        own.flatten().max_by_key(|size| area(layout(request, *size, largest)))
    };
    layout(request, size.unwrap_or(request.size), largest)
}

/// Pictures of whole pages and of elements are as large as what they show, and have no bar.
pub(super) fn choose_apart_layout(request: &Request, largest: Viewport) -> Layout {
    if request.part == Part::Viewport {
        layout(request, request.size, largest)
    } else {
        Layout::natural(largest, request.scale)
    }
}

/// Width and height, device px, of the pictures of a session whose largest viewport is this one.
pub fn picture_size(request: &Request, largest: Viewport) -> (u32, u32) {
    let layout = layout(request, request.size, largest);
    (layout.width, layout.height)
}

/// A picture that grows by its bar, or in whose size the bar has its place.
pub(super) fn layout(request: &Request, size: Size, largest: Viewport) -> Layout {
    let bar = request.look.bar.as_ref();
    let room = |height: u32| match bar {
        None => (0, 0),
        Some(bar) if bar.above => (height, 0),
        Some(_) => (0, height),
    };
    let layout = match size {
        Size::Auto => Layout::natural(largest, request.scale),
        Size::Fixed { width, height } => Layout::fitted(largest, width, height),
    };
    let high = Bar::height_at(interface_scale(&layout));
    let (above, below) = room(high);
    match size {
        Size::Fixed { width, height } if bar.is_some() => {
            // At least half of it is the page's.
            let (above, below) = room(high.min(height / 2));
            Layout::fitted(largest, width, height - above - below).with_room(above, below)
        }
        _ => layout.with_room(above, below),
    }
}

/// The size in which a bar is readable: on a picture of 1280 x 720 and larger ones in proportion, wherever they are watched, and on
/// smaller ones not smaller than that, as far as the page's own scale or a fifth less allow.
pub(super) fn interface_scale(layout: &Layout) -> f64 {
    let fit = (f64::from(layout.width) / 1280.0).min(f64::from(layout.height) / 720.0);
    layout.scale.max(fit).max(0.8)
}

fn area(layout: Layout) -> u64 {
    u64::from(layout.width) * u64::from(layout.height)
}

pub(in crate::render) fn check_pixels(width: u32, height: u32, limit: u64) -> Result<(), RenderError> {
    let value = u64::from(width) * u64::from(height);
    if value <= limit {
        return Ok(());
    }
    Err(RenderError::Limit {
        what: format!("the number of pixels of a {width}x{height} picture"),
        value,
        limit,
        option: "--max-pixels",
    })
}
