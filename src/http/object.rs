//! The Render object as handlers need it; what it is made of stands in [`crate::render_object`], because webhooks tell it too.

use serde::Serialize;
use utoipa::ToSchema;

use super::Service;
use crate::ledger::Job;
pub(super) use crate::render_object::{FailureObject, NoticeObject, ProgressObject, Render, outcome, time};

/// Several renders, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RenderList {
    /// A page of them.
    pub renders: Vec<Render>,
    /// For `?before=`; absent on the last page.
    pub next: Option<String>,
}

impl Service {
    /// An address of this service: whole where it is known where it is reached.
    pub(super) fn address(&self, path: &str) -> String {
        self.0.addresses.of(path)
    }

    /// A job as the API tells it.
    pub(super) fn render(&self, job: &Job) -> Render {
        self.0.addresses.render(job)
    }
}
