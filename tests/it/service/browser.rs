//! Renders by the service, from the upload to the file.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::kit::{
    Process, Service, Video, Workshop, descendants, fixture, in_repository, is_browser, stored, wait_for,
};

#[tokio::test]
async fn an_upload_becomes_a_video_that_can_be_sought_in_shared_and_deleted() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &[]);
    let spec = json!({
        "outputs": [{"format": "mp4", "fps": 10}, {"format": "png", "at": "50%", "name": "middle"}, {"format": "gif", "fps": 5, "size": "320x240"}],
        "metadata": {"ticket": 7},
    });
    let queued = service.upload("/v1/renders", &fixture("form"), &spec).await.expect(202);
    let id = queued.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(queued.header("location"), format!("/v1/renders/{id}"));
    let render = service.settled(&id).await;
    assert_eq!(render["state"], "succeeded", "{render:#}");
    assert_eq!(render["metadata"], json!({"ticket": 7}));
    let names: Vec<&str> = outputs(&render).iter().map(|output| output["name"].as_str().unwrap()).collect();
    for name in ["replay.mp4", "middle.png", "replay.gif", "captions.vtt", "time-map.json"] {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    // The same pixels as on the command line.
    let by_hand = shop.render(&fixture("form"), "-o hand.mp4,fps=10");
    assert_eq!(render["frames_sha256"].as_str(), Some(by_hand.frames_sha256.as_str()));
    for output in outputs(&render) {
        let file = service.get(output["url"].as_str().unwrap()).await.expect(200);
        assert_eq!(file.body.len() as u64, output["bytes"].as_u64().unwrap());
        assert_eq!(file.header("etag").trim_matches('"'), output["sha256"].as_str().unwrap());
        assert_eq!(file.header("content-type"), output["media_type"].as_str().unwrap());
    }
    let url = format!("/v1/renders/{id}/outputs/replay.mp4");
    let whole = service.get(&url).await.expect(200);
    std::fs::write(shop.path("got.mp4"), &whole.body).unwrap();
    assert!(Video::open(shop.path("got.mp4")).duration_ms > 1000.0);
    let part = service.send(service.request("GET", &url).header("range", "bytes=100-199")).await.expect(206);
    assert_eq!(
        (part.body.as_slice(), part.header("content-range")),
        (&whole.body[100..200], format!("bytes 100-199/{}", whole.body.len()).as_str())
    );
    service.send(service.request("GET", &url).header("range", "bytes=99999999-")).await.expect(416);
    service.send(service.request("GET", &url).header("if-none-match", whole.header("etag"))).await.expect(304);
    service.get(&format!("/v1/renders/{id}/outputs/..%2Freplay.mp4")).await.expect(404);

    // Who was not there is told the end; who was told the end need not come again.
    let events = service.get(&format!("/v1/renders/{id}/events")).await.expect(200);
    assert!(events.text().contains("event: render") && events.text().contains("succeeded"), "{}", events.text());
    let last = events.text().lines().find_map(|line| line.strip_prefix("id: ").map(str::to_owned)).unwrap();
    service
        .send(service.request("GET", &format!("/v1/renders/{id}/events")).header("last-event-id", last))
        .await
        .expect(204);

    // The same again is answered with the same files.
    let again = service.upload("/v1/renders", &fixture("form"), &spec).await.expect(202).json();
    let again = service.settled(again["id"].as_str().unwrap()).await;
    assert_eq!(again["reused_from"].as_str(), Some(id.as_str()), "{again:#}");
    service.send(service.request("DELETE", &format!("/v1/renders/{id}"))).await.expect(204);
    service.get(&url).await.expect(404);
    service.get(outputs(&again)[0]["url"].as_str().unwrap()).await.expect(200);
    service
        .send(service.request("DELETE", &format!("/v1/renders/{}", again["id"].as_str().unwrap())))
        .await
        .expect(204);
    assert!(stored(&data).is_empty(), "{:?}", stored(&data));
}

fn outputs(render: &Json) -> &Vec<Json> {
    render["outputs"].as_array().unwrap()
}

#[tokio::test]
async fn a_still_comes_at_once_and_is_the_one_of_the_command_line() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &[]);
    let spec = json!({"at": "50%", "size": "640x360"});
    let still = service.upload("/v1/stills", &fixture("form"), &spec).await.expect(200);
    assert_eq!(still.header("content-type"), "image/png");
    shop.still(&fixture("form"), "--at 50% --size 640x360 -o hand.png");
    assert_eq!(still.body, std::fs::read(shop.path("hand.png")).unwrap());
    let jpeg = service.upload("/v1/stills", &fixture("form"), &json!({"at": "end", "format": "jpg"})).await.expect(200);
    assert_eq!(jpeg.header("content-type"), "image/jpeg");
    service.upload("/v1/stills", &fixture("form"), &json!({"at": "never"})).await.expect(422);
    let of_nothing = service.post("/v1/stills", &json!({"at": "end"})).await.expect(422);
    assert!(of_nothing.text().contains("/source"), "{}", of_nothing.text());
    let beyond = service.upload("/v1/stills", &fixture("form"), &json!({"at": "1h"})).await.expect(422);
    assert_eq!(beyond.json()["type"], "/docs/problems/render-failed");
    assert!(std::fs::read_dir(shop.path("data").join("uploads")).unwrap().next().is_none(), "nothing of it stays");
}

