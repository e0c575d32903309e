//! `replayreel player`: what it writes, without opening it.

mod browser;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use crate::program::{Room, fixture};

/// The file that `player` writes of an input.
fn player(room: &Room, input: &str, name: &str, arguments: &[&str]) -> String {
    let output = room.out(name);
    let ended = room.run(&[&["player", input, "-o", &output], arguments].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    std::fs::read_to_string(output).unwrap()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap().1.split_once(after).unwrap().0
}

/// All of the file but what is not its own: the package and the script.
fn markup(file: &str) -> String {
    let package = between(file, "id=\"replay-package\">", "</script>");
    let script = between(file, "</script>\n<script>", "</script>");
    file.replace(package, "").replace(script, "")
}

#[test]
fn the_file_names_nothing_outside_of_itself_and_lets_only_its_own_script_run() {
    let room = Room::new();
    let file = player(&room, &fixture("navigation"), "a.html", &[]);
    let script = between(&file, "</script>\n<script>", "</script>");
    let policy = between(&file, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let hash = BASE64.encode(Sha256::digest(script));
    assert!(policy.contains(&format!("script-src 'sha256-{hash}'")), "{policy}");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("connect-src"), "{policy}");
    for source in policy.split(';').flat_map(|part| part.split_whitespace().skip(1)) {
        assert!(source.starts_with('\'') || source == "data:" || source == "blob:", "{source}");
    }
    let markup = markup(&file);
    for word in ["http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!markup.contains(word), "{word} in {markup}");
    }
    // What a browser takes for the end of a script, or for the beginning of a comment in one.
    assert!(!script.contains("</") || !script.to_lowercase().contains("</script"));
    assert!(!script.contains("<!--"));
    assert_eq!(file.matches("<script").count() - script.matches("<script").count(), 2);
}

#[test]
fn the_package_in_the_file_is_one_that_can_be_opened_and_has_an_index() {
    let room = Room::new();
    let file = player(&room, &fixture("navigation"), "a.html", &[]);
    let package = BASE64.decode(between(&file, "id=\"replay-package\">", "</script>")).unwrap();
    let input = room.file("taken-out.replay.zip", &package);
    let verified = room.run(&["verify", &input]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    // What `pack` writes is the same.
    let packed = room.out("packed.replay.zip");
    assert_eq!(room.run(&["pack", &fixture("navigation"), "-o", &packed]).code, Some(0));
    assert_eq!(std::fs::read(packed).unwrap(), package);
    let unpacked = room.path().join("unpacked");
    assert_eq!(room.run(&["unpack", &input, "-o", unpacked.to_str().unwrap()]).code, Some(0));
    let index = std::fs::read(unpacked.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    assert_eq!(index["version"], 1);
    assert!(!index["turns"].as_array().unwrap().is_empty() && !index["steps"].as_array().unwrap().is_empty());
}

#[test]
fn the_same_recording_is_the_same_file_whatever_it_comes_in() {
    let room = Room::new();
    let direct = player(&room, &fixture("form"), "a.html", &["--title", "One"]);
    assert!(direct == player(&room, &fixture("form"), "b.html", &["--title", "One"]));
    let packed = room.out("form.replay.zip");
    assert_eq!(room.run(&["pack", &fixture("form"), "-o", &packed]).code, Some(0));
    assert!(direct == player(&room, &packed, "c.html", &["--title", "One"]));
    for format in ["form.jsonl", "form.posthog.json", "form.json.zst"] {
        let converted = room.out(format);
        let to = if format.contains("posthog") { &["--to", "posthog"][..] } else { &[] };
        assert_eq!(room.run(&[&["convert", &fixture("form"), "-o", &converted], to].concat()).code, Some(0));
        let file = player(&room, &converted, "d.html", &["--title", "One"]);
        assert!(file.contains("id=\"replay-package\">UEsDB"), "{format}");
    }
}

#[test]
fn a_title_is_text_whatever_it_says() {
    let room = Room::new();
    let title = "</title><script>alert(1)</script>\"'&\u{202e}\u{2028}\n<img src=x onerror=alert(1)>";
    let file = player(&room, &fixture("form"), "a.html", &["--title", title]);
    let safe = "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp; &lt;img src=x onerror=alert(1)&gt;";
    assert_eq!(between(&file, "<title>", "</title>"), safe);
    assert_eq!(between(&file, "label=\"", "\""), safe);
}

#[test]
fn what_redaction_takes_out_is_in_no_part_of_the_file() {
    let room = Room::new();
    let email = "ida@example.com";
    let mut nodes = crate::program::recording::Nodes::default();
    let text = nodes.text(email);
    let button = nodes.element("button", serde_json::json!({}), vec![text]);
    let id = button["id"].as_i64().unwrap();
    let document = nodes.document(Vec::new(), serde_json::json!({}), vec![button]);
    let click = serde_json::json!({"source": 2, "type": 2, "id": id, "x": 5, "y": 5});
    let line = serde_json::json!({"plugin": "rrweb/console@1", "payload": {"level": "error", "payload": [format!("\"no {email}\"")], "trace": []}});
    let events = [
        crate::program::recording::meta(0, 400, 300),
        crate::program::recording::snapshot(0, &document),
        crate::program::recording::event(3, 500, click),
        crate::program::recording::event(6, 900, line),
    ];
    let input = room.file("events.json", crate::program::recording::json_of(&events));
    for (arguments, told) in [(&[][..], true), (&["--builtin", "email"][..], false)] {
        let file = player(&room, &input, "a.html", arguments);
        let package = BASE64.decode(between(&file, "id=\"replay-package\">", "</script>")).unwrap();
        let package = room.file("p.replay.zip", package);
        let unpacked = room.path().join(format!("unpacked-{told}"));
        assert_eq!(room.run(&["unpack", &package, "-o", unpacked.to_str().unwrap()]).code, Some(0));
        for name in ["index.json", "events.jsonl"] {
            assert_eq!(std::fs::read_to_string(unpacked.join(name)).unwrap().contains(email), told, "{name}");
        }
    }
}

#[test]
fn the_element_is_one_script_and_needs_no_recording() {
    let room = Room::new();
    let output = room.out("player.js");
    let ended = room.run(&["player", "--element", "-o", &output]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(std::fs::read_to_string(output).unwrap(), replayreel::player::ELEMENT);
    room.run(&["player"]).assert_failed(2, &["<INPUT>"]);
    room.run(&["player", &fixture("form"), "-o", &room.out("a.mp4")]).assert_failed(2, &["has to end in .html"]);
}
