//! How much memory the processes of a browser have together, and may have.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::browser::{Browser, Excess};

/// How often a browser that belongs to no pool is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a browser's processes reserve without using it, bytes: stacks of threads and room of allocators, measured at 0.6 GB for a page.
const RESERVED: u64 = 1 << 30;

/// A command that runs `program` under the system's own limit, for what grows faster than anybody looks: on the data of each of the browser's processes, as all
/// of them are started by the first. By the shell, because only a process itself may always lower what it may have: as root, the browser is another user's.
#[expect(clippy::disallowed_methods, reason = "the browser's process is chromium's; this is how it begins")]
pub(super) fn confined(program: &Path, most: Option<u64>) -> Command {
    let Some(most) = most else { return Command::new(program) };
    let kilobytes = most.saturating_add(RESERVED) >> 10;
    let mut command = Command::new("/bin/sh");
    // A lower limit that was there before stays.
    command.args(["-c", &format!("ulimit -d {kilobytes} 2>/dev/null; exec \"$0\" \"$@\"")]).arg(program);
    command
}

/// Looks at a browser until it is gone, and ends it if it takes too much.
pub(super) async fn watch(browser: Weak<Browser>) {
    loop {
        let Some(group) =
            browser.upgrade().filter(|browser| !browser.is_gone()).and_then(|browser| browser.allowance())
        else {
            return;
        };
        // Nobody holds the browser meanwhile: it ends with its stage.
        let used = tokio::task::spawn_blocking(move || of_groups(&[group])).await.unwrap_or_default();
        if let (Some(browser), Some(&used)) = (browser.upgrade(), used.first()) {
            condemn(&browser, used);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Ends those that take too much; returns how many did so for the first time.
pub(super) fn condemn_excessive(browsers: &[Arc<Browser>]) -> u64 {
    let groups: Vec<Group> = browsers.iter().filter_map(|browser| browser.allowance()).collect();
    if groups.is_empty() {
        return 0;
    }
    let used: HashMap<u32, u64> = groups.iter().map(|group| group.id).zip(of_groups(&groups)).collect();
    let excessive = |browser: &Arc<Browser>| used.get(&browser.pid()).is_some_and(|used| condemn(browser, *used));
    browsers.iter().filter(|browser| excessive(browser)).count() as u64
}

/// Whether it was too much, and nobody has said so before.
fn condemn(browser: &Browser, used: u64) -> bool {
    let Some(Group { most, .. }) = browser.allowance() else { return false };
    let first = used > most && browser.condemn(Excess { used, limit: most });
    if first {
        tracing::warn!("a browser took {} MB of memory, {} MB are allowed: it was ended", used >> 20, most >> 20);
    }
    first
}

/// A process group, and what it may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// Its id.
    pub(super) id: u32,
    /// Bytes.
    pub(super) most: u64,
}

/// Of each process group: bytes. What is clearly below what it may have is only estimated, from above, because the exact sum walks through
/// all pages of memory. Processes that end meanwhile, or cannot be read, count nothing.
fn of_groups(groups: &[Group]) -> Vec<u64> {
    let mut members: HashMap<u32, Vec<u32>> = groups.iter().map(|group| (group.id, Vec::new())).collect();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let group = fs::read_to_string(entry.path().join("stat")).ok().as_deref().and_then(group_of);
        if let Some(members) = group.and_then(|group| members.get_mut(&group)) {
            members.push(pid);
        }
    }
    let sum = |pids: &[u32], of: fn(u32) -> u64| pids.iter().map(|pid| of(*pid)).sum::<u64>();
    groups
        .iter()
        .map(|group| {
            let pids = &members[&group.id];
            // What processes share is counted once for each of them: never too little.
            let most = sum(pids, resident);
            if most <= group.most { most } else { sum(pids, proportional) }
        })
        .collect()
}

/// The process group in `/proc/PID/stat`. The command in it is in parentheses and may hold anything.
fn group_of(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(2)?.parse().ok()
}

/// All its memory.
fn resident(pid: u32) -> u64 {
    read(pid, "status", &["VmRSS:"]).unwrap_or_default()
}

/// Its own memory, and its part of what it shares. Other users' processes do not tell: of those, what is no file's.
fn proportional(pid: u32) -> u64 {
    let part = read(pid, "smaps_rollup", &["Pss:"]);
    part.or_else(|| read(pid, "status", &["RssAnon:", "RssShmem:"])).unwrap_or_default()
}

fn read(pid: u32, file: &str, names: &[&str]) -> Option<u64> {
    sum_of(&fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?, names)
}

/// The sum of lines such as `VmRSS:   1024 kB`, bytes; absent where none of them is there.
fn sum_of(text: &str, names: &[&str]) -> Option<u64> {
    let values = text.lines().filter_map(|line| {
        let rest = names.iter().find_map(|name| line.strip_prefix(name))?;
        rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    values.fold(None, |sum, value| Some(sum.unwrap_or(0u64).saturating_add(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_found_behind_a_command_that_looks_like_fields() {
        assert_eq!(group_of("12 (a) S 1 (2 3) R 11 77 78 0"), Some(77));
        assert_eq!(group_of("12 (a"), None);
        assert_eq!(group_of("12 (a) R"), None);
        assert_eq!(group_of(""), None);
    }

    #[test]
    fn lines_in_kb_are_summed_up_in_bytes() {
        let status = "Name:\tx\nVmRSS:\t    3072 kB\nRssAnon:\t 1024 kB\nRssFile:\t 1 kB\nRssShmem:\t 512 kB\n";
        assert_eq!(sum_of(status, &["VmRSS:"]), Some(3 << 20));
        assert_eq!(sum_of(status, &["RssAnon:", "RssShmem:"]), Some(1536 << 10));
        assert_eq!(sum_of(status, &["Pss:"]), None);
        assert_eq!(sum_of("Pss: many kB\n", &["Pss:"]), None);
    }

    #[test]
    fn this_very_process_takes_some_memory_and_a_group_of_nobody_none() {
        let stat = fs::read_to_string("/proc/self/stat").unwrap();
        let group = group_of(&stat).unwrap();
        let used = of_groups(&[Group { id: group, most: u64::MAX }, Group { id: u32::MAX, most: 0 }]);
        assert!(used[0] > 1 << 20, "{used:?}");
        assert_eq!(used[1], 0);
        assert!(of_groups(&[Group { id: group, most: 0 }])[0] > 0);
    }
}
