//! Progress on stderr: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::recording::clock_of;
use crate::render::{Progress, Report, Watch};
use crate::source;

/// See the module.
pub(super) struct Display {
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Instant>>,
    started: Instant,
}

/// Between two plain lines.
const LINE_EVERY: Duration = Duration::from_secs(5);
const STEPS: u64 = 10_000;

impl Display {
    pub(super) fn new(quiet: bool) -> Self {
        let started = Instant::now();
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr_with_hz(8));
            if let Ok(style) = ProgressStyle::with_template("{bar:32} {percent:>3}%  {msg}") {
                bar.set_style(style.progress_chars("━╸ "));
            }
            bar
        });
        Self { bar, lines: (!quiet && !terminal).then(|| Mutex::new(started)), started }
    }

    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// The result, in one line per file.
    pub(super) fn tell(report: &Report) {
        for output in &report.outputs {
            let size = indicatif::HumanBytes(output.bytes);
            let length = output
                .video
                .as_ref()
                .map(|video| format!(", {}", clock(video.duration_ms / 1000.0)))
                .unwrap_or_default();
            let picture = match (output.width, output.height) {
                (0, 0) => String::new(),
                (width, height) => format!("{width}x{height}{length}, "),
            };
            tell_line(format_args!("{}  {picture}{size}", output.path.display()));
        }
        if report.video_ms > 0.0 {
            let seconds = report.timings.total_ms / 1000.0;
            tell_line(format_args!(
                "rendered in {seconds:.1} s, {:.0} times as fast as real time",
                report.video_ms / 1000.0 / seconds
            ));
        }
        for warning in &report.warnings {
            tell_line(format_args!("note: {}", warning.message));
        }
    }

    fn message(&self, progress: &Progress) -> String {
        let elapsed = self.started.elapsed().as_secs_f64();
        let all = (progress.to - progress.from).seconds();
        let session = progress.gone().seconds();
        let speed = session / elapsed.max(0.001);
        let left = (all - session) / speed.max(0.001);
        format!("{} of {}  {speed:.0}x  {} left", clock(session), clock(all), clock(left))
    }
}

impl Watch for Display {
    fn goes_on(&self, progress: &Progress) -> bool {
        if let Some(bar) = &self.bar {
            bar.set_position((progress.done * STEPS as f64) as u64);
            bar.set_message(self.message(progress));
        }
        if let Some(last) = &self.lines {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() >= LINE_EVERY {
                *last = Instant::now();
                tell_line(format_args!("{:.0}%  {}", progress.done * 100.0, self.message(progress)));
            }
        }
        true
    }
}

/// One line on stderr. That nobody reads it must not end a render.
pub(super) fn tell_line(line: std::fmt::Arguments<'_>) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// `33:10` or `1:02:03`
fn clock(seconds: f64) -> String {
    clock_of(seconds.max(0.0).round() as u64)
}

/// How far fetching a recording is: like the render's, on stderr.
pub(super) struct Fetching {
    bar: Option<ProgressBar>,
    lines: Option<Mutex<Option<Instant>>>,
}

impl Fetching {
    pub(super) fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = (!quiet && terminal).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
            if let Ok(style) = ProgressStyle::with_template("{bar:32} {percent:>3}%  {msg}") {
                bar.set_style(style.progress_chars("━╸ "));
            }
            bar
        });
        Self { bar, lines: (!quiet && !terminal).then(Mutex::default) }
    }

    pub(super) fn tell(&self, progress: source::Progress) {
        let source::Progress { done, of, bytes, waiting } = progress;
        let size = indicatif::HumanBytes(bytes);
        let wait = waiting.map(|wait| format!(", the server asks to wait {} s", wait.as_secs_f64().ceil()));
        let message = format!("fetched {done} of {of} pieces, {size}{}", wait.unwrap_or_default());
        if let Some(bar) = &self.bar {
            bar.set_length(of);
            bar.set_position(done);
            bar.set_message(message.clone());
        }
        if let Some(last) = &self.lines {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            // Waits and the end are told at once.
            if waiting.is_some() || done == of || last.is_none_or(|last| last.elapsed() >= LINE_EVERY) {
                *last = Some(Instant::now());
                tell_line(format_args!("{message}"));
            }
        }
    }

    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
