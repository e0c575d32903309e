//! Sessions that recorders send: chunks with numbers, each of which counts once.
//!
//! A chunk comes in three steps: [`Ledger::expect_chunk`] says whether it is the next, then its bytes are put into the store under a path of its own,
//! then [`Ledger::keep_chunk`] makes it count, unless another of the same number was quicker. So nothing counts that is not stored, and what a broken-off
//! request left in the store lies below the session's folder, with which it goes.
//!
//! A session that has ended (erased, or kept for long enough) takes no more: its hash stays for a while, so that a page that is still open is told.

use std::collections::BTreeSet;

use super::database::{Row, Transaction, Turn, values};
use super::subjects::BROKEN_OFF_MS;
use super::{JobId, Ledger, LedgerError, SessionId};
use crate::subject::Subject;

/// How long it is known that a session has ended, ms. Recorders keep what they could not send for a week.
const ENDED_MS: i64 = 60 * 24 * 60 * 60 * 1000;
/// How long the row of an ended session stays, ms: for chunks that were on their way into the store when it ended.
const LATE_MS: i64 = 10 * 60 * 1000;

/// A session that a recorder sent. Times are epoch ms of the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentSession {
    /// Its name.
    pub id: SessionId,
    /// The key that it began with.
    pub owner: String,
    /// The site that sent it, as its browser says.
    pub origin: Option<String>,
    /// When its first chunk came.
    pub began_at: i64,
    /// When its last chunk came.
    pub heard_at: i64,
    /// Chunks there are.
    pub chunks: u32,
    /// Their bytes as stored.
    pub bytes: i64,
    /// Events in them.
    pub events: i64,
}

/// A chunk that is about to come.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedChunk<'a> {
    /// Its session.
    pub session: &'a SessionId,
    /// Its number.
    pub seq: u32,
    /// The key that sends it.
    pub owner: &'a str,
    /// The site, as its browser says.
    pub origin: Option<&'a str>,
    /// How long a session that begins with it is kept after its last chunk, ms; for ever, if none.
    pub keep_for_ms: Option<i64>,
    /// Bytes that a session may have.
    pub session_bytes: i64,
    /// Bytes that all sessions of a key may have.
    pub owner_bytes: i64,
}

/// A chunk whose bytes are in the store.
#[derive(Debug, Clone, Copy)]
pub struct StoredChunk<'a> {
    /// Its session.
    pub session: &'a SessionId,
    /// Its number.
    pub seq: u32,
    /// Where it is.
    pub path: &'a str,
    /// As stored.
    pub bytes: i64,
    /// Hex, of what is stored.
    pub sha256: &'a str,
    /// Events in it.
    pub events: i64,
    /// Who it says that somebody is.
    pub subjects: &'a BTreeSet<Subject>,
}

/// How a chunk stands to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkFit {
    /// It is the next. After [`Ledger::keep_chunk`]: it counts.
    Next,
    /// There is one of this number.
    Had,
    /// Those from this number on are missing.
    Missing(u32),
    /// The session takes no more.
    Ended,
    /// The session has as many bytes as it may have.
    SessionFull,
    /// The key's sessions have as many bytes as they may have.
    OwnerFull,
}

/// A chunk that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentChunk {
    /// Where it is.
    pub path: String,
    /// As stored.
    pub bytes: u64,
    /// Hex, of what is stored.
    pub sha256: String,
}

impl SentSession {
    fn read(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            id: row.parsed("id")?,
            owner: row.get("owner")?,
            origin: row.get("origin")?,
            began_at: row.get("began_at")?,
            heard_at: row.get("heard_at")?,
            chunks: row.number("chunks")?,
            bytes: row.get("bytes")?,
            events: row.get("events")?,
        })
    }
}

