//! The user, or the machine, wants it to end.

use rustix::process::Signal;

use super::rendering;
use crate::program::recording::PICTURE_BYTES;
use crate::program::{Room, SECONDS, poll, processes};

fn assert_ends_by(signal: Signal) {
    let room = Room::new();
    let mut run = rendering(&room, &[]);
    run.until_encoded(20 * PICTURE_BYTES);
    run.signal(signal);
    run.wait(SECONDS).assert_failed(130, &["interrupted; nothing was written"]);
    room.assert_nothing_left();
}

#[test]
fn ctrl_c_in_the_middle_leaves_nothing() {
    assert_ends_by(Signal::INT);
}

#[test]
fn a_polite_kill_in_the_middle_leaves_nothing() {
    assert_ends_by(Signal::TERM);
}

#[test]
fn a_closed_terminal_in_the_middle_leaves_nothing() {
    assert_ends_by(Signal::HUP);
}

#[test]
fn ctrl_c_while_the_browser_is_starting_leaves_nothing() {
    let room = Room::new();
    let mut run = rendering(&room, &[]);
    run.until("browser", |run| run.chromium());
    run.signal(Signal::INT);
    run.wait(SECONDS).assert_failed(130, &["interrupted"]);
    room.assert_nothing_left();
}

#[test]
fn ctrl_c_while_a_palette_waits_for_its_frames_leaves_nothing() {
    let room = Room::new();
    let mut run = rendering(&room, &["-o", &room.out("clip.gif")]);
    run.until_encoded(5 * PICTURE_BYTES);
    run.signal(Signal::INT);
    run.wait(SECONDS).assert_failed(130, &["interrupted"]);
    room.assert_nothing_left();
}

#[test]
fn ctrl_c_also_takes_back_the_stills_that_were_taken_before_it() {
    let room = Room::new();
    let still = format!("0={}", room.out("first.png"));
    let mut run = rendering(&room, &["--still", &still]);
    run.until_encoded(20 * PICTURE_BYTES);
    run.signal(Signal::INT);
    run.wait(SECONDS).assert_failed(130, &["interrupted; nothing was written"]);
    room.assert_nothing_left();
}

#[test]
fn a_program_that_is_killed_without_warning_takes_browser_and_encoder_with_it() {
    let room = Room::new();
    let mut run = rendering(&room, &[]);
    run.until_encoded(20 * PICTURE_BYTES);
    let mut family = run.until("both", |run| Some([run.chromium()?, run.ffmpeg()?]));
    family.sort_by_key(|process| process.pid);
    let everyone = family.iter().flat_map(processes::Process::group).collect::<Vec<_>>();
    assert!(everyone.len() > 3, "the browser has processes of its own: {everyone:#?}");
    run.signal(Signal::KILL);
    let ended = run.wait(SECONDS);
    assert_eq!(ended.signal, Some(Signal::KILL.as_raw()), "{ended:#?}");
    let left = || everyone.iter().filter(|process| process.is_alive()).collect::<Vec<_>>();
    assert!(poll(SECONDS, || left().is_empty().then_some(())).is_some(), "outlived us: {:#?}", left());
    room.assert_no_process();
}
