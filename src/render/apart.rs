//! Stills that do not come from the pass: of whole pages and of elements, which use the page up, and of windows that are not in view.
//! One browser takes them all, each moment on its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant as Clock;

use super::album::Album;
use super::booth::bring;
use super::gallery::{PlannedStill, Purpose};
use super::look::Look;
use super::moment::{PointerNews, View};
use super::overlay::Overlays;
use super::plan::{Plan, painter};
use super::surroundings::Surroundings;
use super::tally::Tally;
use super::unrolled::{Unrolled, device_area};
use super::{Part, Progress, RenderError, Request, Watch, stage_options};
use crate::compose::{Area, Frame, Overlay, decode_png, digest};
use crate::encode::{EncodeError, StillFormat, StillPlace, WrittenStill};
use crate::recording::SessionTime;
use crate::stage::{Answer, Layout, Stage};
use crate::timeline::{Action, built_at, viewport};

/// Stills that are written, but not yet in their places.
#[derive(Debug, Default)]
pub(super) struct Apart {
    pub stills: Vec<(PlannedStill, WrittenStill)>,
    /// Of each: the digest of its pixels.
    pub digests: Vec<[u8; 32]>,
    /// Moments at which there was no such element.
    pub without_element: usize,
}

impl Apart {
    /// Takes what the plan has of them. Their places are reserved first.
    pub(super) async fn take(
        request: &Request,
        plan: &Plan,
        album: &Mutex<Album>,
        tally: &mut Tally,
        watch: &dyn Watch,
    ) -> Result<Self, RenderError> {
        let mut apart = Self::default();
        if plan.apart.is_empty() {
            return Ok(apart);
        }
        let reserve = |still: &PlannedStill| match &still.purpose {
            Purpose::File { path, format, max_bytes } => {
                StillPlace::reserve(*format, *max_bytes, path).map(|place| Some((place, *format)))
            }
            Purpose::Cell { .. } | Purpose::Candidate { .. } => Ok(None),
        };
        let places = plan.apart.iter().map(reserve).collect::<Result<Vec<_>, EncodeError>>()?;
        let mut easel = Easel::open(request, plan, tally).await?;
        for (index, (still, place)) in plan.apart.iter().zip(places).enumerate() {
            let (from, to) = plan.session_span();
            let progress = Progress { from, to, at: still.at, done: 0.0, captured: index as u64, frames: 0 };
            if !watch.goes_on(&progress) {
                return Err(RenderError::Cancelled);
            }
            let (frame, title) = match easel.picture(still, tally).await {
                Ok(taken) => taken,
                Err(RenderError::NoElement { .. }) if still.moment.is_some() => {
                    apart.without_element += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some((place, format)) = place else {
                let mut album = album.lock().unwrap_or_else(PoisonError::into_inner);
                album.take(still, &Arc::new(frame), &title);
                continue;
            };
            check_sides(&frame, format)?;
            apart.digests.push(digest(&frame));
            apart.stills.push((still.clone(), place.write(&frame)?));
        }
        if apart.stills.is_empty()
            && apart.without_element > 0
            && let Part::Element { selector, .. } = &request.part
        {
            return Err(RenderError::NoElementAnywhere { selector: selector.clone(), moments: apart.without_element });
        }
        tally.page.add(easel.stage.report().await.unwrap_or_default());
        easel.stage.close().await;
        Ok(apart)
    }
}

/// A still's file format may have no room for a long page.
fn check_sides(frame: &Frame, format: StillFormat) -> Result<(), EncodeError> {
    let (name, most) = match format {
        StillFormat::Png => return Ok(()),
        StillFormat::Jpeg { .. } => ("JPEG", 65_535),
        StillFormat::WebP => ("WebP", 16_383),
    };
    if frame.width.max(frame.height) <= most {
        return Ok(());
    }
    let (width, height) = (frame.width, frame.height);
    Err(EncodeError::Unsupported(format!(
        "the picture is {width}x{height}, and {name} holds at most {most} pixels a side; PNG holds any"
    )))
}

/// A picture, and the title of its page.
type Taken = (Frame, String);

/// The browser that they are taken with.
struct Easel<'a> {
    request: &'a Request,
    plan: &'a Plan,
    stage: Stage,
}

impl<'a> Easel<'a> {
    async fn open(request: &'a Request, plan: &'a Plan, tally: &mut Tally) -> Result<Self, RenderError> {
        let started = Clock::now();
        let stage = Stage::open(stage_options(request, plan.apart_layout)).await?;
        tally.browsers += 1;
        tally.open_time += started.elapsed();
        Ok(Self { request, plan, stage })
    }

    /// A page that stops answering is replaced once, as in the pass.
    async fn picture(&mut self, still: &PlannedStill, tally: &mut Tally) -> Result<Taken, RenderError> {
        match self.attempt(still, tally).await {
            Err(RenderError::Stage(error)) if tally.replaced.is_none() && error.is_worth_another_browser() => {
                tracing::warn!("{error}; starting another browser");
                tally.replaced = Some(error.to_string());
                *self = Self::open(self.request, self.plan, tally).await?;
                self.attempt(still, tally).await
            }
            picture => picture,
        }
    }

