//! The jobs of the service, kept so that none is lost and none is done twice.
//!
//! The ledger stands beside the renderer and knows nothing of it: what a job is to do, how far it is and what came of it are JSON to it. It lives
//! in an `SQLite` file, or in a PostgreSQL database when several machines share the work; each statement is written once for both.
//!
//! A job is **queued**, **claimed** by a worker on a **lease** that the worker renews with its heart-beat, and **settled**: it succeeded, failed or
//! was cancelled. A worker that is not heard of loses its job to the next one, and whatever it says later is refused ([`Lease`]). Settling writes
//! a **delivery** for whoever waits, in the same transaction. Times are the database's ([`ManualClock`] in tests), so machines need not agree.

mod address;
mod claim;
mod clock;
mod database;
mod deliveries;
mod disposal;
mod erasures;
mod error;
mod id;
mod job;
mod keys;
mod lease;
mod listing;
mod named;
mod queue;
mod schema;
mod secrets;
mod sessions;
mod settle;
mod shares;
mod subjects;
mod transition;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use address::DatabaseKind;
pub use claim::{Claim, Claiming};
pub use clock::ManualClock;
pub use deliveries::{Answer, Delivery, DeliveryAttempt, DeliveryState};
pub use disposal::Deleted;
pub use erasures::{Erasure, Forgotten, FoundBy, FoundJob, ShareWithout, Suspect};
pub use error::LedgerError;
pub use id::{DeliveryId, ErasureId, JobId, KeyId, NotAnId, SessionId, ShareId};
pub use job::{Failure, Idempotency, Job, JobState, NewJob};
pub use keys::{AddKeyError, Key, KeyHash, LAST_USE_MS, NewKey, Scope};
pub use lease::{Beat, Lease, LeaseError};
pub use listing::{Counts, Filter};
pub use named::NotNamed;
pub use queue::{EnqueueError, Enqueued};
pub use sessions::{ChunkFit, ExpectedChunk, SentChunk, SentSession, StoredChunk};
pub use settle::{Cancelled, Expired, RetryError};
pub use shares::{NewShare, Share};
pub use subjects::{Finding, Noted};
pub use transition::{LOST_BACKOFF_MAX_MS, LOST_BACKOFF_MS};

use database::Database;

/// A length of time as the ledger counts it: whole ms.
pub fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// How a ledger is opened.
#[derive(Debug, Clone)]
pub struct LedgerOptions {
    /// How many connections to the database there are at most.
    pub max_connections: u32,
    /// How long a request's idempotency key stands for its job, ms.
    pub idempotency_ms: i64,
    /// The clock, if not the database's. For tests.
    pub clock: Option<ManualClock>,
}

impl Default for LedgerOptions {
    fn default() -> Self {
        Self { max_connections: 8, idempotency_ms: 24 * 60 * 60 * 1000, clock: None }
    }
}

/// The jobs of the service. Clones are the same ledger.
#[derive(Clone)]
pub struct Ledger {
    database: Database,
    idempotency_ms: i64,
    /// What subjects are hashed with, once it was asked for.
    subject_key: Arc<tokio::sync::OnceCell<[u8; 32]>>,
}

impl Ledger {
    /// A ledger at a URL: `sqlite:PATH`, `sqlite://PATH`, `postgres://…` or `postgresql://…`. Connections are made when they are needed;
    /// [`Ledger::check`] says whether somebody answers. To be called within tokio.
    pub fn open(url: &str, options: LedgerOptions) -> Result<Self, LedgerError> {
        let database = Database::open(&url.parse()?, options.max_connections, options.clock)?;
        Ok(Self { database, idempotency_ms: options.idempotency_ms, subject_key: Arc::default() })
    }

    /// What kind of database it is.
    pub fn kind(&self) -> DatabaseKind {
        self.database.kind()
    }

    /// Ends all connections once what is under way is done. Clones are closed with it.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// The database, without its password.
impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.database.shown())
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ledger({self})")
    }
}
