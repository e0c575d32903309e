//! What recorders sent: whole sessions. From the moment they are found nothing more is taken of them.

use super::{Erasing, Receipt, ReceiptFile};
use crate::artifacts::{ArtifactError, Artifacts};
use crate::ledger::{Ledger, LedgerError, SessionId};
use crate::subject::Subject;

pub(super) async fn erase(
    erasing: &Erasing,
    ledger: &Ledger,
    store: &Artifacts,
    subject: &Subject,
    receipt: &mut Receipt,
) -> Result<(), LedgerError> {
    for id in ledger.sessions_about(subject).await? {
        if !erasing.dry_run {
            ledger.end_session(&id).await?;
        }
        match delete(erasing, store, &id).await {
            // One that was erased before has only its row left, for a while.
            Ok(files) if files.is_empty() => {}
            Ok(mut files) => {
                receipt.deleted.artifacts.append(&mut files);
                receipt.deleted.sessions.push(id.to_string());
            }
            Err(error) => receipt.fail(&id, &error),
        }
    }
    Ok(())
}

async fn delete(erasing: &Erasing, store: &Artifacts, id: &SessionId) -> Result<Vec<ReceiptFile>, ArtifactError> {
    let folder = format!("sessions/{id}");
    let mut gone = Vec::new();
    for (path, bytes) in store.list_sizes(&folder).await? {
        if !erasing.dry_run {
            store.delete(&path).await?;
        }
        gone.push(ReceiptFile { path, bytes, sha256: None });
    }
    if !erasing.dry_run {
        store.delete_unfinished(&folder).await?;
    }
    Ok(gone)
}
