//! Who may do what, and what is refused before any browser starts.

use serde_json::json;

use crate::kit::{Service, Workshop, fixture, program};

#[tokio::test]
async fn a_server_without_keys_does_not_listen_beyond_its_machine() {
    let shop = Workshop::new();
    let refused = program().args(["serve", "--listen", "0.0.0.0:0", "--data"]).arg(shop.path("data")).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("replayreel key create") && said.contains("REPLAYREEL_API_KEY"), "{said}");
}

#[tokio::test]
async fn an_open_server_answers_to_its_own_name_and_to_no_page_of_another_site() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    service.get("/v1/renders").await.expect(200);
    let rebound = service.request("GET", "/v1/renders").header("host", "evil.example");
    service.send(rebound).await.expect(403);
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let foreign =
            service.request("POST", "/v1/renders").header(name, value).header("content-type", "application/json");
        service.send(foreign.body(r#"{"source":"posthog:abc"}"#)).await.expect(403);
    }
}

#[tokio::test]
async fn keys_have_scopes_see_their_own_renders_and_can_be_revoked() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let key = |name: &str, scopes: &str| {
        let made =
            program().args(["key", "create", "--name", name, "--scope", scopes, "--data"]).arg(&data).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    };
    let (one, other, reader, admin) =
        (key("one", "submit,read"), key("other", "submit,read"), key("reader", "read"), key("boss", "admin"));
    let service = Service::start(&data, &["--no-worker"]);
    service.get("/v1/renders").await.expect(401);
    service.get("/livez").await.expect(200);
    let wrong = service.request("GET", "/v1/renders").header("authorization", "Bearer rrk_wrong");
    service.send(wrong).await.expect(401);

    let service = service.with_key(&one);
    let render = service.post("/v1/renders", &json!({"source": "posthog:abc"})).await.expect(202).json();
    let path = format!("/v1/renders/{}", render["id"].as_str().unwrap());
    service.get(&path).await.expect(200);
    service.post("/v1/keys", &json!({"name": "mine", "scopes": ["admin"]})).await.expect(403);

    let service = service.with_key(&other);
    service.get(&path).await.expect(404);
    service.post(&format!("{path}/cancel"), &json!({})).await.expect(404);
    assert_eq!(service.get("/v1/renders").await.expect(200).json()["renders"].as_array().unwrap().len(), 0);

    let service = service.with_key(&reader);
    service.post("/v1/renders", &json!({"source": "posthog:abc"})).await.expect(403);

    let service = service.with_key(&admin);
    service.get(&path).await.expect(200);
    let keys = service.get("/v1/keys").await.expect(200);
    assert!(!keys.text().contains("rrk_"), "a key is told once: {}", keys.text());
    let id = keys.json()["keys"].as_array().unwrap().iter().find(|key| key["name"] == "one").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    service.send(service.request("DELETE", &format!("/v1/keys/{id}"))).await.expect(204);
    let service = service.with_key(&one);
    service.get("/v1/renders").await.expect(401);
}

#[tokio::test]
async fn every_refusal_is_a_problem_with_a_type_that_has_a_page() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let text = service.request("POST", "/v1/renders").header("content-type", "text/plain").body("hello");
    let answers = [
        (service.get("/v1/renders/rnd_nothing").await, 404),
        (service.get("/nowhere").await, 404),
        (service.send(service.request("PUT", "/v1/renders")).await, 405),
        (service.send(text).await, 415),
        (service.post("/v1/renders", &json!({"outputs": ["mp4"]})).await, 422),
        (service.post("/v1/renders", &json!({"source": "/etc/passwd"})).await, 422),
        (service.post("/v1/renders", &json!({"source": "posthog:a", "fps": "fast", "colour": 1})).await, 422),
        (service.get("/v1/renders?limit=0").await, 400),
        (service.get("/v1/renders?state=done").await, 400),
        (service.post("/v1/shares", &json!({"renders": []})).await, 422),
        (service.post("/v1/shares", &json!({"name": "x"})).await, 422),
    ];
    for (answer, status) in answers {
        let answer = answer.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        let page = service.get(problem["type"].as_str().unwrap()).await.expect(200);
        assert!(page.text().contains(problem["title"].as_str().unwrap()));
    }
    let problem = service.post("/v1/renders", &json!({"source": "posthog:a", "fps": "fast", "colour": 1})).await.json();
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["/colour"], "unknown members are told before values are tried");
}

#[tokio::test]
async fn the_same_request_with_the_same_key_makes_one_render_and_another_one_none() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let recording = fixture("form");
    let spec = json!({"outputs": [{"format": "png", "at": "1"}]});
    let keyed = [("idempotency-key", "order-66")];
    let first = service.upload_with("/v1/renders", &recording, &spec, &keyed).await.expect(202);
    let again = service.upload_with("/v1/renders", &recording, &spec, &keyed).await.expect(202);
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let other = json!({"outputs": [{"format": "png", "at": "2"}]});
    let refused = service.upload_with("/v1/renders", &recording, &other, &keyed).await.expect(422);
    assert_eq!(refused.json()["type"], "/docs/problems/idempotency-mismatch");
    let packages = crate::kit::stored(&shop.path("data"));
    assert_eq!(packages.len(), 1, "what was not wanted is not kept: {packages:?}");
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker", "--max-queue-length", "2"]);
    for _ in 0..2 {
        service.post("/v1/renders", &json!({"source": "posthog:abc"})).await.expect(202);
    }
    let refused = service.post("/v1/renders", &json!({"source": "posthog:abc"})).await.expect(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(refused.json()["detail"].as_str().unwrap().contains("--max-queue-length"));
}

#[tokio::test]
async fn what_waits_can_be_cancelled_tried_again_and_deleted() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let render = service
        .upload("/v1/renders", &fixture("form"), &json!({"metadata": {"ticket": "ABC-1"}}))
        .await
        .expect(202)
        .json();
    let path = format!("/v1/renders/{}", render["id"].as_str().unwrap());
    service.send(service.request("DELETE", &path)).await.expect(409);
    service.post(&format!("{path}/retry"), &json!({})).await.expect(409);
    assert_eq!(service.post(&format!("{path}/cancel"), &json!({})).await.expect(202).json()["state"], "cancelled");
    service.post(&format!("{path}/cancel"), &json!({})).await.expect(409);
    assert_eq!(service.post(&format!("{path}/retry"), &json!({})).await.expect(202).json()["state"], "queued");
    service.post(&format!("{path}/cancel"), &json!({})).await.expect(202);
    assert_eq!(
        service.get("/v1/renders?search=ABC-1").await.expect(200).json()["renders"].as_array().unwrap().len(),
        1
    );
    service.send(service.request("DELETE", &path)).await.expect(204);
    service.get(&path).await.expect(404);
    assert!(crate::kit::stored(&shop.path("data")).is_empty());
}

#[tokio::test]
async fn the_document_describes_the_options_of_the_command_line_and_is_the_one_that_is_printed() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let served = service.get("/openapi.json").await.expect(200).json();
    let printed = program().arg("openapi").output().unwrap();
    assert_eq!(served, serde_json::from_slice::<serde_json::Value>(&printed.stdout).unwrap());
    let options = &served["components"]["schemas"]["RenderBody"]["properties"];
    for option in ["source", "outputs", "fps", "idle", "preset", "bar", "window", "webhook", "redact"] {
        assert!(options[option].is_object(), "{option} is missing");
    }
    service.get("/docs/").await.expect(200);
}
