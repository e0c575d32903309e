//! The tables: made and brought up to date by one command, and looked at by all others.

use std::collections::BTreeMap;

use sqlx::migrate::Migrator;

use super::database::{Database, Pools};
use super::{Ledger, LedgerError};

static SQLITE: Migrator = sqlx::migrate!("src/ledger/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("src/ledger/migrations/postgres");

/// How often bringing the tables up to date is tried.
const TRIES: u32 = 5;

impl Ledger {
    /// Makes the tables, or brings them up to date. Several may do so at once.
    pub async fn migrate(&self) -> Result<(), LedgerError> {
        let database = &self.database;
        let mut tries = 0;
        loop {
            match self.check().await {
                Err(LedgerError::Older { .. }) => {}
                settled => return settled,
            }
            let done = match &database.pools {
                Pools::Sqlite { writer, .. } => SQLITE.run(writer).await,
                Pools::Postgres(pool) => POSTGRES.run(pool).await,
            };
            tries += 1;
            match done {
                Ok(()) => return Ok(()),
                // SQLite knows no lock for this: of several at once all but one find a step taken under their hands, and look again.
                Err(source) if tries >= TRIES => {
                    let Err(_) = self.check().await else { return Ok(()) };
                    return Err(LedgerError::Migration { database: database.shown().to_owned(), source });
                }
                Err(_) => {}
            }
        }
    }

    /// Whether the database answers and its tables are those that this version knows.
    pub async fn check(&self) -> Result<(), LedgerError> {
        let database = &self.database;
        let applied = applied(database).await?;
        let migrator = match &database.pools {
            Pools::Sqlite { .. } => &SQLITE,
            Pools::Postgres(_) => &POSTGRES,
        };
        let known: BTreeMap<i64, &[u8]> = migrator.iter().map(|step| (step.version, &*step.checksum)).collect();
        for (&step, checksum) in &applied {
            let database = || database.shown().to_owned();
            match known.get(&step) {
                None => return Err(LedgerError::Newer { database: database(), step }),
                Some(known) if checksum.as_deref() != Some(known) => {
                    return Err(LedgerError::Altered { database: database(), step });
                }
                Some(_) => {}
            }
        }
        match known.len() - applied.len() {
            0 => Ok(()),
            missing => Err(LedgerError::Older { database: database.shown().to_owned(), missing, known: known.len() }),
        }
    }
}

/// The steps that were taken and their checksums; none for a step that was broken off.
async fn applied(database: &Database) -> Result<BTreeMap<i64, Option<Vec<u8>>>, LedgerError> {
    let rows = database.read("SELECT version, success, checksum FROM _sqlx_migrations", Vec::new()).await;
    let rows = match rows {
        Ok(rows) => rows,
        Err(LedgerError::Statement { source: sqlx::Error::Database(error), .. })
            if error.code().as_deref() == Some("42P01") || error.message().contains("no such table") =>
        {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(error),
    };
    rows.iter()
        .map(|row| {
            let checksum: Vec<u8> = row.get("checksum")?;
            Ok((row.get("version")?, row.get::<bool>("success")?.then_some(checksum)))
        })
        .collect()
}
