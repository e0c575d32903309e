//! One browser process and the talk with it as a whole. What is said to one of its pages goes through
//! [`DevTools`](super::devtools::DevTools).

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::StageError;
use super::chromium::{Chromium, ChromiumOptions};
use super::memory::Group;
use super::pipe::{Pipe, Reply};

/// What pages die of that a browser cannot be asked about: layout that recurses by more than nesting, and the kernel's short memory.
const CRASHED: &str =
    "its page crashed: what is in it is nested deeper than it can lay out (limit: --max-page-depth), or memory ran out";

/// A running browser. Dropping it ends all its processes.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) pipe: Pipe,
    chromium: Mutex<Chromium>,
    pid: u32,
    /// Memory that all its processes may have together, bytes.
    most_memory: Option<u64>,
    /// The last frame time given to any of its pages, ms.
    tick: Mutex<f64>,
    excess: OnceLock<Excess>,
}

/// More memory than a browser may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Excess {
    /// Bytes.
    pub(super) used: u64,
    /// Bytes.
    pub(super) limit: u64,
}

/// A page of a browser.
#[derive(Debug, Clone)]
pub(super) struct PageId {
    /// What Chromium calls it.
    pub(super) target: String,
    /// The context that was made for it, with cookies, storage and caches of its own; absent for the page that a browser begins with.
    pub(super) context: Option<String>,
}

/// Time between frames as told to the browser, ms. The player stops all animation and sets it itself, so the value never shows.
pub(super) const TICK_MS: f64 = 1000.0 / 60.0;

impl Browser {
    /// Starts a browser with a window of `width` x `height` device px; also returns the page that it begins with.
    pub(super) async fn start(
        options: ChromiumOptions,
        width: u32,
        height: u32,
    ) -> Result<(Arc<Self>, PageId), StageError> {
        let (start_timeout, most_memory) = (options.start_timeout, options.most_memory);
        let (pipe, ends) = Pipe::open()?;
        let started = tokio::task::spawn_blocking(move || Chromium::start(&options, ends, width, height));
        let chromium = started
            .await
            .map_err(|error| StageError::Protocol { doing: "while starting".into(), message: error.to_string() })??;
        let pid = chromium.pid();
        let browser = Self {
            pipe,
            chromium: Mutex::new(chromium),
            pid,
            most_memory,
            tick: Mutex::new(0.0),
            excess: OnceLock::new(),
        };
        match browser.first_page(start_timeout).await {
            Ok(page) => Ok((Arc::new(browser), page)),
            Err(error) => Err(browser.launch_error(error)),
        }
    }

    /// What went wrong while it started, as seen by whoever wants it started.
    pub(super) fn launch_error(&self, error: StageError) -> StageError {
        match error {
            StageError::Unresponsive { after, .. } => {
                self.chromium().launch_error(format!("no answer within {after:?} (limit: --browser-start-timeout)"))
            }
            StageError::Died { status, .. } => self.chromium().launch_error(status),
            error => error,
        }
    }

