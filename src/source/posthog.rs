//! Recordings in PostHog, by ID or link: what the server says about it, the list of its blocks, and then the blocks.
//!
//! The calls are those of `posthog/session_recordings/session_recording_api.py` and the docs page "Session recording snapshot API". What a shared
//! link opens is told by its page (`posthog/api/sharing.py`).

mod blocks;
mod cache;
mod listing;
pub(super) mod recordings;
mod server;
mod shared;
mod stamps;

use serde::Deserialize;
use url::Url;

use super::error::{PostHogError, SourceError};
use super::place::Link;
use super::{Hints, Limits, Session, Settings, Sourced, Warning};
pub use cache::{KeptDownload, kept};
use server::{Access, Server};

/// Whom to be in PostHog.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// The server, like `https://eu.posthog.com`; absent: the US cloud.
    pub host: Option<String>,
    /// The project's number; absent: the one a link names, or the key's current one.
    pub project: Option<String>,
    /// A personal API key.
    pub key: Option<Key>,
}

/// A personal API key. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key itself, `phx_…`.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

const DEFAULT_HOST: &str = "https://us.posthog.com";

/// Fetches a recording.
pub(super) async fn read(link: &Link, limits: &Limits, settings: &Settings) -> Result<Sourced, SourceError> {
    let host = link.origin.as_ref().map(Url::to_string).or_else(|| settings.posthog.host.clone());
    let host = host.unwrap_or_else(|| DEFAULT_HOST.to_owned());
    let named = link.recording.as_deref().unwrap_or("of a shared link");
    fetch(link, limits, settings).await.map_err(|error| SourceError::PostHog {
        recording: named.to_owned(),
        host: host.trim_end_matches('/').to_owned(),
        error,
    })
}

async fn fetch(link: &Link, limits: &Limits, settings: &Settings) -> Result<Sourced, PostHogError> {
    let mut server = server_of(link, limits, settings)?;
    let mut project = link.project.clone().or_else(|| settings.posthog.project.clone());
    let recording = if let Some(recording) = &link.recording {
        recording.clone()
    } else {
        let page = shared::open(&mut server, link).await?;
        project = page.project.or(project);
        page.recording
    };
    server.ask_for(project.as_deref().unwrap_or("@current"), &recording);
    let metadata: Metadata = server.json("description of the recording", &[], &[]).await?;
    let listing = listing::list(&mut server).await?;
    let cache =
        cache::Cache::open(settings, &server, &cache::Kept { id: &recording, person: metadata.person.as_ref() })?;
    let fetched = blocks::fetch(&mut server, &listing, &cache, settings).await?;
    cache.clear(settings.keep);
    let mut warnings = fetched.warnings;
    warnings.extend(metadata.compare(fetched.span_ms, !warnings.is_empty()));
    let hints = Hints { from_s: link.from_s, session: Some(metadata.into_session(recording)), warnings };
    Ok(Sourced { parts: fetched.parts, hints })
}

/// Who is asked, and as whom. A key goes to the server that it was given for and to no other, whatever a pasted link says.
fn server_of<'a>(link: &Link, limits: &'a Limits, settings: &'a Settings) -> Result<Server<'a>, PostHogError> {
    let account = &settings.posthog;
    if let (Some(origin), Some(token)) = (&link.origin, &link.token) {
        return Ok(Server::new(origin.clone(), Access::Shared(token.0.clone()), limits, settings));
    }
    let configured = base(account.host.as_deref().unwrap_or(DEFAULT_HOST))?;
    let linked = link.origin.as_ref().map(|origin| base(origin.as_str())).transpose()?;
    let host = match linked {
        None => configured,
        Some(linked) if linked.origin() == configured.origin() => configured,
        Some(linked) if account.host.is_none() && is_cloud(&linked) => linked,
        Some(linked) => {
            let text = |url: &Url| url.origin().ascii_serialization();
            return Err(PostHogError::OtherHost { linked: text(&linked), configured: text(&configured) });
        }
    };
    let key = account.key.as_ref().filter(|key| !key.0.is_empty()).ok_or(PostHogError::NoKey)?;
    if key.0.starts_with("phc_") {
        return Err(PostHogError::ProjectKey);
    }
    Ok(Server::new(host, Access::Key(key.0.clone()), limits, settings))
}

