//! Going through the session: which moments the page is asked for, and which pictures are taken of it.
//!
//! A moment is visited only if something happens up to it or the page said that it changes by itself. Several moments in which
//! only the pointer moves are visited in one call. A picture is taken only where the page may look different.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::{Duration, Instant as Clock};

use bytes::Bytes;

use super::moment::{Moment, PagePicture, PointerNews};
use super::plan::Plan;
use super::studio::Studio;
use super::{Progress, RenderError, Watch};
use crate::recording::{SessionTime, Window};
use crate::stage::{Answer, Change, Cycle, PageReport, Shot, Slot, Stage, StageError, StageOptions};
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
    pub draw_time: Duration,
    pub shoot_time: Duration,
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
    /// The picture on its way, and which step of a repeating page it is.
    shot: Option<(Shot, Option<i64>)>,
    /// Moments that wait for it: the first is the one it is of.
    held: Vec<Moment>,
}

impl<'a> Performance<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        window: &'a Window,
        options: StageOptions,
        stage: Stage,
        studio: &'a mut Studio,
        watch: &'a dyn Watch,
    ) -> Self {
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
            shot: None,
            held: Vec::new(),
        }
    }

    /// Shows every moment of the plan to the studio.
    pub(super) async fn play(mut self) -> Result<(Stage, Tally), RenderError> {
        let mut upcoming = self.plan.instants();
        let mut waiting: VecDeque<Step> = VecDeque::new();
        let (from, to) = self.plan.session_span();
        loop {
            while waiting.len() < LONGEST_BATCH && waiting.back().is_none_or(|step| self.is_light(step)) {
                let Some(instant) = upcoming.next() else {
                    break;
                };
                let step = self.step(instant);
                waiting.push_back(step);
            }
            let Some(first) = waiting.front() else { break };
            let at = first.instant.at;
            if self.needs_visit(first) {
                self.visit(&mut waiting).await?;
            } else if let Some(step) = waiting.pop_front() {
                self.skip(step).await?;
            }
            let progress =
                Progress { from, to, at, captured: self.tally.captured, frames: self.studio.frames_written() };
            if !self.watch.goes_on(&progress) {
                return Err(RenderError::Cancelled);
            }
        }
        self.develop().await?;
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
        let moment = Moment {
            instant: step.instant,
            page,
            pointer: PointerNews::Same,
            marks: Vec::new(),
            cut: false,
            viewport_width: self.viewport_width,
        };
        self.show(moment).await
    }

    /// Visits the first waiting moment, and those after it as far as the page goes in one call.
    async fn visit(&mut self, waiting: &mut VecDeque<Step>) -> Result<(), RenderError> {
        // Before the page goes on. Doing both at once is safe by design (the player waits for the frame to be committed) and saves a
        // quarter of the time, but has yet to pass the determinism tests since animations of shadow trees were mended.
        self.develop().await?;
        let answer = match self.advance(waiting).await {
            Ok(answer) => answer,
            Err(error) => {
                self.replace_browser(error).await?;
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
        self.accept(waiting, answer, damaged).await
    }

    async fn draw(&mut self, answer: &Answer) -> Result<bool, StageError> {
        if answer.changed == Change::No {
            return Ok(false);
        }
        let started = Clock::now();
        let damaged = self.stage.draw().await?;
        self.tally.draw_time += started.elapsed();
        // The first picture is needed even if nothing is on it.
        Ok(damaged || self.reached.is_none())
    }

    /// Waits for the picture on its way, if there is one, and hands on the moments that waited for it.
    async fn develop(&mut self) -> Result<(), RenderError> {
        let Some((shot, step)) = self.shot.take() else {
            return Ok(());
        };
        let started = Clock::now();
        let developed = shot.develop().await;
        let png: Bytes = match developed {
            Ok(png) => png.into(),
            Err(error) => {
                // The moment the picture is of; the page may be further already.
                self.reached = self.held.first().map(|moment| moment.instant.at);
                self.replace_browser(error).await?;
                self.stage.draw().await?;
                self.stage.shoot().develop().await?.into()
            }
        };
        self.tally.shoot_time += started.elapsed();
        self.tally.captured += 1;
        if let Some(step) = step.filter(|_| self.cycle_bytes + png.len() <= CYCLE_BYTES) {
            self.cycle_bytes += png.len();
            self.cycle_pictures.insert(step, png.clone());
        }
        let mut page = PagePicture::New(png);
        for mut moment in std::mem::take(&mut self.held) {
            if let PagePicture::Same = moment.page {
                moment.page = std::mem::replace(&mut page, PagePicture::Same);
            }
            self.studio.show(moment).await?;
        }
        Ok(())
    }

    /// Hands on a moment, behind those that wait for a picture.
    async fn show(&mut self, moment: Moment) -> Result<(), RenderError> {
        if self.shot.is_some() {
            self.held.push(moment);
            if self.held.len() < LONGEST_BATCH {
                return Ok(());
            }
            return self.develop().await;
        }
        self.studio.show(moment).await
    }

    async fn advance(&mut self, waiting: &VecDeque<Step>) -> Result<Answer, StageError> {
        let started = Clock::now();
        let answer = if self.reached.is_none() {
            self.lead_in(waiting.front().map(|step| step.instant.at).unwrap_or_default()).await?
        } else {
            let slots: Vec<Slot<'_>> =
                waiting.iter().map(|step| Slot { at: step.instant.at, actions: self.actions(step) }).collect();
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
        let LeadIn { before, range } =
            self.plan.score.lead_in(at).unwrap_or(LeadIn { before: Vec::new(), range: 0..0 });
        let actions: Vec<Action> = before.into_iter().chain(self.plan.score.actions[range].iter().copied()).collect();
        let mut answer = self.stage.advance(&[Slot { at, actions: &actions }], self.window).await?;
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
        if let Some(reached) = self.reached {
            self.lead_in(reached).await?;
        }
        Ok(())
    }

    /// Takes over what the page answered: the moments gone through, and a picture if there is something new to see.
    async fn accept(&mut self, waiting: &mut VecDeque<Step>, answer: Answer, damaged: bool) -> Result<(), RenderError> {
        let Answer { done, pointers, mut marks, next, cycle, .. } = answer;
        for (index, pointer) in pointers.into_iter().enumerate().take(done) {
            let Some(step) = waiting.pop_front() else {
                break;
            };
            let told =
                if self.reached.is_none() { &self.plan.score.actions[..step.actions.end] } else { self.actions(&step) };
            let viewport = told
                .iter()
                .rev()
                .find_map(|action| if let Deed::Viewport(size) = action.deed { Some(size.width) } else { None });
            self.viewport_width = viewport.unwrap_or(self.viewport_width);
            let cut_at =
                told.iter().rev().find(|action| matches!(action.deed, Deed::Snapshot { .. })).map(|action| action.at);
            let later = marks.partition_point(|mark| mark.at <= step.instant.at);
            let mut marks: Vec<_> = marks.drain(..later).collect();
            marks.retain(|mark| cut_at.is_none_or(|cut| mark.at >= cut));
            if !step.actions.is_empty() || self.cycle != cycle {
                self.cycle_pictures.clear();
                self.cycle_bytes = 0;
            }
            let at = step.instant.at;
            self.reached = Some(at);
            let moment = Moment {
                instant: step.instant,
                page: PagePicture::Same,
                pointer: PointerNews::Now(pointer),
                marks,
                cut: cut_at.is_some(),
                viewport_width: self.viewport_width,
            };
            if index + 1 == done && damaged {
                self.shot = Some((self.stage.shoot(), cycle.map(|cycle| cycle.step_at(at))));
            }
            self.show(moment).await?;
        }
        self.outlook = next;
        self.cycle = cycle;
        Ok(())
    }
}
