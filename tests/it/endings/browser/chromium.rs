//! The browser dies, hangs, or is the wrong one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use super::rendering;
use crate::program::processes::Process;
use crate::program::recording::PICTURE_BYTES;
use crate::program::{PATIENCE, Room, Running, SECONDS, fixture, is_root, warning, warnings};

/// Bytes of a picture of the `effects` fixture.
const EFFECTS_BYTES: u64 = 960 * 600 * 3 / 2;

/// Hover menus, transitions, a moving pointer: much that another browser has to be told again.
fn effects(room: &Room, more: &[&str]) -> Vec<String> {
    let (input, output, report) = (fixture("effects"), room.out("clip.mp4"), room.path().join("report.json"));
    let arguments =
        ["render", &input, "-o", &output, "--quiet", "--from", "2", "--to", "14", "--report", report.to_str().unwrap()];
    arguments.iter().chain(more).map(|&word| word.to_owned()).collect()
}

fn start<'a>(room: &'a Room, more: &[&str]) -> Running<'a> {
    let arguments = effects(room, more);
    room.start(room.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn finish(room: &Room, run: Running<'_>) -> Value {
    let ended = run.wait(PATIENCE);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    room.assert_tidy();
    assert_eq!(room.outputs(), ["clip.mp4"]);
    serde_json::from_slice(&fs::read(room.path().join("report.json")).unwrap()).unwrap()
}

/// The render with something done to its browser after each of `moments` (not around the 20th picture, 4.4 s, where a tooltip fades: its
/// last row depends on how Chromium came there, as "Known limits" in docs/ARCHITECTURE.md says; nor so late that the end may come first), in pictures encoded, equals the one left alone.
fn assert_goes_on_after(moments: &[u64], more: &[&str], disturb: impl Fn(&Running<'_>, &Process)) {
    let room = Room::new();
    let alone = finish(&room, start(&room, &[]));
    assert_eq!(warnings(&alone), [""; 0]);
    for &moment in moments {
        let room = Room::new();
        let mut run = start(&room, more);
        run.until_encoded(moment * EFFECTS_BYTES);
        let browser = run.until("browser", Running::chromium);
        disturb(&run, &browser);
        let disturbed = finish(&room, run);
        assert_eq!(warning(&disturbed, "browser_replaced")["count"], 1);
        assert_eq!(disturbed["frames_sha256"], alone["frames_sha256"], "after {moment} pictures");
        assert_eq!(disturbed["distinct"], alone["distinct"], "after {moment} pictures");
    }
}

#[test]
fn a_browser_killed_once_is_replaced_and_no_frame_tells() {
    assert_goes_on_after(&[3, 40], &[], |_, browser| browser.signal_group(Signal::KILL));
}

#[test]
fn a_browser_that_stops_answering_is_replaced_and_no_frame_tells() {
    assert_goes_on_after(&[40], &["--page-timeout", "2s"], |_, browser| browser.signal_group(Signal::STOP));
}

#[test]
fn a_page_that_crashes_is_replaced_without_waiting_for_the_time_limit() {
    assert_goes_on_after(&[40], &["--page-timeout", "1000s"], |_, browser| {
        // What the kernel does first where memory is short.
        let renderers: Vec<Process> = browser.group().into_iter().filter(Process::is_renderer).collect();
        assert!(!renderers.is_empty());
        renderers.iter().for_each(|renderer| renderer.signal(Signal::KILL));
    });
}

#[test]
fn a_browser_killed_again_and_again_ends_the_render() {
    let room = Room::new();
    let mut run = rendering(&room, &[]);
    run.until_encoded(5 * PICTURE_BYTES);
    let mut killed = Vec::new();
    let ended = crate::program::poll(PATIENCE, || {
        if let Some(browser) = run.chromium().filter(|browser| !killed.contains(&browser.pid)) {
            browser.signal_group(Signal::KILL);
            killed.push(browser.pid);
        }
        run.has_ended().then_some(())
    });
    assert!(ended.is_some(), "goes on though its browsers die: {killed:?}");
    assert_eq!(killed.len(), 2, "one browser and one in its place");
    let ended = run.wait(SECONDS);
    assert!(ended.stderr.contains("Chromium"), "{ended:#?}");
    assert!(ended.stderr.contains("signal: 9"), "{ended:#?}");
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    room.assert_nothing_left();
}

#[test]
fn a_browser_that_cannot_be_stepped_is_refused_with_the_reason() {
    let room = Room::new();
    let real = ["/usr/lib/chromium/chromium-headless-shell", "/opt/chrome-headless-shell/chrome-headless-shell"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let Some(real) = real else {
        eprintln!("skipped: Chromium is not in a usual place");
        return;
    };
    let filter = format!(
        "for word in \"$@\"; do shift; [ \"$word\" = --deterministic-mode ] || set -- \"$@\" \"$word\"; done\nexec {real} \"$@\""
    );
    let wrapper = room.script("chromium", &filter);
    let run = room.start(room.command(&[
        "still",
        &fixture("form"),
        "--at",
        "1",
        "-o",
        &room.out("still.png"),
        "--chromium",
        &wrapper,
    ]));
    run.wait(SECONDS).assert_failed(1, &["cannot render frame by frame", "HeadlessChrome/", "beginFrame"]);
    room.assert_nothing_left();
}

#[test]
fn a_temporary_folder_that_the_browsers_user_may_not_enter_is_named() {
    if !is_root() {
        eprintln!("skipped: the browser runs as ourselves");
        return;
    }
    let room = Room::new();
    fs::set_permissions(room.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let ended = room.run(&["still", &fixture("form"), "--at", "end", "-o", &room.out("still.png")]);
    ended.assert_failed(1, &["did not start", room.tmp().to_str().unwrap(), "ermission denied"]);
    room.assert_nothing_left();
}
