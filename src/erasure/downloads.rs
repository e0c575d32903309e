//! Pieces of downloads: those of the subject go.

use std::fs;

use super::{Erasing, Receipt};
use crate::source;
use crate::subject::{self, Subject};

pub(super) fn erase(erasing: &Erasing, subject: &Subject, receipt: &mut Receipt) {
    let Some(root) = &erasing.downloads else { return };
    let kept = match source::kept(root) {
        Ok(kept) => kept,
        Err(error) => return receipt.pass_over(&root.display(), &error),
    };
    for download in kept {
        let folder = download.folder.display().to_string();
        let Some(session) = &download.session else {
            receipt
                .pass_over(&folder, &"pieces of a download by an older version: nothing in them says whose they are");
            continue;
        };
        if !subject::of_session(session).iter().any(|found| subject.is_met_by(found)) {
            continue;
        }
        let removed = if erasing.dry_run { Ok(()) } else { fs::remove_dir_all(&download.folder) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => receipt.fail(&folder, &error),
            _ => receipt.deleted.downloads.push(folder),
        }
    }
}