fn is_cloud(url: &Url) -> bool {
    url.scheme() == "https" && url.host_str().is_some_and(|host| host.ends_with(".posthog.com"))
}

/// A server's address from what people have set: often without scheme, and often the host that events are sent to (`us.i.posthog.com`), which has no API.
fn base(text: &str) -> Result<Url, PostHogError> {
    let bad = || PostHogError::Host { host: text.to_owned() };
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(whole.trim()).map_err(|_| bad())?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err(bad());
    }
    let host = url.host_str().ok_or_else(bad)?;
    let api = match host {
        "app.posthog.com" | "app.i.posthog.com" => "us.posthog.com".to_owned(),
        _ => host
            .strip_suffix(".i.posthog.com")
            .map_or_else(|| host.to_owned(), |region| format!("{region}.posthog.com")),
    };
    url.set_host(Some(&api)).map_err(|_| bad())?;
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// What the server says about a recording. Fields of `SessionRecordingSerializer`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    start_time: Option<String>,
    end_time: Option<String>,
    recording_duration: Option<f64>,
    ongoing: Option<bool>,
    person: Option<serde_json::Value>,
}

impl Metadata {
    /// What came, compared with what the server says there is. More than a second missing at an end is worth a word, if not already had.
    fn compare(&self, span_ms: Option<(f64, f64)>, told: bool) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.ongoing == Some(true) {
            let message = "the session was still being recorded when it was fetched; its end is not in here".to_owned();
            warnings.push(Warning { code: "posthog_ongoing", count: 1, message });
        }
        let ms = |text: &Option<String>| text.as_deref().and_then(listing::instant_ms);
        let (Some((first, last)), false) = (span_ms, told) else { return warnings };
        let before = ms(&self.start_time).map_or(0.0, |start| first - start);
        let after = ms(&self.end_time).map_or(0.0, |end| end - last);
        if before > 1000.0 || after > 1000.0 {
            let ends = [(before, "at the beginning"), (after, "at the end")];
            let absent: Vec<_> = ends
                .iter()
                .filter(|(ms, _)| *ms > 1000.0)
                .map(|(ms, place)| format!("{:.1} s {place}", ms / 1000.0))
                .collect();
            let message = format!(
                "of the session that the server describes, these are not in what it sent: {}",
                absent.join(", ")
            );
            warnings.push(Warning { code: "posthog_incomplete", count: absent.len() as u64, message });
        }
        warnings
    }

    fn into_session(self, id: String) -> Session {
        let Self { start_time, end_time, recording_duration: duration_s, person, .. } = self;
        Session { id, start_time, end_time, duration_s, person }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_taken_as_people_have_them() {
        for (given, expected) in [
            ("eu.posthog.com", "https://eu.posthog.com/"),
            ("https://us.i.posthog.com", "https://us.posthog.com/"),
            ("https://app.posthog.com/", "https://us.posthog.com/"),
            ("http://localhost:8000", "http://localhost:8000/"),
            ("https://ph.example/base/", "https://ph.example/base/"),
        ] {
            assert_eq!(base(given).unwrap().as_str(), expected, "{given}");
        }
        for bad in ["", "ftp://x", "https://me:pw@x", "https://"] {
            assert!(base(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        assert!(
            !format!("{:?}", Account { key: Some(Key::new("phx_secret")), ..Account::default() }).contains("secret")
        );
    }

    #[test]
    fn what_the_server_describes_and_did_not_send_is_told_at_both_ends() {
        let metadata = Metadata {
            start_time: Some("2025-01-01T00:00:00Z".to_owned()),
            end_time: Some("2025-01-01T00:01:00Z".to_owned()),
            ..Metadata::default()
        };
        let start = 1_735_689_600_000.0;
        assert_eq!(metadata.compare(Some((start + 900.0, start + 59_500.0)), false), []);
        let warnings = metadata.compare(Some((start + 5000.0, start + 30_000.0)), false);
        assert!(warnings[0].message.contains("5.0 s at the beginning, 30.0 s at the end"), "{warnings:?}");
        assert_eq!(metadata.compare(Some((start + 5000.0, start + 30_000.0)), true), []);
    }
}
