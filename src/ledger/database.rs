//! The seam between the ledger and its two databases: each statement is written once, this says it in the database's words and reads the answer.

mod dialect;
mod value;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool, postgres::PgPoolOptions};

pub(super) use value::{Row, Value, json_text, values};

use super::address::Address;
use super::{DatabaseKind, LedgerError, ManualClock};
use dialect::Dialect;

/// How long a write waits for others' before it gives up.
const BUSY: Duration = Duration::from_secs(30);

/// What `PRAGMA user_version` is once the file was written anew.
const WRITTEN_ANEW: i64 = 1;
/// How often the log is tried to be emptied.
const CHECKPOINTS: u32 = 2;

/// A handle on the database. Dropping the last one closes its connections.
#[derive(Clone)]
pub(super) struct Database {
    pub(super) pools: Pools,
    dialect: Dialect,
    /// The address without its password.
    shown: String,
}

#[derive(Clone)]
pub(super) enum Pools {
    /// One connection writes, so that this process's writers queue here, in order, rather than in SQLite, where they would poll for the lock.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// The lock, and the queue walked along its index until this transaction ends. A planner that has no statistics yet (autovacuum looks once a minute)
/// takes a queue that was just filled for a handful of rows and sorts it for every claim: 9 ms instead of 0.3 ms with 10,000 jobs.
const IN_ORDER: &str = "SELECT 1 AS held, set_config('enable_sort', 'off', TRUE) AS sort, set_config('enable_seqscan', 'off', TRUE) AS whole, \
     set_config('enable_bitmapscan', 'off', TRUE) AS bitmap FROM pg_advisory_xact_lock($1)";

/// What only one transaction at a time may do, on all machines.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    /// Counting the queue and adding to it.
    Enqueue,
    /// Counting what an owner has running and adding to it.
    Claim,
    /// Noting whom a job is about, and beginning to erase them.
    Erase,
}