    async fn first_page(&self, timeout: Duration) -> Result<PageId, StageError> {
        #[derive(Deserialize)]
        struct Targets {
            #[serde(rename = "targetInfos")]
            infos: Vec<Info>,
        }
        #[derive(Deserialize)]
        struct Info {
            #[serde(rename = "targetId")]
            id: String,
            #[serde(rename = "type")]
            kind: String,
        }
        loop {
            let targets: Targets = self.ask("Target.getTargets", "{}", None, timeout, "while connecting").await?;
            if let Some(page) = targets.infos.into_iter().find(|info| info.kind == "page") {
                return Ok(PageId { target: page.id, context: None });
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Opens a page of `width` x `height` device px in a context of its own: it finds nothing that another page left.
    pub(super) async fn new_page(&self, width: u32, height: u32, timeout: Duration) -> Result<PageId, StageError> {
        #[derive(Deserialize)]
        struct Context {
            #[serde(rename = "browserContextId")]
            id: String,
        }
        #[derive(Deserialize)]
        struct Target {
            #[serde(rename = "targetId")]
            id: String,
        }
        let doing = "while opening a page";
        let context: Context = self.ask("Target.createBrowserContext", "{}", None, timeout, doing).await?;
        let params = serde_json::json!({
            "url": "about:blank", "width": width, "height": height,
            "browserContextId": context.id, "enableBeginFrameControl": true,
        });
        let page: Target = self.ask("Target.createTarget", &params.to_string(), None, timeout, doing).await?;
        Ok(PageId { target: page.id, context: Some(context.id) })
    }

    /// Closes a page, and with its context everything it left.
    pub(super) async fn close_page(&self, page: &PageId, timeout: Duration) -> Result<(), StageError> {
        let (method, params) = match &page.context {
            Some(context) => ("Target.disposeBrowserContext", serde_json::json!({ "browserContextId": context })),
            None => ("Target.closeTarget", serde_json::json!({ "targetId": page.target })),
        };
        self.ask::<serde_json::Value>(method, &params.to_string(), None, timeout, "while closing a page").await?;
        Ok(())
    }

    /// Sends one command and waits for its answer. `doing` completes the sentence "failed …" of an error.
    pub(super) async fn ask<A: DeserializeOwned>(
        &self,
        method: &str,
        params: &str,
        session: Option<&str>,
        timeout: Duration,
        doing: &str,
    ) -> Result<A, StageError> {
        let protocol = |message: String| StageError::Protocol { doing: doing.to_owned(), message };
        let Ok(answered) = tokio::time::timeout(timeout, self.pipe.send(method, session, params)).await else {
            return Err(StageError::Unresponsive { doing: doing.to_owned(), after: timeout });
        };
        let Ok(message) = answered else {
            return Err(self.lost(doing).await);
        };
        let reply: Reply<'_> =
            serde_json::from_slice(&message).map_err(|error| protocol(format!("{method}: {error}")))?;
        if let Some(error) = reply.error {
            return Err(protocol(format!("{method}: {} ({})", error.message, error.code)));
        }
        let result = reply.result.map_or("{}", |result| result.get());
        serde_json::from_str(result).map_err(|error| protocol(format!("{method}: {error}")))
    }

    /// The connection is gone: usually because the browser is.
    async fn lost(&self, doing: &str) -> StageError {
        let doing = doing.to_owned();
        if let Some(&Excess { used, limit }) = self.excess.get() {
            return StageError::Memory { doing, used, limit };
        }
        if self.pipe.has_crashed() {
            return self.died(CRASHED, &doing);
        }
        let mut status = None;
        for _ in 0..100 {
            status = self.chromium().exited();
            if status.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let status = status.map_or_else(|| "connection closed".to_owned(), |status| status.to_string());
        StageError::Died { status, doing, stderr: self.chromium().stderr_tail() }
    }

    /// Something of it that the work needs is gone.
    pub(super) fn died(&self, status: &str, doing: &str) -> StageError {
        StageError::Died { status: status.to_owned(), doing: doing.to_owned(), stderr: self.chromium().stderr_tail() }
    }

    /// The time of the next frame of any of its pages, ms. Frame times only go up: the same one twice hangs the browser for ever.
    pub(super) fn next_tick(&self) -> f64 {
        let mut tick = self.tick.lock().unwrap_or_else(PoisonError::into_inner);
        *tick += TICK_MS;
        *tick
    }

    /// Frame times must not be earlier than the machine's clock, which went on while the browser had nothing to do.
    pub(super) fn catch_up(&self) {
        let mut tick = self.tick.lock().unwrap_or_else(PoisonError::into_inner);
        *tick = tick.max(ahead_of_the_clock());
    }

    /// The process id, which is also the id of its process group.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Its processes, and how much memory they may have together; absent: any.
    pub(super) fn allowance(&self) -> Option<Group> {
        self.most_memory.map(|most| Group { id: self.pid, most })
    }

    /// Whether it has ended, or its page has: it answers no more.
    pub(super) fn is_gone(&self) -> bool {
        self.pipe.is_closed()
    }

    /// Ends it at once, whoever else still holds it.
    pub(super) fn kill(&self) {
        self.chromium().kill();
    }

    /// Ends it for taking too much memory. Whoever works with it is told why. Returns whether it was the first time: until its end is
    /// noticed, it may be looked at again.
    pub(super) fn condemn(&self, excess: Excess) -> bool {
        let first = self.excess.set(excess).is_ok();
        self.kill();
        first
    }

    /// Whether it was ended for taking too much memory.
    pub(super) fn is_condemned(&self) -> bool {
        self.excess.get().is_some()
    }

    fn chromium(&self) -> MutexGuard<'_, Chromium> {
        self.chromium.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Earlier than the machine's monotonic clock (since boot), animated content stays frozen. An hour ahead, ms.
fn ahead_of_the_clock() -> f64 {
    let uptime = std::fs::read_to_string(Path::new("/proc/uptime")).unwrap_or_default();
    let seconds: f64 = uptime.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(1e6);
    (seconds + 3600.0) * 1000.0
}
