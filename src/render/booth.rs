//! Stills from a browser that stays open.

use std::sync::Arc;

use super::moment::{PointerNews, View};
use super::overlay::Overlays;
use super::plan::{Plan, painter};
use super::{Overview, RenderError, Request, stage_options};
use crate::compose::{Frame, decode_png};
use crate::recording::{SessionTime, Window};
use crate::stage::{Answer, Slot, Stage, WrittenPage};
use crate::timeline::{Action, Score, When, built_at, viewport};

/// A browser with a recording in it, for any number of stills, in any order. A still costs a fraction of what the first one
/// does. Dropping it ends the browser.
pub struct Booth {
    request: Request,
    plan: Plan,
    stage: Stage,
}

impl Booth {
    /// Starts the browser. Of the request, recording, window and picture options count; outputs do not.
    pub async fn open(mut request: Request) -> Result<Self, RenderError> {
        request.videos.clear();
        request.stills.clear();
        request.moments = None;
        request.overview = Overview::default();
        let plan = Plan::of(&request)?;
        let stage = Stage::open(stage_options(&request, plan.layout)).await?;
        Ok(Self { request, plan, stage })
    }

    /// Ends in order: a browser of a [`stage::Pool`](crate::stage::Pool) goes back to it. Only for one whose stills were all taken.
    pub async fn close(self) {
        self.stage.close().await;
    }

    /// The process id (and process group) of its browser.
    pub fn browser_pid(&self) -> u32 {
        self.stage.browser_pid()
    }

    /// The picture at a moment: the same pixels as in any render of it.
    pub async fn take(&mut self, at: &When) -> Result<Frame, RenderError> {
        let (at, actions, answer) = self.bring(at).await?;
        let page = decode_png(&self.stage.shoot().develop().await?, &mut Vec::new())?;
        let cut = built_at(&actions);
        let marks: Vec<_> = answer.marks.into_iter().filter(|mark| cut.is_none_or(|cut| mark.at >= cut)).collect();
        let mut overlays =
            Overlays::new(self.plan.layout, self.request.look.clone(), Arc::clone(&self.plan.surroundings));
        overlays.add(PointerNews::Now(answer.pointers.into_iter().next_back().flatten()), &marks);
        let view =
            View { window: self.plan.window_at(at), viewport: viewport(&actions), title: answer.title.as_str().into() };
        let overlay = overlays.at(at, &view);
        Ok(painter(&self.request.look, &self.plan.layout).draw(&page, &overlay))
    }

    /// The page at a moment, as one HTML file without script that loads nothing: to be explored in a browser's inspector. Assets are
    /// written into it.
    pub async fn write_page(&mut self, at: &When) -> Result<WrittenPage, RenderError> {
        self.bring(at).await?;
        // One frame, so that what is only worked out for drawing is there too.
        self.stage.draw().await?;
        let stock = self.request.assets.stock(self.stage.page_urls().await?);
        Ok(self.stage.write_page(&stock).await?)
    }

    /// Brings the page to a moment; returns it, and what was told to the page and what it said.
    async fn bring(&mut self, at: &When) -> Result<(SessionTime, Vec<Action>, Answer), RenderError> {
        // Found once, and only for those who ask: a still is to be there at once.
        if at.needs_moments() && self.plan.landmarks.moments.is_empty() {
            self.plan.landmarks.find_moments(&self.request.recording);
        }
        let at = at.resolve(&self.plan.landmarks);
        let at = at.map_err(|source| RenderError::When { option: "--at", source })?;
        let window = self.plan.window_at(at);
        let score = &self.plan.scores[window];
        let (actions, answer) = bring(&mut self.stage, score, &self.request.recording.windows[window], at).await?;
        Ok((at, actions, answer))
    }
}

/// Brings a fresh page of a window to a moment; returns what was told to the page and what it said.
pub(super) async fn bring(
    stage: &mut Stage,
    score: &Score,
    window: &Window,
    at: SessionTime,
) -> Result<(Vec<Action>, Answer), RenderError> {
    let Some(lead_in) = score.lead_in(at) else {
        return Err(RenderError::Internal("a moment before the first full snapshot"));
    };
    let actions = lead_in.actions(score);
    stage.reset().await?;
    let answer = stage.advance(&[Slot { at, actions: &actions }], window).await?;
    Ok((actions, answer))
}
