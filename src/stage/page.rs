//! The page that runs the player, and its frames.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chromiumoxide::cdp::browser_protocol::headless_experimental::{BeginFrameParams, ScreenshotParams, ScreenshotParamsFormat};
use chromiumoxide::cdp::browser_protocol::{browser, emulation, fetch, network};
use chromiumoxide::cdp::js_protocol::runtime;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::chromium::ChromiumOptions;
use super::devtools::DevTools;
use super::pipe::Event;
use super::{Answer, Layout, Slot, StageError, protocol};
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
    devtools: Arc<DevTools>,
    answering: JoinHandle<()>,
    player: runtime::RemoteObjectId,
    tick: f64,
    /// Frames begun since the player counts them.
    frames: u64,
    /// Those begun beyond that because a picture was missing.
    repeated_frames: Arc<AtomicU64>,
    doing: String,
}

/// A picture on its way. The page can be brought to the next moment meanwhile: the player waits with changes until the frame
/// that this picture is of has left it.
#[derive(Debug)]
pub struct Shot(JoinHandle<Result<Vec<u8>, StageError>>);

impl Shot {
    /// An opaque PNG of the whole picture.
    pub async fn develop(mut self) -> Result<Vec<u8>, StageError> {
        match (&mut self.0).await {
            Ok(shot) => shot,
            Err(error) => Err(StageError::Protocol { doing: "while taking a picture".into(), message: error.to_string() }),
        }
    }
}

impl Drop for Shot {
    fn drop(&mut self) {
        self.0.abort();
    }
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
        let (devtools, events) = DevTools::start(options.chromium.clone(), width, height, options.page_timeout).await?;
        let devtools = Arc::new(devtools);
        quiet(&devtools).await?;
        let answering = answer_requests(&devtools, events).await?;
        let player = load_player(&devtools).await?;
        let mut stage = Self { devtools, answering, player, tick: first_tick(), frames: 0, repeated_frames: Arc::default(), doing: String::new() };
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
        let function = format!("function(s){{return this.advance(JSON.parse(s),{})}}", self.frames + self.repeated_frames.load(Ordering::Relaxed));
        let answer = self.ask(&function, json, &doing).await?;
        self.doing = doing;
        serde_json::from_value(answer).map_err(|error| StageError::Script { doing: self.doing.clone(), message: error.to_string() })
    }

    /// Draws the page as it is now, and says whether any pixel may differ from the frame before. A twentieth of the cost of a
    /// picture where nothing does.
    pub async fn draw(&mut self) -> Result<bool, StageError> {
        let params = self.next_frame(None);
        let drawn: Drawn = self.devtools.call_as(&params, &self.doing).await?;
        Ok(drawn.has_damage)
    }

    /// Takes the picture of the page as it was drawn last.
    pub fn shoot(&mut self) -> Shot {
        let screenshot = ScreenshotParams { format: Some(ScreenshotParamsFormat::Png), quality: None, optimize_for_speed: Some(true) };
        // A picture can be missing while the browser sets up its surface: a later frame has it.
        let frames: Vec<BeginFrameParams> = (0..MOST_EMPTY_FRAMES).map(|_| self.next_frame(Some(screenshot.clone()))).collect();
        self.frames -= MOST_EMPTY_FRAMES as u64 - 1;
        let devtools = Arc::clone(&self.devtools);
        let doing = self.doing.clone();
        let repeated = Arc::clone(&self.repeated_frames);
        Shot(tokio::spawn(async move {
            for (index, frame) in frames.into_iter().enumerate() {
                repeated.fetch_add(u64::from(index > 0), Ordering::Relaxed);
                let drawn: Drawn = devtools.call_as(&frame, &doing).await?;
                if let Some(text) = drawn.screenshot {
                    return BASE64.decode(text).map_err(|error| StageError::Protocol { doing, message: error.to_string() });
                }
            }
            Err(StageError::Protocol { doing, message: format!("{MOST_EMPTY_FRAMES} frames without a picture") })
        }))
    }

    /// What the page counted so far.
    pub async fn report(&mut self) -> Result<PageReport, StageError> {
        let report = self.ask("function(){return this.report()}", String::new(), "while ending").await?;
        serde_json::from_value(report).map_err(|error| StageError::Script { doing: "while ending".into(), message: error.to_string() })
    }

    fn next_frame(&mut self, screenshot: Option<ScreenshotParams>) -> BeginFrameParams {
        // Ticks only go up: the same tick twice hangs the browser for ever.
        self.tick += TICK_MS;
        self.frames += 1;
        BeginFrameParams { frame_time_ticks: Some(self.tick), interval: Some(TICK_MS), no_display_updates: Some(false), screenshot }
    }

    /// The first frames of a browser may lack their picture, and tell whether it can be stepped at all.
    async fn warm_up(&mut self) -> Result<(), StageError> {
        "while drawing the first frame".clone_into(&mut self.doing);
        // From here on the player counts the frames it gave.
        self.ask("function(){this.countFrames()}", String::new(), "while loading the player").await?;
        match self.draw().await {
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

/// The answer to a frame; the picture stays base64 text until it is decoded once.
#[derive(Deserialize)]
struct Drawn {
    #[serde(rename = "hasDamage")]
    has_damage: bool,
    #[serde(rename = "screenshotData")]
    screenshot: Option<String>,
}

const MOST_EMPTY_FRAMES: usize = 20;

/// Frame times must not be earlier than the machine's monotonic clock (since boot), or animated content stays frozen.
fn first_tick() -> f64 {
    let uptime = std::fs::read_to_string(Path::new("/proc/uptime")).unwrap_or_default();
    let seconds: f64 = uptime.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(1e6);
    (seconds + 3600.0) * 1000.0
}

async fn quiet(devtools: &DevTools) -> Result<(), StageError> {
    // Focus rings show only in a page that thinks it has the focus.
    devtools.call(emulation::SetFocusEmulationEnabledParams { enabled: true }, "while setting up the page").await?;
    Ok(())
}

/// Answers the page's own document, and refuses everything else at once: a pending request can hold up a frame for ever.
async fn answer_requests(devtools: &Arc<DevTools>, mut events: mpsc::UnboundedReceiver<Event>) -> Result<JoinHandle<()>, StageError> {
    devtools.call(fetch::EnableParams::default(), "while closing the network").await?;
    // Weak: the browser must not be kept alive by its own requests.
    let devtools = Arc::downgrade(devtools);
    Ok(tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            let Some(devtools) = devtools.upgrade() else { return };
            if event.method != "Fetch.requestPaused" {
                continue;
            }
            let Ok(Paused { params }) = serde_json::from_slice::<Paused>(&event.message) else { continue };
            if params.request.url == ADDRESS { devtools.tell(&document(params.id)) } else { devtools.tell(&refusal(params.id)) }
        }
    }))
}

