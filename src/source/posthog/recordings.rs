//! The recordings of a project, by date, person and duration.
//!
//! The call is the one of the replay page: `GET /api/projects/ID/session_recordings` with the members of `RecordingsQuery` (`posthog/schema.py`), of
//! which lists are JSON (`query_as_params_to_dict`), answered with `results` and `has_next` (`list_recordings_response`).

use std::collections::HashSet;

use serde::Deserialize;
use url::Url;

use super::super::error::{PostHogError, SourceError};
use super::super::place::Link;
use super::super::{Listed, Settings};
use super::{DEFAULT_HOST, server_of};

/// Which recordings of a project.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Begun at or after: a date, RFC 3339, or `-30d`. Absent: whatever is kept.
    pub since: Option<String>,
    /// Begun before.
    pub until: Option<String>,
    /// Of this distinct ID.
    pub person: Option<String>,
    /// Seconds, at least.
    pub min_s: Option<f64>,
    /// Seconds, at most.
    pub max_s: Option<f64>,
}

/// Recordings asked for at once.
const PAGE: usize = 100;
/// Before there was a PostHog. Without a date the server takes the last three days.
const EVER: &str = "2020-01-01";

#[derive(Debug, Deserialize)]
struct Page {
    results: Vec<Row>,
    #[serde(default)]
    has_next: bool,
}

#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    #[serde(default)]
    recording_duration: Option<f64>,
    #[serde(default)]
    end_time: Option<String>,
}

/// Lists them, newest first. `link` is a project's page, or nothing: then the account says which project.
pub(in crate::source) async fn list(
    link: Option<&Url>,
    project: Option<&str>,
    filter: &Filter,
    settings: &Settings,
) -> Result<Vec<Listed>, SourceError> {
    let host = link.map(Url::to_string).or_else(|| settings.posthog.host.clone());
    let host = host.unwrap_or_else(|| DEFAULT_HOST.to_owned());
    rows(link, project, filter, settings).await.map_err(|error| SourceError::PostHog {
        recording: "of a project".to_owned(),
        host: host.trim_end_matches('/').to_owned(),
        error,
    })
}

async fn rows(
    link: Option<&Url>,
    project: Option<&str>,
    filter: &Filter,
    settings: &Settings,
) -> Result<Vec<Listed>, PostHogError> {
    let project = project.map(str::to_owned).or_else(|| settings.posthog.project.clone());
    let project = project.unwrap_or_else(|| "@current".to_owned());
    let whose = Link { origin: link.cloned(), project: None, recording: None, token: None, from_s: None };
    let mut server = server_of(&whose, &settings.limits, settings)?;
    server.ask_for(&project, "");
    let fixed = filter.query();
    let mut seen = HashSet::new();
    let mut listed = Vec::new();
    loop {
        let offset = listed.len().to_string();
        let limit = PAGE.to_string();
        let mut query: Vec<(&str, &str)> = fixed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.extend([("limit", limit.as_str()), ("offset", offset.as_str())]);
        let page: Page = server.json("list of recordings", &[], &query).await?;
        let before = listed.len();
        for row in page.results {
            if !super::super::place::is_id(&row.id) {
                return Err(PostHogError::Unexpected {
                    what: "list of recordings",
                    detail: format!("{:?} is no recording's ID", row.id),
                });
            }
            // One that began while the list was read moves all others down.
            if !seen.insert(row.id.clone()) {
                continue;
            }
            let place = match link {
                Some(origin) => format!(
                    "{}project/{project}/replay/{}",
                    origin.join("/").map_or_else(|_| origin.to_string(), |root| root.to_string()),
                    row.id
                ),
                None => format!("posthog:{}", row.id),
            };
            let stamp = row.end_time.map(|end| format!("{end};{}", row.recording_duration.unwrap_or_default()));
            listed.push(Listed { place, path: row.id, stamp, bytes: None, seconds: row.recording_duration });
            if listed.len() > settings.limits.objects {
                return Err(PostHogError::TooMany { limit: settings.limits.objects });
            }
        }
        if !page.has_next || listed.len() == before {
            return Ok(listed);
        }
    }
}

impl Filter {
    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![
            ("date_from", self.since.clone().unwrap_or_else(|| EVER.to_owned())),
            ("order", "start_time".to_owned()),
        ];
        query.extend(self.until.clone().map(|until| ("date_to", until)));
        query.extend(self.person.as_ref().map(|person| ("distinct_ids", serde_json::json!([person]).to_string())));
        let bound = |operator: &str, value: f64| serde_json::json!({"type": "recording", "key": "duration", "operator": operator, "value": value});
        let bounds: Vec<_> = self
            .min_s
            .map(|min| bound("gt", min - 1.0))
            .into_iter()
            .chain(self.max_s.map(|max| bound("lt", max + 1.0)))
            .collect();
        if !bounds.is_empty() {
            query.push(("having_predicates", serde_json::Value::from(bounds).to_string()));
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_said_as_the_replay_page_says_them() {
        let filter = Filter {
            since: Some("2026-01-01".to_owned()),
            until: Some("2026-02-01".to_owned()),
            person: Some("ada \"x\"".to_owned()),
            min_s: Some(10.0),
            max_s: None,
        };
        let query = filter.query();
        let of = |name: &str| query.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        assert_eq!(of("date_from"), Some("2026-01-01"));
        assert_eq!(of("date_to"), Some("2026-02-01"));
        assert_eq!(of("distinct_ids"), Some(r#"["ada \"x\""]"#));
        assert_eq!(
            of("having_predicates"),
            Some(r#"[{"key":"duration","operator":"gt","type":"recording","value":9.0}]"#)
        );
        assert_eq!(Filter::default().query()[0], ("date_from", EVER.to_owned()));
    }
}
