//! Commands to one page, each raced against the browser's end and a deadline. The types of commands and answers are
//! chromiumoxide's; the transport is [`Pipe`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::target;
use chromiumoxide::types::Command;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::StageError;
use super::chromium::{Chromium, ChromiumOptions};
use super::loading::Loading;
use super::pipe::{Event, Pipe, Reply};

/// A connection to one page of a browser. Dropping it ends the browser.
#[derive(Debug)]
pub(super) struct DevTools {
    pipe: Pipe,
    session: String,
    chromium: Mutex<Chromium>,
    timeout: Duration,
}

impl DevTools {
    /// Starts a browser with a window of `width` x `height` device px and connects to its page. `timeout` is what each command is
    /// given. Also returns the page's events.
    pub(super) async fn start(
        options: ChromiumOptions,
        width: u32,
        height: u32,
        timeout: Duration,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Event>), StageError> {
        let start_timeout = options.start_timeout;
        let (pipe, ends, events) = Pipe::open()?;
        let started = tokio::task::spawn_blocking(move || Chromium::start(&options, ends, width, height));
        let chromium = started
            .await
            .map_err(|error| StageError::Protocol { doing: "while starting".into(), message: error.to_string() })??;
        let mut devtools =
            Self { pipe, session: String::new(), chromium: Mutex::new(chromium), timeout: start_timeout };
        match devtools.attach().await {
            Ok(()) => {}
            Err(StageError::Unresponsive { after, .. }) => {
                return Err(devtools
                    .chromium()
                    .launch_error(format!("no answer within {after:?} (limit: --browser-start-timeout)")));
            }
            Err(StageError::Died { status, .. }) => {
                return Err(devtools.chromium().launch_error(status));
            }
            Err(error) => return Err(error),
        }
        devtools.timeout = timeout;
        Ok((devtools, events))
    }

    async fn attach(&mut self) -> Result<(), StageError> {
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
        let doing = "while connecting";
        let page = loop {
            let targets: Targets = self.ask("Target.getTargets", "{}", None, doing).await?;
            if let Some(page) = targets.infos.into_iter().find(|info| info.kind == "page") {
                break page;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        let params = target::AttachToTargetParams { target_id: page.id.into(), flatten: Some(true) };
        let attached: target::AttachToTargetReturns =
            self.ask("Target.attachToTarget", &json(&params, doing)?, None, doing).await?;
        self.session = attached.session_id.into();
        Ok(())
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
        self.ask(&command.identifier(), &json(command, doing)?, Some(&self.session), doing).await
    }

    async fn ask<A: DeserializeOwned>(
        &self,
        method: &str,
        params: &str,
        session: Option<&str>,
        doing: &str,
    ) -> Result<A, StageError> {
        let protocol = |message: String| StageError::Protocol { doing: doing.to_owned(), message };
        let Ok(answered) = tokio::time::timeout(self.timeout, self.pipe.send(method, session, params)).await else {
            return Err(StageError::Unresponsive { doing: doing.to_owned(), after: self.timeout });
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

    /// Sends a command whose answer nobody waits for.
    pub(super) fn tell<C: Command>(&self, command: &C) {
        if let Ok(params) = serde_json::to_string(command) {
            drop(self.pipe.send(&command.identifier(), Some(&self.session), &params));
        }
    }

    /// The connection is gone: usually because the browser is.
    async fn lost(&self, doing: &str) -> StageError {
        if self.pipe.has_crashed() {
            let stderr = self.chromium().stderr_tail();
            return StageError::Died { status: "its page crashed".to_owned(), doing: doing.to_owned(), stderr };
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
        StageError::Died { status, doing: doing.to_owned(), stderr: self.chromium().stderr_tail() }
    }

    /// What the page loads, as far as the browser was asked to tell.
    pub(super) fn loading(&self) -> &Arc<Loading> {
        self.pipe.loading()
    }

    /// The browser's process id.
    pub(super) fn pid(&self) -> u32 {
        self.chromium().pid()
    }

    fn chromium(&self) -> std::sync::MutexGuard<'_, Chromium> {
        self.chromium.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn json(command: &impl serde::Serialize, doing: &str) -> Result<String, StageError> {
    serde_json::to_string(command)
        .map_err(|error| StageError::Protocol { doing: doing.to_owned(), message: error.to_string() })
}
