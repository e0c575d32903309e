//! The page that runs the player, and its frames.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chromiumoxide::cdp::browser_protocol::headless_experimental::{BeginFrameParams, ScreenshotParams, ScreenshotParamsFormat};
use chromiumoxide::cdp::browser_protocol::{browser, emulation, fetch, log, network, performance};
use chromiumoxide::cdp::js_protocol::runtime;
use futures::StreamExt;
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::chromium::{Chromium, ChromiumOptions};
use super::devtools::DevTools;
use super::{Answer, Change, Layout, Slot, StageError, protocol};
use crate::recording::Window;

/// How a stage is set up.
#[derive(Debug, Clone)]
pub struct StageOptions {
    /// The browser.
    pub chromium: ChromiumOptions,
    /// The picture's size and the page's place in it.
    pub layout: Layout,
    /// Colour around the page, any CSS colour.
    pub background: String,
    /// How long the page may take for one answer. Real pages take 30 to 60 s for one frame while they decode large images.
    pub page_timeout: Duration,
}

/// The answer to a [`Stage::capture`].
#[derive(Debug)]
pub enum Captured {
    /// The pixels are the same as at the capture before.
    Same,
    /// An opaque PNG of the whole picture.
    Png(Vec<u8>),
}

/// What the page counted, for the report.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PageReport {
    /// URLs that the page asked for and the recording does not hold.
    pub missing: Vec<String>,
    /// Mutations that could not be placed.
    pub unplaced: u64,
    /// Attributes taken out because they could run, load or navigate.
    pub removed: u64,
}

/// One browser with one page. Dropping it ends the browser.
#[derive(Debug)]
pub struct Stage {
    devtools: DevTools,
    answering: JoinHandle<()>,
    player: runtime::RemoteObjectId,
    tick: f64,
    doing: String,
}

const ADDRESS: &str = "https://stage.replayreel.invalid/";
const PLAYER: &str = include_str!("../../player-assets/dist/stage.js");
const DOCUMENT: &str = "<!doctype html><html><head><meta charset=utf-8><title>stage</title></head><body></body></html>";
/// Nothing is loaded but what the recording holds (`data:`) and what the player makes of it (`blob:`). No script at all: the
/// player itself comes through DevTools, which this policy does not bind; frames of the recording inherit it.
const POLICY: &str = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline' data:; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; frame-src 'none'; object-src 'none'; webrtc 'block'";
/// Time between frames as told to the browser, ms. The player stops all animation and sets it itself, so the value never shows.
const TICK_MS: f64 = 1000.0 / 60.0;

impl Stage {
    /// Starts a browser and the player in it.
    pub async fn open(options: StageOptions) -> Result<Self, StageError> {
        let Layout { width, height, .. } = options.layout;
        let chromium = options.chromium.clone();
        let started = tokio::task::spawn_blocking(move || Chromium::start(&chromium, width, height));
        let chromium = started.await.map_err(|error| StageError::Protocol { doing: "while starting".into(), message: error.to_string() })??;
        let mut devtools = DevTools::connect(chromium, options.page_timeout).await?;
        quiet(&mut devtools).await?;
        let answering = answer_requests(&mut devtools).await?;
        let player = load_player(&mut devtools).await?;
        let mut stage = Self { devtools, answering, player, tick: first_tick(), doing: String::new() };
        stage.warm_up().await?;
        stage.arrange(&options.layout, &options.background).await?;
        Ok(stage)
    }

    /// The browser's process id (and process group).
    pub fn browser_pid(&self) -> u32 {
        self.devtools.pid()
    }

    async fn arrange(&mut self, layout: &Layout, background: &str) -> Result<(), StageError> {
        let arguments = serde_json::json!([layout.left, layout.top, layout.scale, layout.widest, background]).to_string();
        self.ask("function(s){this.layout(...JSON.parse(s))}", arguments, "while laying out the page").await?;
        Ok(())
    }

