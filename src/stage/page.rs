//! The page that runs the player, and its frames.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chromiumoxide::cdp::browser_protocol::browser;
use chromiumoxide::cdp::browser_protocol::headless_experimental::{
    BeginFrameParams, ScreenshotParams, ScreenshotParamsFormat,
};
use chromiumoxide::cdp::js_protocol::runtime;
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::chromium::ChromiumOptions;
use super::devtools::DevTools;
use super::setup::{answer_requests, load_player, quiet, script_error};
use super::{Answer, Layout, Slot, StageError, protocol};
use crate::assets::Shelf;
use crate::recording::Window;

/// How a stage is set up.
#[derive(Debug, Clone)]
pub struct StageOptions {
    /// The browser.
    pub chromium: ChromiumOptions,
    /// The picture's size and the page's place in it.
    pub layout: Layout,
    /// Whether the recording holds drawings of canvases: if so, a canvas without any is blank; else it is marked as lost.
    pub canvas_recorded: bool,
    /// Colour around the page, any CSS colour.
    pub background: String,
    /// How long the page may take for one answer. Real pages take 30 to 60 s for one frame while they decode large images.
    pub page_timeout: Duration,
    /// What the page is given where it asks for it; all else is refused.
    pub assets: Arc<Shelf>,
}

/// What the page counted, for the report.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PageReport {
    /// URLs (or their origins, as far as the browser tells) that the page asked for and nobody has, and how often.
    pub missing: BTreeMap<String, u64>,
    /// URLs of assets that the page asked for and got, and how often. What it has in memory it need not ask for.
    #[serde(default)]
    pub served: BTreeMap<String, u64>,
    /// Mutations that could not be placed.
    pub unplaced: u64,
    /// Attributes taken out because they could run, load or navigate.
    pub removed: u64,
    /// Drawing commands of canvases that could not be carried out.
    pub undrawn: u64,
    /// Parts of the page without recorded content that took up room, shown as labelled boxes: `KIND NODE LABEL`, each once.
    pub placeholders: Vec<String>,
}

impl PageReport {
    /// Adds what another page counted.
    pub fn add(&mut self, other: Self) {
        for (url, count) in other.missing {
            *self.missing.entry(url).or_default() += count;
        }
        for (url, count) in other.served {
            *self.served.entry(url).or_default() += count;
        }
        join(&mut self.placeholders, other.placeholders);
        self.undrawn += other.undrawn;
        self.unplaced += other.unplaced;
        self.removed += other.removed;
    }
}

/// Adds what is not in it yet.
fn join(all: &mut Vec<String>, more: Vec<String>) {
    let known: HashSet<String> = all.iter().cloned().collect();
    all.extend(more.into_iter().filter(|one| !known.contains(one)));
}

/// A page as HTML.
#[derive(Debug, Clone, Deserialize)]
pub struct WrittenPage {
    /// The file.
    pub html: String,
    /// How many elements more (or, negative, fewer) a browser reads from it than were written: other than 0 where the page was made by
    /// script in a way that HTML cannot say, such as a paragraph in a paragraph.
    pub misplaced: i64,
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
    /// Requests can be under way.
    loads: bool,
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
            Err(error) => {
                Err(StageError::Protocol { doing: "while taking a picture".into(), message: error.to_string() })
            }
        }
    }
}

impl Drop for Shot {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Time between frames as told to the browser, ms. The player stops all animation and sets it itself, so the value never shows.
const TICK_MS: f64 = 1000.0 / 60.0;

impl Stage {
    /// Starts a browser and the player in it.
    pub async fn open(options: StageOptions) -> Result<Self, StageError> {
        let Layout { width, height, .. } = options.layout;
        let (devtools, events) = DevTools::start(options.chromium.clone(), width, height, options.page_timeout).await?;
        let devtools = Arc::new(devtools);
        quiet(&devtools).await?;
        let loads = !options.assets.is_empty();
        let answering = answer_requests(&devtools, events, Arc::clone(&options.assets)).await?;
        let player = load_player(&devtools).await?;
        let mut stage = Self {
            devtools,
            answering,
            player,
            tick: first_tick(),
            frames: 0,
            repeated_frames: Arc::default(),
            doing: String::new(),
            loads,
        };
        stage.warm_up().await?;
        stage.arrange(&options).await?;
        if loads {
            stage.ask("function(){this.expectAssets()}", String::new(), "while opening the assets").await?;
        }
        Ok(stage)
    }

    /// The browser's process id (and process group).
    pub fn browser_pid(&self) -> u32 {
        self.devtools.pid()
    }

    async fn arrange(&mut self, options: &StageOptions) -> Result<(), StageError> {
        let StageOptions { layout, background, canvas_recorded, .. } = options;
        let arguments =
            serde_json::json!([layout.left, layout.top, layout.scale, layout.widest, background, canvas_recorded])
                .to_string();
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
        let function = format!(
            "function(s){{return this.advance(JSON.parse(s),{})}}",
            self.frames + self.repeated_frames.load(Ordering::Relaxed)
        );
        let answer = self.ask(&function, json, &doing).await?;
        self.doing = doing;
        let mut answer: Answer = self.read(answer)?;
        if self.loads {
            self.complete(&mut answer).await?;
        }
        Ok(answer)
    }

