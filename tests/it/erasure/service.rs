//! A service that runs, whose renders are erased by its API and by the command beside it.

use serde_json::{Value as Json, json};

use super::{ADA, erase, export, holds, said, tree};
use crate::kit::{Service, Workshop, program};

/// A PostHog's export as a file to upload.
fn file(shop: &Workshop, name: &str, person: &str, session: &str) -> std::path::PathBuf {
    let path = shop.path(name);
    std::fs::write(&path, export("form", person, session)).unwrap();
    path
}

async fn submitted(service: &Service, file: &std::path::Path, spec: Json) -> String {
    let render = service.upload("/v1/renders", file, &spec).await.expect(202).json();
    render["id"].as_str().unwrap().to_owned()
}

/// What an older version left in the file: rows that were deleted without being written over.
async fn leave_traces(ledger: &std::path::Path) {
    use sqlx::Connection as _;
    let url = format!("sqlite:{}", ledger.display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let filling = format!("trace of {ADA} ").repeat(40);
    for statement in [
        "PRAGMA secure_delete = OFF".to_owned(),
        "CREATE TABLE older (text TEXT)".to_owned(),
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO older SELECT '{filling}' || i FROM n"
        ),
        "DELETE FROM older".to_owned(),
        "DROP TABLE older".to_owned(),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn no_byte_of_a_persons_id_is_left_while_the_service_goes_on() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker"]);
    let (hers, his) = (file(&shop, "ada.json", ADA, "s-ada"), file(&shop, "bob.json", "bob", "s-bob"));
    let hook = "https://hooks.example/x";
    let with = |who: &str| json!({"metadata": {"user": who, "filling": "x".repeat(6000)}, "webhook": hook});
    let mut gone = Vec::new();
    for _ in 0..3 {
        gone.push(submitted(&service, &hers, with(ADA)).await);
    }
    // Cancelled, so that there is a message with all of it.
    service.post(&format!("/v1/renders/{}/cancel", gone[0]), &json!({})).await.expect(202);
    let kept = submitted(&service, &his, with("bob")).await;
    leave_traces(&data.join("ledger.sqlite")).await;
    std::fs::write(data.join("uploads/upload-left"), export("form", ADA, "s-ada")).unwrap();
    let traces = |folder: &std::path::Path| -> Vec<_> {
        tree(folder).into_iter().filter(|(_, bytes)| holds(bytes, ADA)).map(|(path, _)| path).collect()
    };
    assert!(traces(&data).len() >= 5, "{:?}", traces(&data));

    let done = erase(&shop, &["--person", ADA, "--data", "data", "--receipt", "receipt.json"]);
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(traces(&data), [""; 0].map(std::path::PathBuf::from));
    assert!(!said(&done).contains("not deleted"), "{}", said(&done));
    for id in &gone {
        service.get(&format!("/v1/renders/{id}")).await.expect(404);
    }
    let render = service.get(&format!("/v1/renders/{kept}")).await.expect(200).json();
    assert_eq!((&render["state"], &render["metadata"]["user"]), (&json!("queued"), &json!("bob")));
    // The service writes on into the same file.
    submitted(&service, &his, with("bob")).await;
    let receipt: Json = serde_json::from_slice(&std::fs::read(shop.path("receipt.json")).unwrap()).unwrap();
    assert_eq!(receipt["deleted"]["renders"].as_array().unwrap().len(), 3);
    assert_eq!(
        (receipt["deleted"]["artifacts"].as_array().unwrap().len(), &receipt["deleted"]["deliveries"]),
        (3, &json!(1))
    );
    let told = service.get(&format!("/v1/erasures/{}", receipt["id"].as_str().unwrap())).await.expect(200).json();
    assert_eq!(told["receipt"]["deleted"]["renders"], receipt["deleted"]["renders"]);
    let again = erase(&shop, &["--person", ADA, "--data", "data"]);
    assert!(said(&again).contains("nothing about person"), "{}", said(&again));
}

#[tokio::test]
async fn only_an_admin_erases_and_the_receipt_stays_without_the_id() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let key = |scopes: &str| {
        let made = program().args(["key", "create", "--name", scopes, "--scope", scopes, "--data"]).arg(&data).output();
        String::from_utf8(made.unwrap().stdout).unwrap().trim().to_owned()
    };
    let (other, admin) = (key("submit,read"), key("admin"));
    let service = Service::start(&data, &["--no-worker"]).with_key(&other);
    let hers = file(&shop, "ada.json", ADA, "s-ada");
    let id = submitted(&service, &hers, json!({})).await;
    let order = json!({"person": ADA});
    service.post("/v1/erasures", &order).await.expect(403);
    let service = service.with_key(&admin);
    for (body, field) in [
        (json!({}), ""),
        (json!({"person": "a", "recording": "b"}), ""),
        (json!({"person": ""}), "/person"),
        (json!({"recording": "x".repeat(2000)}), "/recording"),
    ] {
        let refused = service.post("/v1/erasures", &body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["field"], field, "{refused:#}");
    }
    service.post("/v1/erasures", &json!({"person": "a", "force": true})).await.expect(422);
    service.get("/v1/erasures/ers_018f4a3e7c2b7d10a1b2c3d4e5f60718").await.expect(404);

    let dry = service.post("/v1/erasures", &json!({"person": ADA, "dry_run": true})).await.expect(200).json();
    assert_eq!((&dry["id"], &dry["receipt"]["dry_run"]), (&Json::Null, &json!(true)));
    assert_eq!(dry["receipt"]["deleted"]["renders"][0]["id"], id.as_str());
    service.get(&format!("/v1/renders/{id}")).await.expect(200);

    let answer = service.post("/v1/erasures", &order).await.expect(200);
    let done = answer.json();
    assert_eq!((&done["state"], &done["receipt"]["subject"]["value"]), (&json!("finished"), &json!(ADA)));
    assert_eq!(done["receipt"]["deleted"]["renders"], dry["receipt"]["deleted"]["renders"]);
    assert_eq!(answer.header("cache-control"), "no-store");
    service.get(&format!("/v1/renders/{id}")).await.expect(404);
    assert!(crate::kit::stored(&data).is_empty());
    let place = answer.header("location").to_owned();
    assert_eq!(place, format!("/v1/erasures/{}", done["id"].as_str().unwrap()));
    let told = service.get(&place).await.expect(200);
    assert!(!told.text().contains(ADA), "{}", told.text());
    let mut expected = done["receipt"].clone();
    expected["subject"].as_object_mut().unwrap().remove("value");
    assert_eq!(told.json()["receipt"], expected);
    let service = service.with_key(&other);
    service.get(&place).await.expect(403);
}

