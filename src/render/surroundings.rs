//! What is known beside the page at each moment: where the person is, what time it is, what goes wrong. A pure function of session time.

use super::look::{BarItem, BarLook, Look};
use crate::compose::{Bar, KEYS_MS, Keys, NOTE_MS, Note, NoteKind};
use crate::recording::{Recording, SessionTime, clock_of};
use crate::timeline::{Addresses, KeyPress, Moment, MomentKind, Stretch, key_presses};

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Surroundings {
    bar: Option<BarLook>,
    /// Of each window.
    addresses: Vec<Addresses>,
    /// Ids of the windows.
    windows: Vec<String>,
    /// Windows that have something to show.
    showable: Vec<usize>,
    idle: Vec<Stretch>,
    /// Those to be told of, by time.
    notes: Vec<Moment>,
    problems: Vec<u16>,
    rage: Vec<Stretch>,
    presses: Vec<KeyPress>,
    started_at_ms: f64,
    ends: SessionTime,
}

impl Surroundings {
    /// What a look needs of a recording. `moments` may be empty if [`Surroundings::needs_moments`] says no.
    pub(super) fn of(
        recording: &Recording,
        look: &Look,
        moments: &[Moment],
        idle: Vec<Stretch>,
        ends: SessionTime,
    ) -> Self {
        let shows = |item| look.bar.as_ref().is_some_and(|bar| bar.shows.contains(&item));
        let addresses =
            if shows(BarItem::Url) { recording.windows.iter().map(Addresses::of_window).collect() } else { Vec::new() };
        let windows = recording.windows.iter();
        let showable = windows.enumerate().filter(|(_, window)| window.first_full_snapshot().is_some());
        let rage = moments.iter().filter(|moment| moment.kind == MomentKind::Rage && look.marks.contains(&moment.kind));
        let rage = rage.filter_map(|moment| Some(Stretch { from: moment.at, to: moment.until? })).collect();
        let mut problems: Vec<u16> = moments
            .iter()
            .filter(|moment| shows(BarItem::Progress) && MomentKind::PROBLEMS.contains(&moment.kind))
            .map(|moment| thousandths(moment.at, ends))
            .collect();
        problems.dedup();
        Self {
            bar: look.bar.clone(),
            addresses,
            windows: recording.windows.iter().map(|window| window.id.clone()).collect(),
            showable: showable.map(|(index, _)| index).collect(),
            idle,
            notes: moments.iter().filter(|moment| look.marks.contains(&moment.kind)).cloned().collect(),
            problems,
            rage,
            presses: if look.keys { key_presses(recording) } else { Vec::new() },
            started_at_ms: recording.started_at_ms,
            ends,
        }
    }

    /// Whether a look tells of moments.
    pub(super) fn needs_moments(look: &Look) -> bool {
        !look.marks.is_empty() || look.bar.as_ref().is_some_and(|bar| bar.shows.contains(&BarItem::Progress))
    }

    /// Whether a look tells of idle time.
    pub(super) fn needs_idle(look: &Look) -> bool {
        look.bar.as_ref().is_some_and(|bar| bar.shows.contains(&BarItem::Idle))
    }

    /// What the bar says. It is drawn `height` device px high.
    pub(super) fn bar(&self, at: SessionTime, window: usize, title: &str, height: u32) -> Option<Bar> {
        let look = self.bar.as_ref()?;
        let mut bar = Bar { above: look.above, height, ..Bar::default() };
        // Changes once a second, so that a page that stands still stays cheap.
        let second = whole_seconds(at);
        for item in &look.shows {
            match item {
                BarItem::Title => bar.title = Some(title.to_owned()),
                BarItem::Url => {
                    bar.url = self.addresses.get(window).and_then(|known| known.at(at)).map(str::to_owned);
                }
                BarItem::Window => bar.window = self.window(window),
                BarItem::Idle => bar.idle = self.idle.iter().any(|idle| idle.from <= at && at < idle.to),
                BarItem::Clock => {
                    bar.clock = Some(clock_of(second));
                    bar.length = Some(clock_of(whole_seconds(self.ends)));
                }
                BarItem::Wall => bar.wall = self.wall_clock(second.cast_signed(), look),
                BarItem::Progress => {
                    bar.progress =
                        Some(thousandths(SessionTime::from_micros(second.cast_signed() * 1_000_000), self.ends));
                    bar.problems.clone_from(&self.problems);
                }
            }
        }
        Some(bar)
    }

