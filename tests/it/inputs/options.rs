//! Options that are wrong, on the command line and in the environment.

use super::good;
use crate::program::{Room, SECONDS};

fn refuse(room: &Room, arguments: &[&str], message: &[&str]) {
    eprintln!("{arguments:?}");
    let arguments = [arguments, &["--chromium", "/nonexistent/never-started"]].concat();
    room.run(&arguments).assert_failed(2, message);
    room.assert_nothing_left();
}

#[test]
fn values_that_an_option_cannot_have_are_bad_usage_with_what_it_can_have() {
    let room = Room::new();
    let input = room.file("input.json", good());
    for (option, value, message) in [
        ("--fps", "0", "from 0.1 to 240"),
        ("--fps", "fast", "from 0.1 to 240"),
        ("--speed", "0", "from 0.01 to 1000"),
        ("--idle", "2s", "keep, skip, or cap="),
        ("--idle", "cap=0", "from 100ms to 1h, like cap=2s"),
        ("--idle-threshold", "0", "from 100ms to a day"),
        ("--size", "5x5", "16 to 16384"),
        ("--size", "wide", "WIDTHxHEIGHT"),
        ("--scale", "nan", "from 0.1 to 8"),
        ("--tail", "2h", "up to an hour"),
        ("--cursor", "maybe", "on, off"),
        ("--fonts", "mine", "bundled-first, bundled"),
        ("--from", "soon", "no moment"),
        ("--to", "101%", "0 to 100"),
        ("--still", "5s+x", "no length of time"),
        ("--still", "1=clip.mp4", "png, jpg or webp"),
        ("--page-timeout", "0", "like 30s"),
        ("--encoder-timeout", "1 day", "like 30s"),
        ("--browser-start-timeout", "never", "like 30s"),
        ("--max-frames", "many", "invalid digit"),
        ("-o", "clip.avi", "mp4, webm, gif, webp, png or jpg"),
        ("-o", "clip", "mp4, webm, gif, webp, png or jpg"),
        ("-o", "clip.mp4,fps=0", "fps: must be"),
        ("-o", "clip.mp4,idle=drop", "idle: must be keep, skip, or cap="),
        ("-o", "clip.mp4,colour=red", "colour"),
        ("-o", "still.png,fps=3", "does not apply to a still"),
    ] {
        refuse(&room, &["render", &input, option, value], &[message, option]);
    }
}

#[test]
fn what_the_recording_does_not_have_is_bad_usage_with_what_it_has() {
    let room = Room::new();
    let input = room.file("input.json", good());
    let clip = room.out("clip.mp4");
    for (options, message) in [
        (&["--from", "999"][..], &["--from", "999.000 s", "after it ends (at 1.500 s)"][..]),
        (&["--to", "1:00:00"], &["--to", "after it ends"]),
        (&["--from", "0.4", "--to", "0.2"], &["--to (0.200 s) must be after --from (0.400 s)"]),
        (&["--from", "0.4", "--to", "0.4"], &["must be after"]),
        (&["--still", "event:3"], &["--still", "3 events, counted from 0"]),
        (&["--still", "page:2"], &["1 pages, counted from 1"]),
        (&["--from", "error:1-10s"], &["--from", "none of this kind", "page 1"]),
        (&["--still", "marker:paid"], &["--still", "the recording has no markers"]),
        (&["--from", "2020-01-01T00:00:00Z"], &["before the recording begins"]),
        (&["--window", "other"], &["no window \"other\"", "it has main"]),
        (&["--size", "16384x16384"], &["268435456", "--max-pixels"]),
        (&["--max-frames", "3"], &["clip.mp4", "limit of 3", "--max-frames"]),
        (&["-o", "b.mp4,quality=99"], &["quality 99 is not between 0 and 51"]),
        (&["-o", "b.jpg,quality=0"], &["quality 0 is not between 1 and 100"]),
    ] {
        refuse(&room, &[&["render", &input, "-o", &clip], options].concat(), message);
    }
}

#[test]
fn the_moment_of_a_still_beyond_the_end_is_named_by_its_option() {
    let room = Room::new();
    let input = room.file("input.json", good());
    refuse(
        &room,
        &["still", &input, "--at", "999", "-o", &room.out("still.png")],
        &["--at", "999.000 s", "after it ends (at 1.500 s)"],
    );
}

