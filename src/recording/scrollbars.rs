//! Whether the recorded browser's scroll bars took room from the page. Recorders do not say; the platform does.

use serde_json::Value;

use super::{EventKind, Recording};

/// Custom and plugin events that are looked through for a user agent; recorders that tell it do so at the start.
const MOST_LOOKED_AT: usize = 200;

impl Recording {
    /// Whether it was made where scroll bars stand beside the content: Chromium on Windows and Linux, 15 CSS px wide. macOS, phones,
    /// `ChromeOS`, headless browsers and Firefox (since version 100) lay them over it. `false` where nothing is known.
    ///
    /// The platform is that of a user agent in a custom or plugin event, else PostHog's person properties (`$raw_user_agent`,
    /// `$os`, `$browser`).
    pub fn has_classic_scrollbars(&self) -> bool {
        if let Some(agent) = self.user_agent() {
            return is_classic(&agent, &agent);
        }
        let property = |name| self.person_property(name);
        property("$os").is_some_and(|os| is_classic(os, property("$browser").unwrap_or_default()))
    }

    /// The browser's user agent: the first that a custom or plugin event tells, else that of PostHog's person.
    pub fn user_agent(&self) -> Option<String> {
        self.told_user_agent().or_else(|| self.person_property("$raw_user_agent").map(str::to_owned))
    }

    /// What PostHog knows of the person: `$browser`, `$os`, ….
    pub fn person_property(&self, name: &str) -> Option<&str> {
        self.person.as_ref()?.get("properties")?.get(name)?.as_str()
    }

    fn told_user_agent(&self) -> Option<String> {
        let telling = self.windows.iter().flat_map(|window| &window.events).filter(|event| {
            matches!(event.kind, EventKind::Custom { .. } | EventKind::Plugin { .. })
                && has(&event.json, b"Mozilla/5.0 (")
        });
        let values = telling.take(MOST_LOOKED_AT).filter_map(|event| serde_json::from_slice::<Value>(&event.json).ok());
        values.into_iter().find_map(|value| agent_in(&value["data"]["payload"], 0))
    }
}

fn has(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|part| part == wanted)
}

/// A user agent as a value of its own, whatever its key; not one within a log line or a request's headers as text.
fn agent_in(value: &Value, depth: u8) -> Option<String> {
    match value {
        Value::String(text) if text.starts_with("Mozilla/5.0 (") => Some(text.clone()),
        Value::Object(fields) if depth < 4 => {
            let is_agent = |name: &str| name.to_ascii_lowercase().replace(['_', '-', '$'], "").contains("useragent");
            fields
                .iter()
                .filter(|(name, value)| value.is_object() || is_agent(name))
                .find_map(|(_, value)| agent_in(value, depth + 1))
        }
        _ => None,
    }
}

/// `system` names the platform and `browser` the browser; both can be a whole user agent.
fn is_classic(system: &str, browser: &str) -> bool {
    let overlays = ["Android", "iPhone", "iPad", "iOS", "Mac", "CrOS", "Chrome OS", "Mobile"];
    let desktop = ["Windows", "Linux", "X11", "Ubuntu", "Fedora"];
    desktop.iter().any(|name| system.contains(name))
        && !overlays.iter().any(|name| system.contains(name))
        && !browser.contains("Firefox")
        && !browser.contains("Headless")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{Limits, open};

    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

    fn exported(properties: &Value, payload: &Value) -> Recording {
        let node = serde_json::json!({"type": 0, "childNodes": [], "id": 1});
        let events = serde_json::json!([
            {"type": 4, "timestamp": 1000, "data": {"href": "https://a.example/", "width": 800, "height": 600}},
            {"type": 5, "timestamp": 1000, "data": {"tag": "env", "payload": payload}},
            {"type": 2, "timestamp": 1001, "data": {"node": node, "initialOffset": {"left": 0, "top": 0}}},
            {"type": 3, "timestamp": 1002, "data": {"source": 3, "id": 1, "x": 0, "y": 0}},
        ]);
        let export = serde_json::json!({"version": "2022-12-02", "data": {
            "id": "s", "person": {"properties": properties}, "snapshotsByWindowId": {"w": events},
        }});
        open(serde_json::to_vec(&export).unwrap(), &Limits::default()).unwrap()
    }

    #[test]
    fn scroll_bars_take_room_on_windows_and_linux_desktops() {
        for (system, browser, classic) in [
            ("Windows", "Chrome", true),
            ("Linux", "Chrome", true),
            ("Mac OS X", "Chrome", false),
            ("Android", "Chrome", false),
            ("Linux", "Firefox", false),
            (WINDOWS, WINDOWS, true),
            ("Mozilla/5.0 (Linux; Android 14) Chrome/140 Mobile", "", false),
            ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140", "HeadlessChrome/140", false),
            ("", "", false),
        ] {
            assert_eq!(is_classic(system, browser), classic, "{system} {browser}");
        }
    }

    #[test]
    fn the_platform_is_that_of_a_person_or_of_an_event_and_overlay_where_nothing_is_known() {
        let none = serde_json::json!({});
        assert!(!exported(&none, &none).has_classic_scrollbars());
        let windows = serde_json::json!({"$os": "Windows", "$browser": "Chrome"});
        assert!(exported(&windows, &none).has_classic_scrollbars());
        let agent = serde_json::json!({"env": {"userAgent": WINDOWS}});
        assert!(exported(&none, &agent).has_classic_scrollbars());
        let mac = serde_json::json!({"user_agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140"});
        assert!(!exported(&windows, &mac).has_classic_scrollbars(), "the session's own word counts for more");
        let logged = serde_json::json!({"line": format!("seen {WINDOWS}"), "text": WINDOWS});
        assert!(!exported(&none, &logged).has_classic_scrollbars(), "a page can talk of other browsers");
    }
}
