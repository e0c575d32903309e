//! Renders: listed, looked at, called off, tried again, deleted.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Caller;
use super::object::{Render, RenderList};
use super::{Problem, Service};
use crate::ledger::{Cancelled, Deleted, Filter, Job, JobId, JobState, RetryError, Scope};
use crate::worker::dispose_of;

/// Renders on a page.
const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;
/// Characters that are searched for, at most. Databases refuse patterns that are far longer, and each letter costs them time.
const LONGEST_SEARCH: usize = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// States, separated by commas: queued, running, succeeded, failed, cancelled.
    pub(super) state: Option<String>,
    /// Only those whose source or metadata holds this text, of 200 characters at most.
    pub(super) search: Option<String>,
    /// Only those before this one: `next` of the page before.
    pub(super) before: Option<String>,
    /// How many: 1 to 200, else 50.
    #[param(minimum = 1, maximum = 200)]
    pub(super) limit: Option<u32>,
}

/// Renders, newest first.
#[utoipa::path(get, path = "/v1/renders", tag = "renders", params(ListQuery), responses(
    (status = 200, description = "A page of them", body = RenderList),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<RenderList>, Problem> {
    let Query(query) = query?;
    let (jobs, next) = service.listed(&caller, query).await?;
    Ok(Json(RenderList { renders: jobs.iter().map(|job| service.render(job)).collect(), next }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct GetQuery {
    /// Answer when the render has ended, after so many seconds at the latest.
    wait: Option<u64>,
}

/// A render.
#[utoipa::path(get, path = "/v1/renders/{id}", tag = "renders", params(("id" = String, Path, description = "The render"), GetQuery), responses(
    (status = 200, description = "As it stands", body = Render),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    query: Result<Query<GetQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    caller.must(Scope::Read)?;
    let Query(query) = query?;
    let mut job = service.visible(&caller, &id).await?;
    if let Some(seconds) = query.wait {
        job = service.settled_within(job, Duration::from_secs(seconds).min(service.0.options.max_wait)).await?;
    }
    let mut response = Json(service.render(&job)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Call a render off. One that runs stops within two seconds.
#[utoipa::path(post, path = "/v1/renders/{id}/cancel", tag = "renders", params(("id" = String, Path, description = "The render")), responses(
    (status = 202, description = "It is called off, or will be at once", body = Render),
    (status = "4XX", description = "Refused; 409 if it has ended", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn cancel(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Render>), Problem> {
    let job = service.cancel(&caller, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(service.render(&job))))
}

/// Try a failed or cancelled render again.
#[utoipa::path(post, path = "/v1/renders/{id}/retry", tag = "renders", params(("id" = String, Path, description = "The render")), responses(
    (status = 202, description = "It is queued again", body = Render),
    (status = "4XX", description = "Refused; 409 if it has not failed", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn retry(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Render>), Problem> {
    let job = service.retry(&caller, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(service.render(&job))))
}

/// Delete a render and its files. One that runs has to be called off first.
#[utoipa::path(delete, path = "/v1/renders/{id}", tag = "renders", params(("id" = String, Path, description = "The render")), responses(
    (status = 204, description = "It is gone; its files go at once"),
    (status = "4XX", description = "Refused; 409 if it has not ended", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn delete(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    service.delete(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Service {
    /// A page of jobs, newest first, and what the next page begins after.
    pub(super) async fn listed(
        &self,
        caller: &Caller,
        query: ListQuery,
    ) -> Result<(Vec<Job>, Option<String>), Problem> {
        caller.must(Scope::Read)?;
        let states = query.state.iter().flat_map(|states| states.split(',')).filter(|state| !state.is_empty());
        let states: Result<Vec<JobState>, _> = states.map(str::parse).collect();
        let states = states.map_err(|error| Problem::new("bad-request", format!("state: {error}")))?;
        let before = query.before.as_deref().map(str::parse::<JobId>).transpose();
        let before = before.map_err(|error| Problem::new("bad-request", format!("before: {error}")))?;
        let limit = query.limit.unwrap_or(PAGE);
        if !(1..=LARGEST_PAGE).contains(&limit) {
            return Err(Problem::new("bad-request", format!("limit: must be 1 to {LARGEST_PAGE}")));
        }
        if query.search.as_ref().is_some_and(|text| text.chars().count() > LONGEST_SEARCH) {
            return Err(Problem::new("bad-request", format!("search: must have at most {LONGEST_SEARCH} characters")));
        }
        let owner = (!caller.is_admin()).then(|| caller.owner.clone());
        let filter = Filter { states, owner, search: query.search.filter(|text| !text.is_empty()) };
        let mut jobs = self.0.ledger.list(&filter, before, limit + 1).await?;
        let more = jobs.len() > limit as usize;
        jobs.truncate(limit as usize);
        let next = jobs.last().filter(|_| more).map(|job| job.id.to_string());
        Ok((jobs, next))
    }

    /// Calls a job off.
    pub(super) async fn cancel(&self, caller: &Caller, id: &str) -> Result<Job, Problem> {
        caller.must(Scope::Submit)?;
        let job = self.visible(caller, id).await?;
        match self.0.ledger.cancel(job.id).await? {
            Cancelled::Settled(state) => Err(Problem::new("conflict", format!("the render has {state} already"))),
            Cancelled::Unknown => Err(Problem::not_found()),
            _ => self.0.ledger.get(job.id).await?.ok_or_else(Problem::not_found),
        }
    }

    /// Queues a job again that failed or was cancelled.
    pub(super) async fn retry(&self, caller: &Caller, id: &str) -> Result<Job, Problem> {
        caller.must(Scope::Submit)?;
        self.refuse_while_draining()?;
        let job = self.visible(caller, id).await?;
        match self.0.ledger.retry(job.id).await {
            Ok(job) => {
                self.0.wake.notify_one();
                Ok(job)
            }
            Err(RetryError::Ledger(error)) => Err(error.into()),
            Err(error) => Err(Problem::new("conflict", error.to_string())),
        }
    }

    /// Deletes a settled job and its files.
    pub(super) async fn delete(&self, caller: &Caller, id: &str) -> Result<(), Problem> {
        caller.must(Scope::Submit)?;
        let job = self.visible(caller, id).await?;
        match self.0.ledger.delete(job.id).await? {
            Deleted::Done => {
                if let Err(error) = dispose_of(&self.0.ledger, &self.0.store, job.id).await {
                    tracing::warn!(job = %job.id, "a worker's janitor deletes it later: {error}");
                }
                Ok(())
            }
            Deleted::NotSettled(state) => {
                Err(Problem::new("conflict", format!("the render is {state}: cancel it first")))
            }
            Deleted::Unknown => Err(Problem::not_found()),
        }
    }

    /// The job of an ID, if the caller may see it. What they may not see does not exist for them.
    pub(super) async fn visible(&self, caller: &Caller, id: &str) -> Result<Job, Problem> {
        let id: JobId = id.parse().map_err(|_| Problem::not_found())?;
        let job = self.0.ledger.get(id).await?.ok_or_else(Problem::not_found)?;
        if caller.sees(&job.owner) { Ok(job) } else { Err(Problem::not_found()) }
    }
}
