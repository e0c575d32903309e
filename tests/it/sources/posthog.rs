//! A server that answers as PostHog's snapshot API does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use crate::outbound::server::{Server, answer};
use crate::program::recording::START;

pub(super) const ID: &str = "01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77";
pub(super) const KEY: &str = "phx_secret";
pub(super) const TOKEN: &str = "Bi48yMpp9pFCZJMmGe_h3-gMDwlBrQ";

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) uri: String,
    pub(super) key: Option<String>,
}

/// An answer in place of the right one, for the next request whose address contains `to`.
pub(super) struct Fault {
    pub(super) to: &'static str,
    pub(super) status: u16,
    pub(super) retry_after: Option<&'static str>,
    pub(super) body: Value,
}

/// What is set up, and then running.
pub(super) struct PostHog {
    shared: Arc<Mutex<State>>,
    server: Option<Server>,
}

struct State {
    blocks: Vec<Block>,
    kind: &'static str,
    lost: Vec<usize>,
    /// Lost in calls for several blocks only.
    lost_at_first: Vec<usize>,
    faults: VecDeque<Fault>,
    description: Value,
    asked: Vec<Asked>,
}

#[derive(Clone)]
struct Block {
    start_ms: i64,
    end_ms: i64,
    lines: String,
}

/// The time of a moment of the session, as the server writes it.
pub(super) fn iso(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(START + ms).unwrap().to_string()
}

impl PostHog {
    /// Blocks of a second each, with events that show nothing: enough for what only carries them.
    pub(super) fn with_blocks(count: i64) -> Self {
        let line = |ms: i64| {
            format!("[\"w\",{}]\n", json!({"type": 3, "data": {"source": 1, "positions": []}, "timestamp": START + ms}))
        };
        let block = |index: i64| {
            let (start_ms, end_ms) = (index * 1000, index * 1000 + 900);
            Block { start_ms, end_ms, lines: line(start_ms) + &line(end_ms) }
        };
        Self::of((0..count).map(block).collect())
    }

    /// These events, of one window, as lines of so many events to a block.
    pub(super) fn with_events(events: &[Value], to_a_block: usize) -> Self {
        let block = |events: &[Value]| {
            let times: Vec<i64> = events.iter().map(|event| event["timestamp"].as_i64().unwrap() - START).collect();
            let lines = events.iter().map(|event| format!("{}\n", json!(["w", event]))).collect();
            Block { start_ms: *times.iter().min().unwrap(), end_ms: *times.iter().max().unwrap(), lines }
        };
        Self::of(events.chunks(to_a_block).map(block).collect())
    }

    fn of(blocks: Vec<Block>) -> Self {
        let end_ms = blocks.iter().map(|block| block.end_ms).max().unwrap();
        let description = json!({
            "id": ID, "distinct_id": "d", "start_time": iso(0), "end_time": iso(end_ms), "recording_duration": blocks.len(),
            "ongoing": false, "person": {"name": "Ada", "properties": {"email": "ada@example.com"}},
        });
        let (lost, lost_at_first, faults, asked) = (Vec::new(), Vec::new(), VecDeque::new(), Vec::new());
        let state = State { blocks, kind: "blob_v2", lost, lost_at_first, faults, description, asked };
        Self { shared: Arc::new(Mutex::new(state)), server: None }
    }

    fn set(self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.shared.lock().unwrap());
        self
    }

    pub(super) fn kind(self, kind: &'static str) -> Self {
        self.set(|state| state.kind = kind)
    }

    pub(super) fn losing(self, blocks: &[usize]) -> Self {
        self.set(|state| state.lost = blocks.to_vec())
    }

    pub(super) fn losing_at_first(self, blocks: &[usize]) -> Self {
        self.set(|state| state.lost_at_first = blocks.to_vec())
    }

    pub(super) fn described(self, change: impl FnOnce(&mut Value)) -> Self {
        self.set(|state| change(&mut state.description))
    }

    pub(super) fn failing(self, fault: Fault, times: usize) -> Self {
        self.set(|state| {
            for _ in 0..times {
                let Fault { to, status, retry_after, ref body } = fault;
                state.faults.push_back(Fault { to, status, retry_after, body: body.clone() });
            }
        })
    }

    pub(super) async fn start(mut self) -> Self {
        let state = Arc::clone(&self.shared);
        self.server = Some(Server::start(move |uri, headers| state.lock().unwrap().respond(&uri, &headers)).await);
        self
    }

    pub(super) fn url(&self, path: &str) -> String {
        self.server.as_ref().unwrap().url(path)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.shared.lock().unwrap().asked.clone()
    }

    pub(super) fn all_lines(&self) -> Bytes {
        self.shared.lock().unwrap().lines(0..usize::MAX).into()
    }
}

