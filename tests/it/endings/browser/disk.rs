//! No room left.

use std::fs;

use crate::program::recording::noisy;
use crate::program::{PATIENCE, Room, is_root};

/// Runs the program with a disk of 128 KiB at `full` in the room, which nobody else sees and which is gone with the run. Lists what is left on it in `left`.
fn run_on_a_small_disk(room: &Room, arguments: &[&str]) -> Option<crate::program::Ended> {
    const SCRIPT: &str = r#"
        mount -t tmpfs -o size=128k,mode=1777 small "$ROOM/full" || exit 99
        "$@"
        code=$?
        ls -A "$ROOM/full" >"$ROOM/left"
        exit $code"#;
    if !is_root() {
        eprintln!("skipped: mounting a small disk takes root");
        return None;
    }
    fs::create_dir(room.path().join("full")).unwrap();
    let mut command =
        room.wrapped(&["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"], arguments);
    command.env("ROOM", room.path());
    let ended = room.start(command).wait(PATIENCE);
    if !room.path().join("left").exists() {
        eprintln!("skipped: this machine mounts nothing for us: {}", ended.stderr);
        return None;
    }
    Some(ended)
}

fn assert_full(room: &Room, arguments: &[&str], path: &str) {
    let Some(ended) = run_on_a_small_disk(room, arguments) else { return };
    ended.assert_failed(1, &["o space left on", path]);
    assert_eq!(fs::read_to_string(room.path().join("left")).unwrap(), "", "left on the small disk");
    room.assert_nothing_left();
}

#[test]
fn a_full_disk_ends_the_render_and_is_left_as_it_was() {
    let room = Room::new();
    let input = room.file("noisy.json", noisy(5));
    let output = room.path().join("full/clip.mp4").display().to_string();
    assert_full(&room, &["render", &input, "-o", &format!("{output},quality=0"), "--quiet"], &output);
}

#[test]
fn a_disk_too_small_for_a_still_ends_it_likewise() {
    let room = Room::new();
    let input = crate::program::fixture("dashboard");
    let output = room.path().join("full/still.png").display().to_string();
    assert_full(&room, &["still", &input, "--at", "end", "--scale", "3", "-o", &output], &output);
}
