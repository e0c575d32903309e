//! What is sent to ask for a render: members about the job, and all others the order itself.

use serde_json::{Map, Value as Json};

use super::Problem;
use crate::ledger::ms;
use crate::order::said::{Said, SaidError};
use crate::order::values::parse_long;
use crate::worker::JobSpec;

/// A request for a render, read.
#[derive(Debug)]
pub(super) struct RenderRequest {
    /// Where the recording is; absent where it is uploaded.
    pub(super) source: Option<String>,
    pub(super) spec: JobSpec,
    pub(super) said: Said,
    pub(super) priority: i32,
    /// Epoch ms.
    pub(super) run_at: Option<i64>,
    pub(super) keep_for_ms: Option<i64>,
    pub(super) max_attempts: Option<u32>,
    pub(super) metadata: Json,
    pub(super) webhook: Option<Json>,
    /// For `Idempotency-Key`: equal for requests that ask for the same.
    pub(super) canonical: String,
}

/// Members about the job; the rest is the order.
const OF_THE_JOB: [&str; 9] =
    ["source", "priority", "run_at", "keep_for", "max_attempts", "metadata", "webhook", "fresh", "companions"];

/// Priorities that callers may give.
const PRIORITIES: std::ops::RangeInclusive<i64> = -100..=100;
/// What of metadata is kept, bytes as JSON.
const METADATA: usize = 16 << 10;
const DAY_MS: i64 = 24 * 3600 * 1000;

impl RenderRequest {
    pub(super) fn parse(body: Json) -> Result<Self, Problem> {
        let Json::Object(mut members) = body else {
            return Err(Problem::field(
                "",
                "must be an object, like {\"source\":\"posthog:ID\",\"outputs\":[{\"format\":\"mp4\"}]}",
            ));
        };
        let canonical = canonical(&Json::Object(members.clone()));
        let mut errors = Vec::new();
        let mut of_job = Map::new();
        for name in OF_THE_JOB {
            if let Some(value) = members.remove(name).filter(|value| !value.is_null()) {
                of_job.insert(name.to_owned(), value);
            }
        }
        let spec = Json::Object(members);
        let said = Said::parse(&spec).map_err(|wrong| errors.extend(wrong)).ok();
        let mut read = Members { members: of_job, errors: &mut errors };
        let request = (
            read.text("source"),
            read.integer("priority", PRIORITIES).unwrap_or(0) as i32,
            read.instant("run_at"),
            read.length("keep_for"),
            read.integer("max_attempts", 1..=10).map(|most| most as u32),
            read.metadata(),
            read.webhook(),
            read.flag("fresh").unwrap_or(false),
            read.flag("companions").unwrap_or(true),
        );
        let (source, priority, run_at, keep_for_ms, max_attempts, metadata, webhook, fresh, companions) = request;
        if let Some(Err(error)) = said.as_ref().map(|said| said.redact.rule_set()) {
            errors.push(SaidError { field: "/redact/rules".to_owned(), message: error });
        }
        let Some(said) = said.filter(|_| errors.is_empty()) else { return Err(Problem::invalid(errors)) };
        let spec = JobSpec { spec, fresh, companions };
        Ok(Self { source, spec, said, priority, run_at, keep_for_ms, max_attempts, metadata, webhook, canonical })
    }
}

struct Members<'e> {
    members: Map<String, Json>,
    errors: &'e mut Vec<SaidError>,
}

impl Members<'_> {
    fn wrong(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(SaidError { field: format!("/{name}"), message: message.into() });
    }

    fn text(&mut self, name: &str) -> Option<String> {
        if let Json::String(text) = self.members.remove(name)? {
            return Some(text);
        }
        self.wrong(name, "must be a text");
        None
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        if let Json::Bool(flag) = self.members.remove(name)? {
            return Some(flag);
        }
        self.wrong(name, "must be true or false");
        None
    }

    fn integer(&mut self, name: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.members.remove(name)?;
        let number = value.as_i64().filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(name, format!("must be a whole number from {} to {}", range.start(), range.end()));
        }
        number
    }

    fn instant(&mut self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        let instant = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
        if instant.is_none() {
            self.wrong(name, format!("must be a time as 2026-01-31T12:00:00Z (got {text:?})"));
        }
        instant
    }

    fn length(&mut self, name: &str) -> Option<i64> {
        let text = match self.members.remove(name)? {
            Json::String(text) => text,
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let ms = parse_long(&text).ok().map(ms).filter(|ms| (1000..=3650 * DAY_MS).contains(ms));
        if ms.is_none() {
            self.wrong(
                name,
                format!("must be a length of time from a second to ten years, like 7d, 12h, 30m or 90s (got {text:?})"),
            );
        }
        ms
    }

    fn metadata(&mut self) -> Json {
        let metadata = self.members.remove("metadata").unwrap_or_else(|| Json::Object(Map::new()));
        if !metadata.is_object() {
            self.wrong("metadata", "must be an object");
        } else if metadata.to_string().len() > METADATA {
            self.wrong("metadata", format!("must be at most {METADATA} bytes of JSON"));
        }
        metadata
    }

    /// Who is called, and with what secret the call is signed.
    fn webhook(&mut self) -> Option<Json> {
        let webhook = match self.members.remove("webhook")? {
            Json::String(url) => Json::Object(Map::from_iter([("url".to_owned(), Json::String(url))])),
            webhook => webhook,
        };
        let url = webhook.get("url").and_then(Json::as_str).and_then(|url| url::Url::parse(url).ok());
        if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            self.wrong(
                "webhook",
                "must be an address, like \"https://example.org/hook\", or an object with url and secret",
            );
            return None;
        }
        let unknown = webhook
            .as_object()
            .and_then(|members| members.keys().find(|name| !matches!(name.as_str(), "url" | "secret")).cloned());
        if let Some(name) = unknown {
            self.wrong("webhook", format!("has url and secret, no {name}"));
        }
        let secret = webhook.get("secret");
        if secret.is_some_and(|secret| !secret.as_str().is_some_and(crate::webhook::is_secret)) {
            self.wrong("webhook", "its secret must be whsec_ and 24 to 64 bytes in base64");
        }
        Some(webhook)
    }
}

