//! A page of canaries, played.

use std::sync::LazyLock;

use image::RgbImage;
use serde_json::{Value, json};

use super::canaries::Site;
use super::listener::Listener;
use crate::program::processes::{self, Process};
use crate::program::recording::{Nodes, PICTURE_BYTES, event, json_of, meta, restless, snapshot};
use crate::program::{Room, Running, SECONDS, is_root, warning};
use rustix::process::Signal;

const SIZE: (u32, u32) = (1000, 1400);
/// So small that all canaries are in view.
const SHEET: &str = ".blue { background: rgb(0, 0, 255) } iframe, frame, fencedframe, portal, object, embed, video, audio, canvas, img, svg, input, select, textarea, marquee { width: 24px; height: 16px } * { line-height: 1; margin: 0 }";
/// What the page shows besides its canaries, and where: by a style attribute, by a style sheet, and by a mutation.
const HARMLESS: [(u32, [u8; 3]); 3] = [(0, [0, 128, 0]), (100, [0, 0, 255]), (200, [128, 0, 128])];

fn harmless(nodes: &mut Nodes, left: u32, attributes: Value) -> Value {
    let mut attributes = attributes;
    let style = attributes["style"].as_str().unwrap_or_default().to_owned();
    attributes["style"] =
        json!(format!("position:fixed;z-index:9;left:{left}px;top:0;width:100px;height:60px;color:white;{style}"));
    let text = nodes.text("harmless");
    nodes.element("div", attributes, vec![text])
}

/// A `<style>` with the sheet, and its id.
fn styled(nodes: &mut Nodes) -> (Value, i64) {
    let sheet = nodes.css(SHEET);
    let style = nodes.element("style", json!({}), vec![sheet]);
    let id = style["id"].as_i64().unwrap();
    (style, id)
}

/// A page with every canary in its snapshot, then the same added, then the same as changes of attributes, in frames and in shadow roots; and a user who clicks, focuses and hovers all of them.
pub(crate) fn recording(site: &Site) -> Vec<Value> {
    let mut nodes = Nodes::default();
    let (style, style_id) = styled(&mut nodes);
    let mut head = vec![style];
    head.extend(site.nodes(&mut nodes));
    let mut body = vec![
        harmless(&mut nodes, 0, json!({"style": "background:rgb(0,128,0)"})),
        harmless(&mut nodes, 100, json!({"class": "blue"})),
    ];
    let mut cages = site.nodes(&mut nodes);
    let mut shadow = vec![styled(&mut nodes).0];
    shadow.extend(site.nodes(&mut nodes));
    shadow.iter_mut().for_each(|node| node["isShadow"] = json!(true));
    let mut host = nodes.element("div", json!({}), shadow);
    host["isShadowHost"] = json!(true);
    cages.push(host);
    // These get their attributes later.
    let bare: Vec<(i64, Value)> = site
        .elements()
        .into_iter()
        .map(|(tag, attributes, is_svg)| {
            let node = if is_svg { nodes.svg(tag, json!({}), Vec::new()) } else { nodes.leaf(tag, json!({})) };
            let id = node["id"].as_i64().unwrap();
            cages.push(node);
            (id, attributes)
        })
        .collect();
    let frame = nodes.leaf("iframe", json!({"width": "100", "height": "80"}));
    let frame_id = frame["id"].as_i64().unwrap();
    cages.push(frame);
    let cage = nodes.element("div", json!({"style": "position:absolute;top:80px;left:0;right:0"}), cages);
    let cage_id = cage["id"].as_i64().unwrap();
    body.push(cage);
    let document = nodes.document(
        head,
        json!({"onload": "top.document.body.style.background='red'", "style": "margin:0;background:white"}),
        body,
    );
    let mut inner = Nodes::after(nodes.last());
    let mut inner_head = vec![styled(&mut inner).0];
    inner_head.extend(site.nodes(&mut inner));
    let inner_body = site.nodes(&mut inner);
    let inner_document = inner.document(inner_head, json!({}), inner_body);

    let mut events = vec![meta(0, SIZE.0, SIZE.1), snapshot(0, &document)];
    events.push(event(3, 100, json!({"source": 0, "texts": [], "removes": [], "attributes": [], "isAttachIframe": true, "adds": [{"parentId": frame_id, "nextId": null, "node": inner_document}]})));
    let mut late = Nodes::after(inner.last());
    let mut adds = Vec::new();
    add(&mut adds, cage_id, harmless(&mut late, 200, json!({"style": "background:rgb(128,0,128)"})));
    for node in site.nodes(&mut late) {
        add(&mut adds, cage_id, node);
    }
    let last = late.last();
    events.push(event(3, 400, json!({"source": 0, "texts": [], "removes": [], "attributes": [], "adds": adds})));
    let changes: Vec<Value> =
        bare.into_iter().map(|(id, attributes)| json!({"id": id, "attributes": attributes})).collect();
    events.push(event(3, 700, json!({"source": 0, "texts": [], "removes": [], "adds": [], "attributes": changes})));
    events.extend(site.style_changes(style_id, cage_id).into_iter().map(|data| event(3, 900, data)));
    events.extend((1..=last).flat_map(|id| user(id, 1000 + id)));
    events
}

