//! How much memory the processes of a browser have together.

use std::collections::HashMap;
use std::fs;

/// Of each process group: bytes. What is clearly below `limit` is only estimated, from above, because the exact sum walks through
/// all pages of memory. Processes that end meanwhile, or cannot be read, count nothing.
pub(super) fn of_groups(groups: &[u32], limit: u64) -> Vec<u64> {
    let mut members: HashMap<u32, Vec<u32>> = groups.iter().map(|group| (*group, Vec::new())).collect();
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
            let pids = &members[group];
            // What processes share is counted once for each of them: never too little.
            let most = sum(pids, resident);
            if most <= limit { most } else { sum(pids, proportional) }
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
        let used = of_groups(&[group, u32::MAX], u64::MAX);
        assert!(used[0] > 1 << 20, "{used:?}");
        assert_eq!(used[1], 0);
        assert!(of_groups(&[group], 0)[0] > 0);
    }
}
