//! The browser process: found, started sandboxed in its own process group, and ended with all that it started.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt as _, FdMapping};

use super::pipe::BrowserEnds;
use super::{StageError, fonts, home::Home, memory};

/// How the browser is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChromiumOptions {
    /// The headless shell's binary; found on the machine where absent.
    pub program: Option<PathBuf>,
    /// Off only by explicit option: recordings are strangers' HTML.
    pub sandbox: bool,
    /// Which fonts pages get.
    pub fonts: fonts::FontSet,
    /// Scroll bars stand beside the content and take 15 CSS px from it, as on Windows and Linux; else there are none to see.
    pub classic_scrollbars: bool,
    /// How long the browser may take to start.
    pub start_timeout: Duration,
    /// Memory that all its processes may have together, bytes; absent: any. With more it is ended, and its job fails with [`StageError::Memory`]. The system holds each process to a little more.
    pub most_memory: Option<u64>,
    /// More command-line switches, for trying things out.
    pub extra_switches: Vec<String>,
}

impl Default for ChromiumOptions {
    fn default() -> Self {
        Self {
            program: None,
            sandbox: true,
            fonts: fonts::FontSet::BundledFirst,
            classic_scrollbars: false,
            start_timeout: Duration::from_secs(30),
            most_memory: Some(2 << 30),
            extra_switches: Vec::new(),
        }
    }
}

/// Real binaries come before Debian's wrapper scripts: killing a wrapper leaves the browser running.
const PLACES: [&str; 4] = [
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib/chromium-browser/chromium-headless-shell",
    "/opt/chrome-headless-shell/chrome-headless-shell",
    "/usr/local/bin/chrome-headless-shell",
];
const NAMES: [&str; 2] = ["chrome-headless-shell", "chromium-headless-shell"];

/// Finds a headless shell on this machine.
pub fn find(wanted: Option<&Path>) -> Result<PathBuf, StageError> {
    let mut looked_for = Vec::new();
    let on_path = std::env::var_os("PATH").into_iter().flat_map(|path| {
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        NAMES.into_iter().flat_map(move |name| folders.clone().into_iter().map(move |folder| folder.join(name)))
    });
    let candidates: Box<dyn Iterator<Item = PathBuf>> = match wanted {
        Some(path) => Box::new(std::iter::once(path.to_path_buf())),
        None => Box::new(PLACES.iter().map(PathBuf::from).chain(on_path)),
    };
    for candidate in candidates {
        if candidate.is_file() {
            return Ok(candidate);
        }
        if wanted.is_some() || candidate.starts_with("/usr/lib") {
            looked_for.push(candidate.display().to_string());
        }
    }
    if wanted.is_none() {
        looked_for.push(format!("{} on the PATH", NAMES.join(", ")));
    }
    Err(StageError::ChromiumMissing { looked_for })
}

/// Lines of the browser's own log that are kept for error messages.
const TAIL_LINES: usize = 30;

/// After the browser ended, its last lines may still be on their way; a child of its own that outlives it keeps the pipe open.
const LAST_LINES: Duration = Duration::from_millis(500);

/// What the browser wrote last.
#[derive(Debug, Default)]
struct Tail {
    written: Mutex<Written>,
    closed: Condvar,
}

#[derive(Debug, Default)]
struct Written {
    lines: VecDeque<String>,
    closed: bool,
}

/// A running browser. Dropping it kills its whole process group and removes its folder.
#[derive(Debug)]
pub(super) struct Chromium {
    child: Child,
    program: PathBuf,
    tail: Arc<Tail>,
    _home: Home,
}

