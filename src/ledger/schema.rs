//! The tables: made and brought up to date by one command, and looked at by all others.

use std::collections::BTreeMap;

use sqlx::migrate::Migrator;

use super::database::{Database, Pools};
use super::{Ledger, LedgerError};

static SQLITE: Migrator = sqlx::migrate!("src/ledger/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("src/ledger/migrations/postgres");

impl Ledger {
    /// Makes the tables, or brings them up to date. Several may do so at once.
    pub async fn migrate(&self) -> Result<(), LedgerError> {
        let database = &self.database;
        match self.check().await {
            Err(LedgerError::Older { .. }) => {}
            settled => return settled,
        }
        let done = match &database.pools {
            Pools::Sqlite { writer, .. } => SQLITE.run(writer).await,
            Pools::Postgres(pool) => POSTGRES.run(pool).await,
        };
        match done {
            Ok(()) => Ok(()),
            // SQLite knows no lock for this: of two at once one finds the tables made under its hands.
            Err(source) => match self.check().await {
                Ok(()) => Ok(()),
                Err(_) => Err(LedgerError::Migration { database: database.shown().to_owned(), source }),
            },
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
