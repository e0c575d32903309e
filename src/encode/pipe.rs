//! Writing to a process that may have stopped reading.

use std::io::{self, IoSlice, Write};
use std::process::ChildStdin;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

/// What Linux allows an unprivileged process by default (`/proc/sys/fs/pipe-max-size`). The pipe's own 64 KiB mean forty times as many switches a picture.
const PIPE_BYTES: usize = 1 << 20;

/// A pipe whose writes fail with [`io::ErrorKind::TimedOut`] when no byte was taken for a while.
#[derive(Debug)]
pub(super) struct PatientPipe {
    pipe: ChildStdin,
    patience: Timespec,
}

impl PatientPipe {
    pub(super) fn new(pipe: ChildStdin, patience: Duration) -> io::Result<Self> {
        fcntl_setfl(&pipe, fcntl_getfl(&pipe)? | OFlags::NONBLOCK)?;
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::pipe::fcntl_setpipe_size(&pipe, PIPE_BYTES) {
            // Slower, not wrong: a user may own only so many pipe pages.
            tracing::debug!(%error, "the pipe to ffmpeg stays small");
        }
        let patience = Timespec {
            tv_sec: patience.as_secs().min(i64::MAX as u64).cast_signed(),
            tv_nsec: patience.subsec_nanos().into(),
        };
        Ok(Self { pipe, patience })
    }

    /// Writes both, in order and whole.
    pub(super) fn write(&mut self, head: &[u8], body: &[u8]) -> io::Result<()> {
        let mut parts = [IoSlice::new(head), IoSlice::new(body)];
        let mut left = &mut parts[..];
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            match self.pipe.write_vectored(left) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => IoSlice::advance_slices(&mut left, written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait_for_room()?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn wait_for_room(&self) -> io::Result<()> {
        match poll(&mut [PollFd::new(&self.pipe, PollFlags::OUT)], Some(&self.patience)) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            // A closed reader also counts as ready: the next write says so.
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
