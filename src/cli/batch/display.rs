//! How far a batch is, on stderr: a bar on a terminal, plain lines elsewhere.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::batch::{Counts, Tell};
use crate::cli::progress::tell_line;
use crate::recording::{clock_of, printable};

pub(super) struct Display {
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Instant>>,
    quiet: bool,
    began: Instant,
}

/// Between two plain lines.
const LINE_EVERY: Duration = Duration::from_secs(10);
const STEPS: u64 = 10_000;

impl Display {
    pub(super) fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr_with_hz(4));
            if let Ok(style) = ProgressStyle::with_template("{bar:32} {percent:>3}%  {msg}") {
                bar.set_style(style.progress_chars("━╸ "));
            }
            bar
        });
        Self { bar, lines: (!quiet && !terminal).then(|| Mutex::new(Instant::now())), quiet, began: Instant::now() }
    }

    pub(super) fn looking(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message("looking for recordings");
        }
    }

    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn message(&self, counts: &Counts) -> String {
        let Counts { total, done, failed, unchanged, failed_before, .. } = *counts;
        let ended = done + failed;
        let rate = ended as f64 / (self.began.elapsed().as_secs_f64() / 60.0).max(0.001);
        let mut message = format!("{} of {total}", ended + unchanged + failed_before);
        if failed > 0 {
            let _ = write!(message, ", {failed} failed");
        }
        if ended > 0 {
            let _ = write!(message, ", {rate:.1} a minute");
        }
        if let Some(left) = counts.left_s {
            let _ = write!(message, ", {} left", clock_of(left.round() as u64));
        }
        message
    }
}

impl Tell for Display {
    fn progress(&self, counts: &Counts) {
        if let Some(bar) = &self.bar {
            bar.set_position((counts.share * STEPS as f64) as u64);
            bar.set_message(self.message(counts));
        }
        if let Some(last) = &self.lines {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() >= LINE_EVERY {
                *last = Instant::now();
                tell_line(format_args!("{:.0}%  {}", counts.share * 100.0, self.message(counts)));
            }
        }
    }

    fn line(&self, line: &str) {
        // Paths and messages may be strangers'.
        let line = printable(line);
        match &self.bar {
            Some(bar) => bar.println(line),
            None if !self.quiet => tell_line(format_args!("{line}")),
            None => {}
        }
    }
}
