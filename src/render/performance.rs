//! Going through the session: which moments the page is asked for, and which pictures are taken of it.
//!
//! A moment is visited only if something happens up to it or the page said that it changes by itself. Several moments in which
//! only the pointer moves are visited in one call. A picture is taken only where the page may look different.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::{Duration, Instant as Clock};

use bytes::Bytes;

use super::moment::{Moment, PagePicture};
use super::plan::Plan;
use super::studio::Studio;
use super::{Progress, RenderError, Watch};
use crate::recording::{SessionTime, Window};
use crate::stage::{Answer, Captured, Change, Cycle, PageReport, Slot, Stage, StageError, StageOptions};
use crate::timeline::{Action, Deed, Instant, LeadIn};

/// Moments visited in one call at most.
const LONGEST_BATCH: usize = 64;
/// Pictures of a repeating page are kept up to this many bytes; beyond it they are taken anew.
const CYCLE_BYTES: usize = 48 << 20;

/// Counts for the report.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub calls: u64,
    pub captured: u64,
    pub repeated: u64,
    pub open_time: Duration,
    pub page_time: Duration,
    pub capture_time: Duration,
    /// The browser was replaced once; the reason.
    pub replaced: Option<String>,
    pub page: PageReport,
}

/// A moment and the actions (indices into the score) that lead to it.
#[derive(Debug)]
struct Step {
    instant: Instant,
    actions: Range<usize>,
}

/// See the module.
pub(super) struct Performance<'a> {
    plan: &'a Plan,
    window: &'a Window,
    options: StageOptions,
    stage: Stage,
    studio: &'a mut Studio,
    watch: &'a dyn Watch,
    tally: Tally,
    /// First action not yet told.
    next_action: usize,
    /// The moment the page is at.
    reached: Option<SessionTime>,
    /// When the page next changes by itself.
    outlook: Option<SessionTime>,
    cycle: Option<Cycle>,
    cycle_pictures: HashMap<i64, Bytes>,
    cycle_bytes: usize,
    viewport_width: u32,
}

impl<'a> Performance<'a> {
    pub(super) fn new(plan: &'a Plan, window: &'a Window, options: StageOptions, stage: Stage, studio: &'a mut Studio, watch: &'a dyn Watch) -> Self {
        Self {
            plan,
            window,
            options,
            stage,
            studio,
            watch,
            tally: Tally::default(),
            next_action: 0,
            reached: None,
            outlook: None,
            cycle: None,
            cycle_pictures: HashMap::new(),
            cycle_bytes: 0,
            viewport_width: 0,
        }
    }

    /// Shows every moment of the plan to the studio.
    pub(super) async fn play(mut self) -> Result<(Stage, Tally), RenderError> {
        let mut upcoming = self.plan.instants().peekable();
        let mut waiting: VecDeque<Step> = VecDeque::new();
        let (from, to) = self.plan.session_span();
        loop {
            while waiting.len() < LONGEST_BATCH {
                let Some(instant) = upcoming.next() else { break };
                let step = self.step(instant);
                let ends_batch = !self.is_light(&step);
                waiting.push_back(step);
                if ends_batch {
                    break;
                }
            }
            let Some(first) = waiting.front() else { break };
            let at = first.instant.at;
            if self.needs_visit(first) {
                self.visit(&mut waiting).await?;
            } else if let Some(step) = waiting.pop_front() {
                self.skip(step).await?;
            }
            let progress = Progress { from, to, at, captured: self.tally.captured, frames: self.studio.frames_written() };
            if !self.watch.goes_on(&progress) {
                return Err(RenderError::Cancelled);
            }
        }
        self.tally.page = self.stage.report().await.unwrap_or_default();
        Ok((self.stage, self.tally))
    }

    fn step(&mut self, instant: Instant) -> Step {
        let from = self.next_action;
        let pending = &self.plan.score.actions[from..];
        self.next_action = from + pending.partition_point(|action| action.at <= instant.at);
        // The first moment is led in from the full snapshot before it, not from the session's beginning.
        Step { actions: from..self.next_action, instant }
    }

