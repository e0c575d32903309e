//! The service's pages, asked for as browsers ask, without script.

mod browser;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::kit::{Service, Workshop};

/// The service, talked to as a browser without script does.
struct Server {
    address: String,
    // Ended before its folder is removed.
    _service: Service,
    _shop: Workshop,
}

impl Server {
    fn start(arguments: &[&str], key: Option<&str>) -> Self {
        let shop = Workshop::new();
        let key = key.map(|key| ("REPLAYREEL_API_KEY", key));
        let service = Service::start_with(&shop.path("data"), arguments, key.as_slice());
        Self { address: service.base.trim_start_matches("http://").to_owned(), _service: service, _shop: shop }
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        // HTTP/1.0: the answer is as it is, and ends with the connection.
        let mut head = format!("{method} {path} HTTP/1.0\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: String::from_utf8_lossy(&answer[end + 4..]).into_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[("Accept", "text/html,*/*;q=0.8")], b"")
    }

    /// A form as the first page sends it: a field for the file is there also where no file was chosen.
    fn submit(&self, file: &str, bytes: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"package\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n{bytes}\r\n"
        );
        for (name, value) in fields {
            body.push_str(&format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        }
        body.push_str("--edge--\r\n");
        let headers = [("Content-Type", "multipart/form-data; boundary=edge"), ("Accept", "text/html")];
        self.ask("POST", "/renders", &headers, body.as_bytes())
    }

    fn post(&self, path: &str) -> Answer {
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html")];
        self.ask("POST", path, &headers, b"")
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next().unwrap_or_default()
    }
}

const KEY: &str = "rrk_a-key-of-this-test-alone";

#[test]
fn a_form_without_script_leads_to_a_render_that_can_be_cancelled_tried_again_and_deleted() {
    let server = Server::start(&["--no-worker"], None);
    let sent = server.submit("one.json", "[]", &[("source", ""), ("preset", "share"), ("mp4", "on"), ("stills", "on")]);
    assert_eq!(sent.status, 303, "{}", sent.body);
    let render = sent.header("location").to_owned();
    let page = server.get(&render);
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("Waiting for its turn") && page.body.contains("http-equiv=\"refresh\""),
        "{}",
        page.body
    );
    assert_eq!(server.post(&format!("{render}/cancel")).header("location"), render);
    assert!(server.get(&render).body.contains("was cancelled"));
    assert_eq!(server.post(&format!("{render}/retry")).status, 303);
    assert!(server.get(&render).body.contains("Waiting"));
    // What is not done yet is not deleted: the page says what to do.
    let refused = server.post(&format!("{render}/delete"));
    assert!(refused.status == 409 && refused.body.contains("cancel it first"), "{}", refused.body);
    server.post(&format!("{render}/cancel"));
    assert!(server.get(&format!("{render}/delete")).body.contains("cannot be undone"));
    assert_eq!(server.post(&format!("{render}/delete")).header("location"), "/");
    assert_eq!(server.get(&render).status, 404);
    assert!(server.get("/").body.contains("No renders yet"));
}

#[test]
fn what_the_form_lacks_is_said_on_a_page() {
    let server = Server::start(&["--no-worker"], None);
    for (file, bytes, fields, said) in [
        ("", "", &[("source", ""), ("mp4", "on")][..], "choose a recording"),
        ("a.json", "[]", &[("source", "posthog:1"), ("mp4", "on")], "not both"),
        ("a.json", "[]", &[("source", "")], "at least one"),
        ("", "", &[("source", "/etc/passwd"), ("mp4", "on")], "posthog:ID"),
        ("a.json", "[]", &[("preset", "fancy"), ("mp4", "on")], "fancy"),
    ] {
        let answer = server.submit(file, bytes, fields);
        assert!((400..500).contains(&answer.status) && answer.body.contains(said), "{said}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }
    let listed = server.ask("GET", "/v1/renders", &[], b"");
    assert!(listed.body.contains("\"renders\":[]"), "{}", listed.body);
}

#[test]
fn a_hostile_name_of_a_file_stays_text() {
    let server = Server::start(&["--no-worker"], None);
    let name = "<script>alert(1)</script>' onload=x .json";
    let sent = server.submit(name, "[]", &[("mp4", "on")]);
    assert_eq!(sent.status, 303, "{}", sent.body);
    for path in ["/", sent.header("location"), &format!("{}/delete", sent.header("location"))] {
        let page = server.get(path);
        assert!(page.body.contains("onload=x"), "{}", page.body);
        assert!(!page.body.contains("<script>alert") && !page.body.contains("' onload"), "{}", page.body);
    }
    let search = server.get("/?search=%22%3E%3Cb%3E&state=queued");
    assert!(search.body.contains("Nothing matches") && !search.body.contains("\"><b>"));
}

#[test]
fn every_page_runs_only_what_the_program_brings() {
    let server = Server::start(&["--no-worker"], None);
    for path in ["/", "/renders/rnd_1", "/s/nothing", "/nothing"] {
        let page = server.get(path);
        let policy = page.header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!page.body.contains("style=\"") && !page.body.contains("<style"), "{path}");
        for asset in page.body.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let found = server.get(&format!("/assets/{asset}"));
            assert_eq!(found.status, 200, "{asset}");
            let tag = found.header("etag");
            let again = server.ask("GET", &format!("/assets/{asset}"), &[("If-None-Match", tag)], b"");
            assert_eq!((again.status, again.body.as_str()), (304, ""), "{asset}");
        }
    }
}

#[test]
fn a_problem_is_a_page_for_browsers_and_json_for_programs() {
    let server = Server::start(&["--no-worker"], None);
    let page = server.get("/renders/rnd_00000000000000000000000000000000");
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    let json = server.ask("GET", "/renders/rnd_00000000000000000000000000000000", &[("Accept", "*/*")], b"");
    assert_eq!((json.status, json.header("content-type")), (404, "application/problem+json"));
    // Whoever has only a link is not led into a place that they cannot enter.
    let guest = server.get("/s/shr_1.5.AAAA");
    assert!(guest.status == 404 && !guest.body.contains("href=\"/renders"), "{}", guest.body);
}

#[test]
fn a_server_with_a_key_asks_for_it_once() {
    let server = Server::start(&["--no-worker"], Some(KEY));
    let sent_away = server.get("/renders/rnd_1?x=1");
    assert_eq!((sent_away.status, sent_away.header("location")), (303, "/login?next=%2Frenders%2Frnd_1"));
    assert_eq!(server.ask("GET", "/v1/renders", &[], b"").status, 401);
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Forwarded-Proto", "https")];
    let wrong = server.ask("POST", "/login", &form, b"key=rrk_wrong&next=/");
    assert!(
        wrong.status == 401 && wrong.body.contains("unknown or was revoked") && wrong.header("set-cookie").is_empty()
    );
    let entered = server.ask("POST", "/login", &form, format!("key={KEY}&next=//evil.example").as_bytes());
    assert_eq!((entered.status, entered.header("location")), (303, "/"));
    let cookie = entered.header("set-cookie");
    for flag in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let plain = server.ask("POST", "/login", &form[..1], format!("key={KEY}").as_bytes());
    assert!(!plain.header("set-cookie").contains("Secure"));
    let cookie = cookie.split(';').next().unwrap();
    let home = server.ask("GET", "/", &[("Cookie", cookie)], b"");
    assert!(home.status == 200 && home.body.contains("Sign out"));
    let foreign = [("Cookie", cookie), ("Sec-Fetch-Site", "cross-site"), form[0]];
    assert_eq!(server.ask("POST", "/renders/rnd_1/cancel", &foreign, b"").status, 403);
    let left = server.ask("POST", "/logout", &[("Cookie", cookie)], b"");
    assert!(left.header("set-cookie").contains("Max-Age=0"), "{}", left.head);
}

#[test]
fn what_an_earlier_render_was_made_of_can_be_rendered_again() {
    let server = Server::start(&["--no-worker"], None);
    let first = server.submit("one.json", "[]", &[("mp4", "on")]).header("location").replace("/renders/", "");
    let json = [("Content-Type", "application/json")];
    let again = |id: &str| {
        let body = format!("{{\"source\":\"render:{id}\",\"outputs\":[\"gif\"]}}");
        server.ask("POST", "/v1/renders", &json, body.as_bytes())
    };
    let made = again(&first);
    assert!(made.status == 202 && made.body.contains("\"name\":\"one.json\""), "{}", made.body);
    let unknown = again("rnd_00000000000000000000000000000000");
    assert!(unknown.status == 422 && unknown.body.contains("no such render"), "{}", unknown.body);
    // The copy is its own: it stays when the first one goes.
    server.post(&format!("/renders/{first}/cancel"));
    server.post(&format!("/renders/{first}/delete"));
    assert_eq!(again(&first).status, 422);
    let copy: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    assert_eq!(again(copy["id"].as_str().unwrap()).status, 202);
}