/// Recorders list added nodes one by one.
fn add(adds: &mut Vec<Value>, parent: i64, mut node: Value) {
    let children = node["childNodes"].take();
    node["childNodes"] = json!([]);
    let id = node["id"].as_i64().unwrap();
    adds.push(json!({"parentId": parent, "nextId": null, "node": node}));
    for child in children.as_array().into_iter().flatten() {
        add(adds, id, child.clone());
    }
}

/// Everything that a user can do to a node.
fn user(id: i64, at: i64) -> Vec<Value> {
    let interaction = |kind: u32| json!({"source": 2, "type": kind, "id": id, "x": 5, "y": 5});
    let mut done: Vec<Value> = [1, 0, 2, 3, 4, 5, 6, 7, 9].into_iter().map(interaction).collect();
    done.push(json!({"source": 1, "positions": [{"x": 400, "y": 300, "id": id, "timeOffset": 0}]}));
    done.push(json!({"source": 5, "id": id, "text": "x", "isChecked": true}));
    done.push(json!({"source": 3, "id": id, "x": 0, "y": 1}));
    done.push(json!({"source": 7, "id": id, "type": 0}));
    done.into_iter().map(|data| event(3, at, data)).collect()
}

struct Played {
    report: Value,
    stills: Vec<RgbImage>,
    visitors: Vec<String>,
}

const MOMENTS: [&str; 6] = ["0", "0.2", "0.5", "0.8", "0.95", "end"];

/// Played once for all tests of one process.
static PLAYED: LazyLock<Played> = LazyLock::new(|| play(false));

