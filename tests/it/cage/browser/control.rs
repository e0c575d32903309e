//! The attacks are such: in a browser that nothing is put around, they get through.

use std::collections::BTreeSet;
use std::process::Command;

use crate::cage::canaries::Site;
use crate::cage::listener::Listener;
use crate::program::Room;

/// How many come by themselves, in a page that is only looked at. The others need a user, another browser, or a recording's own ways.
const AT_LEAST: usize = 75;

#[test]
fn where_nothing_is_in_their_way_most_attacks_get_through() {
    let (room, listener) = (Room::new(), Listener::start());
    let site = Site::new(listener.address(), &room);
    let elements = site.elements("control");
    let mut frames = String::new();
    for (name, line) in &elements {
        // All that frames have, but neither dialogs nor the page around them: some would end it, and the others with it.
        room.file(&format!("{name}.html"), format!("<!doctype html><body>{line}"));
        frames.push_str(&format!("<iframe sandbox='allow-scripts allow-same-origin allow-forms allow-popups allow-downloads' width=200 height=100 src='{name}.html'></iframe>"));
    }
    let index = room.file("index.html", format!("<!doctype html><body>{frames}"));
    let program = std::env::var_os("REPLAYREEL_CHROMIUM").map(std::path::PathBuf::from);
    let chromium = replayreel::stage::find_chromium(program.as_deref()).unwrap();
    let profile = room.path().join("profile");
    let mut ordinary = Command::new(chromium);
    // These pages are our own; and it does not start as root with a sandbox.
    ordinary.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--mute-audio",
        "--virtual-time-budget=3000",
        "--dump-dom",
    ]);
    ordinary.arg("--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests");
    ordinary.arg(format!("--user-data-dir={}", profile.display())).arg(format!("file://{index}"));
    ordinary.env("TMPDIR", room.tmp());
    let shown = ordinary.output().unwrap();
    let visitors = listener.visitors();
    let came: BTreeSet<&str> = elements
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| visitors.iter().any(|visitor| visitor.contains(&format!("/control/{name}"))))
        .collect();
    let missing: Vec<&str> =
        elements.iter().map(|(name, _)| name.as_str()).filter(|name| !came.contains(name)).collect();
    println!("{} of {} came; not: {missing:?}", came.len(), elements.len());
    assert!(came.len() >= AT_LEAST, "{came:?}: {}", String::from_utf8_lossy(&shown.stderr));
    for name in [
        "script-inline",
        "meta-refresh",
        "iframe-srcdoc",
        "svg-use-data",
        "css-import",
        "link-prefetch",
        "handlers-img",
    ] {
        assert!(came.contains(name), "{name} did not come: {came:?}");
    }
}
