//! The recorder in a real browser: what it sends and what it saves are recordings that the program reads.

use serde_json::{Value, json};

use crate::kit::{Service, Workshop, open, page_script};
use crate::program::Room;
use crate::service::ingest::key;

#[test]
fn a_recorded_page_arrives_once_and_in_order_whatever_fails_on_the_way() {
    let room = Room::new();
    page_script("recorder.mjs", [room.path().join("out")], &[]);
    let (sent, saved) = (room.out("session.jsonl"), room.out("session.replay.zip"));

    let verified = room.run(&["verify", &saved]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let [sent, saved] = [sent, saved].map(|file| {
        let inspected = room.run(&["inspect", &file, "--json"]);
        assert_eq!(inspected.code, Some(0), "{inspected:?}");
        serde_json::from_str::<Value>(&inspected.stdout).unwrap()
    });
    for same in ["events", "pages", "custom", "plugins", "duration_ms"] {
        assert_eq!(sent[same], saved[same], "{same}");
    }
    assert_eq!(saved["repairs"], Value::Array(Vec::new()));
    let kinds: Vec<&str> = saved["moments"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    for kind in ["page", "marker", "error", "failed"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}

#[tokio::test]
async fn what_a_page_sends_to_the_service_is_a_video() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let (site, boss) = (key(&data, &["--scope", "ingest"]), key(&data, &["--scope", "submit,read"]));
    let service = Service::start(&data, &[]).with_key(&boss);
    let session = page_script("ingest.mjs", [&service.base, &site], &[]);
    let asked =
        json!({"source": session.trim(), "outputs": [{"format": "mp4"}, {"format": "png", "at": "marker:paid+0.5"}]});
    let render = service.post("/v1/renders", &asked).await.expect(202).json();
    let render = service.settled(render["id"].as_str().unwrap()).await;
    assert_eq!(render["state"], "succeeded", "{render:#}");
    let outputs = render["outputs"].as_array().unwrap();
    let still = outputs.iter().find(|output| output["kind"] == "still").unwrap();
    let picture = service.get(still["url"].as_str().unwrap()).await.expect(200).body;
    let path = shop.path("still.png");
    std::fs::write(&path, picture).unwrap();
    // The button was pressed, and nobody reads what was typed.
    let image::Rgb(corner) = *open(&path).get_pixel(600, 300);
    assert!(corner.iter().zip([0xff, 0xcc, 0x00]).all(|(a, b)| a.abs_diff(b) < 4), "{corner:?}");
    // From a still, at once, as from a render.
    let still = service.post("/v1/stills", &json!({"source": format!("ingest:{}", session.trim())})).await.expect(200);
    assert!(still.body.starts_with(b"\x89PNG"));
}
