//! Ctrl-C and its kin: whatever runs is dropped, and with it every process and folder.

use std::future::Future;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};

use super::failure::Failure;

/// Runs `work` until it ends or a signal comes; then it is dropped, which cleans up after it.
pub(super) fn run_until_signal<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Failure::failed)?;
    let done = runtime.block_on(async {
        let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        else {
            return Err(Failure::failed("cannot listen for signals"));
        };
        tokio::select! {
            done = work => done,
            _ = interrupt.recv() => Err(Failure::interrupted()),
            _ = terminate.recv() => Err(Failure::interrupted()),
            _ = hang_up.recv() => Err(Failure::interrupted()),
        }
    });
    // Tasks that were still running own nothing any more; blocking ones (a browser being started) end by themselves and clean up.
    runtime.shutdown_timeout(std::time::Duration::from_secs(35));
    done
}

/// Tells blocking work that it is not wanted any more.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(super) fn has_come(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// A writer that fails once the stop has come, so that whoever writes cleans up.
    pub(super) fn watch<W>(&self, inner: W) -> Stoppable<W> {
        Stoppable { inner, stop: self.clone() }
    }
}

/// Says so when it is dropped: by a signal, or at the end, when nobody listens.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// See [`Stop::watch`].
#[derive(Debug)]
pub(super) struct Stoppable<W> {
    inner: W,
    stop: Stop,
}

impl<W: Write> Write for Stoppable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.has_come() {
            return Err(io::Error::other("interrupted"));
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Seek> Seek for Stoppable<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Runs blocking `work` until it ends or a signal comes; then it is told to stop and waited for.
pub(super) fn work_until_signal<T: Send + 'static>(
    work: impl FnOnce(&Stop) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    run_until_signal(async {
        let stop = Stop::default();
        let _on_drop = StopOnDrop(stop.clone());
        tokio::task::spawn_blocking(move || work(&stop)).await.map_err(Failure::failed)?
    })
}
