//! The page that a phone's screen becomes, whole.

use std::fmt::Write as _;

use super::part::{Change, Place, ids};
use super::screen::Screen;
use super::write;

/// The page's own style sheet.
const CSS: &str = include_str!("page.css");

/// The full snapshot of what stands on the screen. Every part of it has to be in `change`. `timestamp` is JSON text.
pub(super) fn snapshot(screen: &mut Screen, change: &Change<'_>, timestamp: &str) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        concat!(
            r#"{{"type":2,"data":{{"node":{{"type":0,"id":{document},"childNodes":["#,
            r#"{{"type":1,"name":"html","publicId":"","systemId":"","id":{doctype}}},"#,
            r#"{{"type":2,"tagName":"html","attributes":{{}},"id":{html},"childNodes":["#,
            r#"{{"type":2,"tagName":"head","attributes":{{}},"id":{head},"childNodes":["#,
            r#"{{"type":2,"tagName":"style","attributes":{{}},"id":{style},"childNodes":["#,
            r#"{{"type":3,"isStyle":true,"id":{text},"textContent":"#
        ),
        document = ids::DOCUMENT,
        doctype = ids::DOCTYPE,
        html = ids::HTML,
        head = ids::HEAD,
        style = ids::STYLE,
        text = ids::STYLE_TEXT,
    );
    write::string(&mut out, CSS);
    let _ = write!(out, r#"}}]}}]}},{{"type":2,"tagName":"body","attributes":{{}},"id":{},"childNodes":["#, ids::BODY);
    // In the order in which they cover one another.
    for place in [Place::App, Place::Keyboard, Place::Navigation, Place::Status] {
        write::comma(&mut out);
        let _ = write!(
            out,
            r#"{{"type":2,"tagName":"div","attributes":{{}},"id":{},"childNodes":["#,
            screen.node_of(place)
        );
        hold(&mut out, screen, change, place);
        out.push_str("]}");
    }
    let _ = write!(out, r#"]}}]}}]}},"initialOffset":{{"top":0,"left":0}}}},"timestamp":{timestamp}}}"#);
    out
}

/// Writes what a place holds, and all in it. No recursion: how deep things stand in one another is the recorder's choice.
fn hold(out: &mut String, screen: &mut Screen, change: &Change<'_>, place: Place) {
    let held = screen.held(place);
    screen.stood.insert(place, held.clone());
    let mut open = vec![(place, held.into_iter())];
    while let Some((place, keys)) = open.last_mut() {
        let place = *place;
        let Some(key) = keys.next() else {
            open.pop();
            if !open.is_empty() {
                out.push_str("]}");
            }
            continue;
        };
        let parent = screen.node_of(place);
        let (Some(look), Some(id)) = (change.fresh.get(&key), screen.part(key).map(|part| part.id)) else {
            continue;
        };
        write::comma(out);
        let mut kept = write::open(out, look, id);
        kept.content = write::content(out, &look.content, &mut || screen.next_id());
        if let Some(part) = screen.part_mut(key) {
            part.kept = Some(kept);
            part.standing = Some((place, parent));
        }
        let inside = Place::Inside(key);
        let held = screen.held(inside);
        if !held.is_empty() {
            screen.stood.insert(inside, held.clone());
        }
        open.push((inside, held.into_iter()));
    }
}
