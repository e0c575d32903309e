//! `replayreel migrate`, `healthcheck` and `openapi`.

use std::process::ExitCode;

use clap::Args;
use url::Url;

use super::backing::Backing;
use crate::cli::failure::Failure;
use crate::cli::signals::run_until_signal;
use crate::cli::{Done, say};
use crate::outbound::{Client, Limits, Policy};

/// Bring the database's tables up to date.
#[derive(Debug, Args)]
pub(in crate::cli) struct Migrate {
    #[command(flatten)]
    backing: Backing,
}

impl Migrate {
    pub(in crate::cli) fn run(self) -> Done {
        run_until_signal(async {
            let ledger = self.backing.ledger()?;
            ledger.migrate().await.map_err(Failure::failed)?;
            ledger.close().await;
            Ok(())
        })?;
        say("the tables are up to date")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Tell whether a service is ready: for Docker's HEALTHCHECK.
#[derive(Debug, Args)]
pub(in crate::cli) struct Healthcheck {
    /// The service.
    #[arg(long, env = "REPLAYREEL_HEALTHCHECK_URL", value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
}

/// A probe that takes longer has failed.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(8);

impl Healthcheck {
    pub(in crate::cli) fn run(self) -> Done {
        let host = self.url.host_str().unwrap_or_default().to_owned();
        // Whoever asks has said whom.
        let policy = Policy { allowed: host.parse().into_iter().collect(), plain_http: true };
        let limits = Limits { total: PATIENCE, response_bytes: 64 << 10, ..Limits::default() };
        let address = self.url.join("/readyz").map_err(Failure::usage)?;
        let (status, told) = run_until_signal(async {
            let client = Client::new(policy, limits).map_err(Failure::failed)?;
            let response = client.get(address.as_str()).send().await.map_err(Failure::failed)?;
            let status = response.status();
            let told = response.bytes().await.map_err(Failure::failed)?;
            Ok((status, String::from_utf8_lossy(&told).into_owned()))
        })?;
        if status != 200 {
            return Err(Failure::failed(format!("not ready ({status}): {}", crate::recording::printable(&told))));
        }
        say("ready")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Print the description of the API (`OpenAPI` 3.1, JSON).
#[derive(Debug, Args)]
pub(in crate::cli) struct OpenApi {}

impl OpenApi {
    #[expect(clippy::unused_self, reason = "as every command")]
    pub(in crate::cli) fn run(self) -> Done {
        say(serde_json::to_string_pretty(&crate::http::document()).map_err(Failure::failed)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
