//! The attacks, played.

mod control;
mod giants;
mod network;

use image::RgbImage;
use serde_json::{Value, json};

use super::canaries::Site;
use super::listener::Listener;
use super::markup::Later;
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

/// A page with every attack in its snapshot, in its head, its body and a shadow root; then in a frame, in what is added, in what is changed, as styles and as drawings;
/// and a user who clicks, focuses and hovers all of them.
pub(crate) fn recording(site: &Site) -> Vec<Value> {
    let mut nodes = Nodes::default();
    // One that stays, and one that is changed.
    let (changed_style, style_id) = styled(&mut nodes);
    let mut head = vec![styled(&mut nodes).0, changed_style];
    head.extend(site.nodes("head", &mut nodes, None));
    let mut body = vec![
        harmless(&mut nodes, 0, json!({"style": "background:rgb(0,128,0)"})),
        harmless(&mut nodes, 100, json!({"class": "blue"})),
    ];
    let mut cages = site.nodes("body", &mut nodes, None);
    let mut touched = Vec::new();
    cages.iter().for_each(|node| touchable(node, &mut touched));
    let mut shadow = vec![styled(&mut nodes).0];
    shadow.extend(site.nodes("shadow", &mut nodes, None));
    shadow.iter_mut().for_each(|node| node["isShadow"] = json!(true));
    let mut host = nodes.element("div", json!({}), shadow);
    host["isShadowHost"] = json!(true);
    cages.push(host);
    // These get their attributes and texts later.
    let mut later = Later::default();
    cages.extend(site.nodes("changed", &mut nodes, Some(&mut later)));
    let canvases: Vec<Value> = (0..3).map(|_| nodes.leaf("canvas", json!({"width": "80", "height": "60"}))).collect();
    let canvas_ids: Vec<i64> = canvases.iter().map(|canvas| canvas["id"].as_i64().unwrap()).collect();
    cages.extend(canvases);
    let frame = nodes.leaf("iframe", json!({"width": "100", "height": "80"}));
    let frame_id = frame["id"].as_i64().unwrap();
    cages.push(frame);
    let cage = nodes.element("div", json!({"style": "position:absolute;top:80px;left:0;right:0"}), cages);
    let cage_id = cage["id"].as_i64().unwrap();
    body.push(cage);
    let mut document = nodes.document(
        head,
        json!({"onload": "top.document.body.style.background='red'", "style": "margin:0;background:white"}),
        body,
    );
    document["childNodes"][0] = site.doctype();
    document["childNodes"][1]["attributes"] = site.of_document();
    let mut inner = Nodes::after(nodes.last());
    let mut inner_head = vec![styled(&mut inner).0];
    inner_head.extend(site.nodes("frame-head", &mut inner, None));
    let inner_body = site.nodes("frame", &mut inner, None);
    let inner_document = inner.document(inner_head, json!({}), inner_body);

    let mut events = vec![meta(0, SIZE.0, SIZE.1), snapshot(0, &document)];
    events.push(event(3, 100, json!({"source": 0, "texts": [], "removes": [], "attributes": [], "isAttachIframe": true, "adds": [{"parentId": frame_id, "nextId": null, "node": inner_document}]})));
    let mut late = Nodes::after(inner.last());
    let mut adds = Vec::new();
    add(&mut adds, cage_id, harmless(&mut late, 200, json!({"style": "background:rgb(128,0,128)"})));
    for node in site.nodes("added", &mut late, None) {
        touchable(&node, &mut touched);
        add(&mut adds, cage_id, node);
    }
    events.push(event(3, 400, json!({"source": 0, "texts": [], "removes": [], "attributes": [], "adds": adds})));
    events.push(event(
        3,
        700,
        json!({"source": 0, "removes": [], "adds": [], "texts": later.texts, "attributes": later.attributes}),
    ));
    for (kind, id) in canvas_ids.into_iter().enumerate() {
        let commands = site.commands();
        events.push(event(3, 800, json!({"source": 9, "id": id, "type": kind, "commands": commands})));
        if kind == 0 {
            events.extend(commands.into_iter().map(|command| {
                let mut data = json!({"source": 9, "id": id, "type": kind});
                data.as_object_mut().unwrap().extend(command.as_object().unwrap().clone());
                event(3, 810, data)
            }));
        }
    }
    events.extend(site.style_changes(style_id, cage_id).into_iter().map(|data| event(3, 900, data)));
    events.extend(touched.iter().zip(0..).flat_map(|(&id, at)| user(id, 1000 + 20 * at)));
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

/// The ids of what wants the focus, in the node and below it: what somebody who is there would do something to.
fn touchable(node: &Value, found: &mut Vec<i64>) {
    if node["attributes"]["autofocus"].is_string() {
        found.push(node["id"].as_i64().unwrap());
    }
    node["childNodes"].as_array().into_iter().flatten().for_each(|child| touchable(child, found));
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

const MOMENTS: [&str; 6] = ["0", "0.2", "0.5", "0.85", "0.95", "end"];

/// What a render of the recording gave.
pub(super) struct Played {
    pub(super) report: Value,
    stills: Vec<RgbImage>,
}

/// Renders the recording. With `assets`, hostile resources as well.
pub(super) fn play(room: &Room, site: &Site, with_assets: bool) -> Played {
    let input = room.file("canaries.json", json_of(&recording(site)));
    let mut arguments = vec!["render".to_owned(), input, "--quiet".to_owned(), "--cursor".to_owned(), "off".to_owned()];
    for (index, at) in MOMENTS.iter().enumerate() {
        arguments.extend(["--still".to_owned(), format!("{at}={}", room.out(&format!("{index}.png")))]);
    }
    if with_assets {
        arguments.extend(["--assets".to_owned(), site.resources(room)]);
    }
    let report = room.report(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let stills = (0..MOMENTS.len()).map(|index| room.picture(&format!("{index}.png"))).collect();
    if let Some(folder) = std::env::var_os("REPLAYREEL_TEST_KEEP") {
        for name in room.outputs() {
            std::fs::copy(room.out(&name), std::path::Path::new(&folder).join(name)).unwrap();
        }
    }
    if let Some(folder) = std::env::var_os("REPLAYREEL_TEST_KEEP") {
        std::fs::copy(room.path().join("canaries.json"), std::path::Path::new(&folder).join("canaries.json")).unwrap();
    }
    room.assert_tidy();
    Played { report, stills }
}

impl Played {
    /// Nothing has run, and no red file is shown.
    pub(super) fn assert_without_red(&self) {
        for (at, still) in MOMENTS.iter().zip(&self.stills) {
            assert_eq!(still.dimensions(), SIZE);
            let red = still.pixels().filter(|pixel| is_red(pixel.0)).count();
            assert_eq!(red, 0, "red pixels at {at}");
        }
    }
}

fn is_red(pixel: [u8; 3]) -> bool {
    pixel[0] > 180 && pixel[1] < 90 && pixel[2] < 90
}

#[test]
fn no_attack_runs_loads_or_shows_and_what_is_harmless_does() {
    let (room, listener) = (Room::new(), Listener::start());
    let played = play(&room, &Site::new(listener.address(), &room), false);
    assert_eq!(listener.visitors(), [""; 0], "came to the listener");
    played.assert_without_red();
    for (at, still) in MOMENTS.iter().zip(&played.stills) {
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
    let removed = warning(&played.report, "removed_attributes");
    assert!(removed["count"].as_u64().unwrap() > 1000, "{removed}");
    let missing = warning(&played.report, "missing_resources");
    assert!(missing["count"].as_u64().unwrap() >= 1, "{missing}");
}

#[test]
fn with_hostile_resources_too_no_attack_runs_loads_or_shows() {
    let (room, listener) = (Room::new(), Listener::start());
    let played = play(&room, &Site::new(listener.address(), &room), true);
    assert_eq!(listener.visitors(), [""; 0], "came to the listener");
    played.assert_without_red();
    let resources = &played.report["resources"];
    let told = |list: &str, path: &str| {
        resources[list].as_array().unwrap().iter().any(|one| one["url"].as_str().unwrap().ends_with(path))
    };
    // The policy lets pictures, styles and fonts through to us, and those that are there are served, hostile as they are.
    for path in ["body/css-background", "body/link-stylesheet", "body/svg-image"] {
        assert!(told("served", path), "{path} was not served: {resources:#}");
    }
    for path in ["body/style-attribute", "body/input-image"] {
        assert!(told("missing", path), "{path} was not asked for: {resources:#}");
    }
    // Pages and scripts never are, though they are there.
    for path in ["iframe-src", "object", "embed", "script-src", "link-import", "link-manifest"] {
        assert!(!told("served", path), "{path} was served: {resources:#}");
    }
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
            // --max-browser-memory, and what its processes reserve beside it: for what grows faster than anybody looks.
            let limits = std::fs::read_to_string(format!("/proc/{}/limits", renderer.pid)).unwrap();
            let data = limits.lines().find(|line| line.starts_with("Max data size")).unwrap();
            assert_eq!(data.split_whitespace().filter(|word| *word == (3_u64 << 30).to_string()).count(), 2, "{data}");
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
fn ffmpeg_has_nothing_open_but_pipes_and_files_of_its_own() {
    in_the_middle(|run, _, _| {
        let ffmpeg = run.ffmpeg().unwrap();
        let open: Vec<String> = std::fs::read_dir(format!("/proc/{}/fd", ffmpeg.pid))
            .unwrap()
            .flatten()
            .filter_map(|entry| Some(std::fs::read_link(entry.path()).ok()?.display().to_string()))
            .collect();
        assert!(open.iter().any(|file| file.starts_with("pipe:")), "{open:?}");
        let own = |file: &String| {
            file.starts_with("pipe:")
                || file == "/dev/null"
                || file.contains("/replayreel-test-")
                || file.starts_with("anon_inode:")
        };
        assert!(open.iter().all(own), "{open:?}");
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
