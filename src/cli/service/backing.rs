//! Where a service keeps what it must not lose.

use std::path::PathBuf;

use clap::Args;

use crate::artifacts::Artifacts;
use crate::cli::failure::Failure;
use crate::ledger::{DatabaseKind, Ledger, LedgerOptions, ms};

/// Where a service keeps what it must not lose.
#[derive(Debug, Args)]
pub(in crate::cli) struct Backing {
    /// Folder for everything that has no place of its own: ledger, artifacts, unfinished work. Made if it is missing.
    #[arg(long, env = "REPLAYREEL_DATA", value_name = "DIR", default_value = "replayreel-data")]
    pub data: PathBuf,
    /// The ledger of jobs: `postgres://USER:PASSWORD@HOST/NAME` for several machines, or `sqlite:FILE`. By default a SQLite file in --data.
    #[arg(long, env = "REPLAYREEL_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Where packages and finished files lie: a folder, `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `az://CONTAINER/PREFIX`, with credentials in the environment. By default a folder in --data.
    #[arg(long, env = "REPLAYREEL_STORE", value_name = "URL")]
    pub store: Option<String>,
    /// Connections to the database, at most.
    #[arg(long, env = "REPLAYREEL_DATABASE_CONNECTIONS", value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000), hide_short_help = true, help_heading = "Limits")]
    pub database_connections: u32,
    /// How long the same Idempotency-Key stands for the same request.
    #[arg(long, env = "REPLAYREEL_IDEMPOTENCY_TIME", value_name = "LENGTH", default_value = "24h", value_parser = crate::order::values::parse_long, hide_short_help = true)]
    pub idempotency_time: std::time::Duration,
}

impl Backing {
    /// The folder, made.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.data.join(name);
        std::fs::create_dir_all(&folder)
            .map_err(|error| Failure::failed(format!("cannot make the folder {}: {error}", folder.display())))?;
        Ok(folder)
    }

    /// The ledger, not looked at yet.
    pub(super) fn ledger(&self) -> Result<Ledger, Failure> {
        let url = if let Some(url) = &self.database {
            url.clone()
        } else {
            self.folder("")?;
            format!("sqlite:{}", self.data.join("ledger.sqlite").display())
        };
        let options = LedgerOptions {
            max_connections: self.database_connections,
            idempotency_ms: ms(self.idempotency_time),
            ..LedgerOptions::default()
        };
        Ledger::open(&url, options).map_err(Failure::usage)
    }

    /// The ledger, ready. An embedded one is brought up to date; one that others use too is so only where that was asked for.
    pub(super) async fn ready_ledger(&self, migrate: bool) -> Result<Ledger, Failure> {
        let ledger = self.ledger()?;
        if migrate || ledger.kind() == DatabaseKind::Sqlite {
            ledger.migrate().await.map_err(Failure::failed)?;
        }
        ledger.check().await.map_err(Failure::failed)?;
        Ok(ledger)
    }

    pub(super) fn artifacts(&self) -> Result<Artifacts, Failure> {
        let url = match &self.store {
            Some(url) => url.clone(),
            None => self.folder("artifacts")?.display().to_string(),
        };
        Artifacts::open(&url).map_err(Failure::usage)
    }
}