#[test]
fn two_outputs_cannot_have_one_path_however_it_is_written() {
    let room = Room::new();
    let input = room.file("input.json", good());
    let path = room.out("clip.mp4");
    refuse(&room, &["render", &input, "-o", &path, "-o", &path], &["two outputs have the same path", &path]);
    let still = format!("1={}", room.out("still.png"));
    refuse(
        &room,
        &["render", &input, "--still", &still, "-o", &room.out("still.png")],
        &["two outputs have the same path"],
    );
    // The folder for outputs is the current one.
    refuse(&room, &["render", &input, "-o", "clip.mp4", "-o", "./clip.mp4"], &["two outputs have the same path"]);
    refuse(&room, &["render", &input, "-o", "clip.mp4", "-o", &path], &["two outputs have the same path"]);
}

#[test]
fn a_report_cannot_have_the_path_of_an_output() {
    let room = Room::new();
    let input = room.file("input.json", good());
    let path = room.out("clip.mp4");
    refuse(&room, &["render", &input, "-o", &path, "--report", &path], &["the same path", "clip.mp4"]);
}

#[test]
fn a_command_line_that_is_none_is_bad_usage() {
    let room = Room::new();
    for (arguments, message) in [
        (&["frobnicate"][..], "frobnicate"),
        (&["render"], "INPUT"),
        (&["still", "recording.json"], "--at"),
        (&["inspect", "a.json", "--fps", "3"], "--fps"),
    ] {
        room.run(arguments).assert_failed(2, &[message, "--help"]);
    }
    let ended = room.run(&[]);
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert!(ended.stderr.contains("Usage: replayreel"), "{ended:#?}");
}

/// The lines of `command --help` that begin an option, each with the environment variable told below it.
fn options_of(room: &Room, command: &str) -> Vec<(String, Option<String>)> {
    let ended = room.run(&[command, "--help"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    assert!(ended.stdout.contains(&format!("Usage: replayreel {command}")), "{ended:#?}");
    let mut options: Vec<(String, Option<String>)> = Vec::new();
    for line in ended.stdout.lines().map(str::trim) {
        if line.starts_with('-') && line != "-" {
            let name = line.split([' ', ',']).find_map(|word| word.strip_prefix("--"));
            options.extend(name.map(|name| (name.to_owned(), None)));
        } else if let (Some(variable), Some(last)) = (line.strip_prefix("[env: "), options.last_mut()) {
            last.1 = variable.split(['=', ']']).next().map(str::to_owned);
        }
    }
    options
}

#[test]
fn every_option_that_can_stand_for_many_runs_has_the_environment_variable_of_its_name() {
    let room = Room::new();
    // These are of one run by nature.
    let own = ["output", "still", "at", "json", "help", "version"];
    for command in ["render", "still", "inspect", "doctor"] {
        let options = options_of(&room, command);
        assert!(options.iter().any(|(name, _)| name == "log"), "{command}: {options:?}");
        for (name, variable) in options.into_iter().filter(|(name, _)| !own.contains(&name.as_str())) {
            let expected = format!("REPLAYREEL_{}", name.to_uppercase().replace('-', "_"));
            assert_eq!(variable.as_ref(), Some(&expected), "{command} --{name}");
        }
    }
}

#[test]
fn the_help_shows_every_command() {
    let room = Room::new();
    let ended = room.run(&["--help"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    for command in ["render", "still", "inspect", "doctor"] {
        assert!(
            ended.stdout.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))),
            "{command} is not in {}",
            ended.stdout
        );
    }
    let version = room.run(&["--version"]);
    assert_eq!(version.stdout.trim(), concat!("replayreel ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_wrong_environment_variable_is_refused_as_its_option_is() {
    let room = Room::new();
    let input = room.file("input.json", good());
    for (variable, value, message) in [
        ("REPLAYREEL_FPS", "0", "--fps"),
        ("REPLAYREEL_SIZE", "big", "--size"),
        ("REPLAYREEL_FROM", "999", "--from"),
        ("REPLAYREEL_WINDOW", "other", "no window"),
    ] {
        let mut command = room.command(&["render", &input, "-o", &room.out("clip.mp4")]);
        command.env(variable, value);
        room.start(command).wait(SECONDS).assert_failed(2, &[message]);
        room.assert_nothing_left();
    }
}

#[test]
fn a_switch_in_the_environment_is_what_shells_and_compose_files_write() {
    let room = Room::new();
    let input = room.file("input.json", good());
    for value in ["1", "true", "yes", "0", "false", ""] {
        let mut command = room.command(&["render", &input, "-o", &room.out("clip.mp4"), "--max-frames", "1"]);
        command.env("REPLAYREEL_QUIET", value).env("REPLAYREEL_CFR", value);
        // As far as its options go, it is right.
        room.start(command).wait(SECONDS).assert_failed(2, &["--max-frames"]);
    }
}