    /// Notes of what happened lately in a window, the oldest first.
    pub(super) fn notes(&self, at: SessionTime, window: usize) -> Vec<Note> {
        let recent = recent(&self.notes, at, NOTE_MS, |moment| moment.at);
        let here = recent.iter().filter(|moment| self.windows.get(window) == Some(&moment.window));
        here.map(|moment| Note {
            kind: note_kind(moment.kind),
            title: in_words(moment.kind).to_owned(),
            text: moment.label.clone(),
            age_ms: (at - moment.at).millis(),
        })
        .collect()
    }

    /// The keys pressed lately in a window.
    pub(super) fn keys(&self, at: SessionTime, window: usize) -> Option<Keys> {
        let recent = recent(&self.presses, at, KEYS_MS, |press| press.at);
        let last = recent.iter().rfind(|press| press.window == window)?;
        Some(Keys { caps: last.caps.clone(), age_ms: (at - last.at).millis() })
    }

    /// Whether a click at that moment is one of several in anger.
    pub(super) fn is_rage(&self, at: SessionTime) -> bool {
        self.rage.iter().any(|rage| rage.from <= at && at <= rage.to)
    }

    fn window(&self, window: usize) -> Option<String> {
        let number = self.showable.iter().position(|shown| *shown == window)? + 1;
        (self.showable.len() > 1).then(|| format!("Tab {number} of {}", self.showable.len()))
    }

    fn wall_clock(&self, second: i64, look: &BarLook) -> Option<String> {
        let epoch_ms = self.started_at_ms.round() as i64;
        let instant = jiff::Timestamp::from_millisecond(epoch_ms.checked_add(second.checked_mul(1000)?)?).ok()?;
        let local = instant.to_zoned(look.zone.clone());
        Some(local.strftime("%Y-%m-%d %H:%M:%S %Z").to_string())
    }
}

/// Of those by time, the ones that happened up to `at` and less than `lasts_ms` before.
fn recent<T>(all: &[T], at: SessionTime, lasts_ms: f64, time: impl Fn(&T) -> SessionTime) -> &[T] {
    let end = all.partition_point(|one| time(one) <= at);
    let start = all.partition_point(|one| (at - time(one)).millis() >= lasts_ms);
    &all[start.min(end)..end]
}

fn whole_seconds(at: SessionTime) -> u64 {
    at.micros().max(0).cast_unsigned() / 1_000_000
}

fn thousandths(at: SessionTime, of: SessionTime) -> u16 {
    let share = at.micros().max(0) as f64 / of.micros().max(1) as f64;
    (share.min(1.0) * 1000.0).round() as u16
}

fn note_kind(kind: MomentKind) -> NoteKind {
    match kind {
        MomentKind::Error => NoteKind::Error,
        MomentKind::Failed | MomentKind::Slow => NoteKind::Request,
        MomentKind::Rage | MomentKind::Dead => NoteKind::Click,
        _ => NoteKind::Other,
    }
}

fn in_words(kind: MomentKind) -> &'static str {
    match kind {
        MomentKind::Error => "Error",
        MomentKind::Failed => "Request failed",
        MomentKind::Slow => "Slow request",
        MomentKind::Rage => "Rage click",
        MomentKind::Dead => "Dead click",
        MomentKind::Submit => "Form sent",
        MomentKind::Marker => "Marker",
        MomentKind::Window => "Other tab",
        MomentKind::Page => "New page",
        MomentKind::Viewport => "New size",
        MomentKind::Idle => "Idle",
    }
}

#[cfg(test)]
mod tests;
