//! From what changed on the screen to the mutation that changes the page likewise: attributes and texts where that does, new nodes where not.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::node::{Element, Kept, Node, text_digest};
use super::part::{Change, Key, Place};
use super::screen::Screen;
use super::write;

/// What comes before the attributes in the event.
const HEAD: &str = r#"{"type":3,"data":{"source":0,"attributes":["#;

/// The four lists of rrweb's `mutationData`, as they are written.
#[derive(Debug)]
struct Lists {
    /// The event itself up to here: a phone sends one large picture after another, and each is the value of an attribute.
    attributes: String,
    texts: String,
    removes: String,
    adds: String,
}

/// The event that tells the page. `timestamp` is JSON text.
pub(super) fn mutation(screen: &mut Screen, change: Change<'_>, timestamp: &str) -> String {
    let Change { mut fresh, gone, touched, .. } = change;
    let (texts, removes, adds) = (String::new(), String::new(), String::new());
    let mut lists = Lists { attributes: HEAD.to_owned(), texts, removes, adds };
    for (parent, id) in gone {
        lists.remove(parent, id);
    }
    // From the outermost: what stands in something that is built anew is built with it.
    let mut touched: Vec<(usize, u64, Place)> =
        touched.into_iter().map(|place| (screen.ancestors(place).len(), screen.node_of(place), place)).collect();
    touched.sort_by_key(|(depth, node, _)| (*depth, *node));
    let mut done = HashSet::new();
    for (_, _, place) in touched {
        let stands = match place {
            Place::Inside(key) => screen.part(key).is_some_and(|part| part.kept.is_some()),
            _ => true,
        };
        if stands && !done.contains(&place) {
            lists.arrange(screen, &mut fresh, place, &mut done);
        }
    }
    // What stands where it stood and only looks different.
    let mut amended: Vec<(u64, Key, Element<'_>)> =
        fresh.into_iter().filter_map(|(key, look)| Some((screen.part(key)?.id, key, look))).collect();
    amended.sort_by_key(|(id, ..)| *id);
    for (_, key, look) in amended {
        if let Some(kept) = screen.part_mut(key).and_then(|part| part.kept.as_mut()) {
            lists.amend(kept, &look);
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
    /// Brings what stands in a place into its order, and builds what is new, with all in it.
    fn arrange(
        &mut self,
        screen: &mut Screen,
        fresh: &mut HashMap<Key, Element<'_>>,
        place: Place,
        done: &mut HashSet<Place>,
    ) {
        // Each place, and whether it is new in the page itself.
        let mut places = vec![(place, false)];
        while let Some((place, is_new)) = places.pop() {
            done.insert(place);
            let now = screen.held(place);
            let before = screen.stood.remove(&place).unwrap_or_default();
            let stays = staying(screen, fresh, place, is_new, &before, &now);
            let parent = screen.node_of(place);
            let mut next = None;
            for (key, stays) in now.iter().zip(stays).rev() {
                let Some(part) = screen.part_mut(*key) else {
                    continue;
                };
                let id = part.id;
                let look = if stays { None } else { fresh.remove(key) };
                if let Some(look) = look {
                    let standing = part.standing.replace((place, parent));
                    let moved = standing.filter(|(from, _)| part.kept.is_some() && !(is_new && *from == place));
                    if let Some((_, from)) = moved {
                        self.remove(from, id);
                    }
                    let kept = self.add(screen, parent, next, id, &look);
                    if let Some(part) = screen.part_mut(*key) {
                        part.kept = Some(kept);
                    }
                    places.push((Place::Inside(*key), true));
                }
                next = Some(id);
            }
            if !now.is_empty() {
                screen.stood.insert(place, now);
            }
        }
    }

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
        let out = &mut self.attributes;
        // Straight into the list, so that a screenshot is copied once; taken back if nothing changed.
        let before = out.len();
        write::comma(out);
        let _ = write!(out, r#"{{"id":{},"attributes":{{"#, kept.id);
        let head = out.len();
        let mut values = Vec::with_capacity(element.attributes.len());
        for (name, value) in &element.attributes {
            let digest = value.digest();
            values.push((*name, digest));
            if !kept.values.contains(&(*name, digest)) {
                write::comma(out);
                write::string(out, name);
                out.push(':');
                write::value(out, value);
            }
        }
        for (name, _) in &kept.values {
            if values.iter().all(|(other, _)| other != name) {
                write::comma(out);
                write::string(out, name);
                out.push_str(":null");
            }
        }
        if out.len() == head {
            out.truncate(before);
        } else {
            out.push_str("}}");
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
        let Self { attributes: mut event, texts, removes, adds } = self;
        let parts = [
            r#"],"texts":["#,
            &texts,
            r#"],"removes":["#,
            &removes,
            r#"],"adds":["#,
            &adds,
            r#"]},"timestamp":"#,
            timestamp,
            "}",
        ];
        event.reserve_exact(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            event.push_str(part);
        }
        event
    }
}

/// A list's items are written without its brackets: a comma, unless it is the first.
fn separate(list: &mut String) {
    if !list.is_empty() {
        list.push(',');
    }
}