impl Chromium {
    /// Starts a browser whose window is `width` x `height` device px, with DevTools on `ends`.
    pub(super) fn start(
        options: &ChromiumOptions,
        ends: BrowserEnds,
        width: u32,
        height: u32,
    ) -> Result<Self, StageError> {
        let program = find(options.program.as_deref())?;
        let home = Home::create(options.fonts)?;
        let failed = |reason: String| StageError::Launch { program: program.clone(), reason, stderr: String::new() };
        let mut command = command(&program, options, &home, width, height);
        let ends =
            [(ends.commands, 3), (ends.replies, 4)].map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd });
        command.fd_mappings(ends.into()).map_err(|error| failed(error.to_string()))?;
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let tail = Arc::<Tail>::default();
        if let Some(stderr) = child.stderr.take() {
            let tail = Arc::clone(&tail);
            std::thread::spawn(move || drain(stderr, &tail));
        }
        Ok(Self { child, program, tail, _home: home })
    }

    /// It did not get as far as answering.
    pub(super) fn launch_error(&mut self, reason: String) -> StageError {
        StageError::Launch { program: self.program.clone(), reason, stderr: self.stderr_tail() }
    }

    /// Process id of the browser process, which is also the id of its process group.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends the whole process group, without waiting for it.
    pub(super) fn kill(&self) {
        let group = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            // It may have ended already: nothing to do then.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }

    /// The exit status, once it ended.
    pub(super) fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The last lines the browser wrote; all of them, if it has ended.
    pub(super) fn stderr_tail(&mut self) -> String {
        let ended = self.exited().is_some();
        let mut written = self.tail.written.lock().unwrap_or_else(PoisonError::into_inner);
        if ended {
            let waited = self.tail.closed.wait_timeout_while(written, LAST_LINES, |written| !written.closed);
            written = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        written.lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Chromium {
    #[expect(clippy::disallowed_methods, reason = "drop cannot await; it is a matter of milliseconds after a SIGKILL")]
    fn drop(&mut self) {
        self.kill();
        // The folder can only be removed once nobody writes to it any more.
        let patience = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn drain(stderr: ChildStderr, tail: &Tail) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        if CHATTER.iter().any(|words| line.contains(words)) {
            continue;
        }
        let mut written = tail.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.lines.len() == TAIL_LINES {
            written.lines.pop_front();
        }
        written.lines.push_back(line);
    }
    tail.written.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
    tail.closed.notify_all();
}

fn command(program: &Path, options: &ChromiumOptions, home: &Home, width: u32, height: u32) -> std::process::Command {
    let mut command = memory::confined(program, options.most_memory);
    command
        .args(SWITCHES)
        .arg(format!("--window-size={width},{height}"))
        // One tile as large as the picture and one thread to fill it: on two cores the other one is the encoder's.
        .arg(format!("--default-tile-width={width}"))
        .arg(format!("--default-tile-height={height}"))
        .arg("--num-raster-threads=1")
        .arg({
            let mut switch = OsString::from("--user-data-dir=");
            switch.push(home.profile());
            switch
        })
        .args(&options.extra_switches)
        .arg("about:blank")
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "LD_LIBRARY_PATH"))
        .env("HOME", home.path())
        .env("TMPDIR", home.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("FONTCONFIG_FILE", home.fonts_conf())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    if !has_room(Path::new("/dev/shm")) {
        // Containers have 64 MB there by default, and a browser that finds it full crashes. Files cost an eighth more time.
        command.arg("--disable-dev-shm-usage");
    }
    if !options.classic_scrollbars {
        command.arg("--hide-scrollbars");
    }
    if !options.sandbox {
        command.arg("--no-sandbox");
    } else if let Some(user) = home.unprivileged_user() {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// What a headless browser writes in every run, be it well or not: it would push out the lines that say what happened.
const CHATTER: [&str; 5] = [
    "dbus",
    ":INFO:CONSOLE:",
    "Frame latency is negative",
    "vaapi_wrapper",
    "InitializeSandbox() called with multiple threads",
];

/// Shared memory that pictures of any usual size fit in several times.
const LEAST_SHARED_MEMORY: u64 = 512 << 20;

fn has_room(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) >= LEAST_SHARED_MEMORY)
}

/// `--deterministic-mode` stands for begin-frame control, all compositor stages before a draw, no content timeout, no image
/// animation resync, no threaded animation and no checker imaging (Chromium, `headless/app`).
const SWITCHES: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--deterministic-mode",
    // Software compositing: the software GPU path shows stale raster (crbug 535256667) and is ten times slower.
    "--disable-gpu",
    // WebGL is drawn by the processor; Chromium does no longer fall back to that by itself.
    "--enable-unsafe-swiftshader",
    // A part of a picture drawn anew must not differ from the whole drawn anew: with partial raster, rounded corners depend on
    // what was drawn before, and so on where a render began or its browser was replaced.
    "--disable-partial-raster",
    // Edges of moving layers would keep traces of where they were drawn first.
    "--disable-composited-antialiasing",
    "--mute-audio",
    // Glyphs, colours and layout must not depend on the machine's settings.
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--lang=en-US",
    // Animated images are stepped by the player (player-assets/src/pictures.ts); 2 = never animate.
    "--blink-settings=imageAnimationPolicy=2",
    // Fewer processes and fewer frame sinks: each can hold up a frame.
    "--disable-features=PaintHolding,BackForwardCache,Translate,IsolateOrigins,site-per-process,IntensiveWakeUpThrottling,MediaRouter,WebRtcHideLocalIpsWithMdns,OptimizationHints,DialMediaRouteProvider,SpareRendererForSitePerProcess",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-ipc-flooding-protection",
    "--disable-hang-monitor",
    // Nothing leaves the process: no look-up succeeds, and nothing phones home.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-quic",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    // The headless shell knows no switch without `force`. What goes over TCP instead is refused with the host names.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--password-store=basic",
    "--use-mock-keychain",
];