/// Binds the values to the statement: the same lines for two types that share no trait.
macro_rules! bound {
    ($statement:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($statement));
        for value in $values {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bool(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Database {
    /// Connections are made when they are needed: a server that is not up yet is no reason to refuse to start.
    pub(super) fn open(address: &Address, connections: u32, clock: Option<ManualClock>) -> Result<Self, LedgerError> {
        let pools = match address {
            Address::Sqlite(path) => {
                // The ledger holds sources' addresses and the secrets of webhooks. SQLite's other files get the mode of this one.
                OpenOptions::new()
                    .append(true)
                    .create(true)
                    .mode(0o600)
                    .open(path)
                    .map_err(|source| LedgerError::File { path: path.clone(), source })?;
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .journal_mode(SqliteJournalMode::Wal)
                    // A job that was accepted is still there after the power was cut.
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(BUSY)
                    // What is deleted is written over, and does not lie in the file until something else needs the room.
                    .pragma("secure_delete", "ON")
                    .foreign_keys(true);
                let readers = options.clone().pragma("query_only", "1");
                Pools::Sqlite {
                    writer: SqlitePoolOptions::new()
                        .max_connections(1)
                        .acquire_timeout(BUSY)
                        // A file does not hang up: asking it each time whether it is still there is a detour.
                        .test_before_acquire(false)
                        .idle_timeout(None)
                        .max_lifetime(None)
                        .connect_lazy_with(options),
                    readers: SqlitePoolOptions::new()
                        .max_connections(connections.max(2) - 1)
                        .acquire_timeout(BUSY)
                        .test_before_acquire(false)
                        .connect_lazy_with(readers),
                }
            }
            Address::Postgres(options) => Pools::Postgres(
                PgPoolOptions::new()
                    .max_connections(connections.max(1))
                    .acquire_timeout(BUSY)
                    .connect_lazy_with((**options).clone().application_name("replayreel")),
            ),
        };
        Ok(Self { pools, dialect: Dialect { kind: address.kind(), clock }, shown: address.to_string() })
    }

    pub(super) fn kind(&self) -> DatabaseKind {
        self.dialect.kind
    }

    /// The address without its password.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                // The last to go: it brings what is left in the log into the file, which readers may not.
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Asks without changing anything.
    pub(super) async fn read(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, LedgerError> {
        let said = self.dialect.say(statement);
        let rows = match &self.pools {
            Pools::Sqlite { readers, .. } => bound!(said, values).fetch_all(readers).await.map(sqlite_rows),
            Pools::Postgres(pool) => bound!(said, values).fetch_all(pool).await.map(postgres_rows),
        };
        rows.map_err(|source| self.refused(statement, source))
    }

    /// One change that needs no other beside it.
    pub(super) async fn write(&self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, LedgerError> {
        let said = self.dialect.say(statement);
        let rows = match &self.pools {
            Pools::Sqlite { writer, .. } => bound!(said, values).fetch_all(writer).await.map(sqlite_rows),
            Pools::Postgres(pool) => bound!(said, values).fetch_all(pool).await.map(postgres_rows),
        };
        rows.map_err(|source| self.refused(statement, source))
    }

    /// Several changes, of which all happen or none. Dropped without [`Transaction::commit`], none.
    pub(super) async fn begin(&self) -> Result<Transaction<'_>, LedgerError> {
        let inner = match &self.pools {
            // Deferred, a transaction that reads first and writes then is refused when another wrote in between, however long it would wait.
            Pools::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(Inner::Sqlite),
            // Each statement sees what was committed before it, whatever this server's default is: a lock would be of no use otherwise.
            Pools::Postgres(pool) => pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await.map(Inner::Postgres),
        };
        Ok(Transaction { inner: inner.map_err(|source| self.refused("BEGIN", source))?, database: self })
    }

    /// Empties an `SQLite` file's log. The first time the file is written anew as well, without what versions of this program that did not write over
    /// what they deleted left in it: of a large file that takes long, and nothing else is written meanwhile.
    pub(super) async fn compact(&self) -> Result<(), LedgerError> {
        let Pools::Sqlite { writer, .. } = &self.pools else { return Ok(()) };
        let rows = self.read("PRAGMA user_version", Vec::new()).await?;
        if rows.first().map_or(Ok(0), |row| row.get::<i64>("user_version"))? < WRITTEN_ANEW {
            let anew = format!("VACUUM; PRAGMA user_version = {WRITTEN_ANEW}");
            let done = sqlx::raw_sql(AssertSqlSafe(anew)).execute(writer).await;
            done.map_err(|source| self.refused("VACUUM", source))?;
        }
        // Readers of older pages keep the log. Each try waits for them, as every write does.
        for _ in 0..CHECKPOINTS {
            let rows = self.write("PRAGMA wal_checkpoint(TRUNCATE)", Vec::new()).await?;
            if rows.first().map_or(Ok(0), |row| row.get::<i64>("busy"))? == 0 {
                return Ok(());
            }
        }
        Err(LedgerError::InUse { database: self.shown.clone() })
    }

    pub(super) fn refused(&self, statement: &str, source: sqlx::Error) -> LedgerError {
        let database = self.shown.clone();
        match source {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => {
                LedgerError::Unreachable { database, source }
            }
            _ => {
                let statement: Vec<&str> = statement.split_whitespace().take(6).collect();
                LedgerError::Statement { database, statement: statement.join(" "), source }
            }
        }
    }
}

/// Changes that belong together.
pub(super) struct Transaction<'a> {
    inner: Inner,
    database: &'a Database,
}

enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction<'_> {
    pub(super) async fn rows(&mut self, statement: &str, values: Vec<Value>) -> Result<Vec<Row>, LedgerError> {
        let said = self.database.dialect.say(statement);
        let rows = match &mut self.inner {
            Inner::Sqlite(inner) => bound!(said, values).fetch_all(&mut **inner).await.map(sqlite_rows),
            Inner::Postgres(inner) => bound!(said, values).fetch_all(&mut **inner).await.map(postgres_rows),
        };
        rows.map_err(|source| self.database.refused(statement, source))
    }

    /// The first row of the answer.
    pub(super) async fn row(&mut self, statement: &str, values: Vec<Value>) -> Result<Option<Row>, LedgerError> {
        Ok(self.rows(statement, values).await?.into_iter().next())
    }

    /// Waits until this is the only transaction that does this, until it ends. On SQLite a transaction that writes is alone anyway.
    pub(super) async fn alone(&mut self, turn: Turn) -> Result<(), LedgerError> {
        if matches!(self.inner, Inner::Postgres(_)) {
            // Locks of this kind belong to the database, so that other programs' in it must not have the same number: "replayrl" and which.
            let key = 0x7265_706c_6179_7200_i64 + turn as i64;
            let held = match turn {
                Turn::Enqueue | Turn::Erase => "SELECT 1 AS held FROM pg_advisory_xact_lock($1)",
                Turn::Claim => IN_ORDER,
            };
            self.rows(held, values![key]).await?;
        }
        Ok(())
    }

    pub(super) async fn commit(self) -> Result<(), LedgerError> {
        match self.inner {
            Inner::Sqlite(inner) => inner.commit().await,
            Inner::Postgres(inner) => inner.commit().await,
        }
        .map_err(|source| self.database.refused("COMMIT", source))
    }
}

fn sqlite_rows(rows: Vec<sqlx::sqlite::SqliteRow>) -> Vec<Row> {
    rows.into_iter().map(Row::Sqlite).collect()
}

fn postgres_rows(rows: Vec<sqlx::postgres::PgRow>) -> Vec<Row> {
    rows.into_iter().map(Row::Postgres).collect()
}
