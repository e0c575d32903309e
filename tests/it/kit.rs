//! What the tests share: running the program, reading its report, and taking files apart again.

mod file;
mod picture;
mod postgres;
mod script;
mod service;
mod video;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

pub(crate) use file::{Gif, Mp4, WebP};
pub(crate) use picture::{blots, brightness_error, colour_error, difference, open, resized, save, similarity};
pub(crate) use postgres::Postgres;
pub(crate) use script::page_script;
pub(crate) use service::{Answer, Process, Service, descendants, form, is_browser, program, stored};
pub(crate) use video::{Video, begins_with};

/// A file of the repository.
pub(crate) fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// One of the recordings under `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    in_repository(&format!("tests/fixtures/recordings/{name}.json.gz"))
}

/// A folder for a test's files, and the program to fill it.
pub(crate) struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `replayreel render RECORDING ARGUMENTS` in the folder, which has to succeed.
    pub(crate) fn render(&self, recording: &Path, arguments: &str) -> Report {
        self.run(["render", "--quiet"], recording, arguments.split_whitespace())
    }

    /// `replayreel still RECORDING ARGUMENTS` in the folder, which has to succeed.
    pub(crate) fn still(&self, recording: &Path, arguments: &str) -> Report {
        self.run(["still"], recording, arguments.split_whitespace())
    }

    fn run<'a>(
        &self,
        command: impl IntoIterator<Item = &'a str>,
        recording: &Path,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Report {
        let mut program = Command::new(env!("CARGO_BIN_EXE_replayreel"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_option(name) && name != "REPLAYREEL_CHROMIUM") {
            program.env_remove(name);
        }
        program
            .args(command)
            .arg(recording)
            .args(arguments)
            // Pictures that do not depend on what the machine has installed.
            .args(["--fonts", "bundled", "--report", "-"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        let output = program.output().unwrap();
        assert!(output.status.success(), "{program:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// What the person at the terminal has set must not change a test, except for where the browser is.
fn is_option(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("REPLAYREEL_")
}

/// The parts of `--report` that tests look at.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) recorded_ms: f64,
    pub(crate) video_ms: f64,
    pub(crate) slots: u64,
    pub(crate) captured: u64,
    pub(crate) frames_sha256: String,
    pub(crate) time_map: Vec<TimeMapPiece>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) timings: Timings,
    pub(crate) placeholders: std::collections::BTreeMap<String, u64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Timings {
    pub(crate) browsers: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TimeMapPiece {
    pub(crate) session_from_ms: f64,
    pub(crate) session_to_ms: f64,
    pub(crate) video_from_ms: f64,
    pub(crate) video_to_ms: f64,
    pub(crate) speed: Option<f64>,
    pub(crate) skipped: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Warning {
    pub(crate) code: String,
    pub(crate) count: u64,
    #[expect(dead_code, reason = "printed when a test fails")]
    pub(crate) message: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Output {
    pub(crate) path: PathBuf,
    pub(crate) format: String,
    pub(crate) bytes: u64,
    /// 0 where there is no picture.
    #[serde(default)]
    pub(crate) width: u32,
    #[serde(default)]
    pub(crate) height: u32,
    pub(crate) at_ms: Option<f64>,
    pub(crate) video: Option<VideoFacts>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct VideoFacts {
    pub(crate) cfr: bool,
    pub(crate) duration_ms: f64,
    pub(crate) slots: u64,
    pub(crate) time_map: Vec<TimeMapPiece>,
    pub(crate) distinct: u64,
    pub(crate) keep_alive: u64,
    pub(crate) frames_sha256: String,
}

impl Report {
    /// Session time of video time zero, ms.
    pub(crate) fn start_ms(&self) -> f64 {
        self.time_map[0].session_from_ms
    }

    /// The output with this file name.
    pub(crate) fn output(&self, name: &str) -> &Output {
        let named = |output: &&Output| output.path.file_name() == Some(OsStr::new(name));
        self.outputs.iter().find(named).unwrap()
    }

    /// The video with this file name.
    pub(crate) fn video(&self, name: &str) -> &VideoFacts {
        self.output(name).video.as_ref().unwrap()
    }
}

/// Waits until something is so that no event tells of.
pub(crate) fn wait_for(is_so: impl Fn() -> bool, what: &str) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !is_so() {
        assert!(std::time::Instant::now() < until, "waited in vain for {what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
