//! What there is to read of a session: chapters and captions.

use std::cell::OnceCell;

use super::window_at;
use crate::recording::Recording;
use crate::timeline::{Cue, Fps, Moment, Pages, Step, StepOptions, TimeMap, Turn, captions, chapters, steps_with};

/// Works out what is asked for, once.
pub(super) struct Words<'l> {
    recording: &'l Recording,
    turns: &'l [Turn],
    moments: &'l [Moment],
    pages: OnceCell<Pages>,
    steps: OnceCell<Vec<Step>>,
}

impl<'l> Words<'l> {
    pub(super) fn new(recording: &'l Recording, turns: &'l [Turn], moments: &'l [Moment]) -> Self {
        Self { recording, turns, moments, pages: OnceCell::new(), steps: OnceCell::new() }
    }

    /// The last of them goes to the end of the last slot, as the video does.
    pub(super) fn chapters(&self, map: &TimeMap, fps: Fps) -> Vec<Cue> {
        let pages = self.pages.get_or_init(|| Pages::of(self.recording, self.turns));
        let mut chapters = chapters(pages, self.moments, map);
        if let Some(last) = chapters.last_mut() {
            last.to = last.to.max((map.video_ms(fps) * 1000.0) as i64);
        }
        chapters
    }

    /// Of what is in view: what happens in another window meanwhile would puzzle.
    pub(super) fn captions(&self, map: &TimeMap) -> Vec<Cue> {
        captions(self.steps.get_or_init(|| self.steps()), map)
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = steps_with(self.recording, self.moments, StepOptions::default());
        steps.retain(|step| {
            let shown = self.recording.windows.get(window_at(self.turns, step.at));
            shown.is_some_and(|window| window.id == step.window)
        });
        steps
    }
}
