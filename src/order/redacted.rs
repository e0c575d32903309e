//! Recordings and resources come in through here, redacted: nothing gets at them by another way, not even a message about what is wrong with them.

use std::collections::BTreeSet;

use crate::assets::Assets;
use crate::package::{self, Limits, Opened, PackageError, Redaction};
use crate::recording::{Format, Recording};
use crate::redact::{self, Rules};
use crate::source::SourceBytes;
use crate::subject::{self, Subject};

/// Opens a recording and redacts it by every rule that holds.
pub(crate) fn open(parts: Vec<SourceBytes>, limits: &Limits, rules: &Rules) -> Result<Opened, PackageError> {
    open_with_subjects(parts, limits, rules).map(|(whole, _)| whole)
}

/// The same, with whom it is about: as it was, and as it says after a pseudonym may have taken an ID's place. These are for hashing only.
pub(crate) fn open_with_subjects(
    parts: Vec<SourceBytes>,
    limits: &Limits,
    rules: &Rules,
) -> Result<(Opened, BTreeSet<Subject>), PackageError> {
    let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    let mut whole = package::open(parts, limits).map_err(|error| unless_redacted(error, &names, rules))?;
    let mut subjects = subject::of_opened(&whole);
    if !rules.is_empty() {
        redact::redact(&mut whole, rules);
        subjects.extend(subject::of_opened(&whole));
    }
    Ok((whole, subjects))
}

/// The error as it is, or, where anything is redacted, without what it quotes of the input.
pub(crate) fn unless_redacted(error: PackageError, names: &[String], rules: &Rules) -> PackageError {
    if rules.is_empty() { error } else { error.without_quotes(&|name| names.iter().any(|known| known == name)) }
}

/// Redacts resources that came after the recording, by the same rules, and adds to what is known of it.
pub(crate) fn redact_assets(assets: Assets, format: &Format, rules: &Rules, done: &mut Option<Redaction>) -> Assets {
    if rules.is_empty() || assets.is_empty() {
        return assets;
    }
    // The recording itself is redacted already: a pseudonym must not get a pseudonym.
    let recording = Recording {
        started_at_ms: 0.0,
        windows: Vec::new(),
        format: format.clone(),
        session_id: None,
        person: None,
        repairs: Vec::new(),
    };
    let mut opened = Opened { recording, assets, files: Vec::new(), manifest: None, redaction: done.take() };
    redact::redact(&mut opened, rules);
    *done = opened.redaction;
    opened.assets
}
