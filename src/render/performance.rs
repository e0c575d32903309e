//! One browser going through a passage: which moments the page is asked for, and which pictures are taken of it.
//!
//! A moment is visited only if something happens up to it or the page said that it changes by itself. Several moments in which
//! only the pointer moves are visited in one call. A picture is taken only where the page may look different.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant as Clock;

use bytes::Bytes;

use super::RenderError;
use super::loops::Loop;
use super::moment::{Moment, PagePicture, PointerNews, View};
use super::passage::Passage;
use super::plan::Plan;
use super::relay::Feed;
use super::tally::Tally;
use crate::recording::{SessionTime, Viewport, Window};
use crate::stage::{Answer, Change, Shot, Slot, Stage, StageError, StageOptions};
use crate::timeline::{Action, Instant, Score, built_at, viewport};

/// Moments visited in one call at most.
const LONGEST_BATCH: usize = 64;

/// A moment and the actions (indices into the score) that lead to it.
#[derive(Debug)]
struct Step {
    instant: Instant,
    actions: Range<usize>,
}

/// Whether the browser is the one that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Browser {
    Kept,
    Replaced,
}

/// One browser and the page in it, for any number of passages.
pub(super) struct Performance<'a> {
    plan: &'a Plan,
    windows: &'a [Window],
    options: StageOptions,
    stage: Stage,
    /// Moments gone through, by all browsers.
    gone: &'a AtomicU64,
    tally: Tally,
    now: Now,
}

/// Where a passage is.
#[derive(Default)]
struct Now {
    /// Index of the window shown.
    window: usize,
    /// First action not yet told.
    next_action: usize,
    /// The moment the page is at.
    reached: Option<SessionTime>,
    /// When the page next changes by itself.
    outlook: Option<SessionTime>,
    repeating: Loop,
    /// The last viewport and title that were told.
    viewport: Option<Viewport>,
    title: Arc<str>,
    /// The last guess of the page that it may have changed was right.
    guess_was_right: bool,
    /// The picture taken last.
    picture: Bytes,
    /// The picture on its way, and which step of a repeating page it is.
    shot: Option<(Shot, Option<i64>)>,
    /// Moments that wait for it: the first is the one it is of.
    held: Vec<Moment>,
}

impl<'a> Performance<'a> {
    /// Starts the browser.
    pub(super) async fn open(
        plan: &'a Plan,
        windows: &'a [Window],
        options: &StageOptions,
        gone: &'a AtomicU64,
    ) -> Result<Self, RenderError> {
        let started = Clock::now();
        let stage = Stage::open(options.clone()).await?;
        let tally = Tally { browsers: 1, open_time: started.elapsed(), ..Tally::default() };
        Ok(Self { plan, windows, options: options.clone(), stage, gone, tally, now: Now::default() })
    }

    /// Ends in order; returns what was counted.
    pub(super) async fn finish(mut self) -> Tally {
        self.tally.page = self.stage.report().await.unwrap_or_default();
        self.stage.close().await;
        self.tally
    }

    /// Hands on every moment of a passage.
    pub(super) async fn play(&mut self, passage: &Passage, feed: &Feed) -> Result<(), RenderError> {
        self.now = Now { window: passage.window, ..Now::default() };
        self.stage.reset().await?;
        let instants = self.plan.instants().skip_while(|instant| instant.at < passage.from);
        let mut upcoming = instants.take_while(|instant| passage.until.is_none_or(|until| instant.at < until));
        let mut waiting: VecDeque<Step> = VecDeque::new();
        loop {
            while waiting.len() < LONGEST_BATCH && waiting.back().is_none_or(|step| self.is_light(step)) {
                let Some(instant) = upcoming.next() else {
                    break;
                };
                let step = self.step(instant);
                waiting.push_back(step);
            }
            let Some(first) = waiting.front() else { break };
            if self.needs_visit(first) {
                self.visit(&mut waiting, feed).await?;
            } else if let Some(step) = waiting.pop_front() {
                self.skip(step, feed).await?;
            }
        }
        self.develop(feed).await?;
        Ok(())
    }

