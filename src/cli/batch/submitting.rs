//! `--submit`: other machines make the files.

use std::sync::Arc;

use clap::Args;
use serde_json::Value as Json;
use url::Url;

use crate::artifacts::Artifacts;
use crate::batch::{Api, Queue, Service, Via};
use crate::cli::failure::Failure;
use crate::ledger::{Ledger, LedgerOptions};
use crate::outbound::{Allowed, Client};
use crate::worker::Machine;

/// Other machines make the files.
#[derive(Debug, Args)]
pub(super) struct Submitting {
    /// Let a service render: its address (`https://…`), or its database (`postgres://…` with --store), whose workers may be on any number of machines. The same manifest, the same way to go on.
    #[arg(long, env = "REPLAYREEL_SUBMIT", value_name = "URL", help_heading = "Other machines")]
    submit: Option<String>,
    /// API key of the service, with the scopes submit and read. Better set in the environment, where other users do not see it.
    #[arg(
        long,
        env = "REPLAYREEL_SUBMIT_KEY",
        value_name = "KEY",
        hide_env_values = true,
        help_heading = "Other machines",
        requires = "submit"
    )]
    submit_key: Option<String>,
    /// Where the service keeps its files, if --submit names its database.
    #[arg(long, env = "REPLAYREEL_STORE", value_name = "DIR|URL", help_heading = "Other machines")]
    store: Option<String>,
}

/// Jobs that may wait in a ledger, all together.
const QUEUE: u64 = 100_000;
/// How long the service keeps what the archive has.
const KEEP_MS: i64 = 24 * 3_600_000;

impl Submitting {
    /// The service, if one is named. `anew` asks for new jobs where others were asked for before.
    pub(super) async fn service(
        &self,
        spec: &Json,
        machine: &Arc<Machine>,
        memory: i64,
        anew: bool,
    ) -> Result<Option<Service>, Failure> {
        let Some(address) = &self.submit else { return Ok(None) };
        if !machine.rules.is_empty() {
            return Err(Failure::usage(
                "redaction is not passed on to a service: redact the recordings first (replayreel redact), or set the rules where the service runs",
            ));
        }
        let via = match Url::parse(address) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Via::Api(self.api(url, machine)?),
            Ok(url) if matches!(url.scheme(), "postgres" | "postgresql" | "sqlite") => {
                Via::Ledger(self.queue(address, memory).await?)
            }
            _ => {
                return Err(Failure::usage(format!(
                    "--submit {address}: must be the address of a service (https://…), or its database (postgres://…)"
                )));
            }
        };
        let round = if anew { jiff::Timestamp::now().to_string() } else { String::new() };
        Ok(Some(Service { via, spec: spec.clone(), machine: Arc::clone(machine), round }))
    }

    fn api(&self, url: Url, machine: &Machine) -> Result<Api, Failure> {
        // Whoever names the service on their own command line may have it in their own network.
        let mut policy = machine.policy.clone();
        policy.plain_http = true;
        if let Some(host) = url.host_str() {
            policy.allowed.push(host.parse::<Allowed>().map_err(Failure::usage)?);
        }
        let client = Client::new(policy, machine.outbound.clone()).map_err(Failure::failed)?;
        Ok(Api::new(url, client, self.submit_key.clone()))
    }

    async fn queue(&self, database: &str, memory: i64) -> Result<Queue, Failure> {
        let store = self.store.as_deref().ok_or_else(|| {
            Failure::usage("--submit with a database needs --store, where the workers put their files")
        })?;
        let ledger = Ledger::open(database, LedgerOptions::default()).map_err(Failure::usage)?;
        ledger.check().await.map_err(Failure::failed)?;
        let store = Artifacts::open(store).map_err(Failure::usage)?;
        Ok(Queue { ledger, store, memory, limit: QUEUE, keep_for_ms: KEEP_MS })
    }
}
