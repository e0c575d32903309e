//! From what changed on the screen to the mutation that changes the page likewise: attributes and texts where that does, new nodes where not.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::node::{Element, Kept, Node, text_digest};
use super::screen::{Change, Key, Place, Screen};
use super::write;

/// The four lists of rrweb's `mutationData`, as they are written.
#[derive(Debug, Default)]
struct Lists {
    texts: String,
    attributes: String,
    removes: String,
    adds: String,
}

/// The event that tells the page. `timestamp` is JSON text.
pub(super) fn mutation(screen: &mut Screen, change: Change<'_>, timestamp: &str) -> String {
    let Change { mut fresh, gone, .. } = change;
    let mut lists = Lists::default();
    for (parent, id) in gone {
        lists.remove(parent, id);
    }
    // Each place whose content may have changed, and whether it is new in the page itself.
    let mut places =
        vec![(Place::App, false), (Place::Keyboard, false), (Place::Navigation, false), (Place::Status, false)];
    while let Some((place, is_new)) = places.pop() {
        let now = screen.held(place);
        let before = screen.stood.get(&place).cloned().unwrap_or_default();
        let stays = staying(screen, &fresh, place, is_new, &before, &now);
        let parent = screen.node_of(place);
        let mut next = None;
        for (key, stays) in now.iter().zip(stays).rev() {
            let look = fresh.remove(key);
            let Some(part) = screen.part_mut(*key) else {
                continue;
            };
            let id = part.id;
            if stays {
                if let (Some(look), Some(kept)) = (look, &mut part.kept) {
                    lists.amend(kept, &look);
                }
            } else if let Some(look) = look {
                let standing = part.standing.replace((place, parent));
                let moved = standing.filter(|(from, _)| part.kept.is_some() && !(is_new && *from == place));
                if let Some((_, from)) = moved {
                    lists.remove(from, id);
                }
                let kept = lists.add(screen, parent, next, id, &look);
                if let Some(part) = screen.part_mut(*key) {
                    part.kept = Some(kept);
                }
            }
            places.push((Place::Inside(*key), !stays));
            next = Some(id);
        }
        if now.is_empty() {
            screen.stood.remove(&place);
        } else {
            screen.stood.insert(place, now);
        }
    }
    lists.event(timestamp)
}

/// Which of a place's things need not be built anew: those that stand there, in this order, and look alike enough.
fn staying(
    screen: &Screen,
    fresh: &HashMap<Key, Element<'_>>,
    place: Place,
    is_new: bool,
    before: &[Key],
    now: &[Key],
) -> Vec<bool> {
    if is_new {
        return vec![false; now.len()];
    }
    let ranks: HashMap<Key, usize> = before.iter().enumerate().map(|(rank, key)| (*key, rank)).collect();
    let mut last = None;
    let is_staying = |key: &Key| {
        let part = screen.part(*key)?;
        let kept = part.kept.as_ref()?;
        let rank = *ranks.get(key)?;
        let stands = part.standing.is_some_and(|(from, _)| from == place);
        // What is not told anew has no other look to be built from.
        let fits = fresh.get(key).is_none_or(|look| kept.fits(look));
        (stands && fits && last.is_none_or(|last| rank > last)).then(|| last = Some(rank))
    };
    now.iter().map(is_staying).map(|stays| stays.is_some()).collect()
}

impl Lists {
    fn remove(&mut self, parent: u64, id: u64) {
        separate(&mut self.removes);
        // Writing to a string cannot fail.
        let _ = write!(self.removes, r#"{{"parentId":{parent},"id":{id}}}"#);
    }

    /// Adds an element and what it holds of its own, node by node: the player builds no trees here.
    fn add(&mut self, screen: &mut Screen, parent: u64, next: Option<u64>, id: u64, element: &Element<'_>) -> Kept {
        self.begin(parent, next);
        let mut kept = write::open(&mut self.adds, element, id);
        self.adds.push_str("]}}");
        for node in &element.content {
            let child = match node {
                Node::Element(element) => {
                    let own = screen.next_id();
                    self.add(screen, id, None, own, element)
                }
                Node::Text(text) => {
                    let own = screen.next_id();
                    self.begin(id, None);
                    let kept = write::text(&mut self.adds, text, own);
                    self.adds.push('}');
                    kept
                }
            };
            kept.content.push(child);
        }
        kept
    }

    fn begin(&mut self, parent: u64, next: Option<u64>) {
        separate(&mut self.adds);
        let next = next.map_or_else(|| "null".to_owned(), |next| next.to_string());
        let _ = write!(self.adds, r#"{{"parentId":{parent},"nextId":{next},"node":"#);
    }

    /// Changes what stands to what it is to look like.
    fn amend(&mut self, kept: &mut Kept, element: &Element<'_>) {
        let mut changed = String::new();
        let mut values = Vec::with_capacity(element.attributes.len());
        for (name, value) in &element.attributes {
            let digest = value.digest();
            values.push((*name, digest));
            if !kept.values.contains(&(*name, digest)) {
                separate(&mut changed);
                write::string(&mut changed, name);
                changed.push(':');
                write::value(&mut changed, value);
            }
        }
        for (name, _) in &kept.values {
            if values.iter().all(|(other, _)| other != name) {
                separate(&mut changed);
                write::string(&mut changed, name);
                changed.push_str(":null");
            }
        }
        if !changed.is_empty() {
            separate(&mut self.attributes);
            let _ = write!(self.attributes, r#"{{"id":{},"attributes":{{"#, kept.id);
            append(&mut self.attributes, changed);
            self.attributes.push_str("}}");
        }
        kept.values = values;
        for (kept, node) in kept.content.iter_mut().zip(&element.content) {
            match node {
                Node::Element(element) => self.amend(kept, element),
                Node::Text(text) => {
                    let values = vec![("", text_digest(text))];
                    if kept.values != values {
                        separate(&mut self.texts);
                        let _ = write!(self.texts, r#"{{"id":{},"value":"#, kept.id);
                        write::string(&mut self.texts, text);
                        self.texts.push('}');
                        kept.values = values;
                    }
                }
            }
        }
    }

    fn event(self, timestamp: &str) -> String {
        let Self { texts, attributes, removes, adds } = self;
        let mut event = String::with_capacity(texts.len() + attributes.len() + removes.len() + adds.len() + 160);
        event.push_str(r#"{"type":3,"data":{"source":0,"texts":["#);
        append(&mut event, texts);
        event.push_str(r#"],"attributes":["#);
        append(&mut event, attributes);
        event.push_str(r#"],"removes":["#);
        append(&mut event, removes);
        event.push_str(r#"],"adds":["#);
        append(&mut event, adds);
        let _ = write!(event, r#"]}},"timestamp":{timestamp}}}"#);
        event
    }
}

/// A list's items are written without its brackets: a comma, unless it is the first.
fn separate(list: &mut String) {
    if !list.is_empty() {
        list.push(',');
    }
}

/// Takes the part, so that a screenshot is not held twice longer than it has to.
fn append(whole: &mut String, part: String) {
    whole.push_str(&part);
}
