//! PostHog's mobile recordings as web recordings: screenshots and wireframes of a phone's screen become a page, so that nothing after this
//! module knows that there was no browser.
//!
//! What phones send is rrweb's events with other content: a full snapshot holds `wireframes`, a mutation holds wireframes in `adds` and
//! `updates`, a custom event `keyboard` opens and closes the keyboard (PostHog's `mobile.types.ts`). `docs/mobile.md` says what each becomes.

mod colour;
mod css;
mod detect;
mod draw;
mod mutation;
mod node;
mod page;
mod part;
mod picture;
mod screen;
mod style;
#[cfg(test)]
mod tests;
mod wireframe;
mod write;

use bytes::Bytes;

use super::assemble::Draft;
use super::json::{self, members};
use super::parse::parse;
use super::repair::RepairLog;
use super::shape::EventText;
use super::{EventKind, Incremental, Limits, RepairKind, Viewport};
pub(super) use detect::is_screenshot;
use detect::{data_of, is_mobile};
use draw::{Keyboard, Scene};
use mutation::mutation;
use page::snapshot;
use part::{Change, ids};
use screen::Screen;
use wireframe::{Wireframe, Wireframes};

/// Some recorders (Flutter's) send each screenshot as a full snapshot. Those that change nothing but the picture become changes of it, up to
/// this long after the last real one, ms: a page built anew costs several times as much, and a render has to be able to start nearby.
const LONGEST_WITHOUT_SNAPSHOT_MS: f64 = 10_000.0;

/// Turns the events of a phone into those of a page, in place and in order; a web recording is left alone.
pub(super) fn transform(window: &str, drafts: &mut Vec<Draft>, limits: &Limits, repairs: &mut RepairLog) {
    if !is_mobile(drafts) {
        return;
    }
    let recorded = std::mem::take(drafts);
    drafts.reserve(recorded.len() + 1);
    let mut transform =
        Transform { window, limits, repairs, drafts, viewport: None, screen: None, snapshot_at: f64::NEG_INFINITY };
    for draft in recorded {
        transform.convert(draft);
    }
}

/// A wireframe and all in it, each before its children, and the number of what it is to stand in.
type Tree<'a> = (Option<i64>, Vec<Wireframe<'a>>);

/// The way through one window's events.
struct Transform<'t> {
    window: &'t str,
    limits: &'t Limits,
    repairs: &'t mut RepairLog,
    drafts: &'t mut Vec<Draft>,
    viewport: Option<Viewport>,
    /// `None` before the first full snapshot.
    screen: Option<Screen>,
    /// When the last full snapshot was written, on the recording's clock.
    snapshot_at: f64,
}

