//! Chapters of a video: its pages, and the marks that the pages' own code set, in video time.

use std::collections::BTreeMap;

use memchr::memmem;

use super::addresses::Addresses;
use super::payload::{self, Reader};
use super::{Cue, Moment, MomentKind, TimeMap, Turn};
use crate::recording::{EventKind, Recording, SessionTime, Window};

#[cfg(test)]
mod tests;

/// A chapter lasts at least so long, µs: nobody aims at a shorter one. Only a video that is shorter itself has one that is.
const SHORTEST: i64 = 1_000_000;
/// Nero's list of chapters, which many players read, counts them in one byte. Of more than this, those that follow soonest are
/// left out.
const MOST: usize = 200;
/// Characters of a title.
const LONGEST_TITLE: usize = 80;
/// Bytes between a `<title>` and its text in a snapshot, at most.
const LONGEST_WAY: usize = 4096;

/// Which page is in view from when on, and what it is called.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pages {
    /// By time.
    since: Vec<(SessionTime, String)>,
    /// The ids of the windows that are shown.
    windows: Vec<String>,
}

/// A page that a window went to.
struct Visit {
    at: SessionTime,
    url: String,
    /// What its document calls itself.
    title: Option<String>,
}

impl Pages {
    /// Of the windows in view. Takes one pass over each of them; of full snapshots, only the beginning is looked at.
    pub fn of(recording: &Recording, turns: &[Turn]) -> Self {
        let mut reader = Reader::default();
        let is_shown = |index: usize| turns.iter().any(|turn| turn.window == index);
        let visits = |(index, window)| if is_shown(index) { visits(window, &mut reader) } else { Vec::new() };
        let visits: Vec<Vec<Visit>> = recording.windows.iter().enumerate().map(visits).collect();
        let shown: Vec<usize> = (0..visits.len()).filter(|index| is_shown(*index)).collect();
        let titles = Titles::of(&visits);
        let mut since = Vec::new();
        let ends = turns.iter().skip(1).map(|next| next.from).chain([SessionTime::MAX]);
        for (turn, end) in turns.iter().zip(ends) {
            let Some(visits) = visits.get(turn.window) else { continue };
            let name = |visit: &Visit| match shown.len() {
                0 | 1 => titles.of_visit(visit),
                _ => format!("{} (window {})", titles.of_visit(visit), turn.window + 1),
            };
            let begun = visits.partition_point(|visit| visit.at <= turn.from);
            let standing = begun.checked_sub(1).and_then(|index| visits.get(index));
            since.extend(standing.map(|visit| (turn.from, name(visit))));
            let coming = visits.iter().skip(begun).take_while(|visit| visit.at < end);
            since.extend(coming.map(|visit| (visit.at, name(visit))));
        }
        Self { since, windows: shown.into_iter().map(|index| recording.windows[index].id.clone()).collect() }
    }
}

/// How documents call themselves. A title that stands over several addresses tells none of them from another.
struct Titles<'v> {
    addresses: BTreeMap<&'v str, Option<&'v str>>,
}

impl<'v> Titles<'v> {
    fn of(visits: &'v [Vec<Visit>]) -> Self {
        let mut addresses: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for visit in visits.iter().flatten() {
            let Some(title) = visit.title.as_deref() else { continue };
            let only = addresses.entry(title).or_insert(Some(&visit.url));
            *only = only.filter(|url| *url == visit.url);
        }
        Self { addresses }
    }

    fn of_visit(&self, visit: &Visit) -> String {
        let title = visit.title.as_deref().filter(|title| self.addresses.get(title).is_some_and(Option::is_some));
        title.map_or_else(|| named_by(&visit.url), str::to_owned)
    }
}

fn visits(window: &Window, reader: &mut Reader) -> Vec<Visit> {
    let addresses = Addresses::of(window, reader);
    let mut visits: Vec<Visit> =
        addresses.all().map(|(at, url)| Visit { at, url: clean(url, usize::MAX), title: None }).collect();
    for event in window.events.iter().filter(|event| event.kind == EventKind::FullSnapshot) {
        let begun = visits.partition_point(|visit| visit.at <= event.at);
        // A snapshot may come a moment before its address.
        let Some(visit) = visits.get_mut(begun.saturating_sub(1)).filter(|visit| visit.title.is_none()) else {
            continue;
        };
        visit.title = document_title(&event.json);
    }
    visits
}

