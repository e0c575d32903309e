//! Opening a ledger, and what is said of it.

use std::os::unix::fs::PermissionsExt;

use replayreel::ledger::{DatabaseKind, Ledger, LedgerError, LedgerOptions};

use super::contract::{add, new_job};
use crate::kit::Postgres;

fn file(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("ledger.db").display())
}

fn open(url: &str) -> Ledger {
    Ledger::open(url, LedgerOptions::default()).unwrap()
}

async fn altered(url: &str, statement: &'static str) {
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(url).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

#[tokio::test]
async fn a_ledger_without_tables_asks_for_migrate() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&file(&folder));
    assert_eq!(ledger.kind(), DatabaseKind::Sqlite);
    let error = ledger.check().await.unwrap_err();
    assert!(matches!(error, LedgerError::Older { .. }), "{error}");
    assert!(error.to_string().ends_with("run replayreel migrate"), "{error}");
    ledger.migrate().await.unwrap();
    ledger.migrate().await.unwrap();
    ledger.check().await.unwrap();
}

#[tokio::test]
async fn tables_of_a_newer_version_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&file(&folder));
    ledger.migrate().await.unwrap();
    altered(
        &file(&folder),
        "INSERT INTO _sqlx_migrations SELECT 9999, '', installed_on, TRUE, x'00', 0 FROM _sqlx_migrations LIMIT 1",
    )
    .await;
    for answer in [ledger.check().await, ledger.migrate().await] {
        assert!(matches!(answer, Err(LedgerError::Newer { step: 9999, .. })), "{answer:?}");
    }
}

#[tokio::test]
async fn tables_of_another_program_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&file(&folder));
    ledger.migrate().await.unwrap();
    altered(&file(&folder), "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    for answer in [ledger.check().await, ledger.migrate().await] {
        assert!(matches!(answer, Err(LedgerError::Altered { step: 1, .. })), "{answer:?}");
    }
}

#[tokio::test]
async fn a_ledger_of_the_first_version_is_brought_up_to_date_with_its_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&file(&folder));
    ledger.migrate().await.unwrap();
    let job = add(&ledger, new_job()).await;
    ledger.close().await;
    for statement in [
        "DROP TABLE subjects",
        "DROP TABLE erasures",
        "DROP TABLE session_subjects",
        "DROP TABLE session_chunks",
        "DROP TABLE sessions",
        "DROP TABLE ended_sessions",
        "DROP TABLE key_origins",
        "DELETE FROM _sqlx_migrations WHERE version > 1",
    ] {
        altered(&file(&folder), statement).await;
    }
    let ledger = open(&file(&folder));
    let older = ledger.check().await;
    assert!(matches!(older, Err(LedgerError::Older { missing: 2, known: 3, .. })), "{older:?}");
    ledger.migrate().await.unwrap();
    assert_eq!(ledger.get(job.id).await.unwrap(), Some(job.clone()));
    let suspects = ledger.suspects("nobody", None, 10).await.unwrap();
    assert_eq!(suspects.iter().map(|suspect| (suspect.job.id, suspect.noted)).collect::<Vec<_>>(), [(job.id, false)]);
}

#[tokio::test]
async fn several_may_migrate_one_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledgers: Vec<Ledger> = (0..4).map(|_| open(&file(&folder))).collect();
    for answer in futures::future::join_all(ledgers.iter().map(Ledger::migrate)).await {
        answer.unwrap();
    }
    ledgers[0].check().await.unwrap();
}

#[tokio::test]
async fn only_its_owner_reads_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&file(&folder));
    ledger.migrate().await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap().flatten() {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_named() {
    let error = Ledger::open("sqlite:/nowhere/at/all.db", LedgerOptions::default()).unwrap_err();
    assert!(error.to_string().starts_with("cannot open /nowhere/at/all.db: No such file"), "{error}");
}

#[tokio::test]
async fn what_was_accepted_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&file(&folder));
    ledger.migrate().await.unwrap();
    let (job, secret) = (add(&ledger, new_job()).await, ledger.secret("x").await.unwrap());
    ledger.close().await;
    let again = open(&file(&folder));
    assert_eq!(again.get(job.id).await.unwrap(), Some(job));
    assert_eq!(again.secret("x").await.unwrap(), secret);
}

#[tokio::test]
async fn two_ledgers_on_one_file_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let ledgers = [open(&file(&folder)), open(&file(&folder))];
    ledgers[0].migrate().await.unwrap();
    let adding = ledgers.iter().flat_map(|ledger| [ledger; 30]).map(|ledger| add(ledger, new_job()));
    assert_eq!(futures::future::join_all(adding).await.len(), 60);
    assert_eq!(ledgers[0].counts().await.unwrap().queued, 60);
}

#[tokio::test]
async fn the_clock_is_the_databases_unless_it_is_set() {
    let server = Postgres::start();
    let folder = tempfile::tempdir().unwrap();
    for url in [file(&folder), server.database()] {
        let ledger = open(&url);
        ledger.migrate().await.unwrap();
        let before = jiff::Timestamp::now().as_millisecond();
        let job = add(&ledger, new_job()).await;
        let after = jiff::Timestamp::now().as_millisecond();
        assert!((before - 1..=after + 1).contains(&job.created_at), "{before} {} {after}", job.created_at);
        let claim = super::contract::claim(&ledger).await;
        assert_eq!(ledger.expire().await.unwrap(), []);
        assert_eq!(
            claim.job.lease_expires_at.map(|end| end - claim.job.started_at.unwrap()),
            Some(super::contract::LEASE_MS)
        );
        ledger.close().await;
    }
}

#[tokio::test]
async fn a_password_is_in_no_message() {
    let url = "postgres://someone:hunter2@127.0.0.1:1/reel?sslmode=disable&password=hunter2";
    let ledger = open(url);
    assert_eq!(ledger.kind(), DatabaseKind::Postgres);
    assert_eq!(format!("{ledger} {ledger:?}"), "postgres://127.0.0.1:1/reel Ledger(postgres://127.0.0.1:1/reel)");
}
