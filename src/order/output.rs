//! `-o` and `--still`: a path, its kind by the extension, and options of its own behind commas.

use std::path::{Path, PathBuf};

use super::picture::Switch;
use super::values::{parse_bytes, parse_size};
use crate::encode::{Format, StillFormat};
use crate::render::{SidecarKind, Size};
use crate::timeline::{Fps, Idle, Speed, When};

/// `PATH[,key=value]...`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OutputArg {
    pub path: PathBuf,
    pub kind: OutputKind,
    pub fps: Option<Fps>,
    pub size: Option<Size>,
    pub speed: Option<Speed>,
    pub idle: Option<Idle>,
    pub from: Option<When>,
    pub to: Option<When>,
    pub cfr: Option<bool>,
    pub quality: Option<u8>,
    pub chapters: Option<Switch>,
    pub captions: Option<Switch>,
    pub max_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputKind {
    Video(Format),
    Still(StillFormat),
    Sidecar(SidecarKind),
}

/// `WHEN[=PATH]`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StillArg {
    pub at: When,
    pub path: Option<PathBuf>,
}

const KEYS: &str = "fps, size, speed, idle, from, to, cfr, quality, chapters, captions, max-bytes";
/// What applies to stills.
const STILL_KEYS: [&str; 2] = ["quality", "max-bytes"];
/// What applies to files without pictures.
const SIDECAR_KEYS: [&str; 5] = ["fps", "speed", "idle", "from", "to"];

impl OutputArg {
    /// Parses `clip.gif,fps=10,size=800x450`. A comma only begins options if `key=` follows, so that paths may hold commas.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').peekable();
        let mut path = parts.next().unwrap_or_default().to_owned();
        while let Some(part) = parts.next_if(|part| !looks_like_option(part)) {
            path.push(',');
            path.push_str(part);
        }
        let mut output = Self::new(path.into())?;
        for part in parts {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("{part:?} is no key=value"))?;
            output.set(key, value)?;
        }
        Ok(output)
    }

    /// A file without options of its own.
    pub(crate) fn new(path: PathBuf) -> Result<Self, String> {
        let kind = kind_of(&path)?;
        Ok(Self {
            path,
            kind,
            fps: None,
            size: None,
            speed: None,
            idle: None,
            from: None,
            to: None,
            cfr: None,
            quality: None,
            chapters: None,
            captions: None,
            max_bytes: None,
        })
    }

    /// Whether it is a still of the end.
    pub(crate) fn is_still(&self) -> bool {
        matches!(self.kind, OutputKind::Still(_))
    }

    pub(crate) fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let explain = |error: &dyn std::fmt::Display| format!("{key}: {error}");
        if matches!(self.kind, OutputKind::Still(_)) && !STILL_KEYS.contains(&key) {
            return Err(format!("{key} does not apply to a still picture; {} do", STILL_KEYS.join(" and ")));
        }
        if matches!(self.kind, OutputKind::Sidecar(_)) && !SIDECAR_KEYS.contains(&key) {
            return Err(format!("{key} does not apply to a file without pictures; {} do", SIDECAR_KEYS.join(", ")));
        }
        match key {
            "fps" => self.fps = Some(value.parse().map_err(|error| explain(&error))?),
            "size" => self.size = Some(parse_size(value).map_err(|error| explain(&error))?),
            "speed" => self.speed = Some(value.parse().map_err(|error| explain(&error))?),
            "idle" => self.idle = Some(value.parse().map_err(|error| explain(&error))?),
            "from" => self.from = Some(value.parse().map_err(|error| explain(&error))?),
            "to" => self.to = Some(value.parse().map_err(|error| explain(&error))?),
            "cfr" => self.cfr = Some(value.parse().map_err(|error| explain(&error))?),
            "quality" => self.quality = Some(value.parse().map_err(|error| explain(&error))?),
            "max-bytes" => self.max_bytes = Some(parse_bytes(value).map_err(|error| explain(&error))?),
            "chapters" => self.chapters = Some(self.text_switch(key, value)?),
            "captions" => self.captions = Some(self.text_switch(key, value)?),
            _ => return Err(format!("unknown option {key:?}; an output can have {KEYS}")),
        }
        Ok(())
    }
}

/// What only MP4 and WebM can hold.
pub(crate) const NO_TEXT: &str =
    "only MP4 and WebM can hold chapters and captions; -o FILE.vtt writes captions beside any";

impl OutputArg {
    fn text_switch(&self, key: &str, value: &str) -> Result<Switch, String> {
        let switch = match value {
            "on" => Switch::On,
            "off" => Switch::Off,
            _ => return Err(format!("{key}: must be on or off (got {value:?})")),
        };
        match self.kind {
            OutputKind::Video(format) if switch == Switch::On && !format.holds_text() => {
                Err(format!("{key}: {format} holds none; {NO_TEXT}"))
            }
            _ => Ok(switch),
        }
    }
}

