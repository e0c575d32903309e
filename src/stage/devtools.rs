//! DevTools over WebSocket: one command at a time, each raced against the browser's end and a deadline.

use std::time::Duration;

use chromiumoxide::browser::Browser;
use chromiumoxide::cdp::browser_protocol::fetch;
use chromiumoxide::handler::HandlerConfig;
use chromiumoxide::types::Command;
use chromiumoxide::{Handler, Page};
use futures::StreamExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{StageError, chromium::Chromium};

/// A connection to one page of a browser. Dropping it ends the task that serves it, then the browser.
#[derive(Debug)]
pub(super) struct DevTools {
    page: Page,
    // Kept open: dropping it closes the connection.
    _browser: Browser,
    serving: JoinHandle<()>,
    closed: watch::Receiver<bool>,
    chromium: Chromium,
    timeout: Duration,
}

impl DevTools {
    /// Connects to the browser's first page. `timeout` is what each command is given.
    pub(super) async fn connect(chromium: Chromium, timeout: Duration) -> Result<Self, StageError> {
        let mut chromium = chromium;
        let config = HandlerConfig {
            // Setting device metrics before the first frame freezes rendering under BeginFrame control.
            viewport: None,
            // Ours is the deadline that counts; the library's own must not come first.
            request_timeout: timeout + Duration::from_secs(3600),
            ..HandlerConfig::default()
        };
        let deadline = Duration::from_secs(20).max(timeout);
        let connecting = async {
            let (mut browser, handler) = Browser::connect_with_config(chromium.devtools_url(), config).await?;
            let (serving, closed) = serve(handler);
            let page = first_page(&mut browser).await?;
            Ok((browser, page, serving, closed))
        };
        let connected = match tokio::time::timeout(deadline, connecting).await {
            Ok(Ok(connected)) => Ok(connected),
            Ok(Err(error)) => Err(protocol("while connecting", &error)),
            Err(_) => Err(StageError::Unresponsive { doing: "while connecting".into(), after: deadline }),
        };
        match connected {
            Ok((browser, page, serving, closed)) => Ok(Self { page, _browser: browser, serving, closed, chromium, timeout }),
            Err(error) => Err(match chromium.exited() {
                Some(status) => died(&chromium, &status.to_string(), "while connecting"),
                None => error,
            }),
        }
    }

    /// Sends one command and waits for its answer. `doing` completes the sentence "failed …" of an error.
    pub(super) async fn call<C: Command>(&mut self, command: C, doing: &str) -> Result<C::Response, StageError> {
        let answer = tokio::select! {
            answer = self.page.execute(command) => Some(answer.map(|answer| answer.result)),
            // The library lets a command wait for ever once its connection is gone.
            _ = self.closed.wait_for(|closed| *closed) => None,
            () = tokio::time::sleep(self.timeout) => {
                return Err(StageError::Unresponsive { doing: doing.to_owned(), after: self.timeout });
            }
        };
        match answer {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) if !*self.closed.borrow() => Err(protocol(doing, &error)),
            _ => Err(self.lost(doing).await),
        }
    }

    /// The connection is gone: usually because the browser is.
    async fn lost(&mut self, doing: &str) -> StageError {
        for _ in 0..100 {
            if let Some(status) = self.chromium.exited() {
                return died(&self.chromium, &status.to_string(), doing);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        died(&self.chromium, "connection closed", doing)
    }

    /// Requests of the page, each of which has to be answered.
    pub(super) async fn requests(&self) -> Result<chromiumoxide::listeners::EventStream<fetch::EventRequestPaused>, StageError> {
        self.page.event_listener::<fetch::EventRequestPaused>().await.map_err(|error| protocol("while listening", &error))
    }

    /// A handle for answering requests from another task.
    pub(super) fn page(&self) -> Page {
        self.page.clone()
    }

    /// The browser's process id.
    pub(super) fn pid(&self) -> u32 {
        self.chromium.pid()
    }
}

impl Drop for DevTools {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn serve(mut handler: Handler) -> (JoinHandle<()>, watch::Receiver<bool>) {
    let (closed, watch) = watch::channel(false);
    let serving = tokio::spawn(async move {
        // An error here is the connection's end; going on after it would leave every command waiting for ever.
        while let Some(Ok(())) = handler.next().await {}
        // Whoever still listens learns it; if nobody does, nobody needs to.
        let _ = closed.send(true);
    });
    (serving, watch)
}

async fn first_page(browser: &mut Browser) -> Result<Page, chromiumoxide::error::CdpError> {
    browser.fetch_targets().await?;
    loop {
        if let Some(page) = browser.pages().await?.into_iter().next() {
            return Ok(page);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn died(chromium: &Chromium, status: &str, doing: &str) -> StageError {
    StageError::Died { status: status.to_owned(), doing: doing.to_owned(), stderr: chromium.stderr_tail() }
}

pub(super) fn protocol(doing: &str, error: &chromiumoxide::error::CdpError) -> StageError {
    StageError::Protocol { doing: doing.to_owned(), message: error.to_string() }
}
