//! One run of ffmpeg.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ffmpeg_sidecar::child::FfmpegChild;
use ffmpeg_sidecar::command::FfmpegCommand;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::{EncodeError, KillSwitch, VideoSpec};

/// How much of what ffmpeg prints is kept.
const TAIL_BYTES: usize = 4096;

/// A sign of life: how many frames ffmpeg has encoded so far.
type Pulse = u64;

/// A running ffmpeg in a process group of its own, so that a Ctrl-C meant for us does not make it finish half a file. Dropped, it is killed.
pub(super) struct Ffmpeg {
    child: FfmpegChild,
    switch: KillSwitch,
    patience: Duration,
    pulses: Receiver<Pulse>,
    stderr: Option<JoinHandle<String>>,
    reaped: bool,
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// The end of what it printed.
    pub(super) stderr: String,
    /// It was killed because it did nothing.
    pub(super) stalled: bool,
    /// Frames encoded, as reported.
    pub(super) frames: u64,
}

impl Ffmpeg {
    /// Starts `program` with `arguments` after the common ones, and hands out its standard input.
    ///
    /// ffmpeg-sidecar's event iterator is not used: it hands stderr over through a channel without room, so that an undrained iterator blocks ffmpeg and then our
    /// own write to it. Here a thread drains each pipe whatever happens.
    pub(super) fn spawn(
        program: &Path,
        arguments: &[OsString],
        switch: &KillSwitch,
        patience: Duration,
    ) -> Result<(Self, ChildStdin), EncodeError> {
        #[expect(clippy::disallowed_methods, reason = "this module owns ffmpeg's process")]
        let mut command = FfmpegCommand::from(std::process::Command::new(program));
        command
            .hide_banner()
            .args(["-nostdin", "-loglevel", "error", "-nostats", "-progress", "pipe:1"])
            .overwrite()
            .args(arguments);
        let inner = command.as_inner_mut();
        inner
            .process_group(0)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        // Both would change what comes out of stderr, the first also write files.
        inner.env_remove("FFREPORT").env_remove("AV_LOG_FORCE_COLOR");
        let mut child = command.spawn().map_err(|source| spawn_error(program, source))?;
        switch.arm(Pid::from_child(child.as_inner()));

        let (stdin, stdout, stderr) = (child.take_stdin(), child.take_stdout(), child.take_stderr());
        let (beat, pulses) = channel();
        // Built before anything can fail, so that the child is killed and reaped whatever happens.
        let mut ffmpeg = Self { child, switch: switch.clone(), patience, pulses, stderr: None, reaped: false };
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(EncodeError::Io { doing: "opening ffmpeg's pipes", source: io::ErrorKind::BrokenPipe.into() });
        };
        spawn_thread("ffmpeg-progress", move || follow_progress(stdout, &beat))?;
        ffmpeg.stderr = Some(spawn_thread("ffmpeg-stderr", move || read_tail(stderr))?);
        Ok((ffmpeg, stdin))
    }

    /// Waits until ffmpeg ends; kills it when it shows no life for too long.
    pub(super) fn wait(mut self) -> Result<Ended, EncodeError> {
        let (mut frames, mut stalled) = (0, false);
        loop {
            match self.pulses.recv_timeout(self.patience) {
                Ok(pulse) => frames = pulse,
                Err(RecvTimeoutError::Timeout) => {
                    stalled = true;
                    self.switch.kill();
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = self.reap().map_err(EncodeError::io("waiting for ffmpeg"))?;
        let stderr = self.stderr.take().and_then(|tail| tail.join().ok()).unwrap_or_default();
        Ok(Ended { status, stderr, stalled, frames })
    }

    fn reap(&mut self) -> io::Result<ExitStatus> {
        self.reaped = true;
        // The number stays ours until the child is reaped, so it is forgotten in between.
        let pid = Pid::from_child(self.child.as_inner());
        while matches!(
            waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT),
            Err(rustix::io::Errno::INTR)
        ) {}
        self.switch.disarm();
        self.child.wait()
    }
}

impl Ended {
    /// What this end means for the file that was to be written. ffmpeg 5.1 exits with 0 when the last bytes of a `WebM` or MP4 found no room: only stderr tells.
    pub(super) fn verdict(&self, spec: &VideoSpec, path: &Path, switch: &KillSwitch) -> Result<(), EncodeError> {
        let stderr = || self.stderr.clone();
        if switch.is_cancelled() {
            return Err(EncodeError::Cancelled);
        }
        if self.stalled {
            return Err(EncodeError::Stalled { after: spec.patience, stderr: stderr() });
        }
        if self.stderr.contains("No space left on device") {
            return Err(EncodeError::DiskFull { path: path.to_owned(), stderr: stderr() });
        }
        let unknown = |name: &&&str| self.stderr.contains(&format!("Unknown encoder '{name}'"));
        if let Some(encoder) = spec.format.encoders().iter().find(unknown) {
            return Err(EncodeError::CodecMissing { ffmpeg: spec.ffmpeg.clone(), encoder, format: spec.format });
        }
        let unfinished = ["Error writing trailer", "Error closing file"].iter().any(|sign| self.stderr.contains(sign));
        if self.status.success() && !unfinished {
            Ok(())
        } else {
            Err(EncodeError::Ffmpeg { status: self.status, stderr: stderr() })
        }
    }
}

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        if !self.reaped {
            self.switch.kill();
            // Nothing to report to: whoever drops a running ffmpeg does not want its result.
            let _ = self.reap();
        }
        if let Some(tail) = self.stderr.take() {
            let _ = tail.join();
        }
    }
}

pub(super) fn spawn_error(program: &Path, source: io::Error) -> EncodeError {
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            EncodeError::EncoderMissing { tried: program.to_owned() }
        }
        _ => EncodeError::Io { doing: "starting ffmpeg", source },
    }
}

pub(super) fn spawn_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, EncodeError> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map_err(EncodeError::io("starting a thread"))
}

/// Reads blocks of `key=value` lines, each closed by a `progress` line (ffmpeg's `-progress`), until the process has ended.
fn follow_progress(stdout: ChildStdout, beat: &Sender<Pulse>) {
    let mut frames = 0;
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if let Some(count) = line.strip_prefix("frame=") {
            frames = count.trim().parse().unwrap_or(frames);
        } else if line.starts_with("progress=") && beat.send(frames).is_err() {
            // Nobody waits any more, but an undrained pipe would stop ffmpeg.
            frames = 0;
        }
    }
}

/// The last part of a stream, as text.
pub(super) fn read_tail(mut stderr: ChildStderr) -> String {
    let mut tail = Vec::new();
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = stderr.read(&mut buffer) {
        tail.extend_from_slice(&buffer[..count]);
        let surplus = tail.len().saturating_sub(TAIL_BYTES);
        tail.drain(..surplus);
    }
    String::from_utf8_lossy(&tail).trim().to_owned()
}
