//! One object on the web.

use url::Url;

use super::{Limits, Progress, Settings, SourceBytes, SourceError};
use crate::outbound::OutboundError;

pub(super) async fn read(url: &Url, limits: &Limits, settings: &Settings) -> Result<SourceBytes, SourceError> {
    let fetched = settings.client.get_bytes(url.as_str(), limits.input_bytes).await;
    let fetched = fetched.map_err(|error| match error {
        OutboundError::TooLarge { url, limit, .. } => SourceError::TooLarge { name: url, limit },
        error => SourceError::Fetch(error),
    })?;
    (settings.progress)(Progress { done: 1, of: 1, bytes: fetched.bytes.len() as u64, waiting: None });
    let mut name = url.clone();
    name.set_query(None);
    name.set_fragment(None);
    // Refused only for addresses that cannot have them.
    let _ = name.set_password(None);
    let _ = name.set_username("");
    Ok(SourceBytes { name: name.into(), bytes: fetched.bytes })
}
