//! The process that draws for the browser. Chromium starts another one when it ends, says nothing, and for a while answers frames with what it has
//! not drawn: pictures that are missing, and damage that it has not seen.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde::Deserialize;

/// A watch on that process.
#[derive(Debug, Default)]
pub(super) struct Graphics(Option<OwnedFd>);

/// Answer to `SystemInfo.getProcessInfo`.
#[derive(Debug, Deserialize)]
pub(super) struct Processes {
    #[serde(rename = "processInfo")]
    infos: Vec<Info>,
}

#[derive(Debug, Deserialize)]
struct Info {
    #[serde(rename = "type")]
    kind: String,
    id: i64,
}

impl Graphics {
    /// Of these processes of a browser. Where none of them draws alone, or this system watches no processes, there is nothing to see.
    pub(super) fn of(processes: &Processes) -> Self {
        let drawing = processes.infos.iter().find(|info| info.kind.eq_ignore_ascii_case("gpu"));
        let pid = drawing.and_then(|info| Pid::from_raw(i32::try_from(info.id).ok()?));
        Self(pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()))
    }

    /// Whether it has ended: what was answered since is not to be believed.
    pub(super) fn has_ended(&self) -> bool {
        let Some(process) = &self.0 else { return false };
        // It can be read from once the process has ended.
        let mut polled = [PollFd::new(process, PollFlags::IN)];
        let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut polled, Some(&now)).is_ok_and(|ready| ready > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn processes(kind: &str, id: u32) -> Processes {
        serde_json::from_value(serde_json::json!({"processInfo": [
            {"type": "browser", "id": 1, "cpuTime": 0.5}, {"type": kind, "id": id, "cpuTime": 0.1},
        ]}))
        .unwrap()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "it is ended here")]
    fn the_end_of_the_process_that_draws_is_seen() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let watched = Graphics::of(&processes("GPU", child.id()));
        assert!(!watched.has_ended());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(watched.has_ended());
    }

    #[test]
    fn a_browser_that_draws_by_itself_is_not_watched_for_that() {
        assert!(!Graphics::of(&processes("renderer", std::process::id())).has_ended());
        assert!(!Graphics::default().has_ended());
    }
}
