//! Which ffmpeg there is, and what it can do.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use ffmpeg_sidecar::command::FfmpegCommand;
use rustix::process::Pid;

use super::process::{read_tail, spawn_error, spawn_thread};
use super::{EncodeError, Format, KillSwitch};

/// `-fps_mode` came with 5.1.
const OLDEST: (u32, u32) = (5, 1);
/// Listing encoders takes 50 ms. A program that takes this long is not ffmpeg.
const PATIENCE: Duration = Duration::from_secs(10);

/// An ffmpeg and its abilities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FfmpegInfo {
    /// Where it is.
    pub path: PathBuf,
    /// As it prints it: `5.1.9-0+deb12u1`, `7.1`, `N-118000-g…` for a build from source.
    pub version: String,
    /// ffmpeg's names of the video encoders it was built with.
    pub encoders: BTreeSet<String>,
}

impl FfmpegInfo {
    /// Whether this ffmpeg can write a format; the error says what is missing and how to get it.
    pub fn check(&self, format: Format) -> Result<(), EncodeError> {
        // Builds from source have no number; they are taken for new.
        if numbers(&self.version).is_some_and(|version| version < OLDEST) {
            return Err(EncodeError::TooOld { ffmpeg: self.path.clone(), version: self.version.clone() });
        }
        match format.encoders().iter().find(|name| !self.encoders.contains(**name)) {
            Some(encoder) => Err(EncodeError::CodecMissing { ffmpeg: self.path.clone(), encoder, format }),
            None => Ok(()),
        }
    }
}

/// The first `ffmpeg` in `PATH` that may be run.
#[must_use]
pub fn find_ffmpeg() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("ffmpeg"))
        .find(|path| path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0))
}

/// Asks an ffmpeg for its version and encoders.
pub fn probe(ffmpeg: &Path) -> Result<FfmpegInfo, EncodeError> {
    let banner = ask(ffmpeg, "-version")?;
    let version = banner.strip_prefix("ffmpeg version ").and_then(|rest| rest.split_whitespace().next());
    let Some(version) = version else {
        return Err(EncodeError::Unsupported(format!(
            "{} is not ffmpeg: it answers `{}` to -version",
            ffmpeg.display(),
            banner.lines().next().unwrap_or_default()
        )));
    };
    let encoders = video_encoders(&ask(ffmpeg, "-encoders")?);
    Ok(FfmpegInfo { path: ffmpeg.to_owned(), version: version.to_owned(), encoders })
}

/// Lines such as ` V....D libx264   libx264 H.264 / AVC …`, after a legend that ends in dashes.
pub(super) fn video_encoders(listing: &str) -> BTreeSet<String> {
    listing
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("---"))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let flags = words.next()?;
            flags.starts_with('V').then(|| words.next().map(str::to_owned))?
        })
        .collect()
}

/// Major and minor version, of `5.1.9-0+deb12u1` and of `n7.1` (as some distributions call it).
pub(super) fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('n').split(|c: char| !c.is_ascii_digit());
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
}

/// What ffmpeg prints on one option.
fn ask(ffmpeg: &Path, option: &str) -> Result<String, EncodeError> {
    let (printed, _) = ask_all(ffmpeg, &[OsStr::new(option)], PATIENCE)?;
    Ok(String::from_utf8_lossy(&printed).into_owned())
}

/// What ffmpeg writes on these arguments, and the end of its log, within `patience`.
pub(super) fn ask_all(
    ffmpeg: &Path,
    arguments: &[&OsStr],
    patience: Duration,
) -> Result<(Vec<u8>, String), EncodeError> {
    #[expect(clippy::disallowed_methods, reason = "this module owns the process: it is waited for here")]
    let mut command = FfmpegCommand::from(Command::new(ffmpeg));
    command.hide_banner();
    command.as_inner_mut().args(arguments);
    // All three pipes: ffmpeg-sidecar panics on a child without one.
    command
        .as_inner_mut()
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env_remove("FFREPORT")
        .env_remove("AV_LOG_FORCE_COLOR");
    let mut child = command.spawn().map_err(|source| spawn_error(ffmpeg, source))?;
    let switch = KillSwitch::default();
    switch.arm(Pid::from_child(child.as_inner()));
    drop(child.take_stdin());
    let (stdout, stderr) = (child.take_stdout(), child.take_stderr());
    let log = spawn_thread("ffmpeg-probe-log", move || stderr.map(read_tail).unwrap_or_default());
    let (sender, answer) = channel();
    let reader = spawn_thread("ffmpeg-probe", move || {
        let mut bytes = Vec::new();
        let read = stdout.map(|mut stdout| stdout.read_to_end(&mut bytes));
        // The asker may have given up.
        let _ = sender.send(read.transpose().map(|_| bytes));
    });
    let answer = reader.map(|_| answer.recv_timeout(patience));
    // Either it has ended or it never will: its group is still unreaped, so the number is its own.
    switch.kill();
    switch.disarm();
    child.wait().map_err(EncodeError::io("waiting for ffmpeg"))?;
    let log = log?.join().unwrap_or_default();
    match answer? {
        Ok(bytes) => Ok((bytes.map_err(EncodeError::io("reading from ffmpeg"))?, log)),
        Err(_) => Err(EncodeError::Stalled { after: patience, stderr: log }),
    }
}
