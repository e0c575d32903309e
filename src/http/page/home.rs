//! The first page: a recording in, and what became of the others.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::multipart::Multipart;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, FromRequest as _, Query, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Value as Json, json};

use super::view::Row;
use super::{Frame, shown};
use crate::http::auth::Caller;
use crate::http::renders::ListQuery;
use crate::http::request::RenderRequest;
use crate::http::{Problem, Service, submit, upload};
use crate::ledger::{JobState, Scope};

/// Renders on a page.
const PAGE: u32 = 20;

/// Presets: name, what they are called, what they are for.
const PRESETS: [(&str, &str, &str); 5] = [
    ("share", "Share", "Notes of problems, no idle time"),
    ("ticket", "Ticket", "The same, small enough for a bug tracker"),
    ("archive", "Archive", "Nothing left out, with the wall clock"),
    ("docs", "Docs", "Sharp and light, with a large pointer"),
    ("none", "Plain", "The page alone, in real time"),
];

/// What can be made: field, what it is called, what it is, whether it is made unless said otherwise.
const FORMATS: [(&str, &str, &str, bool); 6] = [
    ("mp4", "MP4", "plays everywhere", true),
    ("gif", "GIF", "moves in any chat", false),
    ("webm", "WebM", "small video", false),
    ("poster", "Poster", "one telling picture", true),
    ("stills", "Stills of problems", "a picture of each", false),
    ("sheet", "Contact sheet", "the session at a glance", false),
];

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    search: String,
    state: String,
    is_filtered: bool,
    is_first: bool,
    states: Vec<(&'static str, &'static str)>,
    presets: &'static [(&'static str, &'static str, &'static str)],
    formats: &'static [(&'static str, &'static str, &'static str, bool)],
}

pub(super) async fn page(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(mut query) = query?;
    query.limit = query.limit.or(Some(PAGE));
    // An empty field of the form is none.
    query.before = query.before.filter(|before| !before.is_empty());
    let (search, state) = (query.search.clone().unwrap_or_default(), query.state.clone().unwrap_or_default());
    let is_first = query.before.is_none();
    let (jobs, next) = service.listed(&caller, query).await?;
    let next = next.map(|before| {
        let mut link = url::form_urlencoded::Serializer::new(String::new());
        link.append_pair("before", &before);
        for (name, value) in [("state", &state), ("search", &search)] {
            if !value.is_empty() {
                link.append_pair(name, value);
            }
        }
        format!("/?{}#renders", link.finish())
    });
    let states = JobState::ALL.map(|state| {
        let word = match state {
            JobState::Queued => "Waiting",
            JobState::Running => "Rendering",
            JobState::Succeeded => "Ready",
            JobState::Failed => "Failed",
            JobState::Cancelled => "Cancelled",
        };
        (state.name(), word)
    });
    Ok(shown(&HomePage {
        frame: Frame::of(&caller, &headers),
        rows: jobs.iter().map(Row::of).collect(),
        next,
        is_filtered: !search.is_empty() || !state.is_empty(),
        search,
        state,
        is_first,
        states: states.to_vec(),
        presets: &PRESETS,
        formats: &FORMATS,
    }))
}

/// Reloaded after a form, an address is asked for that only takes forms.
pub(super) async fn renders() -> Redirect {
    Redirect::to("/")
}

pub(super) async fn submit(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    caller.must(Scope::Submit)?;
    service.refuse_while_draining()?;
    let parts = Multipart::from_request(request, &service).await;
    let parts = parts
        .map_err(|error| Problem::new("bad-request", format!("the form cannot be read: {}", error.body_text())))?;
    let (package, fields) = upload::read_page(&service, parts).await?;
    let mut body = spec(&fields);
    match (&package, fields.get("source").map(|source| source.trim()).filter(|source| !source.is_empty())) {
        (Some(_), Some(_)) => {
            return Err(Problem::new("bad-request", "choose a file or paste a link, not both"));
        }
        (None, None) => return Err(Problem::new("bad-request", "choose a recording, or paste its ID or link")),
        (Some(upload), None) => body["metadata"] = json!({ "title": upload.name }),
        (None, Some(source)) => body["source"] = json!(source),
    }
    if body["outputs"].as_array().is_none_or(Vec::is_empty) && body.get("stills").is_none() {
        return Err(Problem::new("bad-request", "choose at least one thing to make"));
    }
    let asked = RenderRequest::parse(body)?;
    let enqueued = submit::enqueue(&service, &caller, &headers, asked, package).await?;
    Ok(Redirect::to(&format!("/renders/{}", enqueued.job().id)).into_response())
}

/// What the form says, as the API has it.
fn spec(fields: &BTreeMap<String, String>) -> Json {
    let is_on = |name: &str| fields.contains_key(name);
    let mut body = json!({ "outputs": [] });
    let outputs = [
        ("mp4", json!({ "format": "mp4" })),
        ("webm", json!({ "format": "webm" })),
        ("gif", json!({ "format": "gif" })),
        ("poster", json!({ "kind": "poster", "format": "jpg" })),
        ("sheet", json!({ "kind": "contact_sheet", "format": "png" })),
    ];
    body["outputs"] = outputs.into_iter().filter(|(name, _)| is_on(name)).map(|(_, output)| output).collect();
    if is_on("stills") {
        body["stills"] = json!("problems");
    }
    if let Some(preset) = fields.get("preset").filter(|preset| !matches!(preset.as_str(), "" | "none")) {
        body["preset"] = json!(preset);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(names: &[(&str, &str)]) -> BTreeMap<String, String> {
        names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn every_preset_and_format_of_the_form_is_one_of_the_api() {
        for (preset, _, _) in PRESETS {
            let on = FORMATS.iter().map(|format| (format.0, "on"));
            let all: Vec<_> = on.chain([("preset", preset)]).collect();
            let body = spec(&fields(&all));
            assert_eq!(body["outputs"].as_array().unwrap().len() + 1, FORMATS.len());
            RenderRequest::parse(body).unwrap();
        }
        assert_eq!(
            spec(&fields(&[("preset", "none"), ("stills", "on")])),
            json!({"outputs": [], "stills": "problems"})
        );
    }

    #[test]
    fn a_preset_that_nobody_knows_is_told() {
        assert!(RenderRequest::parse(spec(&fields(&[("preset", "fancy"), ("mp4", "on")]))).is_err());
    }
}
