//! Looking jobs up.

use super::database::values;
use super::job::{Job, JobState};
use super::{JobId, Ledger, LedgerError};

/// Which jobs to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those in one of these states. All, if empty.
    pub states: Vec<JobState>,
    /// Those of this owner. All, if none.
    pub owner: Option<String>,
    /// Those with this in their name or their metadata, capitals or not. Sources are not searched: they may hold what the searcher may not see.
    pub search: Option<String>,
}

/// How many jobs there are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Waiting, scheduled ones included.
    pub queued: u64,
    /// With a worker.
    pub running: u64,
    /// Done.
    pub succeeded: u64,
    /// Given up.
    pub failed: u64,
    /// Called off.
    pub cancelled: u64,
}

impl Ledger {
    /// The job of this name.
    pub async fn get(&self, id: JobId) -> Result<Option<Job>, LedgerError> {
        let rows = self.database.read("SELECT * FROM jobs WHERE id = $1 AND deleted_at IS NULL", values![id]).await?;
        rows.first().map(Job::read).transpose()
    }

    /// Jobs, newest first: the first `limit` of them, or those after `before`, the last one of the page before. Jobs that are added meanwhile
    /// neither shift pages nor appear twice.
    pub async fn list(&self, filter: &Filter, before: Option<JobId>, limit: u32) -> Result<Vec<Job>, LedgerError> {
        let mut states = filter.states.clone();
        states.sort_unstable();
        states.dedup();
        // The conditions are pieces, because a database plans for the text: a walk along the index of names, of one owner or of one state stops
        // when the page is full, while several states by their index would be all of them, sorted.
        let state = match states.len() {
            0 | 5 => "",
            1 => "AND state = $1",
            _ => "AND state || '' IN ($1, $2, $3, $4)",
        };
        let owner = if filter.owner.is_some() { "AND owner = $5" } else { "" };
        let statement = format!(
            "SELECT * FROM jobs WHERE deleted_at IS NULL {state} {owner}
                 AND id < $6 AND ($7 IS NULL OR id LIKE $7 ESCAPE '!' OR lower(metadata) LIKE $7 ESCAPE '!')
             ORDER BY id DESC LIMIT $8"
        );
        // All places have to be filled: a state named twice is that state.
        let state = |n: usize| states.get(n).or(states.first()).map_or("", |state| state.name());
        let search = filter.search.as_ref().map(|text| format!("%{}%", escaped(&text.to_lowercase())));
        // Every name is below this one.
        let before = before.map_or_else(|| "rnd_g".to_owned(), |id| id.to_string());
        let values = values![state(0), state(1), state(2), state(3), filter.owner.clone(), before, search, limit];
        let rows = self.database.read(&statement, values).await?;
        rows.iter().map(Job::read).collect()
    }

    /// The newest job of this owner that made what the key stands for, and is to be kept for longer than now.
    pub async fn find_finished(&self, content_key: &str, owner: &str) -> Result<Option<Job>, LedgerError> {
        let rows = self
            .database
            .read(
                "SELECT * FROM jobs WHERE content_key = $1 AND owner = $2 AND state = 'succeeded' AND deleted_at IS NULL
                     AND (expires_at IS NULL OR expires_at > {now})
                 ORDER BY finished_at DESC, id DESC LIMIT 1",
                values![content_key, owner],
            )
            .await?;
        rows.first().map(Job::read).transpose()
    }

    /// How many jobs there are in each state.
    pub async fn counts(&self) -> Result<Counts, LedgerError> {
        let rows = self
            .database
            .read("SELECT state, count(*) AS jobs FROM jobs WHERE deleted_at IS NULL GROUP BY state", values![])
            .await?;
        let mut counts = Counts::default();
        for row in &rows {
            let jobs = row.get::<i64>("jobs")?.unsigned_abs();
            match row.parsed("state")? {
                JobState::Queued => counts.queued = jobs,
                JobState::Running => counts.running = jobs,
                JobState::Succeeded => counts.succeeded = jobs,
                JobState::Failed => counts.failed = jobs,
                JobState::Cancelled => counts.cancelled = jobs,
            }
        }
        Ok(counts)
    }

    /// How long the job that has been due for longest has waited, ms. None, if none is due.
    pub async fn oldest_due_age_ms(&self) -> Result<Option<i64>, LedgerError> {
        let rows = self
            .database
            .read(
                "SELECT {now} - run_at AS age FROM jobs WHERE state = 'queued' AND run_at <= {now} ORDER BY run_at LIMIT 1",
                values![],
            )
            .await?;
        rows.first().map(|row| row.get("age")).transpose()
    }
}

/// A stranger's text as itself in a LIKE pattern.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            escaped.push('!');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_pattern_is_searched_for_as_it_stands() {
        assert_eq!(escaped("100%_of!"), "100!%!_of!!");
    }
}
