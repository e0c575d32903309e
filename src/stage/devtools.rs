//! Commands to one page, each raced against the browser's end and a deadline. The types of commands and answers are
//! chromiumoxide's; the transport is [`Pipe`](super::pipe::Pipe).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::target;
use chromiumoxide::types::Command;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::StageError;
use super::browser::{Browser, PageId};
use super::graphics::{Graphics, Processes};
use super::loading::Loading;
use super::pipe::Event;

/// A connection to one page of a browser. It keeps the browser.
#[derive(Debug)]
pub(super) struct DevTools {
    browser: Arc<Browser>,
    session: String,
    loading: Arc<Loading>,
    timeout_ms: AtomicU64,
    /// Set once the page has been drawn for the first time.
    graphics: OnceLock<Graphics>,
}

impl DevTools {
    /// Connects to a page. `timeout` is what each command is given. Also returns the page's events.
    pub(super) async fn attach(
        browser: Arc<Browser>,
        page: &PageId,
        timeout: Duration,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Event>), StageError> {
        let doing = "while connecting";
        let params = target::AttachToTargetParams { target_id: page.target.clone().into(), flatten: Some(true) };
        let attached: target::AttachToTargetReturns =
            browser.ask("Target.attachToTarget", &json(&params, doing)?, None, timeout, doing).await?;
        let session: String = attached.session_id.into();
        let (loading, events) = browser.pipe.listen(&session);
        let devtools = Self { browser, session, loading, timeout_ms: AtomicU64::default(), graphics: OnceLock::new() };
        devtools.give(timeout);
        Ok((devtools, events))
    }

    /// From here on, each command is given so long.
    pub(super) fn give(&self, timeout: Duration) {
        self.timeout_ms.store(timeout.as_millis().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Sends one command to the page and waits for its answer. `doing` completes the sentence "failed …" of an error.
    pub(super) async fn call<C: Command>(&self, command: C, doing: &str) -> Result<C::Response, StageError> {
        self.call_as(&command, doing).await
    }

    /// The same, with the answer as another type.
    pub(super) async fn call_as<C: Command, A: DeserializeOwned>(
        &self,
        command: &C,
        doing: &str,
    ) -> Result<A, StageError> {
        let timeout = Duration::from_millis(self.timeout_ms.load(Ordering::Relaxed));
        self.browser.ask(&command.identifier(), &json(command, doing)?, Some(&self.session), timeout, doing).await
    }

    /// The same, of what the browser has drawn.
    pub(super) async fn drawn<C: Command, A: DeserializeOwned>(
        &self,
        command: &C,
        doing: &str,
    ) -> Result<A, StageError> {
        let answer = self.call_as(command, doing).await?;
        if self.graphics.get().is_some_and(Graphics::has_ended) {
            return Err(self.browser.died("its graphics process ended", doing));
        }
        Ok(answer)
    }

    /// From here on the process that draws is watched.
    pub(super) async fn watch_graphics(&self) -> Result<(), StageError> {
        let timeout = Duration::from_millis(self.timeout_ms.load(Ordering::Relaxed));
        let doing = "while asking for its processes";
        let processes: Processes = self.browser.ask("SystemInfo.getProcessInfo", "{}", None, timeout, doing).await?;
        // A page is made ready once.
        let _ = self.graphics.set(Graphics::of(&processes));
        Ok(())
    }

    /// Sends a command whose answer nobody waits for.
    pub(super) fn tell<C: Command>(&self, command: &C) {
        if let Ok(params) = serde_json::to_string(command) {
            drop(self.browser.pipe.send(&command.identifier(), Some(&self.session), &params));
        }
    }

    /// What the page loads, as far as the browser was asked to tell.
    pub(super) fn loading(&self) -> &Arc<Loading> {
        &self.loading
    }

    /// The page is about to be closed: what becomes of it is no matter any more.
    pub(super) fn forget(&self) {
        self.browser.pipe.forget(&self.session);
    }

    /// The browser that the page is in.
    pub(super) fn browser(&self) -> &Arc<Browser> {
        &self.browser
    }
}

impl Drop for DevTools {
    fn drop(&mut self) {
        self.forget();
    }
}

fn json(command: &impl serde::Serialize, doing: &str) -> Result<String, StageError> {
    serde_json::to_string(command)
        .map_err(|error| StageError::Protocol { doing: doing.to_owned(), message: error.to_string() })
}
