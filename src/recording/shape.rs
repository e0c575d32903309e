//! Finds the events in whatever containers a recorder, an API or an export put around them.

use std::sync::Arc;

use super::Shape;
use super::json::{self, Cursor, Fault};

/// Containers inside containers that are looked into; `result.snapshots.ID[…]` is the deepest met.
const MOST_DEPTH: usize = 6;
/// Distinct IDs that are kept: a session in which somebody signs in has two.
const MOST_IDS: usize = 20;

/// Everything an input holds, not yet understood. What was found before a fault is kept.
#[derive(Debug, Default)]
pub(super) struct Harvest<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) shape: Option<Shape>,
    pub(super) version: Option<String>,
    pub(super) session_id: Option<String>,
    /// The text of PostHog's person object.
    pub(super) person: Option<&'a str>,
    /// Whose events they are, as they were sent to PostHog.
    pub(super) distinct_ids: Vec<String>,
    /// List items that are no events, and the index of the event that would have come next at the first of them.
    pub(super) strangers: u64,
    pub(super) first_stranger: Option<u32>,
    /// Lines that are not JSON, and where the first begins.
    pub(super) unreadable_lines: u64,
    pub(super) first_unreadable: usize,
    /// Where something follows the end of the document.
    pub(super) trailing: Option<usize>,
    /// Most items to collect.
    limit: usize,
    /// The object just walked has a `segment_id`.
    segment: bool,
}

/// One event as found.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// The window its container names; the event may name one itself.
    pub(super) window: Option<Arc<str>>,
    pub(super) text: ItemText<'a>,
}