    fn score(&self) -> &'a Score {
        &self.plan.scores[self.now.window]
    }

    fn window(&self) -> &'a Window {
        &self.windows[self.now.window]
    }

    fn step(&mut self, instant: Instant) -> Step {
        let from = self.now.next_action;
        let pending = &self.score().actions[from..];
        self.now.next_action = from + pending.partition_point(|action| action.at <= instant.at);
        // The first moment is led in from the full snapshot before it, not from the session's beginning.
        Step { actions: from..self.now.next_action, instant }
    }

    fn actions(&self, step: &Step) -> &'a [Action] {
        &self.score().actions[step.actions.clone()]
    }

    /// Whether later moments may be visited in the same call.
    fn is_light(&self, step: &Step) -> bool {
        self.now.reached.is_some() && self.actions(step).iter().all(|action| action.deed.is_pointer())
    }

    fn needs_visit(&self, step: &Step) -> bool {
        let moves = self.moves(step) && self.repeated_picture(step).is_none();
        self.now.reached.is_none() || !step.actions.is_empty() || moves
    }

    /// Whether the page has changed by itself by then.
    fn moves(&self, step: &Step) -> bool {
        self.now.outlook.is_some_and(|next| next <= step.instant.at)
    }

    /// The picture of a page that repeats itself, if this moment's was taken before.
    fn repeated_picture(&self, step: &Step) -> Option<&Bytes> {
        if step.actions.is_empty() { self.now.repeating.picture(step.instant.at) } else { None }
    }

    async fn skip(&mut self, step: Step, feed: &Feed) -> Result<(), RenderError> {
        let repeated = self.repeated_picture(&step).filter(|_| self.moves(&step)).cloned();
        self.tally.repeated += u64::from(repeated.is_some());
        let page = repeated.map_or(PagePicture::Same, PagePicture::New);
        let moment = Moment {
            instant: step.instant,
            page,
            pointer: PointerNews::Same,
            marks: Vec::new(),
            cut: false,
            view: self.view(),
        };
        self.show(moment, feed).await
    }

    fn view(&self) -> View {
        View { window: self.now.window, viewport: self.now.viewport, title: Arc::clone(&self.now.title) }
    }

    /// Visits the first waiting moment, and those after it as far as the page goes in one call. The page goes on while the
    /// picture of the moment before is still compressed: the player lets a change in only once the frame before it is committed.
    async fn visit(&mut self, waiting: &mut VecDeque<Step>, feed: &Feed) -> Result<(), RenderError> {
        let answer = match self.advance(waiting).await {
            Ok(answer) => match self.develop(feed).await? {
                Browser::Kept => answer,
                Browser::Replaced => self.advance(waiting).await?,
            },
            Err(error) => {
                // The picture on its way may have come through all the same; if not, its loss has brought a new browser already.
                if self.develop(feed).await? == Browser::Kept {
                    self.replace_browser(error).await?;
                }
                self.advance(waiting).await?
            }
        };
        let (answer, damaged) = match self.draw(&answer).await {
            Ok(damaged) => (answer, damaged),
            Err(error) => {
                self.replace_browser(error).await?;
                let answer = self.advance(waiting).await?;
                let damaged = self.draw(&answer).await?;
                (answer, damaged)
            }
        };
        self.accept(waiting, answer, damaged, feed).await
    }

    /// Whether a picture is worth taking. Drawing first costs a twentieth of a picture where nothing shows, and a fifth where
    /// something does: where the page is certain that it changed, or its last guess was right, the picture's own frame draws it.
    async fn draw(&mut self, answer: &Answer) -> Result<bool, StageError> {
        match answer.changed {
            Change::No => return Ok(false),
            Change::Yes => return Ok(true),
            Change::Maybe if self.now.guess_was_right => return Ok(true),
            Change::Maybe => {}
        }
        let started = Clock::now();
        let damaged = self.stage.draw().await?;
        self.tally.draw_time += started.elapsed();
        self.now.guess_was_right = damaged;
        Ok(damaged)
    }

    /// Waits for the picture on its way, if there is one, and hands on the moments that waited for it. A browser that lost the
    /// picture is replaced by one that stands at the picture's moment.
    async fn develop(&mut self, feed: &Feed) -> Result<Browser, RenderError> {
        let Some((shot, step)) = self.now.shot.take() else {
            return Ok(Browser::Kept);
        };
        let mut browser = Browser::Kept;
        let started = Clock::now();
        let developed = shot.develop().await;
        let png: Bytes = match developed {
            Ok(png) => png.into(),
            Err(error) => {
                // The moment the picture is of; the page may be further already.
                self.now.reached = self.now.held.first().map(|moment| moment.instant.at);
                self.replace_browser(error).await?;
                browser = Browser::Replaced;
                self.stage.shoot().develop().await?.into()
            }
        };
        self.tally.shoot_time += started.elapsed();
        self.tally.captured += 1;
        if let Some(step) = step {
            self.now.repeating.keep(step, &png);
        }
        let differs = png != self.now.picture;
        self.now.guess_was_right &= differs;
        if let Some(first) = self.now.held.first_mut().filter(|_| differs) {
            first.page = PagePicture::New(png.clone());
        }
        self.now.picture = png;
        for moment in std::mem::take(&mut self.now.held) {
            self.pass_on(moment, feed).await?;
        }
        Ok(browser)
    }

    /// Hands on a moment, behind those that wait for a picture.
    async fn show(&mut self, moment: Moment, feed: &Feed) -> Result<(), RenderError> {
        if self.now.shot.is_none() {
            return self.pass_on(moment, feed).await;
        }
        self.now.held.push(moment);
        if self.now.held.len() == LONGEST_BATCH {
            self.develop(feed).await?;
        }
        Ok(())
    }

    async fn pass_on(&self, moment: Moment, feed: &Feed) -> Result<(), RenderError> {
        feed.show(moment).await?;
        self.gone.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn advance(&mut self, waiting: &VecDeque<Step>) -> Result<Answer, StageError> {
        let started = Clock::now();
        let answer = if self.now.reached.is_none() {
            self.lead_in(waiting.front().map(|step| step.instant.at).unwrap_or_default()).await?
        } else {
            let slots: Vec<Slot<'_>> =
                waiting.iter().map(|step| Slot { at: step.instant.at, actions: self.actions(step) }).collect();
            // The page stops by itself at the first change; past the moment at which it moves anyway, only one is asked.
            let moving = self.now.outlook.map_or(slots.len(), |next| slots.partition_point(|slot| slot.at < next) + 1);
            let window = self.window();
            self.stage.advance(&slots[..moving.min(slots.len())], window).await?
        };
        self.tally.calls += 1;
        self.tally.page_time += started.elapsed();
        Ok(answer)
    }

    /// Brings a fresh page to `at`.
    async fn lead_in(&mut self, at: SessionTime) -> Result<Answer, StageError> {
        let lead_in = self.score().lead_in(at);
        let actions = lead_in.map(|lead_in| lead_in.actions(self.score())).unwrap_or_default();
        let window = self.window();
        let mut answer = self.stage.advance(&[Slot { at, actions: &actions }], window).await?;
        answer.changed = Change::Yes;
        Ok(answer)
    }

    /// A page that hung is replaced once: a new browser is brought to the moment that was reached, and the film goes on.
    async fn replace_browser(&mut self, error: StageError) -> Result<(), StageError> {
        if self.tally.replaced.is_some() || !error.is_worth_another_browser() {
            return Err(error);
        }
        tracing::warn!("{error}; starting another browser");
        self.tally.replaced = Some(error.to_string());
        self.stage = Stage::open(self.options.clone()).await?;
        if let Some(reached) = self.now.reached {
            self.lead_in(reached).await?;
        }
        Ok(())
    }

    /// Takes over what the page answered: the moments gone through, and a picture if there is something new to see.
    async fn accept(
        &mut self,
        waiting: &mut VecDeque<Step>,
        answer: Answer,
        damaged: bool,
        feed: &Feed,
    ) -> Result<(), RenderError> {
        let Answer { done, pointers, mut marks, next, cycle, title, .. } = answer;
        for (index, pointer) in pointers.into_iter().enumerate().take(done) {
            let Some(step) = waiting.pop_front() else {
                break;
            };
            let actions = &self.score().actions;
            let told = if self.now.reached.is_none() { &actions[..step.actions.end] } else { self.actions(&step) };
            let size = viewport(told);
            let cut_at = built_at(told);
            let later = marks.partition_point(|mark| mark.at <= step.instant.at);
            let mut marks: Vec<_> = marks.drain(..later).collect();
            marks.retain(|mark| cut_at.is_none_or(|cut| mark.at >= cut));
            if !step.actions.is_empty() {
                self.now.repeating.end();
            }
            self.now.repeating.goes_by(cycle);
            self.now.viewport = size.or(self.now.viewport);
            // Whatever gives a page another title ends the call: the slots before the last still had the old one.
            if index + 1 == done && *self.now.title != *title {
                self.now.title = title.as_str().into();
            }
            let at = step.instant.at;
            self.now.reached = Some(at);
            let moment = Moment {
                instant: step.instant,
                page: PagePicture::Same,
                pointer: PointerNews::Now(pointer),
                marks,
                cut: cut_at.is_some(),
                view: self.view(),
            };
            if index + 1 == done && damaged {
                self.now.shot = Some((self.stage.shoot(), cycle.map(|cycle| cycle.step_at(at))));
            }
            self.show(moment, feed).await?;
        }
        self.now.outlook = next;
        Ok(())
    }
}
