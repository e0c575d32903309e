//! Archives that `replayreel batch` has made: the subject's files and lines go.

use super::receipt::ReceiptFile;
use super::{Erasing, Receipt};
use crate::batch::{Depot, DepotError, Manifest};
use crate::subject::{Subject, SubjectKind};

pub(super) async fn erase(erasing: &Erasing, subject: &Subject, receipt: &mut Receipt) {
    for place in &erasing.archives {
        if let Err(error) = of_one(place, erasing.dry_run, subject, receipt).await {
            receipt.fail(place, &error);
        }
    }
}

async fn of_one(place: &String, dry_run: bool, subject: &Subject, receipt: &mut Receipt) -> Result<(), DepotError> {
    let depot = if dry_run { Depot::look(place)? } else { Depot::open(place)? };
    let manifest = Manifest::read(&depot).await?;
    let id = &subject.value;
    let erased = manifest
        .erase(
            &depot,
            |entry| match subject.kind {
                SubjectKind::Person => entry.is_of_person(id),
                SubjectKind::Recording | SubjectKind::Source => entry.is_recording(id),
            },
            dry_run,
        )
        .await?;
    receipt.deleted.archived.extend(erased.recordings.into_iter().map(|name| format!("{place}: {name}")));
    receipt.deleted.artifacts.extend(erased.files.into_iter().map(|(name, bytes)| ReceiptFile {
        path: format!("{}/{name}", place.trim_end_matches('/')),
        bytes,
        sha256: None,
    }));
    let failed = manifest.all().into_iter().filter(|entry| entry.session.is_none()).count();
    if failed > 0 && subject.kind == SubjectKind::Person {
        receipt.pass_over(
            place,
            &format!(
                "{failed} recordings of this archive failed: their lines name nobody, and there are no files of them"
            ),
        );
    }
    Ok(())
}
