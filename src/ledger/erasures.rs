//! What the ledger does for an erasure: finds the jobs, takes them out of the queue, forgets them with all that tells of them, and leaves no trace of
//! them in the database's file.
//!
//! Each step can be taken again: a job that an erasure has taken up stays findable by its subject until its row is gone.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::database::{Pools, Row, Turn, Value, json_text, values};
use super::job::{Job, JobState};
use super::listing::escaped;
use super::{ErasureId, JobId, Ledger, LedgerError, ShareId};
use crate::subject::Subject;

/// An erasure, as it is remembered: never whom it was about, but what stands for them. Times are epoch ms of the database's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Erasure {
    /// Its name.
    pub id: ErasureId,
    /// When it began.
    pub began_at: i64,
    /// When it was done.
    pub finished_at: Option<i64>,
    /// Jobs that had been asked for before it was done and came to light later. They made nothing and are gone.
    pub caught: u32,
    /// What was deleted.
    pub receipt: Option<Json>,
}

/// Why a job is about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// Its recording, or its place, says so.
    Recording,
    /// It was made of the same bytes as such a one.
    SameRecording,
    /// Its metadata says so, and its recording says nothing.
    Metadata,
}

/// A job that is about a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundJob {
    /// The job.
    pub id: JobId,
    /// How far it has come.
    pub state: JobState,
    /// Why.
    pub by: FoundBy,
}

/// A job that has to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The job.
    pub job: Job,
    /// Whether its recording was looked into, so that all is noted that it says.
    pub noted: bool,
    /// Whether it is known who was recorded.
    pub has_person: bool,
    /// Whether it is known which recording it is.
    pub has_recording: bool,
}

/// What went with a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Messages about it.
    pub deliveries: u64,
    /// Idempotency keys that stood for it.
    pub idempotency_keys: u64,
    /// The job itself; false, if it was gone.
    pub job: bool,
}

/// What became of a share that showed jobs which are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShareWithout {
    /// It showed nothing else, and is gone.
    Deleted(ShareId),
    /// It shows the others.
    Changed(ShareId),
}

impl Erasure {
    fn read(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            id: row.parsed("id")?,
            began_at: row.get("began_at")?,
            finished_at: row.get("finished_at")?,
            caught: row.number("caught")?,
            receipt: row.json_or_none("receipt")?,
        })
    }
}

impl Ledger {
    /// From here on every job that was asked for before and turns out to be about the subject is refused by [`Ledger::note_subjects`].
    pub async fn begin_erasure(&self, subject: &Subject) -> Result<Erasure, LedgerError> {
        let hash = self.subject_hash(subject).await?;
        let mut transaction = self.database.begin().await?;
        // Who is noting now is waited for, and seen.
        transaction.alone(Turn::Erase).await?;
        let row = transaction
            .row(
                "INSERT INTO erasures (id, kind, hash, began_at, caught) VALUES ($1, $2, $3, {now}, 0) RETURNING *",
                values![ErasureId::new(), subject.kind.name(), hash],
            )
            .await?;
        let row =
            row.ok_or(LedgerError::Corrupt { column: "id", why: "an inserted row was not returned".to_owned() })?;
        let erasure = Erasure::read(&row)?;
        transaction.commit().await?;
        Ok(erasure)
    }

    /// The erasure is done, and so are those of the same subject that were broken off before it.
    pub async fn finish_erasure(&self, id: ErasureId, receipt: &Json) -> Result<Option<Erasure>, LedgerError> {
        let mut transaction = self.database.begin().await?;
        transaction
            .rows(
                "UPDATE erasures SET finished_at = {now}
                 WHERE finished_at IS NULL AND hash = (SELECT hash FROM erasures AS this WHERE this.id = $1)",
                values![id],
            )
            .await?;
        let row =
            transaction.row("UPDATE erasures SET receipt = $2 WHERE id = $1 RETURNING *", values![id, receipt]).await?;
        let erasure = row.as_ref().map(Erasure::read).transpose()?;
        transaction.commit().await?;
        Ok(erasure)
    }

    /// The erasure of this name.
    pub async fn erasure(&self, id: ErasureId) -> Result<Option<Erasure>, LedgerError> {
        let rows = self.database.read("SELECT * FROM erasures WHERE id = $1", values![id]).await?;
        rows.first().map(Erasure::read).transpose()
    }

