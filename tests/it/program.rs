//! The program, run and watched from outside: each run in a room of its own, in which everything it leaves behind shows.

pub(crate) mod processes;
pub(crate) mod recording;

use std::fmt::Debug;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use image::RgbImage;
use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use processes::Process;

/// The longest that anything is waited for. Far beyond what it takes: other work may be on the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(100);
/// How soon a run that was told to end, or cannot go on, has to be over.
pub(crate) const SECONDS: Duration = Duration::from_secs(15);

/// A folder with the program's temporary folder and its outputs, and what belongs to the runs in it.
pub(crate) struct Room {
    folder: TempDir,
}

impl Room {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("replayreel-test-").tempdir().unwrap();
        // The browser runs as another user, who has to get at its own folder in there.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        for name in ["tmp", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that has to be empty after every end.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.path().join("tmp")
    }

    /// A path in the folder for outputs.
    pub(crate) fn out(&self, name: &str) -> String {
        self.path().join("out").join(name).display().to_string()
    }

    /// A file for the program to read.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// A script in the place of a program. `$0`'s own folder is the room.
    pub(crate) fn script(&self, name: &str, body: &str) -> String {
        let path = self.file(name, format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The program with these arguments, nothing on its standard input, and no options in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.wrapped(&[], arguments)
    }

    /// The same, started through another command.
    pub(crate) fn wrapped(&self, wrapper: &[&str], arguments: &[&str]) -> Command {
        self.line(&[wrapper, &[env!("CARGO_BIN_EXE_replayreel")], arguments].concat())
    }

    /// Another program, or this one by another path, in the same surroundings.
    pub(crate) fn line(&self, line: &[&str]) -> Command {
        let mut command = Command::new(line[0]);
        command.args(&line[1..]).current_dir(self.path().join("out")).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REPLAYREEL_")) {
            command.env_remove(name);
        }
        // What it prints goes into files, so that nothing has to be read for it to go on.
        command.env("TMPDIR", self.tmp());
        command.stdout(File::create(self.path().join("stdout")).unwrap());
        command.stderr(File::create(self.path().join("stderr")).unwrap());
        command
    }

    pub(crate) fn start(&self, mut command: Command) -> Running<'_> {
        Running { child: command.spawn().unwrap(), room: self, started: Instant::now() }
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(self.command(arguments)).wait(PATIENCE)
    }

    /// Runs it, and takes the report that it wrote.
    pub(crate) fn report(&self, arguments: &[&str]) -> Value {
        let report = self.path().join("report.json");
        let ended = self.run(&[arguments, &["--report", report.to_str().unwrap()]].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        serde_json::from_slice(&fs::read(report).unwrap()).unwrap()
    }

    /// The names in the folder for outputs.
    pub(crate) fn outputs(&self) -> Vec<String> {
        names_in(&self.path().join("out"))
    }

    pub(crate) fn picture(&self, name: &str) -> RgbImage {
        image::open(self.out(name)).unwrap().to_rgb8()
    }

    /// No output, not even a part of one, no temporary file and no process is left.
    pub(crate) fn assert_nothing_left(&self) {
        assert_eq!(self.outputs(), [""; 0], "left where the outputs go");
        self.assert_tidy();
    }

    /// No temporary file and no process is left.
    pub(crate) fn assert_tidy(&self) {
        self.assert_no_process();
        assert_eq!(names_in(&self.tmp()), [""; 0], "left in the temporary folder");
    }

    pub(crate) fn assert_no_process(&self) {
        // A killed process takes a moment to be gone.
        let left = || processes::of_room(self.path());
        let gone = poll(Duration::from_secs(5), || left().is_empty().then_some(()));
        assert!(gone.is_some(), "processes left: {:#?}", left());
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        for process in processes::of_room(self.path()) {
            process.signal(Signal::KILL);
        }
    }
}

/// A run of the program that has not ended.
pub(crate) struct Running<'a> {
    child: Child,
    room: &'a Room,
    started: Instant,
}

impl Running<'_> {
    pub(crate) fn signal(&self, signal: Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// Its child processes.
    pub(crate) fn children(&self) -> Vec<Process> {
        processes::children_of(self.child.id())
    }

    /// The browser that it runs, once there is one.
    pub(crate) fn chromium(&self) -> Option<Process> {
        self.children().into_iter().find(Process::is_browser)
    }

    pub(crate) fn ffmpeg(&self) -> Option<Process> {
        self.children().into_iter().find(|child| child.command.iter().any(|word| word == "-nostdin"))
    }

    /// Waits for something; the run must not end meanwhile.
    pub(crate) fn until<T>(&mut self, what: &str, mut happened: impl FnMut(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(result) = happened(self) {
                return result;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("ended ({status}) before {what}: {}", self.printed("stderr"));
            }
            assert!(Instant::now() < deadline, "no {what}: {}", self.printed("stderr"));
            sleep(Duration::from_millis(2));
        }
    }

    /// Waits until this many bytes of pictures have reached the encoder: the render is in the middle.
    pub(crate) fn until_encoded(&mut self, bytes: u64) {
        self.until("pictures at the encoder", |run| run.ffmpeg().filter(|ffmpeg| ffmpeg.bytes_read() >= bytes));
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the end, which has to come within `limit`.
    pub(crate) fn wait(mut self, limit: Duration) -> Ended {
        let waited_from = Instant::now();
        let status = poll(limit, || self.child.try_wait().unwrap());
        let waited = waited_from.elapsed();
        let Some(status) = status else { panic!("did not end within {limit:?}: {}", self.printed("stderr")) };
        Ended {
            code: status.code(),
            signal: status.signal(),
            stdout: self.printed("stdout"),
            stderr: self.printed("stderr"),
            waited,
            took: self.started.elapsed(),
        }
    }

    fn printed(&self, stream: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.room.path().join(stream)).unwrap_or_default()).into_owned()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // Nothing to do after its end; a failed test must not leave it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// From when its end was waited for.
    #[expect(dead_code, reason = "shown where an assertion fails")]
    waited: Duration,
    /// From its start.
    #[expect(dead_code, reason = "shown where an assertion fails")]
    took: Duration,
}

impl Ended {
    /// It failed with this exit code and one message, which holds each of `parts`. Nothing else is on standard error.
    #[track_caller]
    pub(crate) fn assert_failed(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        let messages = self.stderr.matches("replayreel: ").count() + self.stderr.matches("error: ").count();
        assert!(self.stderr.starts_with("replayreel: ") || self.stderr.starts_with("error: "), "{self:#?}");
        assert_eq!(messages, 1, "one message: {self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is not in {self:#?}");
        }
        assert_eq!(self.stdout, "", "{self:#?}");
    }
}

/// The codes of a report's warnings.
pub(crate) fn warnings(report: &Value) -> Vec<&str> {
    report["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

/// The warning of this code.
#[track_caller]
pub(crate) fn warning<'a>(report: &'a Value, code: &str) -> &'a Value {
    let found = report["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == code);
    found.unwrap_or_else(|| panic!("no warning {code}: {:#}", report["warnings"]))
}

/// A recording of the project's own.
pub(crate) fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/recordings/{name}.json.gz", env!("CARGO_MANIFEST_DIR"))
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Asks until there is an answer, at most for `limit`.
pub(crate) fn poll<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        let answer = ask();
        if answer.is_some() || Instant::now() >= deadline {
            return answer;
        }
        sleep(Duration::from_millis(2));
    }
}

/// Whether we are root, and so can do and see more.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