/// A site with one file.
fn site(body: Vec<u8>) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(&body);
        }
    });
    format!("http://{address}/recording.json")
}

#[tokio::test]
async fn a_render_that_learns_whom_it_is_about_after_their_erasure_makes_nothing_and_is_gone() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let place = site(export("form", ADA, "s-ada"));
    let service = Service::start(&data, &["--no-worker"]);
    let order =
        json!({"source": place, "outputs": [{"format": "png", "at": "1"}], "webhook": "https://hooks.example/x"});
    let id = service.post("/v1/renders", &order).await.expect(202).json()["id"].as_str().unwrap().to_owned();
    let done = service.post("/v1/erasures", &json!({"person": ADA})).await.expect(200).json();
    assert_eq!(
        (&done["receipt"]["waiting"], &done["receipt"]["deleted"]["renders"]),
        (&json!(1), &json!([])),
        "{done:#}"
    );
    let place = format!("/v1/erasures/{}", done["id"].as_str().unwrap());
    drop(service);

    let mut service = Service::start(&data, &["--allow-private", "127.0.0.1", "--allow-http", "--slots", "1"]);
    service.process.line("nothing is made of it");
    service.process.line("ended");
    service.get(&format!("/v1/renders/{id}")).await.expect(404);
    assert_eq!(service.get(&place).await.expect(200).json()["caught_later"], 1);
    assert!(crate::kit::stored(&data).is_empty());
    // Asked for anew, it is meant.
    let again = service.post("/v1/renders", &order).await.expect(202).json()["id"].as_str().unwrap().to_owned();
    service.until(&again, |render| render["state"] != "queued").await;
}

#[tokio::test]
async fn an_erasure_that_takes_longer_than_one_waits_goes_on() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker", "--max-waiting", "1ms"]);
    let id = submitted(&service, &file(&shop, "ada.json", ADA, "s-ada"), json!({})).await;
    let answer = service.post("/v1/erasures", &json!({"recording": "s-ada"})).await.expect(202);
    let place = answer.header("location").to_owned();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let done = loop {
        let told = service.get(&place).await.expect(200).json();
        if told["state"] == "finished" {
            break told;
        }
        assert!(std::time::Instant::now() < until, "{told:#}");
    };
    assert_eq!(
        (&done["receipt"]["deleted"]["renders"][0]["id"], &done["receipt"]["complete"]),
        (&json!(id), &json!(true))
    );
}
