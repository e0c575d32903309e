//! One try: a POST, and the status of what is answered.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;

use super::schedule::retry_after;
use super::secret::Secret;
use crate::ledger::{DeliveryId, ms};
use crate::outbound::{Client, OutboundError, Response};

/// What came of one try.
#[derive(Debug)]
pub(super) struct Posted {
    /// The status, or why there is none.
    pub(super) answered: Result<u16, OutboundError>,
    /// What the receiver asked for.
    pub(super) retry_after: Option<Duration>,
    /// How long it took, ms.
    pub(super) ms: i64,
}

/// What is read of an answer's body: enough for small ones to end, so that their server sees no broken connection.
const COURTESY_BYTES: usize = 64 << 10;
/// How long is waited for it.
const COURTESY: Duration = Duration::from_secs(1);

pub(super) async fn post(client: &Client, url: &str, id: DeliveryId, body: &str, secrets: &[Secret]) -> Posted {
    let (begun, id) = (Instant::now(), id.to_string());
    let timestamp = jiff::Timestamp::now().as_second();
    let signatures: Vec<String> = secrets.iter().filter_map(|secret| secret.sign(&id, timestamp, body)).collect();
    // A name may have moved since the last message.
    let client = client.renewed();
    let request = client
        .request(Method::POST, url)
        .header("content-type", "application/json")
        .header("webhook-id", &id)
        .header("webhook-timestamp", &timestamp.to_string())
        .header("webhook-signature", &signatures.join(" "))
        .body(Bytes::from(body.to_owned()))
        .keep_encoding();
    let sent = request.send().await;
    let ms = ms(begun.elapsed());
    match sent {
        Ok(response) => {
            let asked = response.header("retry-after").and_then(|value| retry_after(value, jiff::Timestamp::now()));
            let status = response.status();
            // The status is the answer, whatever becomes of the rest.
            let _ = tokio::time::timeout(COURTESY, drain(response)).await;
            Posted { answered: Ok(status), retry_after: asked, ms }
        }
        Err(error) => Posted { answered: Err(error), retry_after: None, ms },
    }
}

async fn drain(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(piece)) = response.chunk().await {
        read += piece.len();
        if read > COURTESY_BYTES {
            break;
        }
    }
}
