//! Ctrl-C and its kin: whatever runs is dropped, and with it every process and folder.

use std::future::Future;

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