    async fn attempt(&mut self, still: &PlannedStill, tally: &mut Tally) -> Result<Taken, RenderError> {
        let index = still.window.unwrap_or_else(|| self.plan.window_at(still.at));
        let window = &self.request.recording.windows[index];
        let (actions, answer) = bring(&mut self.stage, &self.plan.scores[index], window, still.at).await?;
        tally.calls += 1;
        let over = Over { at: still.at, window: index, answer, actions };
        let title = over.answer.title.clone();
        // A contact sheet shows what was in view, whatever the stills show.
        let part = if still.path().is_some() { &self.request.part } else { &Part::Viewport };
        let frame = match part {
            Part::Viewport => self.viewport(over, &self.plan.surroundings, tally).await,
            Part::Page => {
                if let Some(whole) = self.stage.unroll().await? {
                    let unrolled = Unrolled::page(whole, self.plan.apart_layout.scale, self.request.max_pixels)?;
                    self.unrolled(unrolled, over, tally).await
                } else {
                    self.viewport(over, &Arc::default(), tally).await
                }
            }
            Part::Element { selector, padding } => self.element(selector, *padding, over, tally).await,
        };
        Ok((frame?, title))
    }

    async fn viewport(
        &mut self,
        over: Over,
        surroundings: &Arc<Surroundings>,
        tally: &mut Tally,
    ) -> Result<Frame, RenderError> {
        let page = self.shoot(tally).await?;
        let overlay = over.overlay(self.plan.apart_layout, &self.request.look, surroundings);
        Ok(painter(&self.request.look, &self.plan.apart_layout).draw(&page, &overlay))
    }

    async fn element(
        &mut self,
        selector: &str,
        padding: f64,
        over: Over,
        tally: &mut Tally,
    ) -> Result<Frame, RenderError> {
        let found = self.stage.find(selector).await?;
        if let Some(reason) = found.invalid {
            return Err(RenderError::Selector { selector: selector.to_owned(), reason });
        }
        let none = RenderError::NoElement { selector: selector.to_owned(), at: over.at, matches: found.matches };
        let Some(part) = found.area else { return Err(none) };
        let layout = self.plan.apart_layout;
        if found.in_view {
            let width = over.viewport_width(layout);
            let viewport = (f64::from(width), f64::from(layout.tallest));
            let mut area = device_area(part, padding, viewport, layout.scale);
            area.x += layout.left_of(width).max(0) as u32;
            return Ok(self.viewport(over, &Arc::default(), tally).await?.cut(area));
        }
        let whole = self.stage.unroll().await?;
        let Some((whole, part)) = whole.and_then(|whole| Some((whole, whole.area?))) else { return Err(none) };
        let unrolled = Unrolled::part(whole, part, padding, layout.scale, self.request.max_pixels)?;
        self.unrolled(unrolled, over, tally).await
    }

    /// Scrolls through the part of the page, and puts the pictures together.
    async fn unrolled(&mut self, unrolled: Unrolled, over: Over, tally: &mut Tally) -> Result<Frame, RenderError> {
        let layout = self.plan.apart_layout;
        let (width, height) = unrolled.size();
        let mut all = Frame::filled(width, height, self.request.look.theme.backdrop());
        let left = layout.left_of(over.viewport_width(layout)).max(0) as u32 + unrolled.left();
        let mut taken = 0;
        for stop in unrolled.stops() {
            let stop = self.stage.roll(unrolled.scroll_x(), stop).await?;
            let piece = unrolled.piece(stop, taken);
            if piece.rows == 0 {
                continue;
            }
            let picture = self.shoot(tally).await?;
            let area = Area { x: left, y: piece.from, width, height: piece.rows };
            all.paste(&picture, area, (0, piece.to));
            taken = taken.max(piece.to + piece.rows);
        }
        let layout = unrolled.layout();
        let mut overlay = over.overlay(layout, &self.request.look, &Arc::default());
        // The viewport has no edge of its own in it.
        overlay.framed = false;
        Ok(painter(&self.request.look, &layout).draw(&all, &overlay))
    }

    async fn shoot(&mut self, tally: &mut Tally) -> Result<Frame, RenderError> {
        let started = Clock::now();
        let png = self.stage.shoot().develop().await?;
        tally.captured += 1;
        tally.shoot_time += started.elapsed();
        Ok(decode_png(&png, &mut Vec::new())?)
    }
}

/// What is drawn over a page.
struct Over {
    at: SessionTime,
    /// Index of the window.
    window: usize,
    actions: Vec<Action>,
    answer: Answer,
}

impl Over {
    fn overlay(&self, layout: Layout, look: &Look, surroundings: &Arc<Surroundings>) -> Overlay {
        let cut = built_at(&self.actions);
        let marks = self.answer.marks.iter().filter(|mark| cut.is_none_or(|cut| mark.at >= cut));
        let marks: Vec<_> = marks.copied().collect();
        let mut overlays = Overlays::new(layout, look.clone(), Arc::clone(surroundings));
        let pointer = self.answer.pointers.last().cloned().flatten();
        overlays.add(PointerNews::Now(pointer), &marks);
        let view =
            View { window: self.window, viewport: viewport(&self.actions), title: self.answer.title.as_str().into() };
        overlays.at(self.at, &view)
    }

    fn viewport_width(&self, layout: Layout) -> u32 {
        viewport(&self.actions).map_or(layout.widest, |viewport| viewport.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_its_format_has_no_room_for_is_refused_with_one_that_has() {
        let long = Frame { width: 1, height: 16_384, pixels: vec![0; 16_384 * 3] };
        assert!(check_sides(&long, StillFormat::Png).is_ok());
        assert!(check_sides(&long, StillFormat::Jpeg { quality: 90 }).is_ok());
        let refused = check_sides(&long, StillFormat::WebP).unwrap_err();
        assert!(refused.to_string().contains("PNG"), "{refused}");
    }
}
