//! `replayreel doctor`.

use std::process::ExitCode;

use clap::Args;

use super::failure::Failure;
use super::installation::{installed, places};
use super::pack::counted;
use super::redaction::KeyArg;
use super::signals::run_until_signal;
use super::{Done, say};
use crate::encode::{self, Format};
use crate::order::picture::Fonts;
use crate::order::programs::Programs;
use crate::recording::Viewport;
use crate::stage::{self, Layout, Stage, StageOptions};

/// Tell what of Chromium, ffmpeg, fonts, sandbox and temp space is there, and how to mend what is not. Exit code 1 if something needed is missing.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    programs: Programs,
    #[command(flatten)]
    key: KeyArg,
}

struct Finding {
    what: &'static str,
    state: Result<String, String>,
    /// Rendering works without it.
    optional: bool,
}

impl Doctor {
    pub(super) fn run(self) -> Done {
        let findings = run_until_signal(async { Ok(self.examine().await) })?;
        for Finding { what, state, optional } in &findings {
            let (mark, text) = match state {
                Ok(text) => ("ok", text),
                Err(text) if *optional => ("--", text),
                Err(text) => ("NO", text),
            };
            say(format!("{mark}  {what:<10}  {text}"))?;
        }
        let healthy = findings.iter().all(|finding| finding.state.is_ok() || finding.optional);
        Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn examine(&self) -> Vec<Finding> {
        let mut findings = vec![self.chromium(), self.browser().await];
        findings.extend(self.ffmpeg());
        findings.extend([fonts(), temp(), self.redaction()]);
        findings
    }

    fn chromium(&self) -> Finding {
        let found = stage::find_chromium(self.programs.chromium.as_deref());
        Finding {
            what: "chromium",
            state: found.map(|path| path.display().to_string()).map_err(|error| error.to_string()),
            optional: false,
        }
    }

    /// Starts it: the only honest test of sandbox and frame control.
    async fn browser(&self) -> Finding {
        let options = StageOptions {
            assets: std::sync::Arc::default(),
            pool: None,
            chromium: self.programs.chromium(Fonts::BundledFirst),
            layout: Layout::natural(Viewport { width: 320, height: 200 }, 1.0),
            canvas_recorded: false,
            deepest: self.programs.max_page_depth,
            background: "white".to_owned(),
            page_timeout: self.programs.page_timeout,
        };
        let root = rustix::process::geteuid().is_root();
        let how = match (self.programs.no_sandbox, root) {
            (true, _) => "without its sandbox (--no-sandbox)",
            (false, true) => "as user nobody, sandboxed",
            (false, false) => "sandboxed",
        };
        let state = match Stage::open(options).await {
            Ok(_) => Ok(format!("starts {how} and renders frame by frame")),
            Err(error) if error.to_string().contains("sandbox") => Err(format!(
                "{error}\n    its sandbox needs user namespaces (sysctl -w kernel.unprivileged_userns_clone=1, in a container a seccomp profile that allows them) or: apt-get install chromium-sandbox"
            )),
            Err(error) => Err(error.to_string()),
        };
        Finding { what: "sandbox", state, optional: false }
    }

    /// Rules that hold in every run.
    fn redaction(&self) -> Finding {
        let told = || {
            let found = installed(self.key.get())?;
            if found.is_empty() {
                return or_looked_in();
            }
            let files: Vec<String> = found
                .iter()
                .map(|one| format!("{}: {}", one.path.display(), counted(one.set.rules.len(), "rule")))
                .collect();
            Ok(format!("{}; always applied", files.join(", ")))
        };
        let state = told().map_err(|failure: Failure| failure.to_string());
        Finding { what: "redaction", state, optional: false }
    }

    fn ffmpeg(&self) -> Vec<Finding> {
        let ffmpeg = self.programs.ffmpeg();
        let info = match encode::probe(&ffmpeg) {
            Ok(info) => info,
            Err(error) => {
                return vec![Finding { what: "ffmpeg", state: Err(error.to_string()), optional: false }];
            }
        };
        let mut findings = vec![Finding {
            what: "ffmpeg",
            state: Ok(format!("{} {}", ffmpeg.display(), info.version)),
            optional: false,
        }];
        findings.extend(Format::ALL.into_iter().map(|format| Finding {
            what: format.extension(),
            state: info.check(format).map(|()| format.encoders().join(", ")).map_err(|error| error.to_string()),
            optional: format != Format::Mp4,
        }));
        findings
    }
}

fn or_looked_in() -> Result<String, Failure> {
    let places: Vec<String> = places()?.iter().map(|path| path.display().to_string()).collect();
    Ok(format!("no rules for the whole installation (none in {})", places.join(" or ")))
}

fn fonts() -> Finding {
    let emoji =
        ["/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"].iter().any(|path| std::path::Path::new(path).exists());
    let state = if emoji {
        Ok("bundled Liberation fonts; emoji from the machine".to_owned())
    } else {
        Err("bundled Liberation fonts are there, but no emoji font: apt-get install fonts-noto-color-emoji".to_owned())
    };
    Finding { what: "fonts", state, optional: true }
}

/// A browser's profile takes some MB; a GIF keeps its frames until the palette is known.
const LEAST_TEMP: u64 = 500 << 20;

fn temp() -> Finding {
    let folder = std::env::temp_dir();
    let state = match (tempfile::tempdir(), rustix::fs::statvfs(&folder)) {
        (Err(error), _) => {
            Err(format!("{} cannot be written: {error}; set TMPDIR to a folder that can", folder.display()))
        }
        (_, Err(error)) => Err(format!("{}: {error}", folder.display())),
        (Ok(_), Ok(disk)) => {
            let free = disk.f_bavail * disk.f_frsize;
            let text = format!("{}, {} free", folder.display(), indicatif::HumanBytes(free));
            if free >= LEAST_TEMP { Ok(text) } else { Err(format!("{text}: set TMPDIR to a folder with more room")) }
        }
    };
    Finding { what: "temp", state, optional: false }
}
