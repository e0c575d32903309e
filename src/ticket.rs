//! What a bug ticket needs, made without a person: what happened, where, what led to it, and what the page said meanwhile.
//!
//! [`Ticket::of`] finds all of it, purely; [`Ticket::markdown`], [`Ticket::html`] and [`Ticket::jira`] write it down. Which words are a
//! stranger's is known up to there, so that each of them can keep these from being anything but words.

mod choice;
mod environment;
mod excerpt;
mod html;
mod jira;
mod layout;
mod lines;
mod markdown;

#[cfg(test)]
mod tests;

pub use choice::{Choice, Problem};
pub use excerpt::{ConsoleRow, Excerpt, NetworkRow};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::recording::{Recording, SessionTime};
use crate::timeline::{Journal, Moment, MomentKind, Phrase, Step, StepOptions, distinct_id, steps_with};

/// A pause shorter than this does not belong to what has to be done again.
const SHORTEST_PAUSE: SessionTime = SessionTime::from_millis(30_000);

/// Characters of a name, an id, a user agent.
const LONGEST_NAME: usize = 300;

/// What somebody who is to mend something has to know. Times ending in `_ms` are session time.
#[derive(Debug, Clone, Serialize)]
pub struct Ticket {
    /// The gravest problem in a line.
    pub title: Phrase,
    /// Whether any problem was found or chosen; without one, the ticket shows the end of the session.
    pub found: bool,
    /// The kinds of moments that were taken for problems, by name.
    pub looked_for: Vec<&'static str>,
    /// Who, when, how long, where.
    pub summary: Vec<Fact>,
    /// Browser, system, sizes.
    pub environment: Vec<Fact>,
    /// How many steps come before the first that is told.
    pub steps_before: usize,
    /// What the person did up to the gravest problem, by time.
    pub steps: Vec<ToldStep>,
    /// By time. Never empty.
    pub problems: Vec<Problem>,
    /// How many there are besides, by their kind's name.
    pub more: BTreeMap<&'static str, usize>,
    /// What the page wrote around them.
    pub console: Excerpt<ConsoleRow>,
    /// What it asked servers for around them.
    pub network: Excerpt<NetworkRow>,
}

/// Something to know.
#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    /// What it is.
    pub name: &'static str,
    /// The rest.
    pub value: Phrase,
}

/// A step, as a ticket tells it.
#[derive(Debug, Clone, Serialize)]
pub struct ToldStep {
    /// When it began.
    pub at_ms: f64,
    /// It in words.
    pub words: Phrase,
}

impl Ticket {
    /// Goes through a recording, whose moments are known, for what `choice` asks.
    pub fn of(recording: &Recording, moments: &[Moment], choice: &Choice) -> Self {
        let steps = steps_with(recording, moments, StepOptions { values: choice.values });
        let is_wanted = |window: &str| choice.window.as_deref().is_none_or(|wanted| wanted == window);
        let steps: Vec<Step> = steps.into_iter().filter(|step| is_wanted(&step.window)).collect();
        let chosen = choice::choose(recording, moments, &steps, choice);
        let headline = chosen.headline();
        let (steps_before, steps) = up_to(headline.map(|problem| problem.time), &steps, choice.steps);
        let journal = Journal::of(recording);
        let times: Vec<SessionTime> = chosen.problems.iter().map(|problem| problem.time).collect();
        Self {
            title: title(headline, chosen.found),
            found: chosen.found,
            looked_for: choice.kinds.iter().map(|kind| kind.name()).collect(),
            summary: summary(recording, headline),
            environment: environment::of(recording, headline),
            steps_before,
            steps,
            console: excerpt::console(&journal, &times, &is_wanted),
            network: excerpt::network(&journal, &times, &is_wanted),
            more: chosen.more,
            problems: chosen.problems,
        }
    }
}

fn title(headline: Option<&Problem>, found: bool) -> Phrase {
    match headline {
        Some(problem) if found => problem.words.clone(),
        _ => Phrase::ours("Session recording without a known problem"),
    }
}

fn summary(recording: &Recording, headline: Option<&Problem>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut tell = |name, value: Option<Phrase>| facts.extend(value.map(|value| Fact { name, value }));
    let their = |text: String| Phrase::default().theirs(&short(&text));
    tell("Recorded", wall_clock(recording, SessionTime::ZERO).map(|time| Phrase::ours(&time)));
    tell("Duration", Some(Phrase::ours(&crate::recording::clock(recording.duration().millis()))));
    tell("Page", headline.and_then(|problem| problem.url.as_deref()).map(|url| Phrase::default().address(url)));
    tell("Person", distinct_id(recording).map(their));
    tell("Session", recording.session_id.clone().map(their));
    facts
}

/// The last ones up to a moment, and how many there are before them.
fn up_to(at: Option<SessionTime>, steps: &[Step], most: usize) -> (usize, Vec<ToldStep>) {
    let is_pause = |step: &Step| step.kind == crate::timeline::StepKind::Moment(MomentKind::Idle);
    let told: Vec<&Step> = steps
        .iter()
        .filter(|step| at.is_none_or(|at| step.at <= at))
        .filter(|step| !is_pause(step) || step.until - step.at >= SHORTEST_PAUSE)
        .collect();
    let before = told.len().saturating_sub(most);
    let last = told.into_iter().skip(before);
    (before, last.map(|step| ToldStep { at_ms: step.at.millis(), words: step.words.clone() }).collect())
}

/// RFC 3339, UTC; `None` if the recording's clock is beyond the calendar.
fn wall_clock(recording: &Recording, at: SessionTime) -> Option<String> {
    recording.wall_clock(at).map(|time| time.to_string())
}

/// Of what strangers call things there is as much told as anybody reads.
fn short(text: &str) -> String {
    text.chars().take(LONGEST_NAME).collect()
}
