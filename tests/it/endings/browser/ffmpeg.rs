//! The encoder dies, hangs, or is none.

use rustix::process::Signal;

use super::rendering;
use crate::program::recording::PICTURE_BYTES;
use crate::program::{Room, Running, SECONDS};

#[test]
fn a_killed_encoder_ends_the_render() {
    let room = Room::new();
    let mut run = rendering(&room, &[]);
    run.until_encoded(20 * PICTURE_BYTES);
    run.until("encoder", Running::ffmpeg).signal(Signal::KILL);
    run.wait(SECONDS).assert_failed(1, &["ffmpeg failed", "signal: 9"]);
    room.assert_nothing_left();
}

#[test]
fn one_of_two_encoders_that_is_killed_takes_the_other_video_with_it() {
    let room = Room::new();
    let mut run = rendering(&room, &["-o", &room.out("clip.webm")]);
    run.until_encoded(20 * PICTURE_BYTES);
    run.until("encoder", Running::ffmpeg).signal(Signal::KILL);
    run.wait(SECONDS).assert_failed(1, &["ffmpeg failed", "signal: 9"]);
    room.assert_nothing_left();
}

#[test]
fn a_failing_encoder_is_quoted() {
    let room = Room::new();
    let failing = room.script("ffmpeg", "echo 'Unrecognized option nut: the wrong program' >&2; exit 1");
    let run = rendering(&room, &["--ffmpeg", &failing]);
    run.wait(SECONDS).assert_failed(1, &["ffmpeg failed", "exit status: 1", "Unrecognized option nut"]);
    room.assert_nothing_left();
}

#[test]
fn an_encoder_that_never_reads_is_given_up_and_quoted() {
    let room = Room::new();
    let stuck = room.script("ffmpeg", "echo 'waiting for a device' >&2; sleep 1000");
    let run = rendering(&room, &["--ffmpeg", &stuck, "--encoder-timeout", "1s"]);
    run.wait(SECONDS * 2).assert_failed(1, &["ffmpeg made no progress for 1 s", "waiting for a device"]);
    room.assert_nothing_left();
}

#[test]
fn an_encoder_that_is_stopped_in_the_middle_is_given_up() {
    let room = Room::new();
    let mut run = rendering(&room, &["--encoder-timeout", "1s"]);
    run.until_encoded(20 * PICTURE_BYTES);
    run.until("encoder", Running::ffmpeg).signal(Signal::STOP);
    run.wait(SECONDS * 2).assert_failed(1, &["ffmpeg made no progress for 1 s"]);
    room.assert_nothing_left();
}

#[test]
fn a_video_that_fails_at_its_end_takes_the_finished_ones_with_it() {
    let room = Room::new();
    let real = "for place in /usr/bin /usr/local/bin; do [ -x $place/ffmpeg ] && exec $place/ffmpeg \"$@\"; done";
    let script = format!("case \"$*\" in *libvpx*) cat >/dev/null; echo 'no more' >&2; exit 1;; esac\n{real}");
    let ffmpeg = room.script("ffmpeg", &script);
    let still = format!("0={}", room.out("still.png"));
    let run = rendering(&room, &["--to", "1", "-o", &room.out("clip.webm"), "--still", &still, "--ffmpeg", &ffmpeg]);
    run.wait(SECONDS).assert_failed(1, &["ffmpeg failed", "no more"]);
    room.assert_nothing_left();
}
