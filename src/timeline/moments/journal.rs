//! What the page wrote to its console, and what it asked servers for.

use super::errors::{is_console, message};
use super::network::{self, Request};
use super::payload::{self, Reader};
use crate::recording::{Event, EventKind, Incremental, Recording, SessionTime, Window};
use crate::redact::tape::Value;

/// Characters of a line of the console, and of a request's URL.
const LONGEST: usize = 400;

/// A line of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// When it was written.
    pub at: SessionTime,
    /// The window's id.
    pub window: String,
    /// `error`, `warn`, `log`, …, as recorded; at most 20 characters.
    pub level: String,
    /// On one line, at most 400 characters.
    pub message: String,
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkLine {
    /// When it began.
    pub at: SessionTime,
    /// When it was over, as far as that is known.
    pub until: SessionTime,
    /// The window's id.
    pub window: String,
    /// At most 10 characters.
    pub method: Option<String>,
    /// At most 400 characters.
    pub url: String,
    /// `None` where it is not known; 0 where there was no answer, or where none could be seen.
    pub status: Option<u16>,
    /// How long it took.
    pub duration: Option<SessionTime>,
    /// As moments count it.
    pub failed: bool,
    /// A script made it, through which the recorder saw how it ended.
    pub by_script: bool,
}

/// Both, each by time over all windows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journal {
    /// All levels.
    pub console: Vec<ConsoleLine>,
    /// Of all kinds.
    pub network: Vec<NetworkLine>,
}

impl Journal {
    /// Reads a recording through once.
    pub fn of(recording: &Recording) -> Self {
        let mut journal = Self::default();
        let mut reader = Reader::default();
        for window in &recording.windows {
            for event in &window.events {
                journal.read(event, window, recording.started_at_ms, &mut reader);
            }
        }
        journal.console.sort_by_key(|line| line.at);
        journal.network.sort_by_key(|line| line.at);
        journal
    }

    fn read(&mut self, event: &Event, window: &Window, started_at_ms: f64, reader: &mut Reader) {
        match &event.kind {
            EventKind::Plugin { plugin } if is_console(plugin) => self.console.extend(line(event, window, reader)),
            EventKind::Incremental(Incremental::Log) => self.console.extend(line(event, window, reader)),
            EventKind::Plugin { plugin } if network::is_network(plugin) => {
                let requests = network::of_plugin(event, started_at_ms, reader);
                self.network.extend(requests.iter().map(|request| request.line(window)));
            }
            EventKind::Custom { tag } => {
                let Some(payload) = reader.payload(event) else { return };
                match tag.as_str() {
                    "performanceSpan" => {
                        let request = network::of_span(payload, event.at);
                        self.network.extend(request.map(|request| request.line(window)));
                    }
                    "breadcrumb" => self.crumb(payload, event, window),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Sentry's.
    fn crumb(&mut self, crumb: Value<'_>, event: &Event, window: &Window) {
        match payload::text(crumb, &["category"]).as_deref() {
            Some("fetch" | "xhr") => {
                let request = network::of_crumb(crumb, event.at);
                self.network.extend(request.map(|request| request.line(window)));
            }
            Some("console" | "exception") => {
                let level = payload::text(crumb, &["level"]).unwrap_or_else(|| "log".to_owned());
                let message = payload::text(crumb, &["message"]);
                self.console.extend(message.map(|message| written(event.at, window, &level, &message)));
            }
            _ => {}
        }
    }
}

fn line(event: &Event, window: &Window, reader: &mut Reader) -> Option<ConsoleLine> {
    let data = reader.data(event)?;
    // The plugin's is one level further in.
    let line = data.get("payload").filter(|inner| inner.get("level").is_some()).unwrap_or(data);
    let level = line.get("level")?.as_string()?;
    Some(written(event.at, window, &level, &message(line.get("payload"))))
}

fn written(at: SessionTime, window: &Window, level: &str, message: &str) -> ConsoleLine {
    ConsoleLine {
        at,
        window: window.id.clone(),
        level: payload::bounded(level, 20),
        message: payload::bounded(message, LONGEST),
    }
}

impl Request {
    fn line(&self, window: &Window) -> NetworkLine {
        NetworkLine {
            at: self.start,
            until: self.end,
            window: window.id.clone(),
            method: self.method.as_deref().map(|method| payload::bounded(method, 10)),
            url: payload::bounded(self.url(), LONGEST),
            status: self.status.filter(|status| (0.0..1000.0).contains(status)).map(|status| status as u16),
            duration: self.duration,
            failed: self.has_failed(),
            by_script: self.is_by_script(),
        }
    }
}