    /// Waits for what the page has asked for: pictures in styles, of which its script is told nothing.
    async fn complete(&mut self, answer: &mut Answer) -> Result<(), StageError> {
        let loading = Arc::clone(self.devtools.loading());
        for _ in 0..MOST_ROUNDS {
            if loading.is_idle() {
                return Ok(());
            }
            let given_up = loading.idle(LOADING_PATIENCE).await;
            if given_up > 0 {
                tracing::warn!("{given_up} requests of the page did not end {}", self.doing);
            }
            // What came may name more, and move what stands below it.
            let doing = self.doing.clone();
            let settled = self.ask("function(){return this.resettle()}", String::new(), &doing).await?;
            let settled: Answer = self.read(settled)?;
            if let (Some(last), Some(pointer)) = (answer.pointers.last_mut(), settled.pointers.into_iter().next_back())
            {
                *last = pointer;
            }
            (answer.next, answer.cycle, answer.changed) = (settled.next, settled.cycle, settled.changed);
        }
        Ok(())
    }

    /// Waits for what the page has asked for, but lets it settle no more.
    pub(super) async fn wait_for_requests(&self) {
        if self.loads {
            let _ = self.devtools.loading().idle(LOADING_PATIENCE).await;
        }
    }

    pub(super) fn read<T: serde::de::DeserializeOwned>(&self, answer: serde_json::Value) -> Result<T, StageError> {
        serde_json::from_value(answer)
            .map_err(|error| StageError::Script { doing: self.doing.clone(), message: error.to_string() })
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
        let screenshot = ScreenshotParams {
            format: Some(ScreenshotParamsFormat::Png),
            quality: None,
            optimize_for_speed: Some(true),
        };
        // A picture can be missing while the browser sets up its surface: a later frame has it.
        let frames: Vec<BeginFrameParams> =
            (0..MOST_EMPTY_FRAMES).map(|_| self.next_frame(Some(screenshot.clone()))).collect();
        self.frames -= MOST_EMPTY_FRAMES as u64 - 1;
        let devtools = Arc::clone(&self.devtools);
        let doing = self.doing.clone();
        let repeated = Arc::clone(&self.repeated_frames);
        Shot(tokio::spawn(async move {
            for (index, frame) in frames.into_iter().enumerate() {
                repeated.fetch_add(u64::from(index > 0), Ordering::Relaxed);
                let drawn: Drawn = devtools.call_as(&frame, &doing).await?;
                if let Some(text) = drawn.screenshot {
                    return BASE64
                        .decode(text)
                        .map_err(|error| StageError::Protocol { doing, message: error.to_string() });
                }
            }
            Err(StageError::Protocol { doing, message: format!("{MOST_EMPTY_FRAMES} frames without a picture") })
        }))
    }

    /// URLs that the page as it now is refers to.
    pub async fn page_urls(&mut self) -> Result<Vec<String>, StageError> {
        let urls =
            self.ask("function(){return this.pageUrls()}", String::new(), "while reading the page's addresses").await?;
        self.read(urls)
    }

    /// The page as it now is, as HTML without script that loads nothing. `stock` has what is written into it, by URL: data URLs, and
    /// style sheets as text.
    pub async fn write_page(&mut self, stock: &BTreeMap<String, String>) -> Result<WrittenPage, StageError> {
        let doing = "while writing the page";
        let stock = serde_json::to_string(stock)
            .map_err(|error| StageError::Script { doing: doing.to_owned(), message: error.to_string() })?;
        let page = self.ask("function(s){return this.writePage(JSON.parse(s))}", stock, doing).await?;
        self.read(page)
    }

    /// What the page counted so far.
    pub async fn report(&mut self) -> Result<PageReport, StageError> {
        let report = self.ask("function(){return this.report()}", String::new(), "while ending").await?;
        let mut report: PageReport = self.read(report)?;
        let (served, missing) = self.devtools.loading().counts();
        report.add(PageReport { missing, served, ..PageReport::default() });
        Ok(report)
    }

    fn next_frame(&mut self, screenshot: Option<ScreenshotParams>) -> BeginFrameParams {
        // Ticks only go up: the same tick twice hangs the browser for ever.
        self.tick += TICK_MS;
        self.frames += 1;
        BeginFrameParams {
            frame_time_ticks: Some(self.tick),
            interval: Some(TICK_MS),
            no_display_updates: Some(false),
            screenshot,
        }
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

    pub(super) async fn ask(
        &mut self,
        function: &str,
        argument: String,
        doing: &str,
    ) -> Result<serde_json::Value, StageError> {
        let mut params = runtime::CallFunctionOnParams::new(function);
        params.object_id = Some(self.player.clone());
        params.arguments = Some(vec![runtime::CallArgument {
            value: Some(argument.into()),
            unserializable_value: None,
            object_id: None,
        }]);
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
/// Style sheets that name others that name pictures: more rounds than any page needs.
const MOST_ROUNDS: usize = 20;
/// Requests are answered at once; this is for a machine with other things to do.
const LOADING_PATIENCE: Duration = Duration::from_secs(20);

/// Frame times must not be earlier than the machine's monotonic clock (since boot), or animated content stays frozen.
fn first_tick() -> f64 {
    let uptime = std::fs::read_to_string(Path::new("/proc/uptime")).unwrap_or_default();
    let seconds: f64 = uptime.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(1e6);
    (seconds + 3600.0) * 1000.0
}
