use super::*;
use crate::recording::{Limits, open};
use crate::timeline::{Idle, Span, Speed, Stretch, follow, moments};

const START: i64 = 1_700_000_000_000;

fn event(kind: u64, at: i64, data: &str) -> String {
    format!(r#"{{"type":{kind},"data":{data},"timestamp":{}}}"#, START + at)
}

fn page(at: i64, href: &str) -> String {
    event(4, at, &format!(r#"{{"href":{},"width":800,"height":600}}"#, serde_json::json!(href)))
}

fn snapshot(at: i64, title: &str) -> String {
    let head = format!(
        r#"{{"type":2,"tagName":"head","attributes":{{}},"childNodes":[{{"type":2,"tagName":"title","attributes":{{}},"childNodes":[{{"type":3,"textContent":{},"id":5}}],"id":4}}],"id":3}}"#,
        serde_json::json!(title)
    );
    let body = r#"{"type":2,"tagName":"body","attributes":{},"childNodes":[],"id":6}"#;
    let html = format!(r#"{{"type":2,"tagName":"html","attributes":{{}},"childNodes":[{head},{body}],"id":2}}"#);
    event(
        2,
        at,
        &format!(r#"{{"node":{{"type":0,"childNodes":[{html}],"id":1}},"initialOffset":{{"left":0,"top":0}}}}"#),
    )
}

fn marker(at: i64, tag: &str) -> String {
    event(5, at, &format!(r#"{{"tag":{},"payload":{{}}}}"#, serde_json::json!(tag)))
}

fn scroll(at: i64) -> String {
    event(3, at, r#"{"source":3,"id":1,"x":0,"y":1}"#)
}

fn ms(ms: i64) -> SessionTime {
    SessionTime::from_millis(ms)
}

fn span(from: i64, to: i64) -> Span {
    Span { from: ms(from), to: ms(to), speed: Speed::NORMAL }
}

/// `(from ms, to ms, title)` of each chapter.
fn of(events: &[String], map: &TimeMap) -> Vec<(i64, i64, String)> {
    let recording = open(format!("[{}]", events.join(",")).into_bytes(), &Limits::default()).unwrap();
    let pages = Pages::of(&recording, &follow(&recording));
    let moments = moments(&recording, &crate::timeline::Thresholds::default());
    let cues = chapters(&pages, &moments, map);
    for cue in &cues {
        assert!(cue.from < cue.to && !cue.text.is_empty() && cue.text.chars().count() <= 200, "{cue:?}");
        assert!(!cue.text.contains(char::is_control), "{cue:?}");
    }
    if let [first, .., last] = cues.as_slice() {
        assert_eq!((first.from, last.to), (0, map.session_to_video(map.ends())));
        assert!(cues.windows(2).all(|pair| pair[0].to == pair[1].from), "{cues:?}");
        assert!(cues.iter().all(|cue| cue.to - cue.from >= SHORTEST), "{cues:?}");
    }
    cues.into_iter().map(|cue| (cue.from / 1000, cue.to / 1000, cue.text)).collect()
}

fn told(cues: &[(i64, i64, String)]) -> Vec<(i64, i64, &str)> {
    cues.iter().map(|(from, to, text)| (*from, *to, text.as_str())).collect()
}

#[test]
fn pages_and_markers_are_chapters_from_the_beginning_to_the_end() {
    let events = [
        page(0, "https://shop.example/"),
        snapshot(10, "Shop"),
        marker(6000, "basket full"),
        page(9000, "https://shop.example/pay?token=secret"),
        snapshot(9010, "Pay – Shop"),
        event(5, 12_000, r#"{"tag":"$pageview","payload":{"href":"https://shop.example/thanks#top"}}"#),
        scroll(20_000),
    ];
    let cues = of(&events, &span(0, 21_000).into());
    assert_eq!(
        told(&cues),
        [(0, 6000, "Shop"), (6000, 9000, "basket full"), (9000, 12_000, "Pay – Shop"), (12_000, 21_000, "/thanks")]
    );
}

#[test]
fn a_title_that_many_addresses_share_gives_way_to_the_address() {
    let events = [
        page(0, "https://app.example/#/inbox"),
        snapshot(10, "App"),
        page(5000, "https://app.example/#!/sent"),
        snapshot(5010, "App"),
        page(9000, "https://app.example/"),
        snapshot(9010, "****"),
        scroll(20_000),
    ];
    let cues = of(&events, &span(0, 21_000).into());
    assert_eq!(told(&cues), [(0, 5000, "/inbox"), (5000, 9000, "/sent"), (9000, 21_000, "app.example")]);
}

#[test]
fn a_chapter_that_the_page_calls_one_is_called_by_its_name() {
    let named = event(5, 5000, r#"{"tag":"chapter","payload":{"name":"Paying"}}"#);
    let recording = [vec![page(0, "https://a.test/a"), snapshot(10, "")], vec![named, scroll(10_000)]].concat();
    assert_eq!(of(&recording, &span(10, 10_000).into()).last().map(|chapter| chapter.2.as_str()), Some("Paying"));
}

#[test]
fn what_comes_within_a_second_is_one_chapter_called_after_the_marker_or_the_last_page() {
    let events = [
        page(0, "https://a.example/old"),
        snapshot(1, ""),
        page(300, "https://a.example/new"),
        page(4000, "https://a.example/x"),
        marker(4500, "first mark"),
        marker(4900, "second mark"),
        page(4950, "https://a.example/y"),
        scroll(9000),
    ];
    let cues = of(&events, &span(0, 10_000).into());
    assert_eq!(told(&cues), [(0, 4000, "/new"), (4000, 10_000, "first mark")]);
}

#[test]
fn the_last_chapter_has_its_second_too() {
    let start = [page(0, "https://a.example/a"), snapshot(1, "")];
    let of_end = |more: String| of(&[start.to_vec(), vec![more, scroll(9990)]].concat(), &span(0, 10_000).into());
    assert_eq!(told(&of_end(marker(9900, "done"))), [(0, 9000, "/a"), (9000, 10_000, "done")]);
    assert_eq!(told(&of_end(page(9900, "https://a.example/b"))), [(0, 10_000, "/a")]);
    // A video of less than two seconds is one chapter.
    let short = of(&[start.to_vec(), vec![marker(1200, "done"), scroll(9990)]].concat(), &span(0, 1500).into());
    assert_eq!(told(&short), [(0, 1500, "done")]);
}

#[test]
fn a_trim_begins_with_the_page_that_stands_there_and_skipped_time_takes_none() {
    let events = [
        page(0, "https://a.example/a"),
        snapshot(1, ""),
        marker(5000, "early"),
        page(30_000, "https://a.example/b"),
        marker(50_000, "late"),
        scroll(90_000),
    ];
    let idle = [Stretch { from: ms(12_000), to: ms(40_000) }];
    let map = TimeMap::new(span(10_000, 60_000), Idle::Skip, &idle).unwrap();
    // Page b came up in skipped time: it is there with the next frame.
    assert_eq!(told(&of(&events, &map)), [(0, 2000, "/a"), (2000, 12_000, "/b"), (12_000, 22_000, "late")]);
}

#[test]
fn hostile_names_are_one_bounded_line() {
    let long = format!("https://a.example/{}", "x".repeat(5000));
    let events = [
        page(0, &long),
        snapshot(1, "  a\n\u{1b}[31m\u{202e}b=;#\\\u{0}c  "),
        page(3000, "javascript:alert(1)\n=[CHAPTER]"),
        page(6000, &format!("{long}y")),
        marker(9000, &"m".repeat(10_000)),
        scroll(20_000),
    ];
    let cues = of(&events, &span(0, 21_000).into());
    assert_eq!(cues[0].2, "a [31mb=;#\\ c");
    assert_eq!(cues[1].2, "javascript:alert(1) =[CHAPTER]");
    assert!(cues[2].2.ends_with('…') && cues[2].2.chars().count() == LONGEST_TITLE, "{}", cues[2].2);
    assert_eq!(cues[3].2.chars().count(), LONGEST_TITLE);
}

#[test]
fn of_very_many_those_that_players_can_list_are_kept() {
    let mut events = vec![page(0, "https://a.example/a"), snapshot(1, "")];
    events.extend((1..3000).map(|number| marker(number * 1500, &format!("mark {number}"))));
    let cues = of(&events, &span(0, 4_600_000).into());
    assert!((60..=MOST).contains(&cues.len()), "{}", cues.len());
}

#[test]
fn the_title_is_that_of_the_document_and_not_of_a_picture_or_of_what_comes_next() {
    let none = [
        r#"{"tagName":"body","childNodes":[{"tagName":"title","childNodes":[{"textContent":"Close"}]}]}"#,
        r#"{"tagName":"title","attributes":{},"childNodes":[],"id":4},{"tagName":"style","childNodes":[{"textContent":"a{}"}]}"#,
        r#"{"id":4,"tagName":"title","type":2},{"childNodes":[{"textContent":"a{}","type":3}],"tagName":"style"}"#,
        r#"{"tagName":"title","childNodes":[{"textContent":"unfinis"#,
        r#"{"tagName":"title","childNodes":[{"textContent":5}]}"#,
    ];
    for json in none {
        assert_eq!(document_title(json.as_bytes()), None, "{json}");
    }
    let one = r#"{"tagName":"title","attributes":{},"childNodes":[{"type":3,"textContent":"A \u0026 \ud83d\ude00"}]}"#;
    assert_eq!(document_title(one.as_bytes()).as_deref(), Some("A & 😀"));
}

#[test]
fn windows_are_told_apart_where_there_are_several() {
    let events = [page(0, "https://a.example/a"), snapshot(1, ""), scroll(5000)].join(",");
    let open = || open(format!("[{events}]").into_bytes(), &Limits::default()).unwrap();
    let (mut recording, mut second) = (open(), open().windows.remove(0));
    second.id = "second".to_owned();
    recording.windows.push(second);
    let turns = [Turn { window: 0, from: ms(1) }, Turn { window: 1, from: ms(2000) }];
    let pages = Pages::of(&recording, &turns);
    let cues = chapters(&pages, &[], &span(1, 5000).into());
    let texts: Vec<&str> = cues.iter().map(|cue| cue.text.as_str()).collect();
    assert_eq!(texts, ["/a (window 1)", "/a (window 2)"]);
}