    /// Jobs that are known to be about a subject, hidden ones too, and those that were made of the same bytes as one whose recording says so.
    pub async fn about(&self, subject: &Subject) -> Result<Vec<FoundJob>, LedgerError> {
        let hash = self.subject_hash(subject).await?;
        let rows = self
            .database
            .read(
                "WITH direct AS (SELECT DISTINCT job_id FROM subjects WHERE hash = $1 AND kind <> 'mentioned'),
                 twins AS (
                     SELECT other.job_id FROM subjects AS one JOIN subjects AS other ON other.hash = one.hash AND other.kind = 'source'
                     WHERE one.kind = 'source' AND one.job_id IN (SELECT job_id FROM direct)
                     UNION
                     SELECT other.id FROM jobs AS one JOIN jobs AS other ON other.content_key = one.content_key
                     WHERE one.content_key IS NOT NULL AND one.id IN (SELECT job_id FROM direct)
                 ),
                 mentioned AS (SELECT job_id FROM subjects WHERE hash = $1 AND kind = 'mentioned')
                 SELECT id, state,
                     CASE WHEN id IN (SELECT job_id FROM direct) THEN 'direct' WHEN id IN (SELECT job_id FROM twins) THEN 'twin' ELSE 'mentioned' END AS why
                 FROM jobs WHERE id IN (SELECT job_id FROM direct UNION SELECT job_id FROM twins UNION SELECT job_id FROM mentioned)
                 ORDER BY id",
                values![hash],
            )
            .await?;
        let found = rows.iter().map(|row| {
            let by = match row.get::<String>("why")?.as_str() {
                "direct" => FoundBy::Recording,
                "twin" => FoundBy::SameRecording,
                _ => FoundBy::Metadata,
            };
            Ok(FoundJob { id: row.parsed("id")?, state: row.parsed("state")?, by })
        });
        found.collect()
    }

    /// Jobs that nobody has looked into, and those that name an ID in what their client said; after `after`, by name, up to `limit`.
    pub async fn suspects(&self, id: &str, after: Option<JobId>, limit: u32) -> Result<Vec<Suspect>, LedgerError> {
        // As it stands in JSON, and whatever stands around it: what it means is seen by whoever asks.
        let text = Json::from(id).to_string();
        let pattern = format!("%{}%", escaped(text.trim_matches('"')));
        let rows = self
            .database
            .read(
                "SELECT jobs.*,
                     EXISTS (SELECT 1 FROM subjects WHERE job_id = jobs.id AND kind = 'whole') AS noted,
                     EXISTS (SELECT 1 FROM subjects WHERE job_id = jobs.id AND kind = 'person') AS has_person,
                     EXISTS (SELECT 1 FROM subjects WHERE job_id = jobs.id AND kind = 'recording') AS has_recording
                 FROM jobs
                 WHERE id > $1 AND (metadata LIKE $2 ESCAPE '!' OR spec LIKE $2 ESCAPE '!'
                     OR NOT EXISTS (SELECT 1 FROM subjects WHERE job_id = jobs.id AND kind = 'whole'))
                 ORDER BY id LIMIT $3",
                values![after.map_or_else(String::new, |after| after.to_string()), pattern, limit],
            )
            .await?;
        let suspects = rows.iter().map(|row| {
            let (noted, has_person) = (row.get("noted")?, row.get("has_person")?);
            Ok(Suspect { job: Job::read(row)?, noted, has_person, has_recording: row.get("has_recording")? })
        });
        suspects.collect()
    }

    /// Takes a job out of the queue, or tells its worker to stop; messages about it go, and none is written about how it ends. Says how many went;
    /// none, if the job is gone.
    pub async fn withdraw(&self, id: JobId, subject: &Subject) -> Result<Option<u64>, LedgerError> {
        let hash = self.subject_hash(subject).await?;
        let mut transaction = self.database.begin().await?;
        let row = transaction.row("SELECT jobs.*, {now} AS now FROM jobs WHERE id = $1 {lock}", values![id]).await?;
        let Some(row) = row else { return Ok(None) };
        let (job, now) = (Job::read(&row)?, row.get::<i64>("now")?);
        // However it was found: the next run must find it again.
        transaction.note(id, &[("mentioned", hash)], false).await?;
        let (state, finished_at) = match job.state {
            JobState::Queued => (JobState::Cancelled, Some(now)),
            state => (state, job.finished_at),
        };
        transaction
            .rows(
                "UPDATE jobs SET webhook = NULL, cancel_requested = TRUE, state = $2, finished_at = $3, revision = revision + 1 WHERE id = $1",
                values![id, state, finished_at],
            )
            .await?;
        let told = transaction.rows("DELETE FROM deliveries WHERE job_id = $1 RETURNING id", values![id]).await?;
        transaction.commit().await?;
        Ok(Some(told.len() as u64))
    }

    /// How a job stands, hidden or not.
    pub async fn state_of(&self, id: JobId) -> Result<Option<JobState>, LedgerError> {
        let rows = self.database.read("SELECT state FROM jobs WHERE id = $1", values![id]).await?;
        rows.first().map(|row| row.parsed("state")).transpose()
    }

