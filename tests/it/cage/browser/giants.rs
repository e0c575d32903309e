//! Pages that would take all memory or all time: each ends at a limit that its error names, and harms nobody else.

use std::time::Duration;

use replayreel::render::{RenderError, Unwatched, render};
use replayreel::stage::{Pool, PoolOptions, StageError};
use serde_json::{Value, json};

use crate::pool;
use crate::program::recording::{HEIGHT, Nodes, WIDTH, event, json_of, meta, plain_page, snapshot, turning};
use crate::program::{Room, warning};

/// A page with this body, and events after it.
fn page(nodes: &mut Nodes, head: Vec<Value>, body: Vec<Value>, later: Vec<Value>) -> Vec<u8> {
    let document = nodes.document(head, json!({"style": "margin:0;background:rgb(0,0,255)"}), body);
    json_of(&[vec![meta(0, 320, 200), snapshot(0, &document)], later].concat())
}

/// Canvases of a gigabyte each.
fn canvases(count: usize) -> Vec<u8> {
    let mut nodes = Nodes::default();
    let all: Vec<Value> =
        (0..count).map(|_| nodes.leaf("canvas", json!({"width": "16000", "height": "16000"}))).collect();
    let drawn = all.iter().zip(1..).map(|(canvas, at)| {
        let command =
            json!({"source": 9, "id": canvas["id"], "type": 0, "property": "fillRect", "args": [0, 0, 16000, 16000]});
        event(3, at * 10, command)
    });
    let drawn = drawn.collect();
    page(&mut nodes, Vec::new(), all, drawn)
}

/// A filter that no processor is done with.
fn filter() -> Vec<u8> {
    let mut nodes = Nodes::default();
    let mut steps = vec![nodes.svg("feTurbulence", json!({"baseFrequency": "0.9", "numOctaves": "200"}), Vec::new())];
    steps.extend(
        (0..300).map(|_| nodes.svg("feMorphology", json!({"operator": "dilate", "radius": "200"}), Vec::new())),
    );
    let filter = nodes.svg("filter", json!({"id": "f", "x": "0", "y": "0", "width": "1", "height": "1"}), steps);
    let rect = nodes.svg("rect", json!({"width": "320", "height": "200", "filter": "url(#f)"}), Vec::new());
    let svg = nodes.svg("svg", json!({"width": "320", "height": "200"}), vec![filter, rect]);
    page(&mut nodes, Vec::new(), vec![svg], Vec::new())
}

/// Many shadows, each blurred, each over the page.
fn shadows() -> Vec<u8> {
    let mut nodes = Nodes::default();
    let shadow: Vec<String> = (0..3000).map(|at| format!("{at}px 0 300px red")).collect();
    let style = format!("box-shadow:{};width:9px;height:9px", shadow.join(","));
    let all = (0..60).map(|_| nodes.leaf("div", json!({"style": style}))).collect();
    page(&mut nodes, Vec::new(), all, Vec::new())
}

/// Elements in elements, `depth` of them, and the innermost one in sight.
fn nested(depth: i64) -> String {
    let (events, body) = plain_page(0, "rgb(0,0,255)");
    let mut text = String::from_utf8(json_of(&events)).unwrap();
    let own = format!("\"childNodes\":[],\"id\":{body}");
    let open =
        r#"{"type":2,"tagName":"div","attributes":{"style":"min-height:20px;background:rgb(0,128,0)"},"childNodes":["#;
    let mut inside = open.repeat(depth as usize);
    for id in 0..depth {
        inside.push_str(&format!("],\"id\":{}}}", body + 10 + id));
    }
    assert!(text.contains(&own));
    text = text.replace(&own, &format!("\"childNodes\":[{inside}],\"id\":{body}"));
    text
}

#[test]
fn a_page_without_end_ends_at_a_limit_that_its_error_names() {
    let mut wide = turning(0, "green");
    wide[0] = meta(0, 2_000_000_000, 2_000_000_000);
    let time = "--page-timeout";
    let cases: [(&str, Vec<u8>, &[&str], &str); 5] = [
        ("canvases", canvases(40), &["--max-browser-memory", "1GiB"], "limit: --max-browser-memory, 1024 MB"),
        ("filter", filter(), &[time, "1500ms"], "limit: --page-timeout"),
        ("shadows", shadows(), &[time, "1500ms"], "limit: --page-timeout"),
        ("viewport", json_of(&wide), &[], "--max-pixels"),
        ("time", filter(), &["--max-render-time", "2s"], "rendering took longer than 2s (limit: --max-render-time)"),
    ];
    for (name, bytes, options, message) in cases {
        let room = Room::new();
        let input = room.file(name, bytes);
        let output = room.out("still.png");
        let ended = room.run(&[&["still", &input, "--at", "end", "-o", &output][..], options].concat());
        assert_ne!(ended.code, Some(0), "{name}: {ended:?}");
        assert!(ended.stderr.contains(message), "{name}: {ended:?}");
        room.assert_nothing_left();
    }
}

