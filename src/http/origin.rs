//! Where the recording of a request is: on the network, or what an earlier render was made of.

use super::auth::Caller;
use super::{Problem, Service};
use crate::worker::JobSource;

/// Before the ID of an earlier render.
pub(super) const EARLIER: &str = "render:";

impl Service {
    /// What `source` names. A package that an earlier render was made of is where that render has it: whoever keeps it longer copies it.
    pub(super) async fn source(&self, caller: &Caller, said: &str) -> Result<JobSource, Problem> {
        let Some(id) = said.trim().strip_prefix(EARLIER) else {
            return JobSource::place(said).map_err(|error| Problem::field("/source", error.to_string()));
        };
        let unknown = || Problem::field("/source", "there is no such render: give render: and the ID of one");
        let job = self
            .visible(caller, id)
            .await
            .map_err(|problem| if problem.status == 404 { unknown() } else { problem })?;
        serde_json::from_value(job.source).map_err(|_| unknown())
    }
}
