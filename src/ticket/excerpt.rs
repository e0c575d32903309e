//! What the page said and asked for around the problems, as tables.

use std::collections::HashSet;

use serde::Serialize;

use crate::recording::SessionTime;
use crate::timeline::{ConsoleLine, Journal, NetworkLine, without_passwords};

/// So long before a problem.
const BEFORE: SessionTime = SessionTime::from_millis(15_000);
/// So long after it.
const AFTER: SessionTime = SessionTime::from_millis(5000);
/// Rows of each table.
const MOST_ROWS: usize = 40;

/// A table, and how much there is besides.
#[derive(Debug, Clone, Serialize)]
pub struct Excerpt<R> {
    /// By time.
    pub rows: Vec<R>,
    /// Lines in the same time that are not told.
    pub left_out: usize,
}

/// A line of the console, as often as it came one after the other.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleRow {
    /// When it came first.
    pub at_ms: f64,
    /// `error`, `warn`, `log`, ….
    pub level: String,
    /// At most 400 characters.
    pub message: String,
    /// How often.
    pub count: usize,
}

/// A request.
#[derive(Debug, Clone, Serialize)]
pub struct NetworkRow {
    /// When it began.
    pub at_ms: f64,
    /// `GET`, …, where it is known.
    pub method: Option<String>,
    /// At most 400 characters.
    pub url: String,
    /// `None` where it is not known.
    pub status: Option<u16>,
    /// How long it took, where that is known.
    pub duration_ms: Option<f64>,
    /// It failed.
    pub failed: bool,
}

fn is_near(times: &[SessionTime], from: SessionTime, to: SessionTime) -> bool {
    times.iter().any(|at| to >= *at - BEFORE && from <= *at + AFTER)
}

pub(super) fn console(
    journal: &Journal,
    times: &[SessionTime],
    is_wanted: &dyn Fn(&str) -> bool,
) -> Excerpt<ConsoleRow> {
    let near = |line: &&ConsoleLine| is_wanted(&line.window) && is_near(times, line.at, line.at);
    let mut rows: Vec<ConsoleRow> = Vec::new();
    for line in journal.console.iter().filter(near) {
        match rows.last_mut().filter(|last| last.level == line.level && last.message == line.message) {
            Some(last) => last.count += 1,
            None => rows.push(ConsoleRow {
                at_ms: line.at.millis(),
                level: line.level.clone(),
                message: line.message.clone(),
                count: 1,
            }),
        }
    }
    let weight = |row: &ConsoleRow| match row.level.as_str() {
        "error" | "assert" | "fatal" => 0,
        "warn" | "warning" => 1,
        _ => 2,
    };
    most(rows, weight)
}

pub(super) fn network(
    journal: &Journal,
    times: &[SessionTime],
    is_wanted: &dyn Fn(&str) -> bool,
) -> Excerpt<NetworkRow> {
    let near = |line: &&NetworkLine| is_wanted(&line.window) && is_near(times, line.at, line.until);
    let lines: Vec<&NetworkLine> = journal.network.iter().filter(near).collect();
    let by_script: HashSet<u64> =
        lines.iter().filter(|line| line.by_script).map(|line| line.at.millis().to_bits()).collect();
    let rows = lines.iter().map(|line| NetworkRow {
        at_ms: line.at.millis(),
        method: line.method.clone(),
        url: without_passwords(&line.url),
        status: line.status,
        duration_ms: line.duration.map(SessionTime::millis),
        failed: line.failed,
    });
    let weight = |row: &NetworkRow| match row {
        NetworkRow { failed: true, .. } => 0,
        row if by_script.contains(&row.at_ms.to_bits()) => 1,
        _ => 2,
    };
    most(rows.collect(), weight)
}

/// As many as there is room for: those of the least weight first, in their order.
fn most<R>(rows: Vec<R>, weight: impl Fn(&R) -> u8) -> Excerpt<R> {
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    let mut places: Vec<usize> = (0..rows.len()).collect();
    places.sort_by_key(|place| rows.get(*place).map(&weight));
    let kept: HashSet<usize> = places.into_iter().take(MOST_ROWS).collect();
    let rows = rows.into_iter().enumerate().filter(|(place, _)| kept.contains(place)).map(|(_, row)| row).collect();
    Excerpt { rows, left_out }
}
