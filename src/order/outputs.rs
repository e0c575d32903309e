//! The files that an order makes, each with its own options or the common ones.

use std::path::{Path, PathBuf};

use super::Order;
use super::output::{OutputArg, OutputKind, still_format};
use super::picture::Switch;
use crate::encode::{Format, StillFormat};
use crate::recording::SessionTime;
use crate::render::{MomentStills, Overview, Part, Request, SidecarKind, SidecarRequest, StillRequest, VideoRequest};
use crate::timeline::{Fps, When};

/// All that is to be made.
#[derive(Debug)]
pub(crate) struct Outputs {
    pub(crate) videos: Vec<VideoRequest>,
    pub(crate) stills: Vec<StillRequest>,
    pub(crate) sidecars: Vec<SidecarRequest>,
    pub(crate) moments: Option<MomentStills>,
    part: Part,
    pub(crate) overview: Overview,
    idle_threshold: SessionTime,
}

impl Outputs {
    pub(super) fn of(order: &Order, stem: &str) -> Self {
        let (videos, stills, sidecars) = order.files(stem);
        Self {
            videos,
            stills,
            sidecars,
            moments: order.of_moments.moments(stem, order.max_bytes),
            part: order.of_moments.part(),
            overview: order.overview.overview(order.from.as_ref(), order.to.as_ref(), order.idle, order.max_bytes),
            idle_threshold: order.idle_threshold,
        }
    }

    /// Where files go, but for those of moments, which are named when they are found.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        let videos = self.videos.iter().map(|video| video.path.as_path());
        let stills = self.stills.iter().map(|still| still.path.as_path());
        let sidecars = self.sidecars.iter().map(|sidecar| sidecar.path.as_path());
        videos.chain(stills).chain(sidecars).chain(self.overview.paths().map(PathBuf::as_path)).collect()
    }

    /// Begins where a link points to, unless it was said where.
    pub(crate) fn begin_at(&mut self, from: &When) {
        for video in &mut self.videos {
            video.from.get_or_insert_with(|| from.clone());
        }
        for sidecar in &mut self.sidecars {
            sidecar.from.get_or_insert_with(|| from.clone());
        }
        self.overview.from.get_or_insert_with(|| from.clone());
    }

    /// Adds what a page that shows the first video wants beside it, and was not asked for: captions and the time map as files. Neither costs a
    /// picture. Returns their names.
    pub(crate) fn add_companions(&mut self) -> Vec<String> {
        let Some(video) = self.videos.iter().find(|video| video.format.holds_text()) else { return Vec::new() };
        let mut names = Vec::new();
        for (kind, name) in [(SidecarKind::Captions, "captions.vtt"), (SidecarKind::TimeMap, "time-map.json")] {
            if self.sidecars.iter().any(|sidecar| sidecar.kind == kind || sidecar.path == Path::new(name)) {
                continue;
            }
            self.sidecars.push(SidecarRequest {
                path: name.into(),
                kind,
                fps: video.fps,
                speed: video.speed,
                idle: video.idle,
                from: video.from.clone(),
                to: video.to.clone(),
            });
            names.push(name.to_owned());
        }
        names
    }

    /// Puts every file into a folder, wherever it was to go.
    pub(crate) fn put_below(&mut self, folder: &Path) {
        let videos = self.videos.iter_mut().map(|video| &mut video.path);
        let stills = self.stills.iter_mut().map(|still| &mut still.path);
        let sidecars = self.sidecars.iter_mut().map(|sidecar| &mut sidecar.path);
        for path in videos.chain(stills).chain(sidecars).chain(self.overview.paths_mut()) {
            *path = folder.join(path.file_name().unwrap_or_default());
        }
        if let Some(moments) = &mut self.moments {
            moments.names = moments.names.clone().within(folder);
        }
    }

    /// Asks a recording for all of it.
    pub(crate) fn of_recording(self, request: Request) -> Request {
        let Self { videos, stills, sidecars, moments, part, overview, idle_threshold } = self;
        Request { videos, stills, sidecars, moments, part, overview, idle_threshold, ..request }
    }
}

impl Order {
    fn files(&self, stem: &str) -> (Vec<VideoRequest>, Vec<StillRequest>, Vec<SidecarRequest>) {
        let (mut videos, mut stills, mut sidecars) = (Vec::new(), Vec::new(), Vec::new());
        for output in &self.outputs {
            match output.kind {
                OutputKind::Video(format) => videos.push(self.video(format, output)),
                OutputKind::Sidecar(kind) => sidecars.push(self.sidecar(kind, output)),
                OutputKind::Still(format) => {
                    let at = output.to.clone().or_else(|| self.to.clone()).or_else(|| "end".parse().ok());
                    stills.extend(at.map(|at| StillRequest {
                        path: output.path.clone(),
                        format: with_quality(format, output.quality),
                        at,
                        max_bytes: output.max_bytes.or(self.max_bytes),
                    }));
                }
            }
        }
        for (index, still) in self.stills.iter().enumerate() {
            let path = still.path.clone().unwrap_or_else(|| PathBuf::from(format!("{stem}-{}.png", index + 1)));
            let format = still_format(&path).unwrap_or(StillFormat::Png);
            stills.push(StillRequest { path, format, at: still.at.clone(), max_bytes: self.max_bytes });
        }
        if videos.is_empty() && stills.is_empty() && sidecars.is_empty() && !self.makes_pictures() {
            let output = OutputArg::parse(&format!("{stem}.mp4"));
            videos.extend(output.ok().map(|output| self.video(Format::Mp4, &output)));
        }
        (videos, stills, sidecars)
    }

    /// Whether pictures are made of which `outputs` knows nothing.
    fn makes_pictures(&self) -> bool {
        self.of_moments.are_wanted() || self.overview.are_wanted()
    }

    fn video(&self, format: Format, output: &OutputArg) -> VideoRequest {
        let default = if format == Format::Gif { Fps::GIF } else { Fps::DEFAULT };
        VideoRequest {
            path: output.path.clone(),
            format,
            fps: output.fps.or(self.fps).unwrap_or(default),
            size: output.size,
            speed: output.speed.unwrap_or(self.speed),
            idle: output.idle.unwrap_or(self.idle),
            from: output.from.clone().or_else(|| self.from.clone()),
            to: output.to.clone().or_else(|| self.to.clone()),
            cfr: output.cfr.unwrap_or(self.cfr),
            quality: output.quality,
            max_bytes: output.max_bytes.or(self.max_bytes),
            chapters: output.chapters.or(self.chapters) != Some(Switch::Off),
            captions: output.captions.or(self.captions) != Some(Switch::Off),
        }
    }

    fn sidecar(&self, kind: SidecarKind, output: &OutputArg) -> SidecarRequest {
        SidecarRequest {
            path: output.path.clone(),
            kind,
            fps: output.fps.or(self.fps).unwrap_or(Fps::DEFAULT),
            speed: output.speed.unwrap_or(self.speed),
            idle: output.idle.unwrap_or(self.idle),
            from: output.from.clone().or_else(|| self.from.clone()),
            to: output.to.clone().or_else(|| self.to.clone()),
        }
    }
}

fn with_quality(format: StillFormat, quality: Option<u8>) -> StillFormat {
    match (format, quality) {
        (StillFormat::Jpeg { .. }, Some(quality)) => StillFormat::Jpeg { quality },
        (format, _) => format,
    }
}
