//! The page that runs the player, and its frames.

mod opening;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chromiumoxide::cdp::browser_protocol::headless_experimental::{
    BeginFrameParams, ScreenshotParams, ScreenshotParamsFormat,
};
use chromiumoxide::cdp::js_protocol::runtime;
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::browser::{Browser, PageId, TICK_MS};
use super::chromium::ChromiumOptions;
use super::devtools::DevTools;
use super::pool::{Lease, Pool};
use super::setup::{Stock, script_error};
use super::{Answer, Layout, PageReport, Slot, StageError, protocol};
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
    /// How many nodes a node of a page may stand in; what is nested deeper is left out.
    pub deepest: u32,
    /// Colour around the page, any CSS colour.
    pub background: String,
    /// How long the page may take for one answer. Real pages take 30 to 60 s for one frame while they decode large images.
    pub page_timeout: Duration,
    /// What the page is given where it asks for it; all else is refused.
    pub assets: Arc<Shelf>,
    /// Where browsers come from, and go back to when the stage is [closed](Stage::close); absent: a browser is started for this stage.
    pub pool: Option<Pool>,
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

/// One browser with one page. Dropping it ends the browser, at once.
#[derive(Debug)]
pub struct Stage {
    devtools: Arc<DevTools>,
    page: PageId,
    answering: JoinHandle<()>,
    stock: Stock,
    player: runtime::RemoteObjectId,
    /// Frames begun since the player counts them.
    frames: u64,
    /// Those begun beyond that because a picture was missing.
    repeated_frames: Arc<AtomicU64>,
    doing: String,
    /// Requests can be under way.
    loads: bool,
    /// By which a browser of a pool is had.
    lease: Option<Lease>,
    /// The page is closed, and the browser has gone on without it.
    vacated: bool,
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

impl Stage {
    /// Says by what the browser is had.
    pub(super) fn leased(mut self, lease: Lease) -> Self {
        self.lease = Some(lease);
        self
    }

    /// Whether its page can have assets.
    pub(super) fn loads(&self) -> bool {
        self.loads
    }

    #[cfg(test)]
    pub(super) fn devtools(&self) -> &DevTools {
        &self.devtools
    }

    pub(super) fn browser(&self) -> &Arc<Browser> {
        self.devtools.browser()
    }

    /// The browser's process id (and process group).
    pub fn browser_pid(&self) -> u32 {
        self.browser().pid()
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
        let drawn: Drawn = self.devtools.drawn(&params, &self.doing).await?;
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
                let drawn: Drawn = devtools.drawn(&frame, &doing).await?;
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
        self.frames += 1;
        BeginFrameParams {
            frame_time_ticks: Some(self.browser().next_tick()),
            interval: Some(TICK_MS),
            no_display_updates: Some(false),
            screenshot,
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
        if self.vacated {
            return;
        }
        // Pictures on their way keep the browser until their tasks have ended: it is to be gone now.
        self.browser().kill();
        if let Some(lease) = self.lease.take() {
            lease.lose(self.browser());
        }
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