    /// Forgets the page: the next thing shown has to be a full snapshot. For the next recording or an earlier moment.
    pub async fn reset(&mut self) -> Result<(), StageError> {
        self.ask("function(){this.reset()}", String::new(), "while clearing the page").await?;
        Ok(())
    }

    /// Brings the page through `slots`, in order, up to the first that may look different. `window` is the one that the slots'
    /// actions speak of.
    pub async fn advance(&mut self, slots: &[Slot<'_>], window: &Window) -> Result<Answer, StageError> {
        let at = slots.last().map(|slot| slot.at).unwrap_or_default();
        let doing = format!("at {at} of the session");
        let json = protocol::write_slots(slots, window);
        let answer = self.ask("function(s){return this.advance(JSON.parse(s))}", json, &doing).await?;
        self.doing = doing;
        serde_json::from_value(answer).map_err(|error| StageError::Script { doing: self.doing.clone(), message: error.to_string() })
    }

    /// Takes the picture of the page as it is now. With [`Change::Maybe`] the compositor is asked first, which costs a fifth
    /// of a picture.
    pub async fn capture(&mut self, change: Change) -> Result<Captured, StageError> {
        if change == Change::No || (change == Change::Maybe && !self.frame(None).await?.has_damage) {
            return Ok(Captured::Same);
        }
        // A picture can be missing while the browser sets up its surface: the next frame has it.
        for _ in 0..MOST_EMPTY_FRAMES {
            let screenshot = ScreenshotParams { format: Some(ScreenshotParamsFormat::Png), quality: None, optimize_for_speed: Some(true) };
            if let Some(data) = self.frame(Some(screenshot)).await?.screenshot_data {
                let bytes: String = data.into();
                let png = BASE64.decode(bytes);
                return png.map(Captured::Png).map_err(|error| StageError::Protocol { doing: self.doing.clone(), message: error.to_string() });
            }
        }
        Err(StageError::Protocol { doing: self.doing.clone(), message: format!("{MOST_EMPTY_FRAMES} frames without a picture") })
    }

    /// What the page counted so far.
    pub async fn report(&mut self) -> Result<PageReport, StageError> {
        let report = self.ask("function(){return this.report()}", String::new(), "while ending").await?;
        serde_json::from_value(report).map_err(|error| StageError::Script { doing: "while ending".into(), message: error.to_string() })
    }

    async fn frame(&mut self, screenshot: Option<ScreenshotParams>) -> Result<chromiumoxide::cdp::browser_protocol::headless_experimental::BeginFrameReturns, StageError> {
        // Ticks only go up: the same tick twice hangs the browser for ever.
        self.tick += TICK_MS;
        let params = BeginFrameParams { frame_time_ticks: Some(self.tick), interval: Some(TICK_MS), no_display_updates: Some(false), screenshot };
        self.devtools.call(params, &self.doing).await
    }

    /// The first frames of a browser may lack their picture, and tell whether it can be stepped at all.
    async fn warm_up(&mut self) -> Result<(), StageError> {
        "while drawing the first frame".clone_into(&mut self.doing);
        match self.frame(None).await {
            Ok(_) => Ok(()),
            Err(StageError::Protocol { message, .. }) => {
                let version = self.devtools.call(browser::GetVersionParams {}, "while asking its version").await;
                let version = version.map_or_else(|_| "unknown".to_owned(), |version| version.product);
                Err(StageError::NoBeginFrame { version, reason: message })
            }
            Err(error) => Err(error),
        }
    }

    async fn ask(&mut self, function: &str, argument: String, doing: &str) -> Result<serde_json::Value, StageError> {
        let mut params = runtime::CallFunctionOnParams::new(function);
        params.object_id = Some(self.player.clone());
        params.arguments = Some(vec![runtime::CallArgument { value: Some(argument.into()), unserializable_value: None, object_id: None }]);
        params.await_promise = Some(true);
        params.return_by_value = Some(true);
        let answer = self.devtools.call(params, doing).await?;
        if let Some(exception) = answer.exception_details {
            return Err(script_error(&exception, doing));
        }
        Ok(answer.result.value.unwrap_or_default())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.answering.abort();
    }
}

const MOST_EMPTY_FRAMES: usize = 20;

/// Frame times must not be earlier than the machine's monotonic clock (since boot), or animated content stays frozen.
fn first_tick() -> f64 {
    let uptime = std::fs::read_to_string(Path::new("/proc/uptime")).unwrap_or_default();
    let seconds: f64 = uptime.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(1e6);
    (seconds + 3600.0) * 1000.0
}

/// Switches off what the library switched on and nobody needs: each event of theirs is parsed, data URLs included.
async fn quiet(devtools: &mut DevTools) -> Result<(), StageError> {
    let doing = "while setting up the page";
    devtools.call(network::DisableParams {}, doing).await?;
    devtools.call(log::DisableParams {}, doing).await?;
    devtools.call(performance::DisableParams {}, doing).await?;
    // Focus rings show only in a page that thinks it has the focus.
    devtools.call(emulation::SetFocusEmulationEnabledParams { enabled: true }, doing).await?;
    Ok(())
}

/// Answers the page's own document, and refuses everything else at once: a pending request can hold up a frame for ever.
async fn answer_requests(devtools: &mut DevTools) -> Result<JoinHandle<()>, StageError> {
    let mut requests = devtools.requests().await?;
    devtools.call(fetch::EnableParams::default(), "while closing the network").await?;
    let page = devtools.page();
    Ok(tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            // An answer can come too late, when the request is gone; then none is needed.
            let _ = if request.request.url == ADDRESS { page.execute(document(&request)).await.map(drop) } else { page.execute(refusal(&request)).await.map(drop) };
        }
    }))
}

