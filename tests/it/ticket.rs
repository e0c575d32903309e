//! `replayreel ticket` on the command line. What is in a ticket is tested beside the code that makes it.

mod browser;

use serde_json::{Value, json};

use crate::program::Room;
use crate::program::recording::{event, json_of, turning};

/// A page that turns green, throws, and is looked at until five seconds.
fn failing() -> Vec<u8> {
    let mut events = turning(500, "rgb(0, 128, 0)");
    let console = |at: i64, message: &str| {
        let line = json!({"level": "error", "trace": [], "payload": [json!(message).to_string()]});
        event(6, at, json!({"plugin": "rrweb/console@1", "payload": line}))
    };
    events.push(console(2000, "Boom <b>@all</b>"));
    events.push(event(3, 5000, json!({"source": 3, "id": 1, "x": 0, "y": 0})));
    json_of(&events)
}

fn refused(code: i32, arguments: &[&str], parts: &[&str]) {
    let room = Room::new();
    let input = room.file("failing.json", failing());
    let output = room.out("ticket");
    let ended = room.run(&[&["ticket", &input, "-o", &output], arguments].concat());
    ended.assert_failed(code, parts);
    room.assert_nothing_left();
}

#[test]
fn what_no_ticket_can_be_made_of_is_refused_and_leaves_nothing() {
    refused(2, &["--window", "each"], &["--window each"]);
    refused(2, &["--at", "1:00"], &["--at", "after it ends"]);
    refused(2, &["--at", "rage:1"], &["none of this kind", "error 1"]);
    refused(2, &["--moments", "error,boom"], &["errors, failed, rage", "boom"]);
    refused(2, &["--most", "0"], &["--most"]);
    refused(2, &["--window", "nobody"], &["nobody"]);
    refused(1, &["--chromium", "/nowhere/chromium"], &["/nowhere/chromium"]);
    refused(1, &["--ffmpeg", "/nowhere/ffmpeg"], &["/nowhere/ffmpeg"]);
}

#[test]
fn a_ticket_that_is_there_is_not_replaced() {
    let room = Room::new();
    let input = room.file("failing.json", failing());
    let output = room.out("ticket");
    std::fs::create_dir(&output).unwrap();
    std::fs::write(format!("{output}/error-1.png"), "mine").unwrap();
    room.run(&["ticket", &input, "-o", &output]).assert_failed(2, &["error-1.png is already there", "--force"]);
    assert_eq!(std::fs::read_to_string(format!("{output}/error-1.png")).unwrap(), "mine");
    let file = room.file("file", "");
    room.run(&["ticket", &input, "-o", &file, "--force"]).assert_failed(1, &["not a folder"]);
}

/// `ticket.json` of a folder.
fn told(folder: &str) -> Value {
    serde_json::from_slice(&std::fs::read(format!("{folder}/ticket.json")).unwrap()).unwrap()
}
