//! From the server to the picture.

use super::command::run;
use super::posthog::{ID, KEY, PostHog};
use crate::program::Room;
use crate::program::recording::{json_of, turning};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_recording_fetched_by_id_renders_as_its_file_does() {
    let recorded = turning(500, "rgb(0, 128, 0)");
    let server = PostHog::with_events(&recorded, 2).start().await;
    let (room, host) = (Room::new(), server.url(""));
    let file = room.file("input.json", json_of(&recorded));
    let id = format!("posthog:{ID}");
    let variables = [("POSTHOG_HOST", host.as_str()), ("POSTHOG_PERSONAL_API_KEY", KEY)];
    let report = |place: &str, output: &str| -> serde_json::Value {
        let arguments = ["render", "--quiet", place, "-o", &room.out(output), "--fonts", "bundled", "--report", "-"];
        let ended = run(&room, &variables, &arguments);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let (fetched, read) = (report(&id, "fetched.mp4"), report(&file, "read.mp4"));
    assert_eq!(fetched["frames_sha256"], read["frames_sha256"]);
    assert!(read["distinct"].as_u64() >= Some(2), "{read:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_link_to_a_moment_is_a_still_of_that_moment() {
    let server = PostHog::with_events(&turning(500, "rgb(0, 128, 0)"), 2).start().await;
    let (room, host) = (Room::new(), server.url(""));
    let variables = [("POSTHOG_HOST", host.as_str()), ("POSTHOG_PERSONAL_API_KEY", KEY)];
    let mut colours = Vec::new();
    for (moment, more) in [("0.75", &[][..]), ("0.25", &[]), ("0.75", &["--at", "0.25"])] {
        let link = server.url(&format!("/project/42/replay/{ID}?t={moment}"));
        let ended = run(&room, &variables, &[&["still", &link, "-o", &room.out("still.png")], more].concat());
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        colours.push(room.picture("still.png").get_pixel(160, 100).0);
    }
    assert_eq!(colours[0], [0, 128, 0]);
    assert_ne!(colours[1], colours[0]);
    assert_eq!(colours[2], colours[1], "--at counts more than the link");
}
