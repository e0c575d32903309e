//! The second core's work: decode, draw over, notice what is equal, and hand on to the encoders. One thread, fed in order.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant as Clock};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::album::{Album, Pasted, Shows};
use super::apart::Apart;
use super::cues::{self, IdleCue};
use super::gallery::{PlannedStill, Purpose};
use super::look::Look;
use super::moment::{Moment, PagePicture};
use super::overlay::Overlays;
use super::plan::{Plan, painter};
use super::sight::Sight;
use super::{RenderError, Request};
use crate::compose::{self, Frame, Overlay, Painter, Place};
use crate::destination::hexadecimal;
use crate::encode::{Encoded, FittingEncoder, KillSwitch, Still, StillPlace, VideoSpec, WrittenStill};
use crate::timeline::{Fps, Take};

/// Moments between stage and compositor: enough to keep both busy, few enough to keep memory flat.
const QUEUE: usize = 8;

/// The compositing thread and its encoders. Dropping it ends all of them and leaves no file.
#[derive(Debug)]
pub(super) struct Studio {
    moments: Option<mpsc::Sender<Moment>>,
    thread: Option<JoinHandle<Result<Produced, RenderError>>>,
    switches: Vec<KillSwitch>,
    written: Arc<AtomicU64>,
    /// All moments were shown: the files may appear.
    whole: Arc<AtomicBool>,
    // Encoders keep their intermediate files in it.
    _temp: TempDir,
}

/// What came out.
#[derive(Debug, Default)]
pub(super) struct Produced {
    pub videos: Vec<(Encoded, String)>,
    /// With the place of each in the plan: among those of the pass, or those taken apart.
    pub stills: Vec<(usize, Still)>,
    pub apart: Vec<(PlannedStill, Still)>,
    /// Contact sheets and the poster.
    pub overview: Vec<(Still, Shows)>,
    /// Moments at which there was no element to cut out.
    pub without_element: usize,
    /// Nothing was to be seen on any picture of the page.
    pub blank: bool,
    /// Hex SHA-256 over the stills' moments and pixels.
    pub stills_sha256: String,
    pub compose_time: Duration,
    pub encode_time: Duration,
}

impl Produced {
    /// Puts what was taken apart into its places too.
    pub(super) fn with(mut self, apart: Apart) -> Result<Self, RenderError> {
        if apart.stills.is_empty() {
            return Ok(self);
        }
        let mut hash = Sha256::new();
        hash.update(&self.stills_sha256);
        for ((planned, written), digest) in apart.stills.into_iter().zip(apart.digests) {
            hash.update(planned.at.micros().to_be_bytes());
            hash.update(digest);
            self.apart.push((planned, written.keep()?));
        }
        self.stills_sha256 = hexadecimal(&hash.finalize());
        self.without_element = apart.without_element;
        Ok(self)
    }
}

impl Studio {
    /// Reserves a place for each still and starts an encoder for each video.
    pub(super) fn open(request: &Request, plan: &Plan, album: &Arc<Mutex<Album>>) -> Result<Self, RenderError> {
        let temp = tempfile::Builder::new().prefix("replayreel-").tempdir().map_err(RenderError::Temp)?;
        let stills = plan.stills.iter().map(|planned| {
            let place = match &planned.purpose {
                Purpose::File { path, format, max_bytes } => Some(StillPlace::reserve(*format, *max_bytes, path)?),
                Purpose::Cell { .. } | Purpose::Candidate { .. } => None,
            };
            Ok(PendingStill { place, planned: planned.clone() })
        });
        let stills = stills.collect::<Result<_, RenderError>>()?;
        let mut reels = Vec::new();
        let mut switches = Vec::new();
        for video in &plan.videos {
            let mut spec = VideoSpec::new(
                video.request.format,
                video.request.fps,
                (plan.layout.width, plan.layout.height),
                request.ffmpeg.clone(),
            );
            spec.size = video.size;
            if spec.size != spec.input {
                // The picture's own bars must not be framed by others.
                spec.part = plan.layout.shown();
            }
            spec.cfr = video.request.cfr;
            spec.quality = video.request.quality;
            spec.chapters.clone_from(&video.chapters);
            spec.captions.clone_from(&video.captions);
            spec.background = request.look.theme.backdrop();
            spec.patience = request.encoder_timeout;
            let encoder = FittingEncoder::start(spec, video.request.max_bytes, &video.request.path, temp.path())?;
            switches.push(encoder.kill_switch());
            let fps = video.request.fps;
            let cues = if request.look.idle_cue { cues::cues(&video.map, fps) } else { Vec::new() };
            reels.push(Reel { encoder, slots: video.slots, fps, cues, shown: None, hash: Sha256::new() });
        }
        let (moments, feed) = mpsc::channel(QUEUE);
        let written = Arc::new(AtomicU64::new(0));
        let whole = Arc::new(AtomicBool::new(false));
        let flags = (Arc::clone(&written), Arc::clone(&whole));
        let desk = Desk::new(plan, &request.look, reels, stills, Arc::clone(album), flags);
        let thread = std::thread::Builder::new().name("compose".into()).spawn(move || desk.work(feed));
        let thread = thread.map_err(RenderError::Temp)?;
        Ok(Self { moments: Some(moments), thread: Some(thread), switches, written, whole, _temp: temp })
    }

