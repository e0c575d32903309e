//! Tells others that a render has ended, by [Standard Webhooks](https://www.standardwebhooks.com/).
//!
//! Messages are the ledger's ([`crate::ledger::Delivery`]): written when a job is settled, claimed on a lease, sent at least once, and always with the
//! same id and the same bytes. Any process of a service may send them. Receivers are strangers: they are reached under the one policy of
//! [`crate::outbound`], nothing they answer but a status is believed, and none of them can hold up the others for longer than one try may take.

mod message;
mod post;
mod schedule;
mod secret;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

pub use schedule::{Verdict, WAITS, verdict, wait};
pub use secret::{NotASecret, Secret, is_secret};

use crate::ledger::{Answer, Delivery, Ledger, LedgerError, ms};
use crate::outbound::{Client, Limits, OutboundError, Policy, without_secrets};
use crate::render_object::Addresses;
use crate::source::{Clock as _, SystemClock};
use post::Posted;

/// Messages under way at once: most of the time of each is waiting for somebody else's server.
const AT_ONCE: usize = 32;
/// How much longer than a try a message is this sender's: for the ledger's own answers before and after it.
const SPARE: Duration = Duration::from_secs(30);
/// How long messages that are due are still taken up when the process ends: the last job's among them.
const LAST_MESSAGES: Duration = Duration::from_secs(3);

/// How messages are sent.
#[derive(Debug, Clone)]
pub struct SenderOptions {
    /// Whom they may go to.
    pub policy: Policy,
    /// What addresses in messages begin with.
    pub addresses: Addresses,
    /// Longest that one try may take, from resolving the name to the answer's head.
    pub timeout: Duration,
    /// Tries for one message.
    pub tries: u32,
    /// How often is looked for messages.
    pub poll: Duration,
    /// What signs where a render brought no secret of its own; several sign all, so that one can be replaced without a gap. Without any, the
    /// ledger's secret `webhook`.
    pub secrets: Vec<Secret>,
}

impl Default for SenderOptions {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            addresses: Addresses::default(),
            timeout: Duration::from_secs(15),
            tries: WAITS.len() as u32 + 1,
            poll: Duration::from_millis(500),
            secrets: Vec::new(),
        }
    }
}

/// Sends the messages of a ledger. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    ledger: Ledger,
    client: Client,
    options: SenderOptions,
    secrets: Vec<Secret>,
}

/// Why nothing can be sent.
#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    /// The ledger does not give the secret that signs.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No client can be made.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// The secret of a ledger, which signs where nobody named another: made when it is first asked for.
pub async fn ledger_secret(ledger: &Ledger) -> Result<Secret, LedgerError> {
    Ok(Secret::from_bytes(ledger.secret("webhook").await?.to_vec()))
}

impl Sender {
    /// A sender of this ledger's messages.
    pub async fn new(ledger: Ledger, options: SenderOptions) -> Result<Self, SenderError> {
        let limits = Limits {
            redirects: 0,
            // What is answered is not read; only its head counts, however much it announces.
            response_bytes: u64::MAX,
            total: options.timeout,
            idle: options.timeout,
            connect: options.timeout.min(Limits::default().connect),
            ..Limits::default()
        };
        let client = Client::new(options.policy.clone(), limits)?;
        let mut secrets = options.secrets.clone();
        if secrets.is_empty() {
            secrets.push(ledger_secret(&ledger).await?);
        }
        Ok(Self { shared: Arc::new(Shared { ledger, client, options, secrets }) })
    }

