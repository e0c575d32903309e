//! One object on the web.

use url::Url;

use super::{Limits, Progress, Settings, SourceBytes, SourceError};
use crate::outbound::{OutboundError, without_secrets};

pub(super) async fn read(url: &Url, limits: &Limits, settings: &Settings) -> Result<SourceBytes, SourceError> {
    let fetched = settings.client.get_bytes(url.as_str(), limits.input_bytes).await;
    let fetched = fetched.map_err(|error| match error {
        OutboundError::TooLarge { url, limit, .. } => SourceError::TooLarge { name: url, limit },
        error => SourceError::Fetch(error),
    })?;
    (settings.progress)(Progress { done: 1, of: 1, bytes: fetched.bytes.len() as u64, waiting: None });
    Ok(SourceBytes { name: without_secrets(url.clone()).into(), bytes: fetched.bytes })
}
