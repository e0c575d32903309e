//! However a run ends: within seconds, with the right exit code and one message, and nothing left behind.
//!
//! Here are the ends that come before a browser is started.

mod browser;

use std::fs;

use crate::program::recording::{gzip, json_of, turning};
use crate::program::{Room, SECONDS, fixture, is_root};

/// A short recording in the room.
fn short(room: &Room) -> String {
    room.file("short.json.gz", gzip(&json_of(&turning(100, "rgb(0, 128, 0)"))))
}

#[test]
fn without_ffmpeg_the_message_is_the_command_that_installs_it() {
    let room = Room::new();
    let ended = room.run(&["render", &short(&room), "-o", &room.out("clip.mp4"), "--ffmpeg", "/nonexistent/ffmpeg"]);
    ended.assert_failed(1, &["/nonexistent/ffmpeg", "apt-get install ffmpeg"]);
    room.assert_nothing_left();
}

#[test]
fn with_no_ffmpeg_on_the_path_the_message_is_the_same() {
    let room = Room::new();
    let mut command = room.command(&["render", &short(&room), "-o", &room.out("clip.mp4")]);
    command.env("PATH", room.path());
    room.start(command).wait(SECONDS).assert_failed(1, &["ffmpeg was not found", "apt-get install ffmpeg"]);
    room.assert_nothing_left();
}

#[test]
fn without_chromium_the_message_is_the_command_that_installs_it() {
    let room = Room::new();
    let ended =
        room.run(&["render", &short(&room), "-o", &room.out("clip.mp4"), "--chromium", "/nonexistent/chromium"]);
    ended.assert_failed(1, &["/nonexistent/chromium", "apt-get install chromium-headless-shell"]);
    room.assert_nothing_left();
}

#[test]
fn a_chromium_that_ends_at_once_is_named_with_what_it_printed() {
    let room = Room::new();
    let broken = room.script("chromium", "echo 'libnss3.so: cannot open shared object file' >&2; exit 127");
    let ended = room.run(&["render", &short(&room), "-o", &room.out("clip.mp4"), "--chromium", &broken]);
    ended.assert_failed(1, &[&broken, "did not start", "127", "libnss3.so"]);
    room.assert_nothing_left();
}

#[test]
fn a_chromium_that_cannot_be_run_is_named() {
    let room = Room::new();
    let text = room.file("chromium", "no program");
    let ended = room.run(&["still", &short(&room), "--at", "end", "-o", &room.out("still.png"), "--chromium", &text]);
    ended.assert_failed(1, &[&text, "did not start", "ermission denied"]);
    room.assert_nothing_left();
}

#[test]
fn a_chromium_that_never_answers_is_given_up_and_ended_with_its_children() {
    let room = Room::new();
    let mute = room.script("chromium", "sleep 1000 & sleep 1000");
    let run = room.start(room.command(&[
        "render",
        &short(&room),
        "-o",
        &room.out("clip.mp4"),
        "--chromium",
        &mute,
        "--browser-start-timeout",
        "300ms",
    ]));
    run.wait(SECONDS).assert_failed(1, &[&mute, "did not start", "no answer within 300ms", "--browser-start-timeout"]);
    room.assert_nothing_left();
}

#[test]
fn outputs_that_cannot_be_written_are_refused_at_the_start() {
    let room = Room::new();
    let recording = short(&room);
    let as_folder = room.path().join("folder.mp4");
    fs::create_dir(&as_folder).unwrap();
    // Nobody can write to /proc and /sys, not even root.
    for path in [as_folder.to_str().unwrap(), "/nonexistent/clip.mp4", "/sys/clip.gif", "/dev/null/clip.webm"] {
        let ended = room.run(&["render", &recording, "-o", path, "--chromium", "/nonexistent/never-started"]);
        ended.assert_failed(1, &["cannot write", path]);
        room.assert_nothing_left();
    }
}

#[test]
fn stills_that_cannot_be_written_are_refused_at_the_start() {
    let room = Room::new();
    let recording = short(&room);
    let as_folder = room.path().join("folder.png");
    fs::create_dir(&as_folder).unwrap();
    for path in [as_folder.to_str().unwrap(), "/nonexistent/still.png", "/sys/still.jpg"] {
        let ended =
            room.run(&["still", &recording, "--at", "0", "-o", path, "--chromium", "/nonexistent/never-started"]);
        ended.assert_failed(1, &["cannot write", path]);
        room.assert_nothing_left();
    }
}

#[test]
fn a_report_that_cannot_be_written_is_refused_at_the_start() {
    let room = Room::new();
    let recording = short(&room);
    for path in ["/nonexistent/report.json", "/sys/report.json", "/proc"] {
        let ended = room.run(&[
            "render",
            &recording,
            "-o",
            &room.out("clip.mp4"),
            "--report",
            path,
            "--chromium",
            "/nonexistent/never-started",
        ]);
        ended.assert_failed(1, &["cannot write the report", path]);
        room.assert_nothing_left();
    }
}

#[test]
fn an_unwritable_temporary_folder_is_named() {
    let room = Room::new();
    let mut command = room.command(&["render", &short(&room), "-o", &room.out("clip.mp4")]);
    command.env("TMPDIR", "/nonexistent");
    room.start(command).wait(SECONDS).assert_failed(1, &["/nonexistent", "TMPDIR"]);
    room.assert_nothing_left();
}

#[test]
fn a_missing_program_makes_the_doctor_fail_and_prescribe() {
    let room = Room::new();
    let ended = room.run(&["doctor", "--ffmpeg", "/nonexistent/ffmpeg", "--chromium", "/nonexistent/chromium"]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    for part in ["NO  ffmpeg", "apt-get install ffmpeg", "NO  chromium", "apt-get install chromium-headless-shell"] {
        assert!(ended.stdout.contains(part), "{part:?} is not in {ended:#?}");
    }
    assert_eq!(ended.stderr, "");
    room.assert_nothing_left();
}

#[test]
fn a_reader_that_closes_early_is_no_failure_of_ours() {
    let room = Room::new();
    // The pipe's reader is gone before the program starts to write.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = room.command(&["inspect", &fixture("form")]);
    command.stdout(writer);
    let ended = room.start(command).wait(SECONDS);
    assert!(!ended.stderr.contains("panicked"), "{ended:#?}");
}

#[test]
fn a_folder_that_only_root_may_enter_is_no_place_for_outputs_of_others() {
    if is_root() {
        eprintln!("skipped: root may write everywhere");
        return;
    }
    let room = Room::new();
    let ended =
        room.run(&["render", &short(&room), "-o", "/root/clip.mp4", "--chromium", "/nonexistent/never-started"]);
    ended.assert_failed(1, &["cannot write /root/clip.mp4"]);
    room.assert_nothing_left();
}