impl Ledger {
    /// Whether this is the chunk that its session waits for. The first one of a session begins it.
    pub async fn expect_chunk(&self, chunk: &ExpectedChunk<'_>) -> Result<ChunkFit, LedgerError> {
        let hash = self.session_hash(chunk.session).await?;
        let mut transaction = self.database.begin().await?;
        let (fit, bytes) = transaction.fit(chunk.session, chunk.seq, &hash).await?;
        if fit == ChunkFit::Next && bytes >= chunk.session_bytes {
            return Ok(ChunkFit::SessionFull);
        }
        if fit != ChunkFit::Next || chunk.seq > 0 {
            return Ok(fit);
        }
        let row = transaction
            .row(
                "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM sessions WHERE owner = $1",
                values![chunk.owner],
            )
            .await?;
        if row.map_or(Ok(0), |row| row.get::<i64>("bytes"))? >= chunk.owner_bytes {
            return Ok(ChunkFit::OwnerFull);
        }
        transaction
            .rows(
                "INSERT INTO sessions (id, owner, origin, began_at, heard_at, keep_for_ms, chunks, bytes, events)
                 VALUES ($1, $2, $3, {now}, {now}, $4, 0, 0, 0) ON CONFLICT DO NOTHING",
                values![chunk.session, chunk.owner, chunk.origin.map(str::to_owned), chunk.keep_for_ms],
            )
            .await?;
        transaction
            .rows(
                "INSERT INTO session_subjects (session_id, kind, hash) VALUES ($1, 'recording', $2) ON CONFLICT DO NOTHING",
                values![chunk.session, hash],
            )
            .await?;
        transaction.commit().await?;
        Ok(fit)
    }

    /// Makes a chunk count that is in the store. Unless the answer is [`ChunkFit::Next`], it does not, and its bytes are to be deleted.
    pub async fn keep_chunk(&self, chunk: &StoredChunk<'_>) -> Result<ChunkFit, LedgerError> {
        let session = self.session_hash(chunk.session).await?;
        let subjects = self.subject_hashes(chunk.subjects).await?;
        let mut transaction = self.database.begin().await?;
        // An erasure sees who was noted, or is seen here: as with jobs.
        if chunk.seq == 0 || !subjects.is_empty() {
            transaction.alone(Turn::Erase).await?;
        }
        let (fit, _) = transaction.fit(chunk.session, chunk.seq, &session).await?;
        if fit != ChunkFit::Next {
            return Ok(fit);
        }
        let counted = transaction
            .row(
                "UPDATE sessions SET chunks = chunks + 1, bytes = bytes + $2, events = events + $3, heard_at = {now} WHERE id = $1 RETURNING id",
                values![chunk.session, chunk.bytes, chunk.events],
            )
            .await?;
        if counted.is_none() {
            return Ok(ChunkFit::Ended);
        }
        transaction
            .rows(
                "INSERT INTO session_chunks (session_id, seq, path, bytes, sha256) VALUES ($1, $2, $3, $4, $5)",
                values![chunk.session, chunk.seq, chunk.path, chunk.bytes, chunk.sha256],
            )
            .await?;
        for (kind, hash) in &subjects {
            transaction
                .rows(
                    "INSERT INTO session_subjects (session_id, kind, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    values![chunk.session, *kind, hash.as_str()],
                )
                .await?;
            // What was made of the session so far is about them too.
            transaction
                .rows(
                    "INSERT INTO subjects (job_id, kind, hash)
                     SELECT job_id, $1, $2 FROM subjects WHERE kind = 'recording' AND hash = $3 ON CONFLICT DO NOTHING",
                    values![*kind, hash.as_str(), session.as_str()],
                )
                .await?;
        }
        let erased = transaction
            .rows(
                "UPDATE erasures SET caught = caught + 1
                 WHERE hash IN (SELECT hash FROM session_subjects WHERE session_id = $1)
                     AND COALESCE(finished_at, began_at + $2) >= (SELECT began_at FROM sessions WHERE id = $1) RETURNING id",
                values![chunk.session, BROKEN_OFF_MS],
            )
            .await?;
        if !erased.is_empty() {
            transaction.end(chunk.session).await?;
        }
        transaction.commit().await?;
        Ok(if erased.is_empty() { ChunkFit::Next } else { ChunkFit::Ended })
    }

