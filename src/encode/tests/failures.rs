use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use tempfile::TempDir;

use super::super::arguments::direct;
use super::super::pacing::Pacing;
use super::super::process::Ffmpeg;
use super::super::{EncodeError, Format, KillSwitch, VideoEncoder, VideoSpec};
use super::media::{assert_shows, card, decode, encode, spec};

const SIZE: (u32, u32) = (640, 360);

fn start(spec: VideoSpec, folder: &TempDir) -> (VideoEncoder, Pid) {
    let encoder = VideoEncoder::start(spec, &folder.path().join("clip.mp4"), folder.path()).unwrap();
    let pid = encoder.kill_switch().group().unwrap();
    (encoder, pid)
}

/// Sends frames until that fails: a dead or silent ffmpeg shows only when the queue is full.
fn send_until_error(encoder: &mut VideoEncoder, first: u64) -> EncodeError {
    for slot in first.. {
        if let Err(error) = encoder.frame(slot, card(SIZE.0, SIZE.1, slot as u32)) {
            return error;
        }
    }
    unreachable!("frames go on for ever")
}

fn assert_nothing_left(folder: &TempDir, pid: Pid) {
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(test_kill_process(pid), Err(rustix::io::Errno::SRCH), "ffmpeg is still there");
}

#[test]
fn an_ffmpeg_killed_in_the_middle_is_an_error_with_its_signal() {
    let folder = tempfile::tempdir().unwrap();
    let (mut encoder, pid) = start(spec(Format::Mp4, "30", SIZE), &folder);
    encoder.frame(0, card(SIZE.0, SIZE.1, 0)).unwrap();
    kill_process_group(pid, Signal::KILL).unwrap();
    let error = send_until_error(&mut encoder, 1);
    assert!(matches!(error, EncodeError::Ffmpeg { status, .. } if status.signal() == Some(9)), "{error}");
    let after = encoder.frame(1_000_000, card(SIZE.0, SIZE.1, 0)).unwrap_err();
    assert!(matches!(after, EncodeError::Misuse(_)), "{after}");
    drop(encoder);
    assert_nothing_left(&folder, pid);
}

#[test]
fn an_ffmpeg_killed_before_the_end_fails_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (mut encoder, pid) = start(spec(Format::Mp4, "30", SIZE), &folder);
    encoder.frame(0, card(SIZE.0, SIZE.1, 0)).unwrap();
    kill_process_group(pid, Signal::KILL).unwrap();
    let error = encoder.finish(3000).unwrap_err();
    assert!(matches!(error, EncodeError::Ffmpeg { status, .. } if status.signal() == Some(9)), "{error}");
    assert_nothing_left(&folder, pid);
}

#[test]
fn an_ffmpeg_that_reads_no_more_is_given_up_after_the_patience() {
    let folder = tempfile::tempdir().unwrap();
    let mut impatient = spec(Format::Mp4, "30", SIZE);
    impatient.patience = Duration::from_millis(300);
    let (mut encoder, pid) = start(impatient, &folder);
    kill_process_group(pid, Signal::STOP).unwrap();
    let error = send_until_error(&mut encoder, 0);
    assert!(matches!(error, EncodeError::Stalled { after, .. } if after == Duration::from_millis(300)), "{error}");
    drop(encoder);
    assert_nothing_left(&folder, pid);
}

#[test]
fn an_ffmpeg_that_stops_after_the_last_frame_is_given_up_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut impatient = spec(Format::Mp4, "30", (16, 16));
    impatient.patience = Duration::from_millis(300);
    let (mut encoder, pid) = start(impatient, &folder);
    kill_process_group(pid, Signal::STOP).unwrap();
    // All of it fits into the pipe, so only the wait for the end can notice.
    encoder.frame(0, card(16, 16, 0)).unwrap();
    let error = encoder.finish(1).unwrap_err();
    assert!(matches!(error, EncodeError::Stalled { .. }), "{error}");
    assert_nothing_left(&folder, pid);
}

#[test]
fn dropping_leaves_neither_process_nor_file_not_even_of_a_stopped_ffmpeg() {
    for format in [Format::Mp4, Format::Gif] {
        let folder = tempfile::tempdir().unwrap();
        let (mut encoder, pid) = start(spec(format, "30", SIZE), &folder);
        assert!(std::fs::read_dir(folder.path()).unwrap().count() > 0, "there is a partial file to remove");
        kill_process_group(pid, Signal::STOP).unwrap();
        for slot in 0..4 {
            encoder.frame(slot, card(SIZE.0, SIZE.1, slot as u32)).unwrap();
        }
        encoder.cancel();
        assert_nothing_left(&folder, pid);
    }
}