#[tokio::test]
async fn a_server_that_renders_nothing_itself_has_its_stills_from_a_worker() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let folder = data.display().to_string();
    let service = Service::start(&data, &["--no-worker", "--still-timeout", "30s"]);
    let _worker = Process::start(&["worker", "--data", &folder], &[("REPLAYREEL_FONTS", "bundled")]);
    let still = service.upload("/v1/stills", &fixture("form"), &json!({"at": "1", "format": "jpg"})).await.expect(200);
    assert!(still.body.starts_with(b"\xff\xd8") && still.header("content-type") == "image/jpeg");
    let beyond = service.upload("/v1/stills", &fixture("form"), &json!({"at": "1h"})).await.expect(422);
    assert_eq!(beyond.json()["type"], "/docs/problems/render-failed");
}

#[tokio::test]
async fn whoever_prefers_to_wait_gets_the_finished_render_and_why_one_failed() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &[]);
    let wait = [("prefer", "wait=60")];
    let spec = json!({"outputs": [{"format": "png", "at": "1"}]});
    let render = service.upload_with("/v1/renders", &fixture("form"), &spec, &wait).await.expect(200).json();
    assert_eq!(render["state"], "succeeded");
    std::fs::write(shop.path("no.json"), "{\"this\": \"is no recording\"}").unwrap();
    let render = service.upload_with("/v1/renders", &shop.path("no.json"), &json!({}), &wait).await.expect(200).json();
    assert_eq!(
        (render["state"].as_str(), render["failure"]["code"].as_str(), render["failure"]["retryable"].as_bool()),
        (Some("failed"), Some("recording"), Some(false))
    );
    assert_eq!(render["attempt"], 1, "what cannot succeed is tried once");
    let spec = json!({"outputs": [{"format": "png", "at": "error:99"}]});
    let render = service.upload_with("/v1/renders", &fixture("form"), &spec, &wait).await.expect(200).json();
    assert_eq!(render["failure"]["code"], "spec", "{render:#}");
}

#[tokio::test]
async fn what_has_been_kept_long_enough_goes_with_its_files_however_it_ended() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--keep", "1s"]);
    std::fs::write(shop.path("no.json"), "{}").unwrap();
    let wait = [("prefer", "wait=60")];
    let spec = json!({"outputs": [{"format": "png", "at": "1"}]});
    let good = service.upload_with("/v1/renders", &fixture("form"), &spec, &wait).await.expect(200).json();
    let bad = service.upload_with("/v1/renders", &shop.path("no.json"), &spec, &wait).await.expect(200).json();
    let kept = service
        .upload_with("/v1/renders", &fixture("form"), &json!({"outputs": ["vtt"], "keep_for": "1h"}), &wait)
        .await;
    let kept = kept.expect(200).json();
    assert_eq!([&good["state"], &bad["state"], &kept["state"]], ["succeeded", "failed", "succeeded"]);
    let until = Instant::now() + Duration::from_secs(60);
    while stored(&data).len() > 2 {
        assert!(Instant::now() < until, "{:?}", stored(&data));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for gone in [&good, &bad] {
        service.get(&format!("/v1/renders/{}", gone["id"].as_str().unwrap())).await.expect(404);
    }
    service.get(outputs(&kept)[0]["url"].as_str().unwrap()).await.expect(200);
}

/// A render that takes long enough to be interrupted: one frame of it after the other is captured.
fn long() -> Json {
    json!({"outputs": [{"format": "mp4", "fps": 60, "cfr": true, "speed": 0.1}], "size": "1280x720", "fresh": true})
}

/// One that takes some seconds, and ends.
fn lasting() -> Json {
    json!({"outputs": [{"format": "mp4", "fps": 30, "speed": 0.5, "to": "3"}]})
}

#[tokio::test]
async fn a_cancelled_render_frees_its_browser_within_two_seconds() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--idle-browsers", "0"]);
    let render = service.upload("/v1/renders", &fixture("effects"), &long()).await.expect(202).json();
    let id = render["id"].as_str().unwrap();
    service.until(id, |render| render["progress"]["captured"].as_u64() > Some(0)).await;
    let browsers = || descendants(service.process.pid()).into_iter().filter(|pid| is_browser(*pid)).count();
    assert!(browsers() > 0);
    let asked = Instant::now();
    service.post(&format!("/v1/renders/{id}/cancel"), &json!({})).await.expect(202);
    wait_for(|| browsers() == 0, "the browser to be gone");
    assert!(asked.elapsed() < Duration::from_secs(2), "it took {:?}", asked.elapsed());
    assert_eq!(service.settled(id).await["state"], "cancelled");
    wait_for(|| stored(&data).len() == 1, "only the package to be left");
}

