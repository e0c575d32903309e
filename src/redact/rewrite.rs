//! The second pass: event by event, every string that an event holds.

mod attributes;
mod canvas;
mod cover;
mod nodes;
mod payload;
mod picture;

use std::collections::HashMap;

pub(super) use picture::is_text;

use bytes::Bytes;

use super::info::Info;
use super::survey::{Findings, Touched};
use super::tape::{Edits, Kind, Tape, Value};
use super::text::Redactor;
use super::{Place, RuleId};
use crate::recording::{Event, EventKind, Incremental};

/// Rewrites the events of a window. With `keep` false, nothing is changed: values are noted as they are found.
pub(super) fn rewrite(events: &mut [Event], findings: &Findings, redactor: &mut Redactor<'_, '_>, keep: bool) {
    let mut tape = Tape::default();
    let nothing = HashMap::new();
    for (place, event) in events.iter_mut().enumerate() {
        let json = event.json.clone();
        let Some(text) = std::str::from_utf8(&json).ok() else { continue };
        let Some(value) = tape.read(text) else { continue };
        redactor.echoes.go_to(event.at);
        let nodes = findings.nodes.at(place as u32).unwrap_or(&nothing);
        let mut page =
            Page { redactor, nodes, touched: &findings.touched, event: place as u32, edits: Edits::default() };
        page.event(&event.kind, value);
        if !page.edits.is_empty() && keep {
            let changed = page.edits.apply(text);
            event.kind = kind_of(&event.kind, &changed, &mut Tape::default());
            event.json = Bytes::from(changed.into_bytes().into_boxed_slice());
        }
    }
}

/// An event's kind repeats some of its texts.
fn kind_of(kind: &EventKind, json: &str, tape: &mut Tape) -> EventKind {
    let data = tape.read(json).and_then(|value| value.get("data"));
    let member = |name| data.and_then(|data| data.get(name)?.as_string()).map(std::borrow::Cow::into_owned);
    match kind {
        EventKind::Meta { viewport, .. } => {
            EventKind::Meta { href: member("href").unwrap_or_default(), viewport: *viewport }
        }
        EventKind::Custom { .. } => EventKind::Custom { tag: member("tag").unwrap_or_default() },
        EventKind::Plugin { .. } => EventKind::Plugin { plugin: member("plugin").unwrap_or_default() },
        kind => kind.clone(),
    }
}

/// One event, and the page as it is when it happens.
struct Page<'p, 'r, 's> {
    redactor: &'p mut Redactor<'r, 's>,
    nodes: &'p HashMap<i64, Info>,
    touched: &'p Touched,
    event: u32,
    edits: Edits,
}

