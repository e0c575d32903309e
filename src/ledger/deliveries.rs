//! Messages to those who wait for jobs: an outbox.
//!
//! Settling a job writes its message in the same transaction, so none is lost and none tells of what did not happen. The message holds the job as
//! it was when it was settled: by the time it is sent the job may have been tried again, or be gone. Delivering has leases of its own, and is at
//! least once: a sender that dies between sending and noting it sends again, with the same id and the same bytes.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::database::{Row, Transaction, Value, json_text, values};
use super::job::{Job, JobState};
use super::{DeliveryId, JobId, Ledger, LedgerError};

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    Pending,
    /// Taken by its receiver.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// The name, as in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

super::named::named!(DeliveryState, "a delivery's state");

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The receiver's HTTP status, if it answered.
    pub status: Option<u16>,
    /// What went wrong otherwise. Kept up to [`Answer::ERROR_BYTES`].
    pub error: Option<String>,
    /// How long it took, ms.
    pub ms: i64,
}

impl Answer {
    /// How much of an error is kept.
    pub const ERROR_BYTES: usize = 1024;
}

/// An attempt, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAttempt {
    /// When it ended, epoch ms of the database's clock.
    pub at: i64,
    /// The receiver's HTTP status, if it answered.
    pub status: Option<u16>,
    /// What went wrong otherwise.
    pub error: Option<String>,
    /// How long it took, ms.
    pub ms: i64,
}

/// A message to whoever waits for a job. Times are epoch ms of the database's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its name, the same at each attempt.
    pub id: DeliveryId,
    /// The job it tells of.
    pub job: JobId,
    /// What it tells: `render.succeeded`, `render.failed` or `render.cancelled`.
    pub event: String,
    /// The job as it was then.
    pub settled: Job,
    /// Whom it goes to.
    pub webhook: Json,
    /// What is sent, once it was put into words.
    pub body: Option<String>,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it was taken up since it was queued or last asked for again, this time included.
    pub attempts: u32,
    /// Not before this time; while it is being sent, when its sender is taken for lost.
    pub next_at: i64,
    /// When it was written.
    pub created_at: i64,
    /// The last attempt's HTTP status.
    pub last_status: Option<u16>,
    /// The last attempt's error.
    pub last_error: Option<String>,
    /// The last attempts, oldest first, up to [`Delivery::LOG_ENTRIES`].
    pub log: Vec<DeliveryAttempt>,
    /// What the sender has to show to say what came of this attempt.
    pub token: i64,
}

impl Delivery {
    /// How many attempts are remembered.
    pub const LOG_ENTRIES: usize = 20;

    fn read(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            id: row.parsed("id")?,
            job: row.parsed("job_id")?,
            event: row.get("event")?,
            settled: row.json("settled")?,
            webhook: row.json("webhook")?,
            body: row.get("body")?,
            state: row.parsed("state")?,
            attempts: row.number("attempts")?,
            next_at: row.get("next_at")?,
            created_at: row.get("created_at")?,
            last_status: row.get::<Option<i64>>("last_status")?.and_then(|status| u16::try_from(status).ok()),
            last_error: row.get("last_error")?,
            log: row.json("log")?,
            token: row.get("token")?,
        })
    }
}

impl Transaction<'_> {
    /// Writes the message about a job that was settled, if somebody waits for one.
    pub(super) async fn announce(&mut self, job: &Job, now: i64) -> Result<(), LedgerError> {
        let Some(webhook) = &job.webhook else { return Ok(()) };
        let event = match job.state {
            JobState::Succeeded => "render.succeeded",
            JobState::Failed => "render.failed",
            JobState::Cancelled => "render.cancelled",
            JobState::Queued | JobState::Running => return Ok(()),
        };
        self.rows(
            "INSERT INTO deliveries (id, job_id, event, settled, webhook, state, attempts, token, next_at, created_at, log)
             VALUES ($1, $2, $3, $4, $5, 'pending', 0, 0, $6, $6, '[]')",
            values![DeliveryId::new(), job.id, event, json_text("settled", job)?, webhook, now],
        )
        .await?;
        Ok(())
    }
}