/// The text of `<title>` in a full snapshot, found without reading the whole of it as a tree.
fn document_title(json: &[u8]) -> Option<String> {
    let found = memmem::find(json, br#""tagName":"title""#)?;
    // A picture in the body has titles too.
    if memmem::find(&json[..found], br#""tagName":"body""#).is_some() {
        return None;
    }
    let rest = &json[found + 17..];
    let rest = &rest[..rest.len().min(LONGEST_WAY)];
    let way = memmem::find(rest, br#""textContent":"#)?;
    // Where members stand in another order, the next text is that of another element.
    if [&b"},{"[..], b"}]", br#""tagName""#].iter().any(|sign| memmem::find(&rest[..way], sign).is_some()) {
        return None;
    }
    let text = &rest[way + 14..];
    let text = serde_json::Deserializer::from_slice(text).into_iter::<String>().next()?.ok()?;
    let title = clean(&text, LONGEST_TITLE);
    // Masked by the recorder, or nothing but ornament.
    title.chars().any(char::is_alphanumeric).then_some(title)
}

/// What of an address tells a person which page it is.
fn named_by(url: &str) -> String {
    let Ok(parsed) = url::Url::parse(url) else { return clean(url, LONGEST_TITLE) };
    let Some(host) = parsed.host_str() else { return clean(url, LONGEST_TITLE) };
    // Where a page goes by what stands behind `#`, that is its path.
    let route = parsed.fragment().map(|route| route.trim_start_matches('!')).filter(|route| route.starts_with('/'));
    let path = route.unwrap_or(parsed.path());
    clean(if path == "/" { host } else { path }, LONGEST_TITLE)
}

/// On one line, bounded, and without characters that are not seen or that turn others around.
fn clean(text: &str, most: usize) -> String {
    let unseen = |character: char| {
        matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    let seen: String = text.chars().filter(|character| !unseen(*character)).collect();
    payload::bounded(&seen, most)
}

/// A place where a chapter may begin.
struct Point {
    /// Video time, µs.
    at: i64,
    text: String,
    marker: bool,
}

/// The chapters of a video, by time. The first begins at 0, each ends where the next begins, and the last with the video. Empty if
/// nothing is known of its pages and nothing was marked.
pub fn chapters(pages: &Pages, moments: &[Moment], map: &TimeMap) -> Vec<Cue> {
    let end = map.session_to_video(map.ends());
    let points = points(pages, moments, map);
    if points.is_empty() || end <= 0 {
        return Vec::new();
    }
    let mut shortest = SHORTEST;
    let mut kept = spaced(&points, shortest, end);
    while kept.len() > MOST {
        shortest = shortest.saturating_mul(2);
        kept = spaced(&points, shortest, end);
    }
    let ends = kept.iter().skip(1).map(|next| next.at).chain([end]).collect::<Vec<_>>();
    kept.into_iter().zip(ends).map(|(point, to)| Cue { from: point.at, to, text: point.text.to_owned() }).collect()
}

fn points(pages: &Pages, moments: &[Moment], map: &TimeMap) -> Vec<Point> {
    let (begins, ends) = (map.begins(), map.ends());
    let shown = pages.since.iter().filter(|(at, _)| *at < ends);
    // The page that stands there at first, and after that those that come.
    let standing = pages.since.partition_point(|(at, _)| *at <= begins).saturating_sub(1);
    let mut points: Vec<Point> = shown
        .skip(standing)
        .filter(|(_, text)| !text.is_empty())
        .map(|(at, text)| Point { at: map.session_to_video(*at), text: text.clone(), marker: false })
        .collect();
    let markers = moments.iter().filter(|moment| moment.kind == MomentKind::Marker);
    let markers = markers.filter(|moment| begins <= moment.at && moment.at < ends);
    let markers = markers.filter(|moment| pages.windows.contains(&moment.window));
    points.extend(markers.filter_map(|moment| {
        // What a page calls a chapter itself needs no word for it.
        let label = moment.label.strip_prefix("chapter: ").unwrap_or(&moment.label);
        let text = clean(label, LONGEST_TITLE);
        (!text.is_empty()).then(|| Point { at: map.session_to_video(moment.at), text, marker: true })
    }));
    // Stable: a marker comes after the page on which it was set.
    points.sort_by_key(|point| point.at);
    points
}

/// A chapter that is kept.
#[derive(Clone)]
struct Kept<'p> {
    at: i64,
    text: &'p String,
    marker: bool,
}

/// Points so far from each other and from the end. Of those that are nearer, a marker wins over a page, the first marker over others,
/// and the last page (to which the others led) over other pages.
fn spaced(points: &[Point], shortest: i64, end: i64) -> Vec<Kept<'_>> {
    let mut kept: Vec<Kept<'_>> = Vec::new();
    for point in points {
        match kept.last_mut() {
            None => kept.push(Kept { at: 0, text: &point.text, marker: point.marker }),
            Some(last) if point.at - last.at < shortest => {
                if !last.marker {
                    (last.text, last.marker) = (&point.text, point.marker);
                }
            }
            Some(last) if *last.text == point.text && !point.marker && !last.marker => {}
            Some(_) => kept.push(Kept { at: point.at, text: &point.text, marker: point.marker }),
        }
    }
    while let [.., before, last] = kept.as_slice()
        && end - last.at < shortest
    {
        let (room, from) = (end - shortest - before.at >= shortest, before.at);
        let last = last.clone();
        kept.pop();
        if last.marker && room {
            kept.push(Kept { at: end - shortest, ..last });
        } else if let Some(before) = kept.last_mut().filter(|before| last.marker && !before.marker) {
            *before = Kept { at: from, ..last };
        }
    }
    kept
}