/// The text of one event.
#[derive(Debug)]
pub(super) enum ItemText<'a> {
    Event(EventText<'a>),
    /// A JSON string from rrweb's packer.
    Packed(&'a str),
    /// A JSON string that holds an event's JSON, which rrweb's `unpack` reads as well.
    Quoted(&'a str),
}

/// An event object and those of its values that are looked at, all as text.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct EventText<'a> {
    pub(super) whole: &'a str,
    pub(super) kind: Option<&'a str>,
    pub(super) data: Option<&'a str>,
    pub(super) timestamp: Option<&'a str>,
    pub(super) window: Option<&'a str>,
}

impl<'a> EventText<'a> {
    /// Of one event object.
    pub(super) fn of(whole: &'a str) -> Self {
        let [kind, data, timestamp, camel, snake] =
            json::members(whole, ["type", "data", "timestamp", "windowId", "window_id"]);
        Self { whole, kind, data, timestamp, window: camel.or(snake) }
    }
}

/// Walks `text` and collects its events, `limit` at most. On a fault the harvest holds what came before.
pub(super) fn harvest(text: &str, limit: usize) -> (Harvest<'_>, Result<(), Fault>) {
    let mut harvest = Harvest { limit, ..Harvest::default() };
    let outcome = if is_lines(text) { harvest.lines(text) } else { harvest.document(text) };
    (harvest, outcome)
}

/// Whether the first line is a JSON value of its own with more after it. A pretty-printed document's first line is not.
fn is_lines(text: &str) -> bool {
    text.trim_start().split_once('\n').is_some_and(|(line, rest)| {
        !rest.trim_ascii().is_empty() && {
            let mut cursor = Cursor::new(line);
            cursor.value().is_ok() && cursor.peek().is_none()
        }
    })
}

impl<'a> Harvest<'a> {
    fn document(&mut self, text: &'a str) -> Result<(), Fault> {
        let mut cursor = Cursor::new(text);
        match cursor.peek() {
            Some(b'[') => self.list(&mut cursor, 0)?,
            Some(b'"') => drop(self.string(&mut cursor)?),
            _ => self.object(&mut cursor, 0, false)?,
        }
        if self.shape.is_none() && !self.items.is_empty() {
            self.shape = Some(Shape::SingleEvent);
        }
        if self.version.is_some() && self.shape == Some(Shape::ApiResult) {
            self.shape = Some(Shape::PosthogExport);
        }
        self.trailing = cursor.peek().map(|_| cursor.offset());
        Ok(())
    }

    fn lines(&mut self, text: &'a str) -> Result<(), Fault> {
        self.shape = Some(Shape::JsonLines);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let mut cursor = Cursor::new(line);
            let known = self.items.len();
            let outcome = match cursor.peek() {
                None => Ok(()),
                Some(b'[') => self.list(&mut cursor, 1),
                Some(b'"') => self.string(&mut cursor).map(drop),
                Some(_) => self.object(&mut cursor, 1, true),
            };
            match outcome {
                Ok(()) => {}
                Err(Fault::Full) => return Err(Fault::Full),
                Err(Fault::Cut) if start + line.len() == text.len() => return Err(Fault::Cut),
                // One bad line costs nothing but itself; PostHog's own reader skips such lines too.
                Err(_) => {
                    self.items.truncate(known);
                    if self.unreadable_lines == 0 {
                        self.first_unreadable = start;
                    }
                    self.unreadable_lines += 1;
                }
            }
            start += line.len();
        }
        Ok(())
    }

    /// An array of events, or of batches of them, or the pair `["windowId", event]`.
    fn list(&mut self, cursor: &mut Cursor<'a>, depth: usize) -> Result<(), Fault> {
        self.shape.get_or_insert(Shape::EventArray);
        cursor.enter(b'[')?;
        let mut first = true;
        let mut window = None;
        while cursor.next(b']', &mut first)? {
            match cursor.peek() {
                Some(b'{') => {
                    let known = self.items.len();
                    self.object(cursor, depth + 1, true)?;
                    self.assign_window(known, window.take());
                }
                Some(b'[') if depth < MOST_DEPTH => self.list(cursor, depth + 1)?,
                Some(b'"') => {
                    if let Some(name) = self.string(cursor)? {
                        window = json::string(name);
                    }
                }
                _ => {
                    cursor.value()?;
                    self.stranger();
                }
            }
        }
        Ok(())
    }

    /// A packed or quoted event; any other string is handed back.
    fn string(&mut self, cursor: &mut Cursor<'a>) -> Result<Option<&'a str>, Fault> {
        let text = cursor.value()?;
        if is_packed(text) {
            self.push(ItemText::Packed(text))?;
        } else if text.starts_with("\"{\\\"") {
            self.push(ItemText::Quoted(text))?;
        } else {
            return Ok(Some(text));
        }
        Ok(None)
    }

    fn push(&mut self, text: ItemText<'a>) -> Result<(), Fault> {
        if self.items.len() >= self.limit {
            return Err(Fault::Full);
        }
        self.items.push(Item { window: None, text });
        Ok(())
    }

    /// An event, or an object with events somewhere inside. `listed`: it is an element of a list, where `data` is an event's own.
    fn object(&mut self, cursor: &mut Cursor<'a>, depth: usize, listed: bool) -> Result<(), Fault> {
        let known = self.items.len();
        cursor.peek();
        let start = cursor.offset();
        let mut event = EventText::default();
        let outcome = self.object_members(cursor, depth, listed, &mut event);
        // Also after a fault: what a cut batch has delivered belongs to its window.
        self.assign_window(known, event.window.and_then(name));
        let entered = outcome?;
        let segment = std::mem::take(&mut self.segment);
        if self.items.len() == known {
            if event.kind.is_some() && (event.timestamp.is_some() || event.data.is_some()) {
                event.whole = cursor.since(start);
                self.push(ItemText::Event(event))?;
            } else if segment && listed && !entered {
                self.shape = Some(Shape::SentrySegment);
            } else if listed && !entered {
                self.stranger();
            }
        }
        Ok(())
    }

    /// The inside of [`Self::object`]: whether a container in it was entered.
    fn object_members(
        &mut self,
        cursor: &mut Cursor<'a>,
        depth: usize,
        listed: bool,
        event: &mut EventText<'a>,
    ) -> Result<bool, Fault> {
        let mut entered = false;
        cursor.enter(b'{')?;
        let mut first = true;
        while cursor.next(b'}', &mut first)? {
            let key = cursor.key()?;
            let opens = cursor.peek();
            let start = cursor.offset();
            let descend = depth < MOST_DEPTH && self.leads_to_events(&key, opens, listed);
            entered |= descend;
            match (descend, opens) {
                (false, _) => drop(cursor.value()?),
                (true, Some(b'[')) => self.list(cursor, depth + 1)?,
                (true, _) if key.starts_with("snapshot") => self.by_window(cursor, depth + 1)?,
                (true, _) => self.object(cursor, depth + 1, listed || key == "$snapshot_data")?,
            }
            let value = cursor.since(start);
            match &*key {
                "type" => event.kind = Some(value),
                "data" => event.data = Some(value),
                "timestamp" => event.timestamp = Some(value),
                "windowId" | "window_id" | "$window_id" => event.window = Some(value),
                "$session_id" | "session_id" | "sessionId" if self.session_id.is_none() => {
                    self.session_id = name(value);
                }
                "id" if !listed && self.session_id.is_none() => self.session_id = name(value),
                "version" if !listed => self.version = name(value),
                "person" if !listed => self.person = Some(value),
                "distinct_id" => self.note_distinct_id(name(value)),
                "segment_id" => self.segment = true,
                _ => {}
            }
        }
        Ok(entered)
    }

    /// `{"windowId": [event, …], …}`.
    fn by_window(&mut self, cursor: &mut Cursor<'a>, depth: usize) -> Result<(), Fault> {
        cursor.enter(b'{')?;
        let mut first = true;
        while cursor.next(b'}', &mut first)? {
            let window = cursor.key()?;
            let known = self.items.len();
            let outcome = if cursor.peek() == Some(b'[') { self.list(cursor, depth) } else { cursor.value().map(drop) };
            self.assign_window(known, Some(window.into_owned()));
            outcome?;
        }
        Ok(())
    }

    /// Whether the value of `key` is worth entering; the first such key tells the file's shape.
    fn leads_to_events(&mut self, key: &str, opens: Option<u8>, listed: bool) -> bool {
        let shape = match (key, opens) {
            ("snapshotsByWindowId" | "snapshot_data_by_window_id", Some(b'{')) => Shape::PosthogExportByWindow,
            ("snapshots", Some(b'{')) | ("snapshots" | "result" | "results", Some(b'[')) => match self.version {
                Some(_) => Shape::PosthogExport,
                None => Shape::ApiResult,
            },
            ("$snapshot_data", Some(b'[' | b'{')) => {
                self.shape = Some(Shape::PosthogIngest);
                return true;
            }
            ("events", Some(b'[')) => Shape::EventsObject,
            ("batch", Some(b'[')) => Shape::PosthogIngest,
            ("data", Some(b'[')) => Shape::ApiResult,
            // Says nothing by itself; what is inside does.
            ("data" | "result" | "session" | "recording", Some(b'{')) => return !listed,
            ("properties", Some(b'{')) => return true,
            _ => return false,
        };
        self.shape.get_or_insert(shape);
        true
    }

    /// Gives the items from `known` on the window of their container, where they have none yet.
    fn assign_window(&mut self, known: usize, window: Option<String>) {
        if let Some(window) = window.map(Arc::<str>::from) {
            for item in &mut self.items[known..] {
                item.window.get_or_insert_with(|| window.clone());
            }
        }
    }

    fn note_distinct_id(&mut self, id: Option<String>) {
        if let Some(id) = id.filter(|id| self.distinct_ids.len() < MOST_IDS && !self.distinct_ids.contains(id)) {
            self.distinct_ids.push(id);
        }
    }

    fn stranger(&mut self) {
        self.first_stranger.get_or_insert(self.items.len() as u32);
        self.strangers += 1;
    }
}

/// rrweb's packer writes a zlib stream with one character per byte, so the string begins with `x` and one of zlib's four
/// level bytes (RFC 1950), escaped or not.
fn is_packed(text: &str) -> bool {
    text.strip_prefix("\"x")
        .is_some_and(|rest| rest.starts_with(['\u{01}', '^', '\u{9c}', '\u{da}']) || rest.starts_with("\\u00"))
}

/// A name that may be written as a string or as a number (PostHog's window ids were both).
pub(super) fn name(text: &str) -> Option<String> {
    json::string(text).or_else(|| json::number(text).map(|_| text.to_owned())).filter(|name| !name.is_empty())
}
