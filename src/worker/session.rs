//! What is known of a recording besides its pictures: for lists that people search.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::recording::{EventKind, Recording, SessionTime};

/// A recorded session, as the redacted recording tells of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SessionFacts {
    /// The recorder's ID of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When it began, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// From the first event to the last, ms.
    pub duration_ms: f64,
    /// Events in all windows.
    pub events: u64,
    /// Windows (tabs).
    pub windows: u64,
    /// Address of the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Largest viewport, CSS px.
    pub width: u32,
    /// Largest viewport, CSS px.
    pub height: u32,
    /// Who was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonFacts>,
}

/// Who was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PersonFacts {
    /// As the source calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As the source knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The IDs under which events came; 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distinct_ids: Vec<String>,
}

const MOST_IDS: usize = 20;
/// Characters of a text that somebody else wrote.
const LONGEST: usize = 500;

impl SessionFacts {
    /// Of a recording.
    pub(crate) fn of(recording: &Recording) -> Self {
        let viewport = recording.largest_viewport();
        let events = || recording.windows.iter().flat_map(|window| &window.events);
        let pages = events().filter_map(|event| match &event.kind {
            EventKind::Meta { href, .. } if !href.is_empty() => Some((event.at, href)),
            _ => None,
        });
        Self {
            id: recording.session_id.as_deref().map(bounded),
            started_at: recording.wall_clock(SessionTime::default()).map(|time| time.to_string()),
            duration_ms: recording.duration().millis(),
            events: events().count() as u64,
            windows: recording.windows.len() as u64,
            page: pages.min_by_key(|(at, _)| *at).map(|(_, href)| bounded(href)),
            width: viewport.width,
            height: viewport.height,
            person: recording.person.as_ref().map(PersonFacts::of),
        }
    }
}

impl PersonFacts {
    fn of(person: &Json) -> Self {
        let text = |pointer: &str| person.pointer(pointer).and_then(Json::as_str).filter(|text| !text.is_empty());
        let ids = person.get("distinct_ids").and_then(Json::as_array).into_iter().flatten();
        Self {
            name: text("/name").map(bounded),
            email: text("/properties/email").or_else(|| text("/properties/$email")).map(bounded),
            distinct_ids: ids.filter_map(Json::as_str).take(MOST_IDS).map(bounded).collect(),
        }
    }
}

fn bounded(text: &str) -> String {
    crate::recording::printable(text).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_known_by_what_posthog_says() {
        let person = json!({"name": "ada@example.org", "distinct_ids": ["a", 7, "b"], "properties": {"email": "ada@example.org"}});
        let facts = PersonFacts::of(&person);
        assert_eq!(facts.name.as_deref(), Some("ada@example.org"));
        assert_eq!(facts.email.as_deref(), Some("ada@example.org"));
        assert_eq!(facts.distinct_ids, ["a", "b"]);
        assert_eq!(PersonFacts::of(&json!("who")), PersonFacts::default());
    }

    #[test]
    fn what_strangers_wrote_is_bounded() {
        let person = json!({"name": "x".repeat(10_000), "distinct_ids": vec!["i"; 1000]});
        let facts = PersonFacts::of(&person);
        assert_eq!((facts.name.unwrap().len(), facts.distinct_ids.len()), (LONGEST, MOST_IDS));
    }
}
