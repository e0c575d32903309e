//! What is said: the render as the API tells it, in the envelope of Standard Webhooks.

use serde::Serialize;

use crate::ledger::Delivery;
use crate::render_object::{Addresses, Render, time};

/// A message's body.
#[derive(Serialize)]
struct Message<'a> {
    /// `render.succeeded`, `render.failed` or `render.cancelled`.
    #[serde(rename = "type")]
    event: &'a str,
    /// When it happened, RFC 3339: not when it is sent.
    timestamp: String,
    data: Render,
}

/// A message in words. The ledger keeps the first ones, so that each try says the same.
pub(super) fn body(delivery: &Delivery, addresses: &Addresses) -> String {
    let data = addresses.render(&delivery.settled);
    let message = Message { event: &delivery.event, timestamp: time(delivery.created_at), data };
    // Maps with keys of text and finite numbers only: nothing that JSON cannot hold.
    serde_json::to_string(&message).unwrap_or_default()
}