impl State {
    fn lines(&self, range: std::ops::Range<usize>) -> String {
        self.blocks
            .iter()
            .enumerate()
            .filter(|(index, _)| range.contains(index))
            .map(|(_, block)| block.lines.as_str())
            .collect()
    }

    fn respond(&mut self, uri: &Uri, headers: &HeaderMap) -> Response {
        let text = uri.to_string();
        let key = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        self.asked.push(Asked { uri: text.clone(), key: key.clone() });
        if let Some(at) = self.faults.iter().position(|fault| text.contains(fault.to)) {
            let fault = self.faults.remove(at).unwrap();
            let headers: Vec<_> = fault.retry_after.map(|after| ("retry-after", after)).into_iter().collect();
            return answer(fault.status, &headers, &fault.body.to_string());
        }
        if uri.path() == format!("/shared/{TOKEN}") {
            return answer(200, &[("content-type", "text/html")], &shared_page());
        }
        let api = |project: &str| {
            uri.path().strip_prefix(&format!("/api/projects/{project}/session_recordings/{ID}")).map(str::to_owned)
        };
        let by_token = text.contains(&format!("sharing_access_token={TOKEN}"));
        let path = match (key.as_deref(), by_token) {
            (Some("Bearer phx_secret"), false) => api("42").or_else(|| api("@current")),
            (None, true) => api("7"),
            _ => {
                return refusal(
                    401,
                    &json!({"type": "authentication_error", "detail": "Authentication credentials were not provided."}),
                );
            }
        };
        match path.as_deref() {
            Some("") => answer(200, &[], &self.description.to_string()),
            Some("/snapshots") => self.snapshots(uri),
            _ => refusal(404, &json!({"type": "invalid_request", "detail": "Recording not found"})),
        }
    }

    fn snapshots(&self, uri: &Uri) -> Response {
        let query = uri.query().unwrap_or_default().to_owned();
        let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        let number = |name: &str| parameter(name).unwrap().parse::<usize>().unwrap();
        match parameter("source") {
            None => answer(200, &[], &json!({"sources": self.sources()}).to_string()),
            Some("blob_v2") => {
                let (first, last) = (number("start_blob_key"), number("end_blob_key"));
                if last - first >= 20 {
                    return refusal(400, &json!({"detail": "Cannot request more than 20 blob keys at once"}));
                }
                if last >= self.blocks.len() {
                    return refusal(404, &json!({"detail": "Block index out of range"}));
                }
                let gone =
                    |index: usize| self.lost.contains(&index) || (first != last && self.lost_at_first.contains(&index));
                let there: Vec<usize> = (first..=last).filter(|index| !gone(*index)).collect();
                if there.is_empty() {
                    return refusal(
                        500,
                        &json!({"code": "recording_blocks_unavailable", "detail": "No blocks could be loaded"}),
                    );
                }
                let lines: String = there.iter().map(|index| self.blocks[*index].lines.as_str()).collect();
                // The server takes the last line's end off.
                answer(200, &[("content-type", "application/jsonl")], lines.trim_end_matches('\n'))
            }
            Some("blob") => {
                let key = parameter("blob_key").unwrap();
                let found = self.blocks.iter().find(|block| block.key() == key).unwrap();
                answer(200, &[], &found.lines)
            }
            Some(_) => answer(200, &[], &self.lines(0..usize::MAX)),
        }
    }

    fn sources(&self) -> Vec<Value> {
        if self.kind == "blob_v2_lts" {
            return vec![
                json!({"source": "blob_v2_lts", "blob_key": "lts/path/of/it", "start_timestamp": null, "end_timestamp": null}),
            ];
        }
        let source = |(index, block): (usize, &Block)| {
            let key = if self.kind == "blob" { block.key() } else { index.to_string() };
            json!({"source": self.kind, "blob_key": key, "start_timestamp": iso(block.start_ms), "end_timestamp": iso(block.end_ms)})
        };
        self.blocks.iter().enumerate().map(source).collect()
    }
}

impl Block {
    fn key(&self) -> String {
        format!("{}-{}", START + self.start_ms, START + self.end_ms)
    }
}

fn refusal(status: u16, body: &Value) -> Response {
    answer(status, &[("content-type", "application/json")], &body.to_string())
}

/// Django's `escapejs` writes quotes and some more as \uXXXX.
fn shared_page() -> String {
    let literal = |value: Value| value.to_string().replace('"', "\\u0022").replace('-', "\\u002D");
    let context = literal(json!({"current_team": {"id": 7, "name": "Shop"}, "anonymous": true}));
    let exported = literal(json!({"type": "scene", "accessToken": TOKEN, "recording": {"id": ID}}));
    format!(
        "<!doctype html><script>window.POSTHOG_APP_CONTEXT = JSON.parse(\"{context}\")</script>\
         <script>window.POSTHOG_EXPORTED_DATA = JSON.parse(\"{exported}\")</script>"
    )
}
