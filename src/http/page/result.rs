//! The page of one render.

use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::view::{Download, Picture, Progress, Viewing, When, downloads, name, pictures, state, trouble};
use super::words::clock;
use super::{Frame, shown};
use crate::http::auth::Caller;
use crate::http::object::outcome;
use crate::http::{Problem, Service};
use crate::ledger::{Job, JobState, Scope};

#[derive(Template)]
#[template(path = "render.html")]
struct RenderPage {
    frame: Frame,
    id: String,
    name: String,
    class: &'static str,
    state: &'static str,
    revision: i64,
    created: When,
    expires: Option<String>,
    length: String,
    progress: Option<Progress>,
    stopping: bool,
    failure: Option<Trouble>,
    can_retry: bool,
    view: Option<Viewing>,
    pictures: Vec<Picture>,
    files: Vec<Download>,
    warnings: Vec<String>,
    can_still: bool,
}

struct Trouble {
    title: &'static str,
    advice: &'static str,
    message: String,
    /// It is tried again by itself.
    goes_on: bool,
}

pub(super) async fn page(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must(Scope::Read)?;
    let job = service.visible(&caller, &id).await?;
    let base = format!("/v1/renders/{}/outputs", job.id);
    let outcome = outcome(&job);
    let view = match &outcome {
        Some(outcome) => Some(Viewing::of(&service, outcome, &base).await).filter(|view| !view.is_empty()),
        None => None,
    };
    let frame = Frame::of(&caller, &headers);
    let length = outcome.as_ref().map(|outcome| match outcome.video_ms {
        video if video > 0.0 => format!("{} of video, {} of session", clock(video), clock(outcome.recorded_ms)),
        _ => format!("{} of session", clock(outcome.recorded_ms)),
    });
    Ok(shown(&RenderPage {
        can_still: frame.submits
            && service.0.options.renders_here
            && view.as_ref().is_some_and(|view| view.map.is_some()),
        frame,
        id: job.id.to_string(),
        name: name(&job),
        class: job.state.name(),
        state: state(&job),
        revision: job.revision,
        created: When::of(job.created_at),
        expires: job.expires_at.map(|at| crate::http::object::time(at).chars().take(10).collect()),
        length: length.unwrap_or_default(),
        progress: Progress::of(&job),
        stopping: job.cancel_requested && !job.state.is_settled(),
        failure: failure(&job),
        can_retry: matches!(job.state, JobState::Failed | JobState::Cancelled),
        view,
        pictures: outcome.as_ref().map(|outcome| pictures(outcome, &base)).unwrap_or_default(),
        files: outcome.as_ref().map(|outcome| downloads(outcome, &base, |_| true)).unwrap_or_default(),
        warnings: outcome
            .map(|outcome| outcome.warnings.into_iter().map(|notice| notice.message).collect())
            .unwrap_or_default(),
    }))
}

fn failure(job: &Job) -> Option<Trouble> {
    let failure = job.failure.as_ref().filter(|_| job.result.is_none() && job.state != JobState::Cancelled)?;
    let (title, advice) = trouble(failure);
    Some(Trouble { title, advice, message: failure.message.clone(), goes_on: !job.state.is_settled() })
}

pub(super) async fn cancel(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    // Whoever clicks when it has just ended sees how.
    match service.cancel(&caller, &id).await {
        Err(problem) if problem.status != 409 => Err(problem),
        _ => Ok(Redirect::to(&format!("/renders/{id}")).into_response()),
    }
}

pub(super) async fn retry(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    match service.retry(&caller, &id).await {
        Err(problem) if problem.status != 409 => Err(problem),
        _ => Ok(Redirect::to(&format!("/renders/{id}")).into_response()),
    }
}

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    frame: Frame,
    id: String,
    name: String,
}

pub(super) async fn confirm(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must(Scope::Submit)?;
    let job = service.visible(&caller, &id).await?;
    Ok(shown(&DeletePage { frame: Frame::of(&caller, &headers), id: job.id.to_string(), name: name(&job) }))
}

pub(super) async fn delete(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    service.delete(&caller, &id).await?;
    Ok(Redirect::to("/").into_response())
}
