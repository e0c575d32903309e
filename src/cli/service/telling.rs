//! How others are told that a render has ended: options of every process that may tell them.

use std::time::Duration;

use clap::Args;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::cli::failure::Failure;
use crate::ledger::Ledger;
use crate::order::values::parse_duration;
use crate::outbound::Policy;
use crate::render_object::Addresses;
use crate::webhook::{Secret, Sender, SenderOptions};

/// How others are told that a render has ended.
#[derive(Debug, Args)]
pub(super) struct Telling {
    /// Where others reach the service, as `https://replays.example.org`: for webhooks and shared links.
    #[arg(long, env = "REPLAYREEL_PUBLIC_URL", value_name = "URL", value_parser = parse_public)]
    pub public_url: Option<Url>,
    /// Secrets (whsec_…) that sign webhooks whose render brought none of its own. All of several sign, so that one can be replaced: NEW,OLD. By default one that the ledger keeps (replayreel key webhook-secret). Better set in the environment.
    #[arg(
        long,
        env = "REPLAYREEL_WEBHOOK_SECRET",
        value_name = "SECRET,…",
        value_delimiter = ',',
        num_args = 1,
        hide_env_values = true,
        help_heading = "Webhooks",
        hide_short_help = true
    )]
    webhook_secret: Vec<Secret>,
    /// Longest that a webhook's receiver may take to answer.
    #[arg(long, env = "REPLAYREEL_WEBHOOK_TIMEOUT", value_name = "LENGTH", default_value = "15s", value_parser = parse_duration, help_heading = "Webhooks", hide_short_help = true)]
    webhook_timeout: Duration,
    /// Tries to call a webhook: at once, after 5 s, 5 min, 30 min, 2 h, and then every 5 h.
    #[arg(long, env = "REPLAYREEL_WEBHOOK_TRIES", value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=20), help_heading = "Webhooks", hide_short_help = true)]
    webhook_tries: u32,
}

/// Messages that are sent as long as this lives.
pub(super) struct Sending {
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Telling {
    /// Begins to send the ledger's messages.
    pub(super) async fn begin(&self, ledger: &Ledger, policy: Policy, poll: Duration) -> Result<Sending, Failure> {
        let options = SenderOptions {
            policy,
            addresses: Addresses { public_url: self.public_url.clone() },
            timeout: self.webhook_timeout,
            tries: self.webhook_tries,
            poll,
            secrets: self.webhook_secret.clone(),
        };
        let sender = Sender::new(ledger.clone(), options).await.map_err(Failure::failed)?;
        let stop = CancellationToken::new();
        Ok(Sending { task: Some(tokio::spawn(sender.run(stop.clone()))), stop })
    }
}

impl Sending {
    /// Sends what is due, and lets what is under way end.
    pub(super) async fn end(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

fn parse_public(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none());
    url.ok_or_else(|| format!("must be an address, like https://replays.example.org (got {text:?})"))
}

/// What is called, with its query: it may say to whom the call is.
pub(super) fn parse_webhook(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    // It may hold a token: it is not repeated.
    url.ok_or_else(|| "must be an address, like https://example.org/hook".to_owned())
}