    /// Hands on a moment; waits while the compositor is behind.
    pub(super) async fn show(&mut self, moment: Moment) -> Result<(), RenderError> {
        let Some(moments) = &self.moments else {
            return Err(RenderError::Internal("the compositor is closed"));
        };
        if moments.send(moment).await.is_err() {
            // The thread gave up: its own error says why.
            return Err(self.join().err().unwrap_or(RenderError::Internal("the compositor ended early")));
        }
        Ok(())
    }

    /// Frames handed to encoders so far.
    pub(super) fn frames_written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Ends the videos and puts all files in their places.
    pub(super) async fn close(mut self) -> Result<Produced, RenderError> {
        self.whole.store(true, Ordering::Release);
        self.moments = None;
        // Encoders still have frames to go, which takes seconds: other tasks go on meanwhile.
        let Some(thread) = self.thread.take() else {
            return Err(RenderError::Internal("the compositor is closed"));
        };
        let produced = tokio::task::spawn_blocking(move || thread.join());
        match produced.await {
            Ok(Ok(produced)) => produced,
            _ => Err(RenderError::Internal("the compositor panicked")),
        }
    }

    fn join(&mut self) -> Result<Produced, RenderError> {
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(produced)) => produced,
            _ => Err(RenderError::Internal("the compositor panicked")),
        }
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        // Called off in the middle (closing takes the thread out first): stop the encoders, or the thread could wait for one.
        self.moments = None;
        for switch in &self.switches {
            switch.cancel();
        }
        if let Some(thread) = self.thread.take() {
            // Its result is of no interest any more; what counts is that its encoders are gone.
            drop(thread.join());
        }
    }
}

/// One video on its way.
struct Reel {
    encoder: FittingEncoder,
    slots: u64,
    fps: Fps,
    /// Where it tells of idle time.
    cues: Vec<IdleCue>,
    shown: Option<[u8; 32]>,
    hash: Sha256,
}

/// One still on its way.
struct PendingStill {
    /// Until it is taken; only a file of its own has one.
    place: Option<StillPlace>,
    planned: PlannedStill,
}

/// The thread's state.
struct Desk {
    overlays: Overlays,
    painter: Painter,
    page: Option<Frame>,
    sight: Sight,
    /// Reused for unpacking pictures.
    buffer: Vec<u8>,
    overlay: Overlay,
    picture: Option<(Arc<Frame>, [u8; 32])>,
    reels: Vec<Reel>,
    stills: Vec<PendingStill>,
    album: Arc<Mutex<Album>>,
    written_stills: Vec<(usize, WrittenStill)>,
    stills_hash: Sha256,
    written: Arc<AtomicU64>,
    whole: Arc<AtomicBool>,
    compose_time: Duration,
    encode_time: Duration,
}

impl Desk {
    fn new(
        plan: &Plan,
        look: &Look,
        reels: Vec<Reel>,
        stills: Vec<PendingStill>,
        album: Arc<Mutex<Album>>,
        (written, whole): (Arc<AtomicU64>, Arc<AtomicBool>),
    ) -> Self {
        Self {
            overlays: Overlays::new(plan.layout, look.clone(), Arc::clone(&plan.surroundings)),
            painter: painter(look, &plan.layout),
            page: None,
            sight: Sight::default(),
            buffer: Vec::new(),
            overlay: Overlay::default(),
            picture: None,
            reels,
            stills,
            album,
            written_stills: Vec::new(),
            stills_hash: Sha256::new(),
            written,
            whole,
            compose_time: Duration::ZERO,
            encode_time: Duration::ZERO,
        }
    }

