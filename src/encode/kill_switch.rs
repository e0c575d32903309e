//! Stopping an encoder from another thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// Stops one encoder from anywhere, also while [`finish`](super::VideoEncoder::finish) is at work: what blocks then returns
/// [`Cancelled`](super::EncodeError::Cancelled). Clones stop the same encoder.
#[derive(Debug, Clone, Default)]
pub struct KillSwitch {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    cancelled: AtomicBool,
    group: Mutex<Option<Pid>>,
}

impl KillSwitch {
    /// Kills the running ffmpeg and lets no other start. Does nothing after the end.
    pub fn cancel(&self) {
        self.inner.cancelled.store(true, Ordering::SeqCst);
        self.kill();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.inner.cancelled.load(Ordering::SeqCst)
    }

    /// Takes charge of a process group, and kills it at once if cancelled before.
    pub(super) fn arm(&self, group: Pid) {
        *self.group() = Some(group);
        if self.is_cancelled() {
            self.kill();
        }
    }

    /// Forgets the process group. To be called before its leader is reaped: afterwards its number may belong to others.
    pub(super) fn disarm(&self) {
        *self.group() = None;
    }

    pub(super) fn kill(&self) {
        if let Some(group) = *self.group() {
            // The only possible failure is that it has ended already.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    pub(super) fn group(&self) -> MutexGuard<'_, Option<Pid>> {
        self.inner.group.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