    /// A session that has not ended, and its chunks in order.
    pub async fn sent_session(&self, id: &SessionId) -> Result<Option<(SentSession, Vec<SentChunk>)>, LedgerError> {
        let hash = self.session_hash(id).await?;
        let statement =
            "SELECT * FROM sessions WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM ended_sessions WHERE hash = $2)";
        let rows = self.database.read(statement, values![id, hash]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let session = SentSession::read(row)?;
        let statement =
            "SELECT path, bytes, sha256 FROM session_chunks WHERE session_id = $1 AND seq < $2 ORDER BY seq";
        let rows = self.database.read(statement, values![id, session.chunks]).await?;
        let chunks = rows.iter().map(|row| {
            let bytes = row.get::<i64>("bytes")?.cast_unsigned();
            Ok(SentChunk { path: row.get("path")?, bytes, sha256: row.get("sha256")? })
        });
        let chunks = chunks.collect::<Result<_, LedgerError>>()?;
        Ok(Some((session, chunks)))
    }

    /// Sessions that have not ended, heard of last first, that were heard of before `before`; only those about `person`, if one is given.
    pub async fn sent_sessions(
        &self,
        person: Option<&Subject>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<SentSession>, LedgerError> {
        let hash = match person {
            Some(person) => Some(self.subject_hash(person).await?),
            None => None,
        };
        let rows = self
            .database
            .read(
                "SELECT * FROM sessions WHERE chunks > 0 AND heard_at < $1
                     AND NOT EXISTS (SELECT 1 FROM session_subjects AS own JOIN ended_sessions ON ended_sessions.hash = own.hash
                         WHERE own.session_id = sessions.id AND own.kind = 'recording')
                     AND ($2 = '' OR EXISTS (SELECT 1 FROM session_subjects AS own WHERE own.session_id = sessions.id AND own.hash = $2))
                 ORDER BY heard_at DESC, id LIMIT $3",
                values![before.unwrap_or(i64::MAX), hash.unwrap_or_default(), limit],
            )
            .await?;
        rows.iter().map(SentSession::read).collect()
    }

    /// Sessions about a subject, ended ones too while they have a row.
    pub async fn sessions_about(&self, subject: &Subject) -> Result<Vec<SessionId>, LedgerError> {
        let hash = self.subject_hash(subject).await?;
        let statement = "SELECT DISTINCT session_id FROM session_subjects WHERE hash = $1 ORDER BY session_id";
        let rows = self.database.read(statement, values![hash]).await?;
        rows.iter().map(|row| row.parsed("session_id")).collect()
    }

    /// Takes no more of a session, and forgets what is known of it. Its files are to be deleted then.
    pub async fn end_session(&self, id: &SessionId) -> Result<(), LedgerError> {
        let mut transaction = self.database.begin().await?;
        transaction.end(id).await?;
        transaction.commit().await
    }

    /// Up to `limit` sessions whose files may go: they have ended, or have been kept for long enough and end now.
    pub async fn doomed_sessions(&self, limit: u32) -> Result<Vec<SessionId>, LedgerError> {
        let old = "SELECT id FROM sessions WHERE heard_at + keep_for_ms <= {now} ORDER BY heard_at LIMIT $1";
        let mut doomed = Vec::new();
        for row in self.database.read(old, values![limit]).await? {
            let id = row.parsed("id")?;
            self.end_session(&id).await?;
            doomed.push(id);
        }
        let ended =
            "SELECT own.session_id FROM session_subjects AS own JOIN ended_sessions ON ended_sessions.hash = own.hash
             WHERE own.kind = 'recording' AND ended_at + $2 <= {now} ORDER BY ended_at LIMIT $1";
        for row in self.database.read(ended, values![limit, LATE_MS]).await? {
            doomed.push(row.parsed("session_id")?);
        }
        self.database
            .write(
                "DELETE FROM ended_sessions WHERE ended_at + $1 <= {now}
                 AND NOT EXISTS (SELECT 1 FROM session_subjects AS own WHERE own.hash = ended_sessions.hash)",
                values![ENDED_MS],
            )
            .await?;
        Ok(doomed)
    }

    /// Forgets the row of a session that ended a while ago and whose files are gone.
    pub async fn purge_session(&self, id: &SessionId) -> Result<(), LedgerError> {
        let hash = self.session_hash(id).await?;
        self.database
            .write(
                "DELETE FROM sessions WHERE id = $1 AND EXISTS (SELECT 1 FROM ended_sessions WHERE hash = $2 AND ended_at + $3 <= {now})",
                values![id, hash, LATE_MS],
            )
            .await?;
        Ok(())
    }

    async fn session_hash(&self, id: &SessionId) -> Result<String, LedgerError> {
        self.subject_hash(&Subject::sent(id)).await
    }
}

impl Transaction<'_> {
    /// How a chunk of this number stands to its session, and the bytes that the session has. Holds the session's row.
    async fn fit(&mut self, id: &SessionId, seq: u32, hash: &str) -> Result<(ChunkFit, i64), LedgerError> {
        let row = self.row("SELECT chunks, bytes FROM sessions WHERE id = $1 {lock}", values![id]).await?;
        let ended = self.row("SELECT hash FROM ended_sessions WHERE hash = $1", values![hash]).await?;
        if ended.is_some() {
            return Ok((ChunkFit::Ended, 0));
        }
        let (next, bytes) = match row {
            Some(row) => (row.number("chunks")?, row.get("bytes")?),
            None => (0, 0),
        };
        let fit = match seq.cmp(&next) {
            std::cmp::Ordering::Less => ChunkFit::Had,
            std::cmp::Ordering::Equal => ChunkFit::Next,
            std::cmp::Ordering::Greater => ChunkFit::Missing(next),
        };
        Ok((fit, bytes))
    }

    /// Notes that a job is about those whom the session is about that it is made of, as far as is known by now.
    pub(super) async fn note_sessions_of(
        &mut self,
        job: JobId,
        hashes: &[(&'static str, String)],
    ) -> Result<(), LedgerError> {
        for (_, hash) in hashes.iter().filter(|(kind, _)| *kind == "recording") {
            let known = "SELECT session_id FROM session_subjects WHERE kind = 'recording' AND hash = $1";
            if self.row(known, values![hash.as_str()]).await?.is_none() {
                continue;
            }
            // Whoever keeps a chunk of it just now, and notes whom it is about, is waited for.
            self.alone(Turn::Erase).await?;
            self.rows(
                "INSERT INTO subjects (job_id, kind, hash)
                 SELECT $1, others.kind, others.hash FROM session_subjects AS own
                     JOIN session_subjects AS others ON others.session_id = own.session_id
                 WHERE own.kind = 'recording' AND own.hash = $2 ON CONFLICT DO NOTHING",
                values![job, hash.as_str()],
            )
            .await?;
        }
        Ok(())
    }

    async fn end(&mut self, id: &SessionId) -> Result<(), LedgerError> {
        // Whoever keeps a chunk of it just now is waited for.
        self.rows("SELECT id FROM sessions WHERE id = $1 {lock}", values![id]).await?;
        self.rows(
            "INSERT INTO ended_sessions (hash, ended_at)
             SELECT hash, {now} FROM session_subjects WHERE session_id = $1 AND kind = 'recording' ON CONFLICT DO NOTHING",
            values![id],
        )
        .await?;
        self.rows("DELETE FROM session_chunks WHERE session_id = $1", values![id]).await?;
        self.rows("DELETE FROM session_subjects WHERE session_id = $1 AND kind <> 'recording'", values![id]).await?;
        self.rows(
            "UPDATE sessions SET owner = '', origin = NULL, keep_for_ms = NULL, bytes = 0, events = 0 WHERE id = $1",
            values![id],
        )
        .await?;
        Ok(())
    }
}