#[test]
fn a_page_nested_without_end_is_shown_as_deep_as_browsers_bear_it() {
    let room = Room::new();
    // All at once, and one in another, mutation by mutation.
    let mut events: Vec<Value> = turning(0, "rgb(0,0,255)");
    let body = events[2]["data"]["attributes"][0]["id"].as_i64().unwrap();
    let mut parent = body;
    for at in 0..40 {
        let mut adds = Vec::new();
        for _ in 0..50 {
            let id = parent.max(1000) + 1;
            let style = "min-height:20px;background:rgb(0,128,0)";
            adds.push(json!({"parentId": parent, "nextId": null, "node": {"type": 2, "tagName": "div", "attributes": {"style": style}, "childNodes": [], "id": id}}));
            parent = id;
        }
        events.push(event(
            3,
            10 * (at + 1),
            json!({"source": 0, "texts": [], "removes": [], "attributes": [], "adds": adds}),
        ));
    }
    for (name, bytes) in [("at-once", nested(100_000).into_bytes()), ("bit-by-bit", json_of(&events))] {
        let input = room.file(name, bytes);
        let report = room.report(&["still", &input, "--at", "end", "--cursor", "off", "-o", &room.out("still.png")]);
        let told = warning(&report, "nested_too_deep");
        assert!(told["message"].as_str().unwrap().contains("deeper than 512 (--max-page-depth)"), "{told}");
        assert_eq!(room.picture("still.png").get_pixel(100, 10).0, [0, 128, 0], "{name}");
    }
}

#[test]
fn a_page_that_cannot_be_laid_out_fails_with_the_limit_to_lower() {
    let room = Room::new();
    let mut nodes = Nodes::default();
    let nested = (0..500).fold(nodes.text("deep"), |inner, _| {
        nodes.element("div", json!({"style": "display:inline-block"}), vec![inner])
    });
    let document = nodes.document(Vec::new(), json!({}), vec![nested]);
    let input = room.file("nested.json", json_of(&[meta(0, WIDTH, HEIGHT), snapshot(0, &document)]));
    let output = room.out("still.png");
    let still = ["still", &input, "--at", "end", "-o", &output];
    let ended = room.run(&still);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let reason = ended.stderr.lines().find(|line| line.starts_with("replayreel: ")).unwrap_or_default();
    assert!(reason.contains("its page crashed") && reason.contains("--max-page-depth"), "{ended:#?}");
    assert!(!ended.stderr.contains("dbus"), "what every run says hides what happened: {ended:#?}");
    room.assert_nothing_left();
    room.report(&[&still[..], &["--max-page-depth", "64"]].concat());
}

#[test]
fn pictures_that_claim_to_be_huge_cost_nothing_and_the_page_around_them_is_shown() {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = b"IHDR".to_vec();
    header.extend([60_000_u32.to_be_bytes(), 60_000_u32.to_be_bytes()].concat());
    header.extend([8, 6, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&header);
    png.extend(13_u32.to_be_bytes());
    png.extend(&header);
    png.extend(crc.sum().to_be_bytes());
    let encoded = |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='1000000000' height='1000000000'><rect width='100%' height='100%' fill='rgb(0,128,0)'/></svg>";
    let mut nodes = Nodes::default();
    let style = "position:fixed;left:0;top:0;width:50px;height:50px";
    let images = [
        format!("data:image/png;base64,{}", encoded(&png)),
        format!("data:image/svg+xml;base64,{}", encoded(svg.as_bytes())),
    ];
    let images = images.map(|src| nodes.leaf("img", json!({"src": src, "style": style}))).into();
    let room = Room::new();
    let input = room.file("huge.json", page(&mut nodes, Vec::new(), images, Vec::new()));
    room.report(&[
        "still",
        &input,
        "--at",
        "end",
        "--cursor",
        "off",
        "-o",
        &room.out("still.png"),
        "--max-browser-memory",
        "1GiB",
    ]);
    let shown = room.picture("still.png");
    assert_eq!((shown.get_pixel(25, 25).0, shown.get_pixel(100, 100).0), ([0, 128, 0], [0, 0, 255]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_giant_does_not_harm_the_job_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::new(PoolOptions { look_every: Duration::from_millis(100), ..PoolOptions::default() });
    let small = pool::still(pool::example("checkout"), "end", folder.path(), Some(&pool));
    let before = render(&small, &Unwatched).await.unwrap().frames_sha256;
    let beside = tempfile::tempdir().unwrap();
    let mut giant = pool::still(canvases(40), "end", beside.path(), Some(&pool));
    giant.chromium.most_memory = Some(1 << 30);
    let meanwhile = async {
        for _ in 0..2 {
            assert_eq!(render(&small, &Unwatched).await.unwrap().frames_sha256, before);
        }
    };
    let (ended, ()) = tokio::join!(render(&giant, &Unwatched), meanwhile);
    let error = ended.unwrap_err();
    assert!(matches!(error, RenderError::Stage(StageError::Memory { limit, .. }) if limit == 1 << 30), "{error}");
    assert_eq!(std::fs::read_dir(beside.path()).unwrap().count(), 0);
    assert_eq!(render(&small, &Unwatched).await.unwrap().frames_sha256, before);
}