    fn actions(&self, step: &Step) -> &'a [Action] {
        &self.plan.score.actions[step.actions.clone()]
    }

    /// Whether later moments may be visited in the same call.
    fn is_light(&self, step: &Step) -> bool {
        self.reached.is_some() && self.actions(step).iter().all(|action| action.deed.is_pointer())
    }

    fn needs_visit(&self, step: &Step) -> bool {
        let moves = self.outlook.is_some_and(|next| next <= step.instant.at);
        self.reached.is_none() || !step.actions.is_empty() || (moves && self.repeated_picture(step).is_none())
    }

    /// The picture of a page that repeats itself, if this moment's was taken before.
    fn repeated_picture(&self, step: &Step) -> Option<&Bytes> {
        let cycle = self.cycle.filter(|_| step.actions.is_empty())?;
        self.cycle_pictures.get(&cycle.step_at(step.instant.at))
    }

    async fn skip(&mut self, step: Step) -> Result<(), RenderError> {
        let moves = self.outlook.is_some_and(|next| next <= step.instant.at);
        let repeated = self.repeated_picture(&step).filter(|_| moves).cloned();
        self.tally.repeated += u64::from(repeated.is_some());
        let page = repeated.map_or(PagePicture::Same, PagePicture::New);
        let moment = Moment { instant: step.instant, page, pointer: None, marks: Vec::new(), cut: false, viewport_width: self.viewport_width };
        self.studio.show(moment).await
    }

    /// Visits the first waiting moment, and those after it as far as the page goes in one call.
    async fn visit(&mut self, waiting: &mut VecDeque<Step>) -> Result<(), RenderError> {
        let answer = match self.advance(waiting).await {
            Err(error) if error.is_worth_another_browser() && self.tally.replaced.is_none() => {
                self.replace_browser(error).await?;
                self.advance(waiting).await?
            }
            answer => answer?,
        };
        let (answer, png) = match self.capture(&answer).await {
            Err(error) if error.is_worth_another_browser() && self.tally.replaced.is_none() => {
                self.replace_browser(error).await?;
                let answer = self.advance(waiting).await?;
                let captured = self.capture(&answer).await?;
                (answer, captured)
            }
            captured => (answer, captured?),
        };
        self.publish(waiting, answer, png).await
    }

    async fn advance(&mut self, waiting: &VecDeque<Step>) -> Result<Answer, StageError> {
        let started = Clock::now();
        let answer = if self.reached.is_none() {
            self.lead_in(waiting.front().map(|step| step.instant.at).unwrap_or_default()).await?
        } else {
            let slots: Vec<Slot<'_>> = waiting.iter().map(|step| Slot { at: step.instant.at, actions: self.actions(step) }).collect();
            // The page stops by itself at the first change; past the moment at which it moves anyway, only one is asked.
            let moving = self.outlook.map_or(slots.len(), |next| slots.partition_point(|slot| slot.at < next) + 1);
            self.stage.advance(&slots[..moving.min(slots.len())], self.window).await?
        };
        self.tally.calls += 1;
        self.tally.page_time += started.elapsed();
        Ok(answer)
    }

    /// Brings a fresh page to `at`.
    async fn lead_in(&mut self, at: SessionTime) -> Result<Answer, StageError> {
        let LeadIn { before, range } = self.plan.score.lead_in(at).unwrap_or(LeadIn { before: Vec::new(), range: 0..0 });
        let actions: Vec<Action> = before.into_iter().chain(self.plan.score.actions[range].iter().copied()).collect();
        let mut answer = self.stage.advance(&[Slot { at, actions: &actions }], self.window).await?;
        answer.changed = Change::Yes;
        Ok(answer)
    }

    async fn capture(&mut self, answer: &Answer) -> Result<Option<Bytes>, StageError> {
        let started = Clock::now();
        let captured = self.stage.capture(answer.changed).await?;
        self.tally.capture_time += started.elapsed();
        Ok(match captured {
            Captured::Same => None,
            Captured::Png(png) => {
                self.tally.captured += 1;
                Some(png.into())
            }
        })
    }

    /// A page that hung is replaced once: a new browser is brought to the moment that was reached, and the film goes on.
    async fn replace_browser(&mut self, error: StageError) -> Result<(), StageError> {
        tracing::warn!("{error}; starting another browser");
        self.tally.replaced = Some(error.to_string());
        self.stage = Stage::open(self.options.clone()).await?;
        if let Some(reached) = self.reached {
            self.lead_in(reached).await?;
        }
        Ok(())
    }

    async fn publish(&mut self, waiting: &mut VecDeque<Step>, answer: Answer, png: Option<Bytes>) -> Result<(), RenderError> {
        let Answer { done, pointers, mut marks, next, cycle, .. } = answer;
        let mut png = png;
        for (index, pointer) in pointers.into_iter().enumerate().take(done) {
            let Some(step) = waiting.pop_front() else { break };
            let actions = self.actions(&step);
            let shown = if self.reached.is_none() { self.plan.score.actions.as_slice() } else { actions };
            let shown = &shown[..shown.partition_point(|action| action.at <= step.instant.at)];
            if let Some(width) = shown.iter().rev().find_map(|action| if let Deed::Viewport(size) = action.deed { Some(size.width) } else { None }) {
                self.viewport_width = width;
            }
            let cut_at = shown.iter().rev().find(|action| matches!(action.deed, Deed::Snapshot { .. })).map(|action| action.at);
            let cut = cut_at.is_some();
            let later = marks.partition_point(|mark| mark.at <= step.instant.at);
            let mut marks: Vec<_> = marks.drain(..later).collect();
            marks.retain(|mark| cut_at.is_none_or(|cut| mark.at >= cut));
            if cut || !actions.is_empty() {
                self.cycle_pictures.clear();
                self.cycle_bytes = 0;
            }
            let last = index + 1 == done;
            self.reached = Some(step.instant.at);
            let page = match png.take_if(|_| last) {
                Some(png) => {
                    self.remember(cycle, step.instant.at, &png);
                    PagePicture::New(png)
                }
                None => PagePicture::Same,
            };
            let moment = Moment { instant: step.instant, page, pointer: Some(pointer), marks, cut, viewport_width: self.viewport_width };
            self.studio.show(moment).await?;
        }
        self.outlook = next;
        self.cycle = cycle;
        Ok(())
    }

    fn remember(&mut self, cycle: Option<Cycle>, at: SessionTime, png: &Bytes) {
        let Some(cycle) = cycle else { return };
        if self.cycle != Some(cycle) {
            self.cycle_pictures.clear();
            self.cycle_bytes = 0;
        }
        if self.cycle_bytes + png.len() <= CYCLE_BYTES {
            self.cycle_bytes += png.len();
            self.cycle_pictures.insert(cycle.step_at(at), png.clone());
        }
    }
}