impl Page<'_, '_, '_> {
    fn event(&mut self, kind: &EventKind, event: Value<'_>) {
        for (name, value) in event.members() {
            match &*name.string() {
                "type" | "timestamp" | "delay" | "cv" => {}
                "data" => self.data(kind, value),
                // The window's name is kept in step with that of the window.
                "windowId" | "window_id" | "$window_id" | "sessionId" | "session_id" | "$session_id" => {
                    self.string(value, Place::Names, None);
                }
                _ => self.stranger(name, value, Place::Events),
            }
        }
    }

    /// A member that no recorder is known to write.
    fn stranger(&mut self, name: Value<'_>, value: Value<'_>, place: Place) {
        self.string(name, place, None);
        match self.redactor.finder.by_name(&name.string(), place) {
            Some(rule) => self.redactor.payload_of(value, place, &mut self.edits, rule),
            None => self.payload(value, place),
        }
    }

    fn data(&mut self, kind: &EventKind, data: Value<'_>) {
        match kind {
            EventKind::FullSnapshot => self.members(data, |page, name, value| match name {
                "node" => page.tree(value),
                "initialOffset" => {}
                _ => page.payload(value, Place::Events),
            }),
            EventKind::Meta { .. } => self.members(data, |page, name, value| match name {
                "href" => page.string(value, Place::Urls, None),
                _ => page.payload(value, Place::Events),
            }),
            EventKind::Incremental(source) => self.incremental(source, data),
            EventKind::Plugin { plugin } => {
                let place = place_of_plugin(plugin);
                self.members(data, |page, name, value| match name {
                    "plugin" => page.string(value, Place::Events, None),
                    _ => page.payload(value, place),
                });
            }
            EventKind::Custom { .. } | EventKind::DomContentLoaded | EventKind::Load | EventKind::Other(_) => {
                self.payload(data, Place::Events);
            }
        }
    }

    fn incremental(&mut self, source: &Incremental, data: Value<'_>) {
        match source {
            Incremental::Mutation => self.mutation(data),
            Incremental::Input => {
                let info = data.get("id").and_then(Value::integer).and_then(|id| self.nodes.get(&id));
                self.members(data, |page, name, value| match name {
                    "text" => page.field(value, info),
                    "isChecked" => {
                        let hidden = info.and_then(|info| info.verdict).filter(|verdict| verdict.hides());
                        if let Some(verdict) = hidden.filter(|_| value.raw() == "true") {
                            page.edits.replace(value.span(), "false".to_owned());
                            page.redactor.tally.count(verdict.rule, Place::Inputs);
                        }
                    }
                    "id" | "source" | "userTriggered" => {}
                    _ => page.payload(value, Place::Inputs),
                });
            }
            Incremental::StyleSheetRule
            | Incremental::StyleDeclaration
            | Incremental::AdoptedStyleSheet
            | Incremental::Font => self.styles(data),
            Incremental::CanvasMutation => self.canvas(data),
            Incremental::Log => self.payload(data, Place::Console),
            // Where the pointer was is most of many recordings, and numbers.
            Incremental::Pointer { .. } | Incremental::Scroll | Incremental::ViewportResize(_) => {
                for (name, value) in data.members() {
                    let known =
                        ["source", "positions", "id", "x", "y", "width", "height"].iter().any(|known| name.is(known));
                    if !known {
                        self.stranger(name, value, Place::Events);
                    }
                }
            }
            _ => self.payload(data, Place::Events),
        }
    }

    /// Every style sheet's text in an event.
    fn styles(&mut self, data: Value<'_>) {
        for value in data.all().filter(|value| value.kind() == Kind::String) {
            self.css(value, None);
        }
    }

    /// Calls `each` with the members of an object.
    fn members<'t>(&mut self, object: Value<'t>, mut each: impl FnMut(&mut Self, &str, Value<'t>)) {
        for (name, value) in object.members() {
            each(self, &name.string(), value);
        }
    }

    /// A string (or number), redacted where it stands.
    fn string(&mut self, value: Value<'_>, place: Place, info: Option<&Info>) {
        if !matches!(value.kind(), Kind::String | Kind::Key | Kind::Number) {
            return;
        }
        let text = value.string();
        let touched = self.touched;
        let taints = touched.get(&(self.event, value.span().start as u32)).map(Vec::as_slice).unwrap_or_default();
        if let Some(text) = self.redactor.text(&text, place, info, taints) {
            self.edits.replace_string(value.span(), &text);
        }
    }

    /// The text of a style sheet or an inline style.
    fn css(&mut self, value: Value<'_>, info: Option<&Info>) {
        let Some(text) = value.as_string() else { return };
        if let Some(text) = self.redactor.css(&text, info) {
            self.edits.replace_string(value.span(), &text);
        }
    }

    /// All of a string, which a rule redacts.
    fn whole(&mut self, value: Value<'_>, text: &str, rule: RuleId, place: Place) {
        if let Some(text) = self.redactor.whole(text, rule, place) {
            self.edits.replace_string(value.span(), &text);
        }
    }

    /// What a form field holds.
    fn field(&mut self, value: Value<'_>, info: Option<&Info>) {
        if !matches!(value.kind(), Kind::String | Kind::Number) {
            return;
        }
        let text = value.string();
        let verdict = info.and_then(|info| info.verdict);
        let changed = match (verdict, info.and_then(|info| info.field)) {
            (Some(verdict), _) => self.redactor.in_element(&text, verdict, Place::Inputs),
            (None, Some(rule)) => self.redactor.whole(&text, rule, Place::Inputs),
            (None, None) => return self.string(value, Place::Inputs, info),
        };
        if let Some(text) = changed {
            self.edits.replace_string(value.span(), &text);
        }
    }
}

fn place_of_plugin(plugin: &str) -> Place {
    if plugin.contains("console") {
        Place::Console
    } else if plugin.contains("network") {
        Place::Network
    } else {
        Place::Events
    }
}
