//! The attacks are such: in a browser that nothing is put around, they get through.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cage::canaries::Site;
use crate::cage::listener::Listener;
use crate::program::{Room, poll};
use rustix::process::{Pid, Signal, kill_process_group};

/// How many have to come by themselves, in pages that are only looked at. The others need a user, another browser, or a recording's own ways.
const AT_LEAST: usize = 75;
/// Some of each kind.
const AMONG_THEM: [&str; 7] = [
    "script-inline",
    "iframe-srcdoc",
    "img-handler",
    "css-background",
    "style-attribute",
    "link-prefetch",
    "handlers-img",
];

#[test]
fn where_nothing_is_in_their_way_most_attacks_get_through() {
    let (room, listener) = (Room::new(), Listener::start());
    let site = Site::new(listener.address(), &room);
    let elements = site.elements("control");
    let mut frames = String::new();
    for (name, line) in &elements {
        // All that frames have, but neither dialogs nor the page around them: some would end it, and the others with it.
        room.file(&format!("{name}.html"), format!("<!doctype html><body>{line}"));
        frames.push_str(&format!(
            "<iframe sandbox='allow-scripts allow-same-origin allow-forms' width=99 height=50 src='{name}.html'></iframe>"
        ));
    }
    let index = room.file("index.html", format!("<!doctype html><body>{frames}"));
    let program = std::env::var_os("REPLAYREEL_CHROMIUM").map(std::path::PathBuf::from);
    let mut ordinary = Command::new(replayreel::stage::find_chromium(program.as_deref()).unwrap());
    // These pages are our own; and it does not start as root with a sandbox.
    ordinary.args(["--headless", "--no-sandbox", "--disable-gpu", "--mute-audio", "--remote-debugging-port=0"]);
    ordinary.arg("--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests");
    ordinary.arg(format!("--user-data-dir={}", room.path().join("profile").display())).arg(format!("file://{index}"));
    ordinary.env("TMPDIR", room.tmp()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut ordinary = ordinary.spawn().unwrap();
    let mut came = BTreeSet::new();
    let enough = poll(Duration::from_secs(60), || {
        for visitor in listener.heard() {
            let path = visitor.split(' ').nth(1).and_then(|path| path.strip_prefix("/control/"));
            let name = path.and_then(|path| {
                elements
                    .iter()
                    .map(|(name, _)| name)
                    .filter(|name| path.starts_with(*name))
                    .max_by_key(|name| name.len())
            });
            came.extend(name.cloned());
        }
        (came.len() >= AT_LEAST && AMONG_THEM.iter().all(|name| came.contains(*name))).then_some(())
    });
    kill_process_group(Pid::from_child(&ordinary), Signal::KILL).unwrap();
    ordinary.wait().unwrap();
    let missing: Vec<&String> = elements.iter().map(|(name, _)| name).filter(|name| !came.contains(*name)).collect();
    assert!(enough.is_some(), "{} of {} came; not {missing:?}", came.len(), elements.len());
}