fn looks_like_option(part: &str) -> bool {
    part.split_once('=')
        .is_some_and(|(key, _)| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
}

/// The format that a path's extension names.
pub(crate) fn kind_of(path: &Path) -> Result<OutputKind, String> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let video = Format::from_extension(&extension).map(OutputKind::Video);
    let still = || StillFormat::from_extension(&extension).map(OutputKind::Still);
    let sidecar = || SidecarKind::from_extension(&extension).map(OutputKind::Sidecar);
    video.or_else(still).or_else(sidecar).ok_or_else(|| {
        let shown = path.display();
        format!("{shown}: the extension has to be mp4, webm, gif, webp, png or jpg; or vtt (captions), json (time map)")
    })
}

impl StillArg {
    /// Parses `1:20=shot.png`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (at, path) = text.split_once('=').map_or((text, None), |(at, path)| (at, Some(PathBuf::from(path))));
        let at = at.parse().map_err(|error: crate::timeline::WhenError| error.to_string())?;
        if let Some(path) = &path {
            still_format(path)?;
        }
        Ok(Self { at, path })
    }
}

/// The still format that a path's extension names.
pub(crate) fn still_format(path: &Path) -> Result<StillFormat, String> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    StillFormat::from_extension(&extension)
        .ok_or_else(|| format!("{}: the extension of a still has to be png, jpg or webp", path.display()))
}

#[cfg(test)]
mod tests {
    use super::super::values::parse_threshold;
    use super::*;

    #[test]
    fn each_output_carries_its_own_options() {
        let output =
            OutputArg::parse("clips/a,b.gif,fps=10,size=800x450,from=1:20,to=page:2+5s,speed=2,idle=cap=2s").unwrap();
        assert_eq!(output.path, Path::new("clips/a,b.gif"));
        assert_eq!(output.kind, OutputKind::Video(Format::Gif));
        assert_eq!(output.fps, Fps::new(10, 1).ok());
        assert_eq!(output.size, Some(Size::Fixed { width: 800, height: 450 }));
        assert_eq!(output.idle, "cap=2s".parse().ok());
        assert_eq!(output.to.unwrap().to_string(), "page:2+5s");
    }

    #[test]
    fn wrong_outputs_are_refused_with_what_would_be_right() {
        let error = |text: &str| OutputArg::parse(text).unwrap_err();
        assert!(error("video.avi").contains("mp4, webm, gif"));
        assert!(error("video").contains("mp4, webm, gif"));
        assert!(error("a.mp4,color=red").contains("quality"));
        assert!(error("a.mp4,fps=fast").contains("fps: must be"));
        assert!(error("a.mp4,idle=drop").contains("idle: must be keep, skip, or cap="));
        assert!(parse_threshold("0").unwrap_err().contains("from 100ms to a day"));
        assert!(error("a.gif,chapters=on").contains("only MP4 and WebM"));
        assert!(error("a.mp4,captions=yes").contains("on or off"));
        assert!(error("a.vtt,size=auto").contains("fps, speed, idle, from, to do"));
        assert!(error("a.png,fps=3").contains("does not apply"));
        assert!(parse_size("0x0").unwrap_err().contains("auto or WIDTHxHEIGHT"));
    }

    #[test]
    fn files_without_pictures_take_what_changes_time() {
        let output = OutputArg::parse("talk.vtt,from=10,speed=2,idle=skip").unwrap();
        assert_eq!(output.kind, OutputKind::Sidecar(SidecarKind::Captions));
        assert_eq!(OutputArg::parse("map.json,fps=10").unwrap().kind, OutputKind::Sidecar(SidecarKind::TimeMap));
        assert_eq!(OutputArg::parse("a.gif,chapters=off").unwrap().chapters, Some(Switch::Off));
        assert_eq!(OutputArg::parse("a.webm,captions=on").unwrap().captions, Some(Switch::On));
    }

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        for (text, bytes) in [
            ("10MB", 10_000_000),
            ("10MiB", 10_485_760),
            ("500k", 500_000),
            ("1.5 mb", 1_500_000),
            ("8Mi", 8 << 20),
            ("25000000", 25_000_000),
            ("2GB", 2_000_000_000),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "0", "999", "MB", "10 M B", "-5MB", "1e9", "10MBit", "2TB", "1.2.3MB", "9999GB", "NaN"] {
            assert!(parse_bytes(wrong).unwrap_err().contains("like 10MB"), "{wrong}");
        }
        assert_eq!(OutputArg::parse("a,b.gif,max-bytes=8MB").unwrap().max_bytes, Some(8_000_000));
        assert_eq!(OutputArg::parse("a.jpg,max-bytes=100k").unwrap().max_bytes, Some(100_000));
        assert!(OutputArg::parse("a.vtt,max-bytes=100k").unwrap_err().contains("does not apply"));
    }

    #[test]
    fn a_still_is_a_moment_with_or_without_a_path() {
        let still = StillArg::parse("end-1s=last.jpg").unwrap();
        assert_eq!((still.at.to_string().as_str(), still.path.as_deref()), ("end-1s", Some(Path::new("last.jpg"))));
        assert_eq!(StillArg::parse("50%").unwrap().path, None);
        assert!(StillArg::parse("5=clip.mp4").unwrap_err().contains("png, jpg or webp"));
    }
}