#[test]
fn the_kill_switch_frees_a_caller_that_waits_for_a_silent_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    let (mut encoder, pid) = start(spec(Format::Mp4, "30", SIZE), &folder);
    let switch = encoder.kill_switch();
    kill_process_group(pid, Signal::STOP).unwrap();
    let caller = std::thread::spawn(move || send_until_error(&mut encoder, 0));
    switch.cancel();
    let error = caller.join().unwrap();
    assert!(matches!(error, EncodeError::Cancelled), "{error}");
    assert_nothing_left(&folder, pid);
}

#[test]
fn a_missing_ffmpeg_is_named_with_the_command_that_installs_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut missing = spec(Format::Mp4, "30", SIZE);
    missing.ffmpeg = folder.path().join("no-ffmpeg-here");
    let error = encode(missing, &[0], 1, &folder.path().join("clip.mp4")).unwrap_err();
    assert!(matches!(&error, EncodeError::EncoderMissing { tried } if tried.ends_with("no-ffmpeg-here")), "{error}");
    assert!(error.to_string().contains("apt-get install ffmpeg"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_program_that_is_not_ffmpeg_is_an_error_not_a_hang() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = spec(Format::Mp4, "30", SIZE);
    wrong.ffmpeg = "/bin/true".into();
    let mut encoder = VideoEncoder::start(wrong, &folder.path().join("clip.mp4"), folder.path()).unwrap();
    send_until_error(&mut encoder, 0);
    drop(encoder);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_full_disk_is_recognised_though_ffmpeg_calls_it_a_success() {
    let mut full = spec(Format::WebM, "30", (64, 64));
    full.patience = Duration::from_secs(20);
    let switch = KillSwitch::default();
    let pacing = Pacing::new(full.format, full.fps);
    let (ffmpeg, stdin) = Ffmpeg::spawn(
        &full.ffmpeg,
        &direct(&full, pacing.ticks(), None, Path::new("/dev/full")),
        &switch,
        full.patience,
    )
    .unwrap();
    let mut pipe = super::super::pipe::PatientPipe::new(stdin, full.patience).unwrap();
    let stream = super::super::nut::Stream {
        pixels: super::super::nut::Pixels::Rgb,
        width: 64,
        height: 64,
        ticks: pacing.ticks(),
    };
    pipe.write(&stream.header(&[]), &[]).unwrap();
    pipe.write(&stream.frame_header(0), &card(64, 64, 0).pixels).unwrap();
    drop(pipe);
    let ended = ffmpeg.wait().unwrap();
    let error = ended.verdict(&full, Path::new("clip.webm"), &switch).unwrap_err();
    assert!(
        matches!(&error, EncodeError::DiskFull { path, .. } if path == Path::new("clip.webm")),
        "{error}: {ended:?}"
    );
}

#[test]
fn destinations_that_cannot_be_written_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    std::fs::create_dir(folder.path().join("folder.mp4")).unwrap();
    for path in ["missing/clip.mp4", "file/clip.mp4", "folder.mp4"] {
        let path = folder.path().join(path);
        let result = VideoEncoder::start(spec(Format::Mp4, "30", SIZE), &path, folder.path());
        let Err(error) = result else { panic!("{} was accepted", path.display()) };
        assert!(matches!(&error, EncodeError::Destination { path: named, .. } if *named == path), "{error}");
    }
}

#[test]
fn a_failed_run_leaves_the_earlier_file_alone_and_a_good_one_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    std::fs::write(&path, "earlier").unwrap();
    let error = encode(spec(Format::Mp4, "30", (64, 64)), &[0, 5], 5, &path).unwrap_err();
    assert!(matches!(error, EncodeError::Misuse(_)), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"earlier");
    encode(spec(Format::Mp4, "30", (64, 64)), &[0, 5], 6, &path).unwrap();
    assert_shows(&decode(&path, (64, 64), "bt709")[1], 5);
    // Not private as temporary files are, but as the umask says.
    std::fs::write(folder.path().join("ordinary"), "").unwrap();
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("clip.mp4"), mode("ordinary"));
}

#[test]
fn frames_out_of_order_or_of_another_size_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (mut encoder, _) = start(spec(Format::Mp4, "30", SIZE), &folder);
    let frame = || card(SIZE.0, SIZE.1, 0);
    assert!(matches!(encoder.frame(1, frame()), Err(EncodeError::Misuse(_))), "the first slot is 0");
    encoder.frame(0, frame()).unwrap();
    assert!(matches!(encoder.frame(0, frame()), Err(EncodeError::Misuse(_))), "twice the same slot");
    assert!(matches!(encoder.frame(1, card(64, 64, 0)), Err(EncodeError::Misuse(_))), "another size");
    // None of this harms what was right.
    encoder.frame(1, frame()).unwrap();
    encoder.finish(2).unwrap();
}

#[test]
fn names_that_ffmpeg_could_misread_are_plain_names() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["-y.mp4", "http:clip.mp4", "a b%03d'\".mp4", "no-extension"] {
        let path = folder.path().join(name);
        encode(spec(Format::Mp4, "30", (64, 64)), &[0], 3, &path).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > 500, "{name}");
    }
}
