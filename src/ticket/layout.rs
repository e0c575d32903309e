//! What stands where in a ticket, whatever it is written in.

use super::{ConsoleRow, NetworkRow, Problem, Ticket};
use crate::recording::clock;
use crate::timeline::{Phrase, Words};

/// A language for documents. Words are given as they are; each language sees to it that they stay words.
pub(super) trait Language {
    /// Words of ours.
    fn ours(&self, text: &str) -> String;
    /// Words of a stranger, marked as such.
    fn theirs(&self, text: &str) -> String;
    /// A URL, which must not become a link.
    fn address(&self, url: &str) -> String;

    fn phrase(&self, phrase: &Phrase) -> String {
        let write = |words: &Words| match words {
            Words::Ours(text) => self.ours(text),
            Words::Theirs(text) => self.theirs(text),
            Words::Address(url) => self.address(url),
        };
        phrase.words().iter().map(write).collect()
    }
}

/// Session time, for people.
pub(super) fn time(at_ms: f64) -> String {
    clock(at_ms)
}

/// `Session time 0:51.0, 2026-11-21T…`: when and where a problem was.
pub(super) fn place(problem: &Problem) -> Phrase {
    let mut phrase = Phrase::ours(&format!("At {} of the session", time(problem.at_ms)));
    if let Some(at) = &problem.at {
        phrase = phrase.then(&format!(", {at}"));
    }
    if let Some(url) = &problem.url {
        phrase = phrase.then(", on ").address(url);
    }
    if problem.count > 1 {
        phrase = phrase.then(&format!(", for the first of {} times", problem.count));
    }
    if let Some(window) = problem.window.as_ref().filter(|_| !problem.in_view) {
        phrase = phrase.then(", in window ").theirs(&super::short(window)).then(", which the pictures do not show");
    }
    phrase.then(".")
}

/// What to say above the steps.
pub(super) fn before_steps(ticket: &Ticket) -> Option<String> {
    match (ticket.steps.len(), ticket.steps_before) {
        (0, _) => Some("Nothing that the person did was recorded before it.".to_owned()),
        (_, 0) => None,
        (told, before) => Some(format!("The last {told} of {} steps.", told + before)),
    }
}

/// What to say above the problems.
pub(super) fn before_problems(ticket: &Ticket) -> Option<String> {
    if !ticket.found {
        let kinds = ticket.looked_for.join(", ");
        return Some(format!("No problem was found in the recording (looked for: {kinds}). This is how it ended."));
    }
    None
}

/// What to say below the problems.
pub(super) fn after_problems(ticket: &Ticket) -> Option<String> {
    let counts: Vec<String> = ticket.more.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    (!counts.is_empty()).then(|| format!("Not shown here: {}.", counts.join(", ")))
}

pub(super) const CONSOLE: [&str; 3] = ["Time", "Level", "Message"];
pub(super) const NETWORK: [&str; 5] = ["Time", "Method", "URL", "Status", "Took"];

/// The cells of a row.
pub(super) fn console_row(row: &ConsoleRow) -> [Phrase; 3] {
    let message = Phrase::default().theirs(&row.message);
    let message = if row.count > 1 { message.then(&format!(" ({} times)", row.count)) } else { message };
    [Phrase::ours(&time(row.at_ms)), Phrase::default().theirs(&row.level), message]
}

/// The cells of a row.
pub(super) fn network_row(row: &NetworkRow) -> [Phrase; 5] {
    let unknown = || Phrase::ours("–");
    [
        Phrase::ours(&time(row.at_ms)),
        row.method.as_ref().map_or_else(unknown, |method| Phrase::default().theirs(method)),
        Phrase::default().address(&row.url),
        match row.status {
            Some(0) if row.failed => Phrase::ours("no answer"),
            Some(0) | None => unknown(),
            Some(status) => Phrase::ours(&status.to_string()),
        },
        row.duration_ms.map_or_else(unknown, |duration| Phrase::ours(&format!("{duration:.0} ms"))),
    ]
}

/// What to say below a table.
pub(super) fn left_out(count: usize) -> Option<String> {
    (count > 0).then(|| format!("… and {count} more."))
}

/// Without what no reader sees but what changes what they see: control characters, and those that turn the direction of writing.
pub(super) fn clean(text: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let visible = text.chars().filter(|character| !is_hidden(*character));
    visible.map(|character| if character.is_control() || character.is_whitespace() { ' ' } else { character }).collect()
}

/// Of the pictures of a problem.
pub(super) fn is_movie(clip: &str) -> bool {
    std::path::Path::new(clip).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mp4"))
}

/// Beside the pictures, for who cannot see them.
pub(super) fn alternative(problem: &Problem) -> String {
    format!("{} at {}", problem.heading, time(problem.at_ms))
}
