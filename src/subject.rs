//! Whom and what a recording is about: what somebody names who wants all of it deleted.
//!
//! A **recording** goes by the ID that its recorder or its server gave it, and by the SHA-256 of its bytes. A **person** goes by what the recording
//! says of them. Taken before redaction, and again after it: whoever asks knows the one or the other. Kept as hashes only
//! ([`Subject::hashed`]), because whoever wants to delete needs to compare and nothing else.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::destination::hexadecimal;
use crate::package::Opened;
use crate::recording::{EventKind, Recording};
use crate::source::{Place, Session};

/// What a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    /// A recording, by an ID.
    Recording,
    /// A recording, by the SHA-256 of its bytes in hex. Hashed as [`Self::Recording`], so that either is found by what is asked for.
    Source,
    /// A person, by a distinct ID.
    Person,
}

impl SubjectKind {
    /// The name, as in the ledger and in receipts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Source => "source",
            Self::Person => "person",
        }
    }
}

/// A recording or a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// Which of them.
    pub kind: SubjectKind,
    /// The ID, exactly as it is written: capitals count.
    pub value: String,
}

/// Says no more than the kind: these end up in logs.
impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subject({}, …)", self.kind.name())
    }
}

/// A text that is nobody's ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ID has 1 to {LONGEST} bytes")]
pub struct NotASubject;

/// Longest ID, bytes. What is longer in a recording is no ID.
pub const LONGEST: usize = 1000;
/// IDs that are kept of one recording at most: PostHog merges persons, but nobody has a thousand devices.
pub const MOST: usize = 1000;
/// A custom event that says who somebody is is short.
const LONGEST_EVENT: usize = 64 << 10;

impl Subject {
    /// A recording as people name it: an ID, `posthog:ID`, a link copied from PostHog, an address, or the SHA-256 of a file.
    pub fn recording(text: &str) -> Result<Self, NotASubject> {
        let text = text.trim();
        Self::new(SubjectKind::Recording, &of_place(text).map_or_else(|| text.to_owned(), |place| place.value))
    }

    /// A person, by a distinct ID.
    pub fn person(text: &str) -> Result<Self, NotASubject> {
        Self::new(SubjectKind::Person, text)
    }

    /// The bytes of a recording.
    pub fn source(sha256: &str) -> Self {
        Self { kind: SubjectKind::Source, value: sha256.to_owned() }
    }

    /// A session that a recorder sent, by its ID.
    pub fn sent(session: &impl std::fmt::Display) -> Self {
        Self { kind: SubjectKind::Recording, value: session.to_string() }
    }

    fn new(kind: SubjectKind, value: &str) -> Result<Self, NotASubject> {
        if (1..=LONGEST).contains(&value.len()) { Ok(Self { kind, value: value.to_owned() }) } else { Err(NotASubject) }
    }

    /// What stands for it where it must not be told: hex HMAC-SHA-256 over kind and value. Without a key, their SHA-256.
    pub fn hashed(&self, key: Option<&[u8; 32]>) -> String {
        let kind = if self.kind == SubjectKind::Person { "person" } else { "recording" };
        let whole = [kind.as_bytes(), b"\0", self.value.as_bytes()].concat();
        // HMAC takes keys of any length; the type cannot say so.
        if let Some(mut mac) = key.and_then(|key| Hmac::<Sha256>::new_from_slice(key).ok()) {
            mac.update(&whole);
            hexadecimal(&mac.finalize().into_bytes())
        } else {
            hexadecimal(&Sha256::digest(&whole))
        }
    }

    /// Whether what was asked for is what was found: a recording is, by its bytes too.
    pub fn is_met_by(&self, found: &Self) -> bool {
        let is_person = |subject: &Self| subject.kind == SubjectKind::Person;
        self.value == found.value && is_person(self) == is_person(found)
    }
}

/// The recording that a place names: PostHog's ID of it, or an address without what may be secret. None for a file, whose name says nothing.
pub fn of_place(place: &str) -> Option<Subject> {
    let value = Place::parse(place).ok()?.identity()?;
    Subject::new(SubjectKind::Recording, &value).ok()
}