    fn work(mut self, mut feed: mpsc::Receiver<Moment>) -> Result<Produced, RenderError> {
        while let Some(moment) = feed.blocking_recv() {
            self.develop(&moment)?;
        }
        if !self.whole.load(Ordering::Acquire) {
            return Err(RenderError::Cancelled);
        }
        let started = Clock::now();
        let mut videos = Vec::new();
        for reel in self.reels {
            let completed = reel.encoder.complete(reel.slots)?;
            videos.push((completed, hexadecimal(&reel.hash.finalize())));
        }
        let album = std::mem::take(&mut *self.album.lock().unwrap_or_else(PoisonError::into_inner));
        let pasted = album.write()?;
        // Only when nothing can fail any more do files appear: all of them, or none.
        let videos =
            videos.into_iter().map(|(video, hash)| Ok((video.keep()?, hash))).collect::<Result<_, RenderError>>()?;
        let stills = self.written_stills.into_iter().map(|(index, still)| Ok((index, still.keep()?)));
        let stills = stills.collect::<Result<_, RenderError>>()?;
        let pasted = pasted.into_iter().map(|Pasted { still, shows }| Ok((still.keep()?, shows)));
        let overview = pasted.collect::<Result<_, RenderError>>()?;
        self.encode_time += started.elapsed();
        Ok(Produced {
            videos,
            stills,
            overview,
            apart: Vec::new(),
            without_element: 0,
            blank: self.sight.all_blank(),
            stills_sha256: hexadecimal(&self.stills_hash.finalize()),
            compose_time: self.compose_time,
            encode_time: self.encode_time,
        })
    }

    fn develop(&mut self, moment: &Moment) -> Result<(), RenderError> {
        let started = Clock::now();
        self.draw(moment)?;
        self.compose_time += started.elapsed();
        let started = Clock::now();
        let Some(base @ (picture, digest)) = &self.picture else {
            return Err(RenderError::Internal("a moment without a picture"));
        };
        for take in &moment.instant.takes {
            match *take {
                Take::Slot { video, slot } => {
                    let reel = &mut self.reels[video];
                    let cue = cues::at(&reel.cues, slot);
                    let cued = cue.map(|(cue, opacity)| {
                        let mut cued = Frame::clone(picture);
                        let page = self.overlay.page.unwrap_or_else(|| Place::of(picture));
                        self.painter.draw_cue(&mut cued, &cue.text, page, opacity);
                        let digest = compose::digest(&cued);
                        (Arc::new(cued), digest)
                    });
                    let (picture, digest) = cued.as_ref().unwrap_or(base);
                    if reel.shown != Some(*digest) {
                        reel.encoder.frame(slot, Arc::clone(picture))?;
                        reel.shown = Some(*digest);
                        reel.hash.update(reel.fps.nanoseconds(slot).to_be_bytes());
                        reel.hash.update(digest);
                        self.written.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Take::Still { still } => {
                    let pending = &mut self.stills[still];
                    if let Some(place) = pending.place.take() {
                        self.written_stills.push((still, place.write(picture)?));
                    } else {
                        let mut album = self.album.lock().unwrap_or_else(PoisonError::into_inner);
                        album.take(&pending.planned, picture, &moment.view.title);
                    }
                    self.stills_hash.update(pending.planned.at.micros().to_be_bytes());
                    self.stills_hash.update(digest);
                }
            }
        }
        self.encode_time += started.elapsed();
        Ok(())
    }

    fn draw(&mut self, moment: &Moment) -> Result<(), RenderError> {
        if moment.cut {
            self.overlays.cut();
        }
        self.overlays.add(moment.pointer.clone(), &moment.marks);
        let overlay = self.overlays.at(moment.instant.at, &moment.view);
        let mut changed = self.picture.is_none() || overlay != self.overlay;
        if let PagePicture::New(png) = &moment.page {
            match &mut self.page {
                Some(page) => compose::decode_png_into(png, &mut self.buffer, page)?,
                None => self.page = Some(compose::decode_png(png, &mut self.buffer)?),
            }
            changed = true;
            if let Some(page) = &self.page {
                self.sight.look(page, overlay.page);
            }
        }
        let Some(page) = self.page.as_ref().filter(|_| changed) else {
            return Ok(());
        };
        let picture = self.painter.draw(page, &overlay);
        let digest = compose::digest(&picture);
        self.overlay = overlay;
        if self.picture.as_ref().is_none_or(|(_, shown)| *shown != digest) {
            self.picture = Some((Arc::new(picture), digest));
        }
        Ok(())
    }
}
