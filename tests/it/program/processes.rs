//! What runs on the machine, as /proc tells it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// A process that has not ended.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    parent: u32,
    group: u32,
    /// Clock ticks since the machine's start: with the id, it names a process for ever.
    started: u64,
    pub(crate) command: Vec<String>,
}

impl Process {
    /// `None` if it is gone, also if only its exit status is left.
    fn read(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, in parentheses, may hold anything.
        let fields: Vec<&str> = stat[stat.rfind(')')? + 2..].split(' ').collect();
        if matches!(fields[0], "Z" | "X") {
            return None;
        }
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        // Chromium joins its children's arguments by spaces.
        let command = command.split(|byte| matches!(byte, 0 | b' ')).filter(|word| !word.is_empty());
        Some(Self {
            pid,
            parent: fields[1].parse().ok()?,
            group: fields[2].parse().ok()?,
            started: fields[19].parse().ok()?,
            command: command.map(|word| String::from_utf8_lossy(word).into_owned()).collect(),
        })
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.command.iter().any(|own| own == word)
    }

    pub(crate) fn is_browser(&self) -> bool {
        self.has("--remote-debugging-pipe") && !self.is_renderer()
    }

    pub(crate) fn is_renderer(&self) -> bool {
        self.has("--type=renderer")
    }

    pub(crate) fn is_alive(&self) -> bool {
        Self::read(self.pid).is_some_and(|now| now.started == self.started)
    }

    /// Signals it, if it is still there.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.is_alive() {
            let _ = kill_process(self.id(), signal);
        }
    }

    /// Signals the group that it leads.
    pub(crate) fn signal_group(&self, signal: Signal) {
        assert_eq!(self.pid, self.group, "leads its group");
        if self.is_alive() {
            let _ = kill_process_group(self.id(), signal);
        }
    }

    fn id(&self) -> Pid {
        Pid::from_raw(self.pid.cast_signed()).unwrap()
    }

    /// The processes of the group that it leads, itself included.
    pub(crate) fn group(&self) -> Vec<Self> {
        all().into_iter().filter(|other| other.group == self.pid).collect()
    }

    /// Bytes that it has read from wherever.
    pub(crate) fn bytes_read(&self) -> u64 {
        let io = fs::read_to_string(format!("/proc/{}/io", self.pid)).unwrap_or_default();
        io.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok()).unwrap_or(0)
    }

    /// A line of its status, for example `Uid`.
    pub(crate) fn status(&self, name: &str) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    }

    /// The inodes of the sockets that it has open.
    pub(crate) fn sockets(&self) -> BTreeSet<u64> {
        let open = fs::read_dir(format!("/proc/{}/fd", self.pid)).into_iter().flatten().flatten();
        let targets = open.filter_map(|entry| fs::read_link(entry.path()).ok());
        targets
            .filter_map(|target| target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
            .collect()
    }
}

fn all() -> Vec<Process> {
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(Process::read).collect()
}

pub(crate) fn children_of(parent: u32) -> Vec<Process> {
    all().into_iter().filter(|process| process.parent == parent).collect()
}

/// Everything that works in a room, whoever its parent is by now: what has the room's path in its command line or environment, and the groups and children of those.
pub(crate) fn of_room(room: &Path) -> Vec<Process> {
    let all = all();
    let room = room.to_str().unwrap().as_bytes();
    let names_room = |pid: u32| {
        ["cmdline", "environ"].iter().any(|file| {
            fs::read(format!("/proc/{pid}/{file}")).is_ok_and(|text| text.windows(room.len()).any(|part| part == room))
        })
    };
    let mut found: BTreeSet<u32> =
        all.iter().map(|process| process.pid).filter(|&pid| pid != std::process::id() && names_room(pid)).collect();
    loop {
        let before = found.len();
        let groups: BTreeSet<u32> = all
            .iter()
            .filter(|process| found.contains(&process.pid) && process.group == process.pid)
            .map(|process| process.group)
            .collect();
        let kin = all.iter().filter(|process| found.contains(&process.parent) || groups.contains(&process.group));
        let kin: Vec<u32> = kin.map(|process| process.pid).collect();
        found.extend(kin);
        if found.len() == before {
            break;
        }
    }
    all.into_iter().filter(|process| found.contains(&process.pid)).collect()
}

/// The inodes of all sockets that wait for connections over TCP.
pub(crate) fn listening() -> BTreeSet<u64> {
    const LISTEN: &str = "0A";
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let rows =
        tables.iter().flat_map(|table| table.lines().skip(1)).map(|row| row.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| row[3] == LISTEN).filter_map(|row| row[9].parse().ok()).collect()
}