    /// Hides a settled job and empties it: whatever else fails, nothing of what it was about stands in the ledger any more. False, if it is not
    /// settled, or gone.
    pub async fn conceal(&self, id: JobId) -> Result<bool, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let concealed = transaction
            .row(
                "UPDATE jobs SET deleted_at = COALESCE(deleted_at, {now}), source = 'null', spec = 'null', metadata = 'null', content_key = NULL,
                     webhook = NULL, progress = NULL, result = NULL, failure = NULL, revision = revision + 1
                 WHERE id = $1 AND state IN ('succeeded', 'failed', 'cancelled') RETURNING id",
                values![id],
            )
            .await?
            .is_some();
        transaction.commit().await?;
        Ok(concealed)
    }

    /// Forgets a concealed job, and all messages about it, those too that were still to be sent.
    pub async fn forget(&self, id: JobId) -> Result<Forgotten, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let hidden = transaction
            .row("SELECT id FROM jobs WHERE id = $1 AND deleted_at IS NOT NULL {lock}", values![id])
            .await?
            .is_some();
        if !hidden {
            return Ok(Forgotten::default());
        }
        let deliveries = transaction.rows("DELETE FROM deliveries WHERE job_id = $1 RETURNING id", values![id]).await?;
        let keys =
            transaction.rows("DELETE FROM idempotency WHERE job_id = $1 RETURNING request_hash", values![id]).await?;
        transaction.rows("DELETE FROM jobs WHERE id = $1", values![id]).await?;
        transaction.commit().await?;
        Ok(Forgotten { deliveries: deliveries.len() as u64, idempotency_keys: keys.len() as u64, job: true })
    }

    /// Takes jobs out of all shares.
    pub async fn unshare(&self, gone: &BTreeSet<JobId>) -> Result<Vec<ShareWithout>, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let mut done = Vec::new();
        for row in transaction.rows("SELECT id, jobs FROM shares ORDER BY id {lock}", values![]).await? {
            let (id, jobs): (ShareId, Vec<JobId>) = (row.parsed("id")?, row.json("jobs")?);
            let left: Vec<JobId> = jobs.iter().copied().filter(|job| !gone.contains(job)).collect();
            if left.len() == jobs.len() {
                continue;
            }
            if left.is_empty() {
                transaction.rows("DELETE FROM shares WHERE id = $1", values![id]).await?;
                done.push(ShareWithout::Deleted(id));
            } else {
                let left: Value = json_text("jobs", &left)?;
                transaction.rows("UPDATE shares SET jobs = $2 WHERE id = $1", values![id, left]).await?;
                done.push(ShareWithout::Changed(id));
            }
        }
        transaction.commit().await?;
        Ok(done)
    }

    /// Shares that show any of these jobs.
    pub async fn shares_of(&self, jobs: &BTreeSet<JobId>) -> Result<Vec<ShareWithout>, LedgerError> {
        let shares = self.shares(None).await?;
        let shares = shares.into_iter().filter(|share| share.jobs.iter().any(|job| jobs.contains(job)));
        let of = |share: super::Share| {
            let all = share.jobs.iter().all(|job| jobs.contains(job));
            if all { ShareWithout::Deleted(share.id) } else { ShareWithout::Changed(share.id) }
        };
        Ok(shares.map(of).collect())
    }

    /// Deletes the messages about jobs that are gone already which `are_about` says yes to: it is shown each job as it was. Says how many.
    pub async fn forget_last_words(&self, are_about: impl Fn(&Job) -> bool, dry: bool) -> Result<u64, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let rows = transaction
            .rows(
                "SELECT id, settled FROM deliveries WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = deliveries.job_id)",
                values![],
            )
            .await?;
        let mut gone = 0;
        for row in &rows {
            if !are_about(&row.json("settled")?) {
                continue;
            }
            gone += 1;
            if !dry {
                transaction.rows("DELETE FROM deliveries WHERE id = $1", values![row.get::<String>("id")?]).await?;
            }
        }
        transaction.commit().await?;
        Ok(gone)
    }

    /// Takes what was deleted out of the database's files as well. `SQLite` writes over what it deletes, but keeps older pages in its log
    /// until this. PostgreSQL gives the room to what comes next.
    ///
    /// # Errors
    /// If others were reading all the time: then the log still holds it.
    pub async fn scrub(&self) -> Result<(), LedgerError> {
        match &self.database.pools {
            Pools::Sqlite { .. } => self.database.compact().await,
            Pools::Postgres(pool) => {
                let tables = "VACUUM jobs, deliveries, idempotency, shares, subjects";
                let done = sqlx::raw_sql(tables).execute(pool).await.map(drop);
                done.map_err(|source| self.database.refused("VACUUM", source))
            }
        }
    }
}