#[tokio::test]
async fn a_drained_service_hands_back_what_it_could_not_finish_and_the_next_one_finishes_it() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let mut service = Service::start(&data, &["--drain", "100ms"]);
    let render = service.upload("/v1/renders", &fixture("effects"), &lasting()).await;
    let render = render.expect(202).json();
    let id = render["id"].as_str().unwrap();
    service.until(id, |render| render["progress"]["captured"].as_u64() > Some(0)).await;
    let browsers = descendants(service.process.pid());
    service.process.signal(rustix::process::Signal::TERM);
    assert!(service.process.ended().success(), "{}", service.process.log());
    wait_for(|| !browsers.iter().any(|pid| is_browser(*pid)), "the browsers to be gone");
    let service = Service::start(&data, &[]);
    let render = service.settled(id).await;
    assert_eq!(
        (render["state"].as_str(), render["attempt"].as_u64()),
        (Some("succeeded"), Some(1)),
        "an attempt that was handed back does not count"
    );
}

#[tokio::test]
async fn a_service_that_was_killed_leaves_a_job_that_the_next_one_finishes() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let mut service = Service::start(&data, &["--lease", "2s"]);
    let render = service.upload("/v1/renders", &fixture("effects"), &lasting()).await.expect(202).json();
    let id = render["id"].as_str().unwrap();
    service.until(id, |render| render["progress"]["captured"].as_u64() > Some(0)).await;
    service.process.kill();
    let service = Service::start(&data, &["--lease", "2s"]);
    let render = service.settled(id).await;
    assert_eq!((render["state"].as_str(), render["attempt"].as_u64()), (Some("succeeded"), Some(2)), "{render:#}");
    let work: Vec<_> = std::fs::read_dir(data.join("work")).unwrap().flatten().collect();
    assert_eq!(work.len(), 1, "what the killed one left is swept: {work:?}");
}

#[tokio::test]
async fn a_job_that_kills_its_worker_every_time_ends_as_failed() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let mut id = None;
    for attempt in 1..=2 {
        let mut service = Service::start(&data, &["--lease", "1s", "--max-attempts", "2"]);
        if id.is_none() {
            let render = service.upload("/v1/renders", &fixture("effects"), &long()).await.expect(202).json();
            id = render["id"].as_str().map(str::to_owned);
        }
        let has_begun =
            |render: &Json| render["attempt"] == attempt && render["progress"]["captured"].as_u64() > Some(0);
        service.until(id.as_ref().unwrap(), has_begun).await;
        service.process.kill();
    }
    let service = Service::start(&data, &["--lease", "1s"]);
    let render = service.settled(&id.unwrap()).await;
    assert_eq!(
        (render["state"].as_str(), render["failure"]["code"].as_str()),
        (Some("failed"), Some("worker_lost")),
        "{render:#}"
    );
}

#[tokio::test]
async fn a_shared_link_is_signed_and_can_be_taken_back() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--public-url", "https://replays.example.org/"]);
    let spec = json!({"outputs": [{"format": "webm", "fps": 10}]});
    let wait = [("prefer", "wait=60")];
    let render = service
        .upload_with("/v1/renders", &in_repository("examples/checkout.json.gz"), &spec, &wait)
        .await
        .expect(200)
        .json();
    assert!(outputs(&render)[0]["url"].as_str().unwrap().starts_with("https://replays.example.org/v1/renders/rnd_"));
    let share = service
        .post("/v1/shares", &json!({"renders": [render["id"]], "title": "Checkout", "days": 2}))
        .await
        .expect(201)
        .json();
    assert!(share["url"].as_str().unwrap().starts_with("https://replays.example.org/s/shr_"), "{share:#}");
    let id = share["id"].as_str().unwrap();
    service.send(service.request("DELETE", &format!("/v1/shares/{id}"))).await.expect(204);
    assert_eq!(service.get("/v1/shares").await.expect(200).json()["shares"][0]["open"], false);
}

#[tokio::test]
async fn metrics_are_told_on_a_listener_of_their_own() {
    let shop = Workshop::new();
    // A port that is free now; nobody else on this machine asks for it in between.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let service = Service::start(&shop.path("data"), &["--metrics-listen", &address, "--log-format", "json"]);
    let spec = json!({"outputs": [{"format": "png", "at": "1"}]});
    let render =
        service.upload_with("/v1/renders", &fixture("form"), &spec, &[("prefer", "wait=60")]).await.expect(200).json();
    let metrics = service.get(&format!("http://{address}/metrics")).await.expect(200).text();
    for line in [
        "replayreel_jobs{state=\"succeeded\"} 1",
        "replayreel_attempts_total{outcome=\"succeeded\"} 1",
        "replayreel_browsers_started_total 1",
        "replayreel_http_requests_total{",
    ] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
    service.get("/metrics").await.expect(404);
    let id = render["id"].as_str().unwrap();
    let lines: Vec<Json> = service.process.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of_job = lines.iter().filter(|line| line["span"]["job"] == id).count();
    assert!(of_job >= 2, "{}", service.process.log());
}
