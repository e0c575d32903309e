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

/// The same, with whom it is about: as it was, and where pseudonyms are made also as it says now. These are for hashing only. What masks leave is the
/// same for everybody, and so nobody's ID.
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
        if rules.key.is_some() {
            subjects.extend(subject::of_opened(&whole));
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ADA: &str = "ada@example.com";

    fn people(rules: &Rules) -> Vec<String> {
        let events = json!([
            {"type": 4, "data": {"href": "https://a.example/", "width": 800, "height": 600}, "timestamp": 1},
            {"type": 2, "data": {"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 2},
        ]);
        let data = json!({"id": "s", "person": {"distinct_ids": [ADA]}, "snapshots": events});
        let bytes = json!({"version": "2023-04-28", "data": data}).to_string().into();
        let part = SourceBytes { name: "r.json".to_owned(), bytes };
        let (opened, subjects) = open_with_subjects(vec![part], &Limits::default(), rules).unwrap();
        assert_eq!(format!("{:?}", opened.recording.person).contains(ADA), rules.is_empty());
        subjects.into_iter().map(|subject| subject.value).filter(|value| value != "s").collect()
    }

    #[test]
    fn whom_it_is_about_is_known_as_it_was_and_by_a_pseudonym_but_not_by_a_mask() {
        assert_eq!(people(&Rules::default()), [ADA]);
        let masks = Rules { sets: vec![redact::builtin(&[redact::BuiltIn::Email])], ..Rules::default() };
        assert_eq!(people(&masks), [ADA]);
        let text = "version = 1\n[[rule]]\nname = \"people\"\nbuiltin = \"email\"\naction = \"pseudonym\"\n";
        let (set, key) = redact::read_rules(text, "rules", None, Some("secret")).unwrap();
        let found = people(&Rules { sets: vec![set], key });
        assert!(found.len() == 2 && found.contains(&ADA.to_owned()), "{found:?}");
    }
}