#[derive(Deserialize)]
struct Paused {
    params: PausedRequest,
}

#[derive(Deserialize)]
struct PausedRequest {
    #[serde(rename = "requestId")]
    id: fetch::RequestId,
    request: RequestedUrl,
}

#[derive(Deserialize)]
struct RequestedUrl {
    url: String,
}

fn document(request: fetch::RequestId) -> fetch::FulfillRequestParams {
    let header = |name: &str, value: &str| fetch::HeaderEntry { name: name.to_owned(), value: value.to_owned() };
    let mut params = fetch::FulfillRequestParams::new(request, 200);
    params.response_headers = Some(vec![header("Content-Type", "text/html; charset=utf-8"), header("Content-Security-Policy", POLICY)]);
    params.body = Some(BASE64.encode(DOCUMENT).into());
    params
}

fn refusal(request: fetch::RequestId) -> fetch::FailRequestParams {
    fetch::FailRequestParams::new(request, network::ErrorReason::BlockedByClient)
}

async fn load_player(devtools: &DevTools) -> Result<runtime::RemoteObjectId, StageError> {
    let doing = "while loading the player";
    evaluate(devtools, format!("location.href={ADDRESS:?}"), doing).await?;
    let arrived = format!("location.href==={ADDRESS:?}&&document.readyState==='complete'");
    // Polled: waiting for the event of a finished load needs frames, which only we can give.
    while evaluate(devtools, arrived.clone(), doing).await?.value != Some(true.into()) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    evaluate(devtools, PLAYER.to_owned(), doing).await?;
    let stage = evaluate(devtools, "stage".to_owned(), doing).await?;
    stage.object_id.ok_or_else(|| StageError::Script { doing: doing.to_owned(), message: "no stage object".to_owned() })
}

async fn evaluate(devtools: &DevTools, expression: String, doing: &str) -> Result<runtime::RemoteObject, StageError> {
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
