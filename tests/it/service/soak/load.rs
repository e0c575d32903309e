//! What is asked of the service, and what has to become of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::super::chaos::Dice;
use crate::kit::{Answer, Service, fixture};

/// Renders that wait or run at a time.
const OPEN: usize = 6;

/// What a render is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It ends well.
    Good,
    /// It can never succeed.
    Poison,
    /// It is called off when it was asked for a moment ago.
    CalledOff,
}

/// All that was asked for.
#[derive(Default)]
pub(super) struct Load {
    pub(super) renders: BTreeMap<String, Kind>,
    open: BTreeSet<String>,
    pub(super) deleted: BTreeSet<String>,
    pub(super) stills: u64,
    pub(super) stills_refused: u64,
    asked: u64,
}

/// The answer, if there was one: the server may be gone, or going.
pub(super) async fn answered(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request.timeout(Duration::from_secs(40)).send().await.ok()?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Some(Answer { status, headers, body: response.bytes().await.ok()?.to_vec() })
}

impl Load {
    /// Looks at what is open, and asks for more where there is room.
    pub(super) async fn go_on(&mut self, service: &Service, hook: &str, dice: &mut Dice) {
        for id in self.open.clone() {
            let Some(answer) = answered(service.request("GET", &format!("/v1/renders/{id}"))).await else { return };
            assert_ne!(answer.status, 404, "{id} was accepted and is not there any more");
            if answer.status == 200 && is_settled(&answer.json()) {
                self.open.remove(&id);
                if dice.roll(10) == 0 {
                    self.delete(service, id).await;
                }
            } else if self.renders[&id] == Kind::CalledOff {
                answered(service.request("POST", &format!("/v1/renders/{id}/cancel"))).await;
            }
        }
        while self.open.len() < OPEN {
            if !self.ask(service, hook, dice).await {
                return;
            }
        }
        if dice.roll(3) == 0 {
            self.still(service, dice).await;
        }
    }

    /// Whether all has ended.
    pub(super) async fn rest(&mut self, service: &Service) -> bool {
        for id in self.open.clone() {
            let answer = answered(service.request("GET", &format!("/v1/renders/{id}"))).await;
            if answer.is_some_and(|answer| answer.status == 200 && is_settled(&answer.json())) {
                self.open.remove(&id);
            }
        }
        self.open.is_empty()
    }

    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    async fn ask(&mut self, service: &Service, hook: &str, dice: &mut Dice) -> bool {
        let kind = match dice.roll(20) {
            0 => Kind::Poison,
            1 | 2 => Kind::CalledOff,
            _ => Kind::Good,
        };
        let recording = ["form", "navigation", "effects", "shadow", "scroll"][dice.roll(5) as usize];
        let output = match dice.roll(5) {
            0 => json!([{"format": "png", "at": "50%"}]),
            1 => json!([{"format": "gif", "fps": 5}]),
            2 => json!([{"format": "webm"}]),
            3 => json!([{"format": "mp4"}, {"format": "png", "at": "end"}]),
            _ => json!([{"format": "mp4"}]),
        };
        let mut spec = json!({
            "outputs": output, "size": "320x240", "to": "4", "fresh": dice.roll(4) != 0, "webhook": {"url": hook},
            "metadata": {"recording": recording},
        });
        if kind == Kind::Poison {
            spec["outputs"] = json!([{"format": "png", "at": "error:99"}]);
        }
        self.asked += 1;
        let name = format!("{recording}.json.gz");
        let (content_type, body) =
            crate::kit::form(&name, &std::fs::read(fixture(recording)).unwrap(), Some(&spec.to_string()));
        // The server may die after it took a request and before it said so: whoever asks again with the same key gets the same render.
        let request = service.request("POST", "/v1/renders").header("content-type", content_type).body(body);
        let request = request.header("idempotency-key", format!("soak-{}", self.asked));
        let again = request.try_clone().unwrap();
        let answer = match answered(request).await {
            Some(answer) if answer.status < 500 => Some(answer),
            _ => answered(again).await,
        };
        let Some(answer) = answer.filter(|answer| answer.status == 202) else { return false };
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert!(self.renders.insert(id.clone(), kind).is_none(), "two requests made one render: {id}");
        self.open.insert(id);
        true
    }

    async fn delete(&mut self, service: &Service, id: String) {
        let answer = answered(service.request("DELETE", &format!("/v1/renders/{id}"))).await;
        // Without an answer it may be gone or not.
        if answer.is_none_or(|answer| answer.status == 204) {
            self.deleted.insert(id);
        }
    }

    async fn still(&mut self, service: &Service, dice: &mut Dice) {
        let at = format!("{}%", dice.roll(100));
        let spec = json!({"at": at, "size": "320x240"}).to_string();
        let (kind, body) = crate::kit::form("form.json.gz", &std::fs::read(fixture("form")).unwrap(), Some(&spec));
        let request = service.request("POST", "/v1/stills").header("content-type", kind).body(body);
        match answered(request).await {
            Some(answer) if answer.status == 200 => {
                assert!(answer.body.starts_with(b"\x89PNG"), "a still that is no picture");
                self.stills += 1;
            }
            // Something was killed under it. That it says so is right; that it says anything else is not.
            Some(answer) => {
                assert!(matches!(answer.status, 422 | 429 | 503 | 504 | 500), "{}: {}", answer.status, answer.text());
                self.stills_refused += 1;
            }
            None => self.stills_refused += 1,
        }
    }
}

pub(super) fn is_settled(render: &Json) -> bool {
    matches!(render["state"].as_str(), Some("succeeded" | "failed" | "cancelled"))
}
