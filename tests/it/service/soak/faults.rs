//! What goes wrong: one thing at a time, a few seconds apart.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::super::chaos::Dice;
use super::browser::Machines;
use crate::kit::descendants;

/// What can go wrong.
const FAULTS: [&str; 10] = [
    "worker killed",
    "worker stopped for longer than its lease",
    "server killed",
    "browser killed",
    "browser stopped",
    "page's process killed",
    "graphics process killed",
    "encoder killed",
    "encoder stopped",
    "database restarted",
];

/// How often each was done. What had no victim at that moment is not counted.
pub(super) type Done = BTreeMap<&'static str, u32>;

/// A process below this one whose command line says so.
fn victim(of: u32, dice: &mut Dice, is: impl Fn(&str) -> bool) -> Option<Pid> {
    let line = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let found: Vec<u32> = descendants(of).into_iter().filter(|pid| is(&line(pid))).collect();
    let one = found.get(dice.roll(found.len().max(1) as u64) as usize)?;
    Pid::from_raw(i32::try_from(*one).ok()?)
}

fn is_browser(line: &str) -> bool {
    line.contains("headless") && !line.contains("--type=")
}

fn is_encoder(line: &str) -> bool {
    line.split('\0').next().is_some_and(|program| program.ends_with("ffmpeg"))
}

/// Does one of them to a machine.
pub(super) async fn strike(machines: &mut Machines, dice: &mut Dice, done: &mut Done) {
    let fault = FAULTS[dice.roll(FAULTS.len() as u64) as usize];
    let one = dice.roll(2) as usize;
    let worker = machines.workers[one].pid();
    let signal = |pid: Option<Pid>, signal| pid.is_some_and(|pid| kill_process(pid, signal).is_ok());
    let struck = match fault {
        "worker killed" => {
            machines.replace_worker(one);
            true
        }
        "worker stopped for longer than its lease" => {
            machines.workers[one].signal(Signal::STOP);
            tokio::time::sleep(Duration::from_secs(5)).await;
            machines.workers[one].signal(Signal::CONT);
            true
        }
        "server killed" => {
            machines.replace_server();
            true
        }
        "browser killed" => signal(victim(worker, dice, is_browser), Signal::KILL),
        "browser stopped" => signal(victim(worker, dice, is_browser), Signal::STOP),
        "page's process killed" => signal(victim(worker, dice, |line| line.contains("--type=renderer")), Signal::KILL),
        "graphics process killed" => {
            signal(victim(worker, dice, |line| line.contains("--type=gpu-process")), Signal::KILL)
        }
        "encoder killed" => signal(victim(worker, dice, is_encoder), Signal::KILL),
        "encoder stopped" => signal(victim(worker, dice, is_encoder), Signal::STOP),
        _ => machines.restart_database(),
    };
    if struck {
        *done.entry(fault).or_default() += 1;
    }
}