    /// Sends until `stop` is set; then what is due by then, for a few seconds, and lets what is under way end.
    pub async fn run(self, stop: CancellationToken) {
        let (places, sends) = (Arc::new(Semaphore::new(AT_ONCE)), TaskTracker::new());
        let end = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_MESSAGES).await;
        };
        let mut end = std::pin::pin!(end);
        loop {
            let place = tokio::select! {
                biased;
                () = &mut end => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { break };
            if let Some(delivery) = self.claim().await {
                let sender = self.clone();
                sends.spawn(async move {
                    sender.send(delivery).await;
                    drop(place);
                });
            } else if stop.is_cancelled() {
                break;
            } else {
                drop(place);
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(self.shared.options.poll) => {}
                }
            }
        }
        sends.close();
        sends.wait().await;
    }

    /// Sends the message that has been due for longest. False, if none is.
    pub async fn send_one(&self) -> bool {
        let Some(delivery) = self.claim().await else { return false };
        self.send(delivery).await;
        true
    }

    async fn claim(&self) -> Option<Delivery> {
        let lease = self.shared.options.timeout + SPARE;
        match self.shared.ledger.claim_delivery(ms(lease)).await {
            Ok(delivery) => delivery,
            Err(error) => {
                tracing::error!("cannot look for webhooks to call: {error}");
                None
            }
        }
    }

    async fn send(&self, delivery: Delivery) {
        let (delivery_id, job) = (delivery.id, delivery.job);
        if let Err(error) = self.try_to_send(delivery).await {
            // Nothing is lost: when the lease is over, it is sent again.
            tracing::error!(delivery = %delivery_id, %job, "cannot keep what came of a webhook: {error}");
        }
    }

    async fn try_to_send(&self, delivery: Delivery) -> Result<(), LedgerError> {
        let Shared { ledger, client, options, secrets } = &*self.shared;
        let (id, job, try_number) = (delivery.id, delivery.job, delivery.attempts);
        let body = match &delivery.body {
            Some(body) => Some(body.clone()),
            None => ledger.set_body(id, &message::body(&delivery, &options.addresses)).await?,
        };
        // Without, it was deleted since it was claimed.
        let Some(body) = body else { return Ok(()) };
        let own = delivery.webhook.get("secret").and_then(|secret| secret.as_str()?.parse::<Secret>().ok());
        let secrets = own.as_ref().map_or(secrets.as_slice(), std::slice::from_ref);
        let url = delivery.webhook.get("url").and_then(serde_json::Value::as_str).unwrap_or_default();
        let Posted { answered, retry_after, ms: took } = post::post(client, url, id, &body, secrets).await;
        let verdict = verdict(&answered);
        let again = match verdict {
            Verdict::Retry => wait(try_number, options.tries, retry_after, SystemClock.chance()),
            Verdict::Delivered | Verdict::GiveUp => None,
        };
        let status = answered.as_ref().ok().copied();
        let error = match &answered {
            Ok(300..400) => {
                Some("it redirects, which is not followed: name the address that it redirects to".to_owned())
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        };
        let answer = Answer { status, error: error.clone(), ms: took };
        let outcome = match (verdict, again) {
            (Verdict::Delivered, _) => "delivered",
            (_, Some(_)) => "retried",
            (_, None) => "failed",
        };
        metrics::counter!("replayreel_webhook_attempts_total", "outcome" => outcome).increment(1);
        let kept = if verdict == Verdict::Delivered {
            tracing::info!(delivery = %id, %job, status, try_number, "webhook delivered");
            ledger.delivered(id, delivery.token, answer).await?
        } else {
            let again_s = again.map(|wait| wait.as_secs());
            tracing::warn!(delivery = %id, %job, status, try_number, again_s, error = error.as_deref(), "webhook not delivered");
            ledger.undelivered(id, delivery.token, answer, again.map(ms)).await?
        };
        if !kept {
            tracing::warn!(delivery = %id, %job, "this try took longer than its lease: another sender has the message");
        }
        Ok(())
    }
}

/// A receiver's address as it may be shown.
pub fn shown(url: &str) -> String {
    Url::parse(url).map(|url| without_secrets(url).into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_what_may_be_secret() {
        assert_eq!(shown("https://me:pw@a.example:8443/hook/b?token=x#y"), "https://a.example:8443/hook/b");
        assert_eq!(shown("nonsense token=x"), "");
    }
}