fn document(request: &fetch::EventRequestPaused) -> fetch::FulfillRequestParams {
    let header = |name: &str, value: &str| fetch::HeaderEntry { name: name.to_owned(), value: value.to_owned() };
    let mut params = fetch::FulfillRequestParams::new(request.request_id.clone(), 200);
    params.response_headers = Some(vec![header("Content-Type", "text/html; charset=utf-8"), header("Content-Security-Policy", POLICY)]);
    params.body = Some(BASE64.encode(DOCUMENT).into());
    params
}

fn refusal(request: &fetch::EventRequestPaused) -> fetch::FailRequestParams {
    fetch::FailRequestParams::new(request.request_id.clone(), network::ErrorReason::BlockedByClient)
}

async fn load_player(devtools: &mut DevTools) -> Result<runtime::RemoteObjectId, StageError> {
    let doing = "while loading the player";
    evaluate(devtools, format!("location.href={ADDRESS:?}"), doing).await?;
    let arrived = format!("location.href==={ADDRESS:?}&&document.readyState==='complete'");
    // Polled: the library's own waiting for a navigation needs frames, which only we can give.
    while evaluate(devtools, arrived.clone(), doing).await?.value != Some(true.into()) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    evaluate(devtools, PLAYER.to_owned(), doing).await?;
    let stage = evaluate(devtools, "stage".to_owned(), doing).await?;
    stage.object_id.ok_or_else(|| StageError::Script { doing: doing.to_owned(), message: "no stage object".to_owned() })
}

async fn evaluate(devtools: &mut DevTools, expression: String, doing: &str) -> Result<runtime::RemoteObject, StageError> {
    let answer = devtools.call(runtime::EvaluateParams::new(expression), doing).await?;
    match answer.exception_details {
        Some(exception) => Err(script_error(&exception, doing)),
        None => Ok(answer.result),
    }
}

fn script_error(exception: &runtime::ExceptionDetails, doing: &str) -> StageError {
    let description = exception.exception.as_ref().and_then(|exception| exception.description.clone());
    StageError::Script { doing: doing.to_owned(), message: description.unwrap_or_else(|| exception.text.clone()) }
}