fn play(with_assets: bool) -> Played {
    let (room, listener) = (Room::new(), Listener::start());
    let input = room.file("canaries.json", json_of(&recording(&Site::new(listener.address(), &room))));
    let mut arguments = vec!["render".to_owned(), input, "--quiet".to_owned(), "--cursor".to_owned(), "off".to_owned()];
    for (index, at) in MOMENTS.iter().enumerate() {
        arguments.extend(["--still".to_owned(), format!("{at}={}", room.out(&format!("{index}.png")))]);
    }
    if with_assets {
        // Requests for pictures, styles and fonts now pass the page's policy: one of them has an answer, the others must be refused.
        let folder = room.path().join("assets");
        std::fs::create_dir(&folder).unwrap();
        let green = image::RgbImage::from_pixel(24, 16, image::Rgb([0, 128, 0]));
        green.save(folder.join("green.png")).unwrap();
        let index = json!({format!("http://{}/svg-image", listener.address()): "green.png"});
        std::fs::write(folder.join("index.json"), index.to_string()).unwrap();
        arguments.extend(["--assets".to_owned(), folder.display().to_string()]);
    }
    let report = room.report(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let stills = (0..MOMENTS.len()).map(|index| room.picture(&format!("{index}.png"))).collect();
    if let Some(folder) = std::env::var_os("REPLAYREEL_TEST_KEEP") {
        for name in room.outputs() {
            std::fs::copy(room.out(&name), std::path::Path::new(&folder).join(name)).unwrap();
        }
    }
    room.assert_tidy();
    Played { report, stills, visitors: listener.visitors() }
}

fn is_red(pixel: [u8; 3]) -> bool {
    pixel[0] > 180 && pixel[1] < 90 && pixel[2] < 90
}

#[test]
fn no_canary_runs_loads_or_shows() {
    assert_eq!(PLAYED.visitors, [""; 0], "came to the listener");
    for (at, still) in MOMENTS.iter().zip(&PLAYED.stills) {
        assert_eq!(still.dimensions(), SIZE);
        let red = still.pixels().filter(|pixel| is_red(pixel.0)).count();
        assert_eq!(red, 0, "red pixels at {at}");
    }
}

#[test]
fn with_assets_too_no_canary_runs_loads_or_shows() {
    let played = play(true);
    assert_eq!(played.visitors, [""; 0], "came to the listener");
    for (at, still) in MOMENTS.iter().zip(&played.stills) {
        let red = still.pixels().filter(|pixel| is_red(pixel.0)).count();
        assert_eq!(red, 0, "red pixels at {at}");
    }
    let resources = &played.report["resources"];
    assert_eq!(resources["served_urls"], 1, "{resources:#}");
    let missing = resources["missing"].as_array().unwrap();
    // The policy lets them through to us: whole addresses, rather than what the browser tells of a violation.
    for path in ["style-attribute", "link-stylesheet", "input-image"] {
        let refused = missing.iter().any(|one| one["url"].as_str().unwrap().ends_with(path));
        assert!(refused, "{path} is not in {resources:#}");
    }
}

#[test]
fn what_is_harmless_on_the_page_still_shows() {
    for (at, still) in MOMENTS.iter().zip(&PLAYED.stills) {
        for (left, colour) in HARMLESS {
            let late = left == 200 && ["0", "0.2"].contains(at);
            let shown = still.get_pixel(left + 90, 50).0;
            assert_eq!(shown == colour, !late, "at {at}, {left} px: {shown:?}");
            let letters = (left..left + 100)
                .flat_map(|x| (0..30).map(move |y| (x, y)))
                .filter(|&(x, y)| still.get_pixel(x, y).0.iter().all(|&level| level > 200))
                .count();
            assert!(late || letters > 30, "no text at {at}, {left} px");
        }
    }
}

#[test]
fn the_report_tells_what_was_taken_out_and_what_was_missing() {
    let removed = warning(&PLAYED.report, "removed_attributes");
    assert!(removed["count"].as_u64().unwrap() > 300, "{removed}");
    let missing = warning(&PLAYED.report, "missing_resources");
    assert!(missing["count"].as_u64().unwrap() >= 1, "{missing}");
}

#[test]
fn a_script_in_the_page_address_or_in_other_kinds_of_event_is_text() {
    let (room, listener) = (Room::new(), Listener::start());
    let script = format!("javascript:top.document.body.style.background='red';fetch('http://{}/')", listener.address());
    let (mut events, body) = crate::program::recording::plain_page(0, "white");
    events[0]["data"]["href"] = json!(script);
    for kind in [0, 1, 7, 99] {
        events.push(event(kind, 100, json!({"href": script, "node": body})));
    }
    events.push(event(5, 100, json!({"tag": script, "payload": {"html": "<img onerror=alert(1)>"}})));
    events.push(event(6, 100, json!({"plugin": "rrweb/console@1", "payload": {"level": "log", "payload": [script]}})));
    let input = room.file("events.json", json_of(&events));
    room.report(&["still", &input, "--at", "end", "-o", &room.out("still.png")]);
    assert!(room.picture("still.png").pixels().all(|pixel| pixel.0 == [255; 3]));
    assert_eq!(listener.visitors(), [""; 0]);
}

/// Calls `look` on the browser's processes in the middle of a render.
fn in_the_middle(look: impl FnOnce(&Running<'_>, &Process, &[Process])) {
    let room = Room::new();
    let input = room.file("restless.json", restless(60));
    let mut run = room.start(room.command(&["render", &input, "-o", &room.out("clip.mp4"), "--quiet"]));
    run.until_encoded(5 * PICTURE_BYTES);
    let browser = run.until("browser", Running::chromium);
    let group = browser.group();
    assert!(group.len() > 2, "{group:#?}");
    look(&run, &browser, &group);
    run.signal(Signal::INT);
    run.wait(SECONDS);
}

#[test]
fn the_sandbox_is_on_and_the_browser_is_never_root() {
    in_the_middle(|_, _, group| {
        for process in group {
            for id in process.status("Uid").split_whitespace().chain(process.status("Gid").split_whitespace()) {
                assert!(!is_root() || id == "65534", "{id}: {process:#?}");
                assert_ne!(id, "0", "{process:#?}");
            }
            assert!(
                !process.command.iter().any(|word| word.contains("no-sandbox")
                    || word == "--disable-setuid-sandbox"
                    || word == "--disable-namespace-sandbox"),
                "{process:#?}"
            );
            if is_root() {
                assert_eq!(process.status("Groups"), "", "{process:#?}");
            }
        }
        let renderers: Vec<&Process> = group.iter().filter(|process| process.is_renderer()).collect();
        assert!(!renderers.is_empty(), "{group:#?}");
        for renderer in renderers {
            assert_eq!(renderer.status("Seccomp"), "2", "a filter on its system calls");
            assert_eq!(renderer.status("NoNewPrivs"), "1");
            assert!(renderer.status("NSpid").split_whitespace().count() > 1, "in a namespace of processes of its own");
        }
    });
}

#[test]
fn nothing_of_the_browser_listens_for_connections() {
    in_the_middle(|run, browser, group| {
        let listening = processes::listening();
        let open: Vec<_> = group.iter().chain(&run.children()).flat_map(Process::sockets).collect();
        assert!(!open.is_empty(), "its sockets can be seen");
        let ports: Vec<_> = open.iter().filter(|socket| listening.contains(socket)).collect();
        assert!(ports.is_empty(), "{ports:?}");
        assert!(
            browser.has("--remote-debugging-pipe")
                && !browser.command.iter().any(|word| word.starts_with("--remote-debugging-port"))
        );
    });
}

#[test]
fn a_listening_socket_of_our_own_is_seen() {
    let listener = Listener::start();
    let own: std::collections::BTreeSet<u64> = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            std::fs::read_link(entry.path()).ok()?.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
        })
        .collect();
    assert!(own.intersection(&processes::listening()).next().is_some());
    drop(listener);
}
