//! Shared links: what people without a key see.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

use super::view::{Download, Picture, Viewing, downloads, pictures, preview};
use super::words::{clock, segment};
use super::{Frame, answer, origin, shown};
use crate::http::auth::Caller;
use crate::http::object::{outcome, time};
use crate::http::outputs::OutputQuery;
use crate::http::shares::ShareBody;
use crate::http::{Problem, Service};
use crate::ledger::{Job, Share};
use crate::worker::{Outcome, OutputFile};

#[derive(Deserialize)]
pub(super) struct Asked {
    /// Which render is shown, from 1.
    #[serde(default)]
    play: Option<usize>,
    /// For a frame on another site.
    #[serde(default)]
    embed: Option<String>,
}

#[derive(Template)]
#[template(path = "share.html")]
struct SharePage {
    title: String,
    name: String,
    date: String,
    until: Option<String>,
    is_embedded: bool,
    view: Viewing,
    pictures: Vec<Picture>,
    files: Vec<Download>,
    entries: Vec<Entry>,
    /// The link to the next one.
    next: Option<String>,
    card: Card,
}

/// One render of several.
struct Entry {
    name: String,
    length: String,
    url: String,
    is_shown: bool,
}

/// What chats show of the link.
struct Card {
    url: String,
    image: Option<String>,
    video: Option<String>,
    width: u32,
    height: u32,
}

pub(super) async fn page(
    State(service): State<Service>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let share = service.open_share(&token).await?;
    let is_embedded = asked.embed.is_some();
    let mut jobs = Vec::new();
    for id in &share.jobs {
        // Some may be gone by now.
        if let Some(job) = service.0.ledger.get(*id).await?
            && let Some(outcome) = outcome(&job)
        {
            jobs.push((job, outcome));
        }
    }
    let shown = asked.play.unwrap_or(1).saturating_sub(1);
    let shown = if shown < jobs.len() { shown } else { 0 };
    let link = |number: usize| {
        format!("/s/{}?play={}{}", segment(&token), number + 1, if is_embedded { "&embed=1" } else { "" })
    };
    let entries: Vec<Entry> = jobs
        .iter()
        .enumerate()
        .map(|(number, (job, outcome))| Entry {
            name: name(job),
            length: if outcome.video_ms > 0.0 { clock(outcome.video_ms) } else { String::new() },
            url: link(number),
            is_shown: number == shown,
        })
        .collect();
    let next = (shown + 1 < jobs.len()).then(|| link(shown + 1));
    let (job, outcome) = jobs.get(shown).ok_or_else(|| Problem::new("gone", "what this link showed was deleted"))?;
    let base = base(&token, job);
    let mut view = Viewing::of(&service, outcome, &base).await;
    // Moments tell what the page's own code said: not for everybody who was sent a video.
    (view.moments, view.map) = (Vec::new(), None);
    let files = if share.downloads { downloads(outcome, &base, is_shared) } else { Vec::new() };
    let title = if share.title.is_empty() { name(job) } else { bare(&share.title).to_owned() };
    let page = SharePage {
        name: if jobs.len() > 1 || title != name(job) { name(job) } else { String::new() },
        title,
        date: day(job.created_at),
        until: share.expires_at.map(day),
        is_embedded,
        pictures: pictures(outcome, &base)
            .into_iter()
            .filter(|picture| picture.caption != "Poster" || view.is_empty())
            .collect(),
        card: card(&service, &headers, &token, outcome, &base, &view),
        view,
        files,
        entries,
        next,
    };
    let mut response = answer(StatusCode::OK, &page, &ancestors(&share, is_embedded));
    let headers = response.headers_mut();
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// Who may show the page in a frame.
fn ancestors(share: &Share, is_embedded: bool) -> String {
    match (is_embedded && share.embed, share.origins.as_slice()) {
        (false, _) => "'none'".to_owned(),
        (true, []) => "*".to_owned(),
        (true, origins) => origins.join(" "),
    }
}

fn base(token: &str, job: &Job) -> String {
    format!("/s/{}/{}", segment(token), job.id)
}

/// What a render is called for people who have never seen a recording's file: without what follows its name.
fn name(job: &Job) -> String {
    bare(&super::view::name(job)).to_owned()
}

/// How recordings' files end.
const ENDINGS: [&str; 7] = [".gz", ".zst", ".zip", ".replay", ".jsonl", ".ndjson", ".json"];

fn bare(name: &str) -> &str {
    let mut bare = name;
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| bare.strip_suffix(ending)) {
        bare = shorter;
    }
    if bare.trim().is_empty() { name } else { bare }
}