/// JSON with its members in order, whatever order they came in.
pub(super) fn canonical(json: &Json) -> String {
    match json {
        Json::Object(members) => {
            let mut sorted: Vec<(&String, &Json)> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            let members =
                sorted.into_iter().map(|(name, value)| format!("{}:{}", Json::String(name.clone()), canonical(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Json::Array(values) => format!("[{}]", values.iter().map(canonical).collect::<Vec<_>>().join(",")),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(body: Json) -> Vec<String> {
        RenderRequest::parse(body)
            .expect_err("a request that is wrong")
            .errors
            .into_iter()
            .map(|error| error.field)
            .collect()
    }

    #[test]
    fn members_about_the_job_are_not_part_of_the_order() {
        let request = RenderRequest::parse(json!({
            "source": "posthog:abc", "outputs": ["mp4"], "fps": 25, "priority": 5, "run_at": "2026-01-31T12:00:00Z",
            "keep_for": "7d", "metadata": {"ticket": 7}, "webhook": "https://example.org/hook", "fresh": true, "companions": false,
        }))
        .unwrap();
        assert_eq!(request.spec.spec, json!({"outputs": ["mp4"], "fps": 25}));
        assert_eq!(
            (request.priority, request.keep_for_ms, request.run_at),
            (5, Some(7 * DAY_MS), Some(1_769_860_800_000))
        );
        assert!(request.spec.fresh && !request.spec.companions && request.webhook.is_some());
    }

    #[test]
    fn every_member_that_is_wrong_is_named() {
        let wrong = json!({
            "source": 5, "priority": 101, "run_at": "tomorrow", "keep_for": "a while", "max_attempts": 0, "metadata": [],
            "webhook": "ftp://x", "fresh": "yes", "fps": -1, "colour": "red",
        });
        let mut found = fields(wrong);
        found.sort();
        assert_eq!(
            found,
            [
                "/colour",
                "/fresh",
                "/keep_for",
                "/max_attempts",
                "/metadata",
                "/priority",
                "/run_at",
                "/source",
                "/webhook"
            ]
        );
        assert_eq!(fields(json!({"metadata": {"a": "x".repeat(METADATA)}})), ["/metadata"]);
        assert_eq!(fields(json!({"webhook": {"url": "https://a", "secret": "short"}})), ["/webhook"]);
        assert_eq!(fields(json!({"redact": {"rules": "[pseudonyms]\nkey-file = \"/etc/shadow\""}})), ["/redact/rules"]);
        assert_eq!(fields(json!({"redact": {"rules": "nonsense"}})), ["/redact/rules"]);
        // A number that no computer has made the file be read, and its size told.
        let rules = "version = 1\n[pseudonyms]\nkey-file = \"/etc/passwd\"\n[[rule]]\nselector = \"p\"\nregion = { x = 99999999999999999999, y = 0, width = 1, height = 1 }";
        let refused = RenderRequest::parse(json!({"redact": {"rules": rules}})).unwrap_err();
        assert!(refused.detail.contains("leave [pseudonyms] out"), "{}", refused.detail);
    }

    #[test]
    fn the_order_of_members_makes_no_other_request() {
        let [one, other] = [r#"{"b":[{"y":1,"x":2}],"a":"1"}"#, r#"{"a":"1","b":[{"x":2,"y":1}]}"#];
        let parse = |text| serde_json::from_str::<Json>(text).unwrap();
        assert_eq!(canonical(&parse(one)), canonical(&parse(other)));
        assert_ne!(canonical(&parse(one)), canonical(&parse(r#"{"a":1}"#)));
    }
}