/// What a server says of a session.
pub fn of_session(session: &Session) -> BTreeSet<Subject> {
    let mut found = BTreeSet::new();
    note(&mut found, SubjectKind::Recording, &session.id);
    session.person.iter().for_each(|person| of_person(person, &mut found));
    found
}

/// What a recording says of itself, its package included.
pub fn of_opened(opened: &Opened) -> BTreeSet<Subject> {
    let mut found = BTreeSet::new();
    let Opened { recording, manifest, .. } = opened;
    recording.session_id.iter().for_each(|id| note(&mut found, SubjectKind::Recording, id));
    recording.person.iter().for_each(|person| of_person(person, &mut found));
    if let Some(manifest) = manifest {
        manifest.session.id.iter().for_each(|id| note(&mut found, SubjectKind::Recording, id));
        manifest.session.person.iter().for_each(|person| of_person(person, &mut found));
    }
    identified(recording, &mut found);
    found
}

/// What a file says of itself that holds only a part of a recording.
pub fn of_names(names: &crate::recording::Names) -> BTreeSet<Subject> {
    let mut found = BTreeSet::new();
    names.session_id.iter().for_each(|id| note(&mut found, SubjectKind::Recording, id));
    names.person.iter().for_each(|person| of_person(person, &mut found));
    found
}

/// PostHog's person: its distinct IDs, its UUID and its address.
fn of_person(person: &Json, found: &mut BTreeSet<Subject>) {
    let ids = person.get("distinct_ids").and_then(Json::as_array).into_iter().flatten();
    let single = ["distinct_id", "uuid"].into_iter().filter_map(|name| person.get(name));
    let email = ["email", "$email"].into_iter().filter_map(|name| person.get("properties")?.get(name));
    for id in ids.chain(single).chain(email) {
        if let Some(id) = scalar(id) {
            note(found, SubjectKind::Person, &id);
        }
    }
}

/// Members of a custom event `identify` that say who somebody is.
const IDENTIFYING: [&str; 7] = ["distinct_id", "distinctId", "user_id", "userId", "user_identifier", "id", "email"];

/// rrweb knows no person; sites that want one add a custom event.
fn identified(recording: &Recording, found: &mut BTreeSet<Subject>) {
    for event in recording.windows.iter().flat_map(|window| &window.events) {
        if let EventKind::Custom { tag } = &event.kind {
            of_custom(tag, &event.json, found);
        }
    }
}

/// Whom a custom event is about, given its tag and the whole event as JSON.
pub fn of_custom(tag: &str, json: &[u8], found: &mut BTreeSet<Subject>) {
    #[derive(Deserialize)]
    struct Custom {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        payload: Json,
    }
    if !tag.trim_start_matches('$').eq_ignore_ascii_case("identify") || json.len() > LONGEST_EVENT {
        return;
    }
    let Ok(Custom { data: Data { payload } }) = serde_json::from_slice(json) else { return };
    let payload = match payload {
        // Some recorders write JSON into the string.
        Json::String(text) => serde_json::from_str(&text).unwrap_or(Json::String(text)),
        payload => payload,
    };
    let members = IDENTIFYING.into_iter().filter_map(|name| payload.get(name));
    for id in members.chain([&payload]).filter_map(scalar) {
        note(found, SubjectKind::Person, &id);
    }
}

/// IDs are texts or whole numbers.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

fn note(found: &mut BTreeSet<Subject>, kind: SubjectKind, value: &str) {
    if found.len() < MOST
        && let Ok(subject) = Subject::new(kind, value)
    {
        found.insert(subject);
    }
}