impl Ledger {
    /// Takes the message that has been due for longest, for `lease_ms`.
    pub async fn claim_delivery(&self, lease_ms: i64) -> Result<Option<Delivery>, LedgerError> {
        let due = "SELECT 1 AS due FROM deliveries WHERE state = 'pending' AND next_at <= {now} LIMIT 1";
        if self.database.read(due, values![]).await?.is_empty() {
            return Ok(None);
        }
        let rows = self
            .database
            .write(
                "UPDATE deliveries SET next_at = {now} + $1, attempts = attempts + 1, token = token + 1
                 WHERE id = (
                     SELECT id FROM deliveries WHERE state = 'pending' AND next_at <= {now} ORDER BY next_at, id LIMIT 1 {skip_locked}
                 )
                 RETURNING *",
                values![lease_ms.max(0)],
            )
            .await?;
        rows.first().map(Delivery::read).transpose()
    }

    /// Keeps what is sent. The first words stay: the text that counts, to be sent now and at later attempts, is the one returned. None, if the
    /// message is gone.
    pub async fn set_body(&self, id: DeliveryId, body: &str) -> Result<Option<String>, LedgerError> {
        let rows = self
            .database
            .write("UPDATE deliveries SET body = COALESCE(body, $2) WHERE id = $1 RETURNING body", values![id, body])
            .await?;
        rows.first().map(|row| row.get("body")).transpose()
    }

    /// The receiver took it. False, if somebody else is sending it by now.
    pub async fn delivered(&self, id: DeliveryId, token: i64, answer: Answer) -> Result<bool, LedgerError> {
        self.attempted(id, token, answer, |_| (DeliveryState::Delivered, None)).await
    }

    /// The receiver did not take it. It is sent again after `retry_in_ms`; without, it is given up. False, if somebody else is sending it by now.
    pub async fn undelivered(
        &self,
        id: DeliveryId,
        token: i64,
        answer: Answer,
        retry_in_ms: Option<i64>,
    ) -> Result<bool, LedgerError> {
        self.attempted(id, token, answer, |now| match retry_in_ms {
            Some(delay) => (DeliveryState::Pending, Some(now + delay.max(0))),
            None => (DeliveryState::Failed, None),
        })
        .await
    }

    async fn attempted(
        &self,
        id: DeliveryId,
        token: i64,
        mut answer: Answer,
        decide: impl FnOnce(i64) -> (DeliveryState, Option<i64>),
    ) -> Result<bool, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let row = transaction
            .row(
                "SELECT deliveries.*, {now} AS now FROM deliveries WHERE id = $1 AND token = $2 AND state = 'pending' {lock}",
                values![id, token],
            )
            .await?;
        let Some(row) = row else { return Ok(false) };
        let (mut delivery, now) = (Delivery::read(&row)?, row.get("now")?);
        if let Some(error) = &mut answer.error {
            error.truncate(error.floor_char_boundary(Answer::ERROR_BYTES));
        }
        let (status, error) = (answer.status, answer.error);
        delivery.log.push(DeliveryAttempt { at: now, status, error: error.clone(), ms: answer.ms });
        let surplus = delivery.log.len().saturating_sub(Delivery::LOG_ENTRIES);
        delivery.log.drain(..surplus);
        let (state, next_at) = decide(now);
        // Its token goes with the attempt: the same answer twice is one.
        transaction
            .rows(
                "UPDATE deliveries SET state = $2, next_at = $3, last_status = $4, last_error = $5, log = $6, token = token + 1 WHERE id = $1",
                values![
                    id,
                    state,
                    next_at.unwrap_or(delivery.next_at),
                    status.map(i64::from),
                    error,
                    json_text("log", &delivery.log)?
                ],
            )
            .await?;
        if state != DeliveryState::Pending {
            transaction
                .rows(
                    "DELETE FROM deliveries WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = deliveries.job_id)",
                    values![id],
                )
                .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// A job's messages, oldest first.
    pub async fn deliveries(&self, job: JobId) -> Result<Vec<Delivery>, LedgerError> {
        let rows = self.database.read("SELECT * FROM deliveries WHERE job_id = $1 ORDER BY id", values![job]).await?;
        rows.iter().map(Delivery::read).collect()
    }

    /// Sends a message again that was delivered or given up, with the same bytes and all attempts. None, if there is no such message, or it is
    /// still to be sent.
    pub async fn redeliver(&self, id: DeliveryId) -> Result<Option<Delivery>, LedgerError> {
        let rows = self
            .database
            .write(
                "UPDATE deliveries SET state = 'pending', attempts = 0, token = token + 1, next_at = {now}
                 WHERE id = $1 AND state <> 'pending' RETURNING *",
                values![id],
            )
            .await?;
        rows.first().map(Delivery::read).transpose()
    }
}

impl From<DeliveryState> for Value {
    fn from(state: DeliveryState) -> Self {
        state.name().into()
    }
}
