//! The rows of an index, as JSON has them.

use serde::Serialize;

use crate::recording::{Recording, SessionTime};
use crate::timeline::{
    ConsoleLine, Moment, MomentKind, NetworkLine, Phrase, Step, StepKind, Stretch, Turn as Shown, without_passwords,
};

/// From here on this window is on view.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Turn {
    at_ms: f64,
    window: String,
}

/// Nobody does anything.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct IdleStretch {
    from_ms: f64,
    to_ms: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Chapter {
    pub(super) at_ms: f64,
    pub(super) title: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct StepRow {
    at_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_ms: Option<f64>,
    window: String,
    kind: StepKind,
    text: Phrase,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct MomentRow {
    at_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_ms: Option<f64>,
    window: String,
    kind: MomentKind,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct ConsoleRow {
    at_ms: f64,
    window: String,
    level: String,
    message: String,
    /// How often it came one after the other.
    count: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct NetworkRow {
    at_ms: f64,
    window: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
    failed: bool,
}

impl ConsoleRow {
    /// Of the heaviest there are the fewest kept.
    pub(super) fn weight(&self) -> usize {
        match self.level.as_str() {
            "error" | "assert" | "fatal" => 0,
            "warn" | "warning" => 1,
            _ => 2,
        }
    }
}

/// Session time as the package has it: windows may have been left out, and then its first event is not the recording's.
pub(super) struct Clock {
    zero: SessionTime,
}

impl Clock {
    pub(super) fn of(recording: &Recording) -> Self {
        let first = recording.windows.iter().filter_map(|window| window.events.first()).map(|event| event.at).min();
        Self { zero: first.unwrap_or_default() }
    }

    pub(super) fn ms(&self, at: SessionTime) -> f64 {
        (at - self.zero).millis().max(0.0)
    }

    pub(super) fn turns(&self, turns: &[Shown], recording: &Recording) -> Vec<Turn> {
        let turn = |turn: &Shown| {
            let window = recording.windows.get(turn.window)?.id.clone();
            Some(Turn { at_ms: self.ms(turn.from), window })
        };
        turns.iter().filter_map(turn).collect()
    }

    pub(super) fn idle(&self, stretches: &[Stretch]) -> Vec<IdleStretch> {
        let real = stretches.iter().filter(|stretch| stretch.from < stretch.to);
        real.map(|stretch| IdleStretch { from_ms: self.ms(stretch.from), to_ms: self.ms(stretch.to) }).collect()
    }

    pub(super) fn step(&self, step: &Step) -> StepRow {
        StepRow {
            at_ms: self.ms(step.at),
            until_ms: (step.until > step.at).then(|| self.ms(step.until)),
            window: step.window.clone(),
            kind: step.kind,
            text: step.words.clone(),
        }
    }

    pub(super) fn moment(&self, moment: &Moment) -> MomentRow {
        MomentRow {
            at_ms: self.ms(moment.at),
            until_ms: moment.until.map(|until| self.ms(until)),
            window: moment.window.clone(),
            kind: moment.kind,
            label: without_passwords(&moment.label),
            url: moment.url.as_deref().map(without_passwords),
        }
    }

    /// Lines that come one after the other and say the same are one.
    pub(super) fn console(&self, lines: &[ConsoleLine]) -> Vec<ConsoleRow> {
        let mut rows: Vec<ConsoleRow> = Vec::new();
        for line in lines {
            let same = |last: &&mut ConsoleRow| {
                last.level == line.level && last.message == line.message && last.window == line.window
            };
            match rows.last_mut().filter(same) {
                Some(last) => last.count += 1,
                None => rows.push(ConsoleRow {
                    at_ms: self.ms(line.at),
                    window: line.window.clone(),
                    level: line.level.clone(),
                    message: line.message.clone(),
                    count: 1,
                }),
            }
        }
        rows
    }

    pub(super) fn network(&self, line: &NetworkLine) -> NetworkRow {
        NetworkRow {
            at_ms: self.ms(line.at),
            window: line.window.clone(),
            method: line.method.clone(),
            url: without_passwords(&line.url),
            status: line.status,
            duration_ms: line.duration.map(SessionTime::millis),
            failed: line.failed,
        }
    }
}
