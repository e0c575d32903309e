//! What can go wrong with the ledger as a whole. Refusals that belong to one question stand beside that question.

use std::path::PathBuf;

/// The ledger could not be asked, or what it holds cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The address names no database. The address itself is not repeated: it may hold a password.
    #[error("the database's address {why}; allowed are sqlite:PATH and postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// The file of an `SQLite` database cannot be opened or made.
    #[error("cannot open {}: {source}", path.display())]
    File {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nobody answers there, or not to us.
    #[error("cannot reach {database}: {source}")]
    Unreachable {
        /// The database, without its password.
        database: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// The database answered, but not to this.
    #[error("{database} refused `{statement}…`: {source}")]
    Statement {
        /// The database, without its password.
        database: String,
        /// How the statement begins. Values are never part of it.
        statement: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// The tables could not be made or brought up to date.
    #[error("cannot migrate {database}: {source}")]
    Migration {
        /// The database, without its password.
        database: String,
        /// What the driver said.
        source: sqlx::migrate::MigrateError,
    },
    /// Its tables are missing, or those of an older version.
    #[error("{database} lacks {missing} of the {known} steps of this version's schema: run replayreel migrate")]
    Older {
        /// The database, without its password.
        database: String,
        /// How many steps it lacks.
        missing: usize,
        /// How many there are.
        known: usize,
    },
    /// Its tables are those of a newer version, which this one would damage.
    #[error("{database} has schema step {step}, which this version does not know: run the newer replayreel")]
    Newer {
        /// The database, without its password.
        database: String,
        /// The step that is not known here.
        step: i64,
    },
    /// A step of its schema is another than the one of that number here, or was broken off.
    #[error("schema step {step} of {database} is not the one that this version knows")]
    Altered {
        /// The database, without its password.
        database: String,
        /// The step that differs.
        step: i64,
    },
    /// What was deleted is still in the database's log.
    #[error(
        "{database} is being read all the time: its log still holds what was deleted; run it again when less goes on"
    )]
    InUse {
        /// The database.
        database: String,
    },
    /// A value stands in the database that this version never writes.
    #[error("the ledger's {column} holds what this version does not understand: {why}")]
    Corrupt {
        /// The column.
        column: &'static str,
        /// What was expected.
        why: String,
    },
    /// The system has no random bytes for us.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
}

impl LedgerError {
    /// Whether the same question may well be answered later: nobody was there, or the database was busy for too long.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Statement { source, .. } => match source {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_) => true,
                // 08: connection; 40: rolled back (deadlock); 53: out of resources; 57P: shutting down; 5 and 517: SQLITE_BUSY.
                sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                    ["08", "40", "53", "57P"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                        || matches!(&*code, "5" | "261" | "517")
                }),
                _ => false,
            },
            _ => false,
        }
    }
}
