//! Renders that are being made, and renders that were made.

use serde_json::json;

use super::{ADA, export};
use crate::kit::{Service, Workshop, stored, wait_for};

#[tokio::test]
async fn what_runs_is_stopped_what_was_made_goes_and_another_persons_stays() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--slots", "1"]);
    let file = |name: &str, fixture: &str, person: &str| {
        let path = shop.path(name);
        std::fs::write(&path, export(fixture, person, name)).unwrap();
        path
    };
    let (hers, his) = (file("ada.json", "form", ADA), file("bob.json", "form", "bob"));
    let still = json!({"outputs": [{"format": "png", "at": "1"}]});
    let submit = async |path: &std::path::Path, spec: &serde_json::Value| {
        let render = service.upload("/v1/renders", path, spec).await.expect(202).json();
        render["id"].as_str().unwrap().to_owned()
    };
    let made = submit(&hers, &still).await;
    let kept = submit(&his, &still).await;
    // Answered with the files of the first.
    let copied = submit(&hers, &still).await;
    for id in [&made, &kept, &copied] {
        assert_eq!(service.settled(id).await["state"], "succeeded");
    }
    assert_eq!(service.settled(&copied).await["reused_from"], made.as_str());
    // Long enough that it is not over before it is stopped.
    let long = json!({"outputs": [{"format": "mp4", "fps": 60}], "speed": "0.05", "cfr": true, "fresh": true});
    let running = submit(&hers, &long).await;
    service.until(&running, |render| render["progress"]["phase"] == "rendering").await;

    let done = service.post("/v1/erasures", &json!({"person": ADA})).await.expect(200).json();
    assert_eq!(done["receipt"]["complete"], true, "{done:#}");
    let renders = done["receipt"]["deleted"]["renders"].as_array().unwrap();
    let gone: Vec<(&str, &str)> =
        renders.iter().map(|one| (one["id"].as_str().unwrap(), one["state"].as_str().unwrap())).collect();
    assert_eq!(gone, [(&*made, "succeeded"), (&*copied, "succeeded"), (&*running, "running")]);
    for id in [&made, &copied, &running] {
        service.get(&format!("/v1/renders/{id}")).await.expect(404);
    }
    let left = stored(&data);
    assert!(!left.is_empty() && left.iter().all(|path| path.to_string_lossy().contains(&kept)), "{left:?}");
    // The folder in which it was being made went with it.
    let work = || super::tree(&data.join("work")).keys().filter(|path| !path.ends_with("lock")).count();
    wait_for(|| work() == 0, "the work folder to be empty");
    let render = service.get(&format!("/v1/renders/{kept}")).await.expect(200).json();
    service.get(render["outputs"][0]["url"].as_str().unwrap()).await.expect(200);
    // Asked for again, it is made again: what is erased is what there was.
    let again = submit(&hers, &still).await;
    assert_eq!(service.settled(&again).await["state"], "succeeded");
}