/// Whether a JSON value holds an ID as one of its values, whole.
pub fn holds(value: &Json, id: &str) -> bool {
    match value {
        Json::Array(values) => values.iter().any(|value| holds(value, id)),
        Json::Object(members) => members.values().any(|value| holds(value, id)),
        value => scalar(value).is_some_and(|text| text == id),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(recording: &Json) -> Vec<(&'static str, String)> {
        let part = crate::source::SourceBytes { name: "r.json".to_owned(), bytes: recording.to_string().into() };
        let opened = crate::package::open(vec![part], &crate::package::Limits::default()).unwrap();
        of_opened(&opened).into_iter().map(|subject| (subject.kind.name(), subject.value)).collect()
    }

    fn page(more: &[Json]) -> Json {
        let mut events = vec![
            json!({"type": 4, "data": {"href": "https://a.example/", "width": 800, "height": 600}, "timestamp": 1}),
            json!({"type": 2, "data": {"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 2}),
        ];
        events.extend_from_slice(more);
        Json::Array(events)
    }

    #[test]
    fn a_person_goes_by_every_id_that_the_recording_has_of_them() {
        let person = json!({"distinct_ids": ["ada@example.com", 7], "uuid": "u-1", "name": "Ada", "properties": {"email": "a@b.example"}});
        let export = json!({"version": "2023-04-28", "data": {"id": "s-1", "person": person, "snapshots": page(&[])}});
        let expected = [
            ("recording", "s-1"),
            ("person", "7"),
            ("person", "a@b.example"),
            ("person", "ada@example.com"),
            ("person", "u-1"),
        ];
        assert_eq!(of(&export), expected.map(|(kind, value)| (kind, value.to_owned())));
    }

    #[test]
    fn an_event_that_identifies_somebody_says_who_it_is() {
        let event =
            |tag: &str, payload: Json| json!({"type": 5, "data": {"tag": tag, "payload": payload}, "timestamp": 3});
        let ids =
            |tag, payload| of(&page(&[event(tag, payload)])).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        assert_eq!(ids("identify", json!({"userId": "ada"})), ["ada"]);
        assert_eq!(ids("$identify", json!({"distinct_id": 7, "colour": "red"})), ["7"]);
        assert_eq!(ids("Identify", json!("{\"user_identifier\":\"ada\"}")), ["ada"]);
        assert_eq!(ids("identify", json!("ada")), ["ada"]);
        assert_eq!(ids("purchase", json!({"id": "order"})), [""; 0]);
        assert_eq!(ids("identify", json!({"id": ["a"], "email": 1.5, "userId": ""})), [""; 0]);
    }

    #[test]
    fn the_events_sent_to_posthog_say_whose_they_are() {
        let sent = json!([{"event": "$snapshot", "properties": {"distinct_id": "ada", "$session_id": "s", "$snapshot_data": page(&[])}}]);
        let expected = [("recording", "s"), ("person", "ada")];
        assert_eq!(of(&sent), expected.map(|(kind, value)| (kind, value.to_owned())));
    }

    #[test]
    fn a_recording_is_named_as_people_have_it() {
        let id = "01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77";
        for text in
            [format!(" {id}\n"), format!("posthog:{id}"), format!("https://eu.posthog.com/project/42/replay/{id}?t=75")]
        {
            assert_eq!(Subject::recording(&text).unwrap().value, id, "{text}");
        }
        assert_eq!(Subject::recording("https://a.example/r.json?token=x").unwrap().value, "https://a.example/r.json");
        assert_eq!(Subject::recording("s3://b/k").unwrap().value, "s3://b/k");
        assert!(Subject::recording("  ").is_err() && Subject::person("").is_err());
        assert!(Subject::person(&"x".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn a_hash_tells_kinds_apart_but_not_a_recordings_id_from_its_bytes() {
        let (key, sha) = (Some(&[7; 32]), "ab".repeat(32));
        let (recording, person) = (Subject::recording(&sha).unwrap(), Subject::person(&sha).unwrap());
        assert_eq!(recording.hashed(key), Subject::source(&sha).hashed(key));
        assert!(recording.is_met_by(&Subject::source(&sha)) && !recording.is_met_by(&person));
        assert_ne!(recording.hashed(key), person.hashed(key));
        assert_ne!(person.hashed(key), person.hashed(Some(&[8; 32])));
        assert_ne!(person.hashed(key), person.hashed(None));
        assert!(!format!("{person:?}").contains("ab"));
    }

    #[test]
    fn an_id_is_held_as_a_whole_value_only() {
        let metadata = json!({"a": ["x", {"user": "ada"}], "n": 7, "ada2": "adam"});
        assert!(holds(&metadata, "ada") && holds(&metadata, "7"));
        assert!(!holds(&metadata, "ad") && !holds(&metadata, "ada2") && !holds(&json!(null), "null"));
    }
}