/// `2026-01-31`
fn day(epoch_ms: i64) -> String {
    time(epoch_ms).chars().take(10).collect()
}

/// Files that a shared link gives out. A time map says more of the session than its video shows.
fn is_shared(file: &OutputFile) -> bool {
    file.format != "json"
}

fn card(service: &Service, headers: &HeaderMap, token: &str, outcome: &Outcome, base: &str, view: &Viewing) -> Card {
    let origin = origin(service, headers);
    let image = preview(outcome);
    let (width, height) = view.video.as_ref().map_or((0, 0), |video| (video.width, video.height));
    Card {
        url: format!("{origin}/s/{}", segment(token)),
        image: image.map(|file| format!("{origin}{}", super::view::address(base, file))),
        video: view.video.as_ref().map(|video| format!("{origin}{}", video.url)),
        width,
        height,
    }
}

/// A file that a link shows.
pub(super) async fn file(
    State(service): State<Service>,
    Path((token, render, wanted)): Path<(String, String, String)>,
    query: Result<Query<OutputQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Query(query) = query?;
    let share = service.open_share(&token).await?;
    let id = share.jobs.iter().find(|id| id.to_string() == render).ok_or_else(Problem::not_found)?;
    let job = service.0.ledger.get(*id).await?.ok_or_else(Problem::not_found)?;
    let is_there = outcome(&job).is_some_and(|outcome| outcome.output(&wanted).is_some_and(is_shared));
    if !is_there || (query.download.is_some() && !share.downloads) {
        return Err(Problem::not_found());
    }
    service.file(&job, &wanted, query.download.is_some(), &headers).await
}

#[derive(Template)]
#[template(path = "shared.html")]
struct SharedPage {
    frame: Frame,
    id: String,
    name: String,
    url: String,
    until: Option<String>,
}

/// The link, for who has no script that copies it.
pub(super) async fn make(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must(crate::ledger::Scope::Submit)?;
    let job = service.visible(&caller, &id).await?;
    let title = name(&job);
    let share = service.share(&caller, ShareBody::of(job.id.to_string(), &title)).await?;
    let url = format!("{}/s/{}", origin(&service, &headers), service.share_token(&share));
    let until = share.expires_at.map(day);
    Ok(shown(&SharedPage { frame: Frame::of(&caller, &headers), id: job.id.to_string(), name: title, url, until }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ShareId;

    #[test]
    fn a_shared_file_is_called_without_its_endings() {
        for (name, said) in [
            ("checkout.json.gz", "checkout"),
            ("a.replay.zip", "a"),
            (".json", ".json"),
            ("posthog:1", "posthog:1"),
            ("v1.2", "v1.2"),
        ] {
            assert_eq!(bare(name), said);
        }
    }

    #[test]
    fn a_frame_is_for_those_whom_the_share_names() {
        let share = |embed, origins: &[&str]| Share {
            id: ShareId::new(),
            owner: String::new(),
            title: String::new(),
            jobs: Vec::new(),
            embed,
            origins: origins.iter().map(ToString::to_string).collect(),
            downloads: true,
            created_at: 0,
            expires_at: None,
            revoked_at: None,
            open: true,
        };
        assert_eq!(ancestors(&share(false, &["https://a.example"]), true), "'none'");
        assert_eq!(ancestors(&share(true, &[]), false), "'none'");
        assert_eq!(ancestors(&share(true, &[]), true), "*");
        assert_eq!(
            ancestors(&share(true, &["https://a.example", "https://b.example"]), true),
            "https://a.example https://b.example"
        );
    }
}