impl Transform<'_> {
    fn convert(&mut self, draft: Draft) {
        // A handle on the same bytes, so that the draft can be given away while its text is read.
        let recorded = draft.json.clone();
        let data = data_of(&recorded);
        match &draft.kind {
            EventKind::Meta { viewport, .. } => self.meta(&draft, *viewport, &recorded, data),
            EventKind::FullSnapshot => self.full(draft, data),
            EventKind::Incremental(Incremental::Mutation) => self.mutate(draft, data),
            EventKind::Incremental(Incremental::MouseInteraction { .. } | Incremental::Pointer { .. }) => {
                self.touch(draft);
            }
            EventKind::Custom { tag } if tag == "keyboard" => self.keyboard(draft, data),
            _ => self.pass(draft),
        }
    }

    /// An event as it is, but no slice of the source: where all else is written anew, one slice would keep the whole source in memory.
    fn pass(&mut self, draft: Draft) {
        let json = Bytes::copy_from_slice(&draft.json);
        self.drafts.push(Draft { json, ..draft });
    }

    fn scene(&self, clock: f64) -> Scene {
        let screen = self.viewport.filter(|viewport| viewport.area() > 0);
        Scene {
            clock,
            screen: screen.map(|viewport| (f64::from(viewport.width), f64::from(viewport.height))),
            navigation: None,
        }
    }

    /// Phones have no URL; where they send none, players still want one.
    fn meta(&mut self, draft: &Draft, viewport: Viewport, recorded: &Bytes, data: &str) {
        let Draft { timestamp, index, window, .. } = *draft;
        self.viewport = Some(viewport);
        let href = members(data, ["href"])[0].filter(|href| href.starts_with('"'));
        let kind = EventKind::Meta { href: href.and_then(json::string).unwrap_or_default(), viewport };
        let json = if href.is_some() {
            Bytes::copy_from_slice(recorded)
        } else {
            let Viewport { width, height } = viewport;
            Bytes::from(format!(
                r#"{{"type":4,"data":{{"href":"","width":{width},"height":{height}}},"timestamp":{timestamp}}}"#
            ))
        };
        self.drafts.push(Draft { timestamp, index, window, kind, json });
    }

    fn full(&mut self, draft: Draft, data: &str) {
        let Some(list) = members(data, ["wireframes"])[0] else {
            self.screen = None;
            self.pass(draft);
            return;
        };
        let wireframes = Wireframes::read(list, self.limits.wireframe_depth);
        self.note_depth(wireframes.too_deep, draft.index);
        if self.only_picture_changes(&wireframes.list, draft.timestamp) {
            self.apply(&draft, &[], &[(None, wireframes.list)], &[]);
        } else {
            self.build(&draft, &[(None, wireframes.list)]);
        }
    }

    /// Whether a full snapshot says no more than that the screenshot is replaced by one of the same size.
    fn only_picture_changes(&self, list: &[Wireframe<'_>], timestamp: f64) -> bool {
        let Some(screen) = &self.screen else {
            return false;
        };
        let [wireframe] = list else {
            return false;
        };
        timestamp - self.snapshot_at < LONGEST_WITHOUT_SNAPSHOT_MS
            && wireframe.is_screenshot()
            && screen.holds_only(wireframe, self.scene(timestamp))
    }

    /// A page from trees of wireframes.
    fn build(&mut self, draft: &Draft, trees: &[Tree<'_>]) {
        self.fit_screen(draft, trees);
        let scene = self.scene(draft.timestamp);
        let mut screen = Screen::new(self.limits.wireframe_depth);
        let mut change = Change::default();
        for (parent, list) in trees {
            for tree in list.chunk_by(|_, next| next.depth > 0) {
                screen.put(tree, *parent, true, scene, &mut change);
            }
        }
        self.note(&change, draft.index);
        let json = snapshot(&mut screen, &change, &draft.timestamp.to_string());
        self.screen = Some(screen);
        self.snapshot_at = draft.timestamp;
        self.push(draft, EventKind::FullSnapshot, json);
    }

    fn mutate(&mut self, draft: Draft, data: &str) {
        let [adds, updates, removes, texts, attributes] =
            members(data, ["adds", "updates", "removes", "texts", "attributes"]);
        let (adds, updates) = (self.read_trees(adds, draft.index), self.read_trees(updates, draft.index));
        // Of a web page's own shape: nothing here can say better what is meant.
        let is_web = adds.is_empty() && updates.is_empty() && (texts.is_some() || attributes.is_some());
        if self.screen.is_some() && !is_web {
            let mut gone = Vec::new();
            // A fault ends the list; what came before it holds.
            let _ = json::each_element(removes.unwrap_or("[]"), |removed| {
                gone.extend(members(removed, ["id"])[0].and_then(wireframe::id));
            });
            self.apply(&draft, &adds, &updates, &gone);
        } else if adds.iter().chain(&updates).any(|(_, tree)| tree.iter().any(Wireframe::is_screenshot)) {
            // The recorder began before the part that is here: a screenshot is a whole screen all the same.
            let window = self.window.to_owned();
            self.repairs.note(RepairKind::SnapshotSynthesised { window }, Some(draft.index));
            let trees: Vec<Tree<'_>> = adds.into_iter().chain(updates).collect();
            self.build(&draft, &trees);
        } else {
            self.pass(draft);
        }
    }

    fn read_trees<'a>(&mut self, list: Option<&'a str>, index: u32) -> Vec<Tree<'a>> {
        let mut trees = Vec::new();
        // A fault ends the list; what came before it holds.
        let _ = json::each_element(list.unwrap_or("[]"), |item| {
            if let [parent, Some(wireframe)] = members(item, ["parentId", "wireframe"]) {
                let wireframes = Wireframes::read(wireframe, self.limits.wireframe_depth);
                self.note_depth(wireframes.too_deep, index);
                trees.push((parent.and_then(wireframe::id), wireframes.list));
            }
        });
        trees
    }

    /// Changes the page that stands. Removals come first, as players have it, then additions, then what is told anew with all in it.
    fn apply(&mut self, draft: &Draft, adds: &[Tree<'_>], updates: &[Tree<'_>], removes: &[i64]) {
        self.fit_screen(draft, adds);
        self.fit_screen(draft, updates);
        let scene = self.scene(draft.timestamp);
        let Some(mut screen) = self.screen.take() else {
            return;
        };
        let mut change = Change::default();
        for (_, tree) in adds.iter().chain(updates) {
            if let [shot] = tree.as_slice() {
                screen.succeed(shot, scene);
            }
        }
        for id in removes {
            screen.remove(*id, &mut change);
        }
        for (trees, are_additions) in [(adds, true), (updates, false)] {
            for (parent, tree) in trees {
                screen.put(tree, *parent, are_additions, scene, &mut change);
            }
        }
        self.note(&change, draft.index);
        let json = mutation(&mut screen, change, &draft.timestamp.to_string());
        self.screen = Some(screen);
        self.push(draft, EventKind::Incremental(Incremental::Mutation), json);
    }

    /// Makes the page as large as what is to be seen on it: where no size is recorded, and where a screenshot is of another size because
    /// the phone was turned.
    fn fit_screen(&mut self, draft: &Draft, trees: &[Tree<'_>]) {
        let roots = || trees.iter().flat_map(|(_, tree)| tree.iter().filter(|wireframe| wireframe.depth == 0));
        let Some(viewport) = self.viewport else {
            let areas = || roots().filter_map(|wireframe| wireframe.area(None));
            let side = |ends: &mut dyn Iterator<Item = f64>| ends.fold(0.0, f64::max).ceil() as u32;
            let width = side(&mut areas().map(|area| area.x + area.width));
            let height = side(&mut areas().map(|area| area.y + area.height));
            if width > 0 && height > 0 {
                let window = self.window.to_owned();
                self.repairs.note(RepairKind::MetaSynthesised { window, width, height }, Some(draft.index));
                self.meta(draft, Viewport { width, height }, &Bytes::new(), "{}");
            }
            return;
        };
        let (width, height) = (f64::from(viewport.width), f64::from(viewport.height));
        let larger = roots()
            .filter(|wireframe| wireframe.is_screenshot())
            .filter_map(|shot| shot.area(Some(width)))
            .find(|area| {
                let stands_out = area.width >= width + 1.0 || area.height >= height + 1.0;
                (area.x, area.y) == (0.0, 0.0)
                    && stands_out
                    && !draw::is_alike((area.width, area.height), (width, height))
            });
        if let Some(area) = larger {
            let viewport = Viewport { width: area.width.round() as u32, height: area.height.round() as u32 };
            self.viewport = Some(viewport);
            let Viewport { width, height } = viewport;
            let timestamp = draft.timestamp;
            let json = format!(
                r#"{{"type":3,"data":{{"source":4,"width":{width},"height":{height}}},"timestamp":{timestamp}}}"#
            );
            self.push(draft, EventKind::Incremental(Incremental::ViewportResize(viewport)), json);
        }
    }

    /// Fingers name what they touch by the recorder's numbers, or 0 for the screen as a whole; players know those of nodes.
    fn touch(&mut self, draft: Draft) {
        let target = |id: Option<&serde_json::Value>| {
            let id = id.and_then(serde_json::Value::as_i64);
            self.screen.as_ref().map_or(ids::BODY, |screen| screen.target(id))
        };
        let Ok(mut event) = serde_json::from_slice::<serde_json::Value>(&draft.json) else {
            return self.pass(draft);
        };
        if let Some(data) = event.get_mut("data").and_then(serde_json::Value::as_object_mut) {
            if let Some(positions) = data.get_mut("positions").and_then(serde_json::Value::as_array_mut) {
                for position in positions.iter_mut().filter_map(serde_json::Value::as_object_mut) {
                    let id = target(position.get("id"));
                    position.insert("id".into(), id.into());
                }
            } else {
                let id = target(data.get("id"));
                data.insert("id".into(), id.into());
            }
        }
        let json = event.to_string();
        match parse(&EventText::of(&json)) {
            Ok((_, kind)) => self.push(&draft, kind, json),
            Err(_) => self.pass(draft),
        }
    }

    fn keyboard(&mut self, draft: Draft, data: &str) {
        let scene = self.scene(draft.timestamp);
        let state = members(data, ["payload"])[0].and_then(Keyboard::read);
        let (Some(state), Some(mut screen)) = (state, self.screen.take()) else {
            return self.pass(draft);
        };
        let mut change = Change::default();
        if screen.set_keyboard(&state, scene, &mut change) {
            let json = mutation(&mut screen, change, &draft.timestamp.to_string());
            self.push(&draft, EventKind::Incremental(Incremental::Mutation), json);
        } else {
            self.pass(draft);
        }
        self.screen = Some(screen);
    }

    fn push(&mut self, draft: &Draft, kind: EventKind, json: impl Into<Bytes>) {
        self.drafts.push(Draft {
            timestamp: draft.timestamp,
            index: draft.index,
            window: draft.window,
            kind,
            json: json.into(),
        });
    }

    fn note(&mut self, change: &Change<'_>, index: u32) {
        self.note_depth(change.too_deep, index);
        self.repairs.note_many(RepairKind::PictureUnreadable, change.faults.unreadable_pictures, Some(index));
        self.repairs.note_many(RepairKind::WireframeParentUnknown, change.lost_parents, Some(index));
    }

    fn note_depth(&mut self, too_deep: u64, index: u32) {
        let limit = self.limits.wireframe_depth;
        self.repairs.note_many(RepairKind::WireframesTooDeep { limit }, too_deep, Some(index));
    }
}
