//! Ends in the middle of the work.

mod chromium;
mod disk;
mod ffmpeg;
mod signals;

use crate::program::{Room, Running, recording};

/// A render that takes long enough to be in the middle of, and the folder it is done in.
fn start(room: &Room, more: &[&str]) -> (String, Vec<String>) {
    let input = room.file("restless.json", recording::restless(60));
    let output = room.out("clip.mp4");
    let arguments =
        ["render", &input, "-o", &output, "--quiet"].iter().chain(more).map(|&word| word.to_owned()).collect();
    (output, arguments)
}

/// Starts such a render.
fn rendering<'a>(room: &'a Room, more: &[&str]) -> Running<'a> {
    let (_, arguments) = start(room, more);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    room.start(room.command(&arguments))
}
