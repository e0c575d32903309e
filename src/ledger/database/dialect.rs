//! What stands in a statement that the two databases say differently.

use crate::ledger::{DatabaseKind, ManualClock};

/// How one database, under one clock, says what statements leave open:
///
/// - `{now}`: the time, epoch ms;
/// - `{lock}`: the rows read here are about to be changed;
/// - `{skip_locked}`: the same, and rows that somebody else is changing are passed over.
///
/// SQLite needs neither lock: whoever writes is alone from the beginning of the transaction.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    pub(super) kind: DatabaseKind,
    pub(super) clock: Option<ManualClock>,
}

impl Dialect {
    pub(super) fn say(&self, statement: &str) -> String {
        let (lock, skip_locked) = match self.kind {
            DatabaseKind::Sqlite => ("", ""),
            DatabaseKind::Postgres => ("FOR UPDATE", "FOR UPDATE SKIP LOCKED"),
        };
        let said = statement.replace("{lock}", lock).replace("{skip_locked}", skip_locked);
        if said.contains("{now}") { said.replace("{now}", &self.now()) } else { said }
    }

    /// As a query of its own the time is asked for once in a statement: it is the same in all its places, and an index can be searched for it.
    fn now(&self) -> String {
        match (&self.clock, self.kind) {
            (Some(clock), DatabaseKind::Sqlite) => clock.now().to_string(),
            (Some(clock), DatabaseKind::Postgres) => format!("{}::bigint", clock.now()),
            (None, DatabaseKind::Sqlite) => "(SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER))".to_owned(),
            (None, DatabaseKind::Postgres) => {
                "(SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint)".to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_postgresql_locks_rows() {
        let say = |kind| Dialect { kind, clock: None }.say("SELECT 1 {skip_locked}{lock}");
        assert_eq!(say(DatabaseKind::Sqlite), "SELECT 1 ");
        assert_eq!(say(DatabaseKind::Postgres), "SELECT 1 FOR UPDATE SKIP LOCKEDFOR UPDATE");
    }

    #[test]
    fn a_clock_of_ones_own_stands_wherever_the_databases_would() {
        let dialect = Dialect { kind: DatabaseKind::Sqlite, clock: Some(ManualClock::at(7)) };
        assert_eq!(dialect.say("{now} + {now}"), "7 + 7");
    }
}
