//! `--name`: what the files of a recording are called.

use std::collections::HashMap;
use std::str::FromStr;

use super::item::Item;
use crate::worker::SessionFacts;

/// A path with words in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Word(Word),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Path,
    Name,
    Id,
    Person,
    Date,
    Time,
    Hash,
}

const WORDS: [(&str, Word); 7] = [
    ("path", Word::Path),
    ("name", Word::Name),
    ("id", Word::Id),
    ("person", Word::Person),
    ("date", Word::Date),
    ("time", Word::Time),
    ("hash", Word::Hash),
];

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, behind) = after.split_once('}').ok_or_else(|| format!("{text:?}: a {{ without a }}"))?;
            let found = WORDS.iter().find(|(name, _)| *name == word);
            let Some((_, word)) = found else {
                let names = WORDS.map(|(name, _)| format!("{{{name}}}")).join(", ");
                return Err(format!("{{{word}}} means nothing; there are {names}"));
            };
            parts.extend([Part::Text(before.to_owned()), Part::Word(*word)]);
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        if parts.iter().any(|part| matches!(part, Part::Word(word) if *word != Word::Date)) {
            Ok(Self(parts))
        } else {
            Err(format!("{text:?} would call all recordings the same: use {{path}}, {{name}} or {{id}}"))
        }
    }
}

impl Template {
    /// What a recording's files are called, without extension. Only letters, digits and `._-` of any script, in parts that are no hidden files; so it
    /// can be a file's name and an object's key, and leads nowhere else.
    pub fn name(&self, item: &Item, session: Option<&SessionFacts>, sha256: &str) -> String {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Word(Word::Path) => name.push_str(&item.path),
                Part::Word(word) => name.push_str(&word.said(item, session, sha256).replace('/', "_")),
            }
        }
        let parts: Vec<String> = name.split('/').filter(|part| !part.is_empty()).map(harmless).collect();
        if parts.is_empty() { "replay".to_owned() } else { parts.join("/") }
    }
}

impl Word {
    fn said(self, item: &Item, session: Option<&SessionFacts>, sha256: &str) -> String {
        let name = || item.path.rsplit('/').next().unwrap_or_default().to_owned();
        let begun = |from, to| {
            let text = session.and_then(|session| session.started_at.as_deref());
            text.and_then(|text| text.get(from..to)).map(|text| text.replace(':', "-"))
        };
        match self {
            Self::Path | Self::Name => name(),
            Self::Id => session.and_then(|session| session.id.clone()).unwrap_or_else(name),
            Self::Person => {
                let person = session.and_then(|session| session.person.as_ref());
                let called = person.and_then(|person| person.distinct_ids.first().or(person.email.as_ref()));
                called.cloned().unwrap_or_else(|| "unknown".to_owned())
            }
            Self::Date => begun(0, 10).unwrap_or_else(|| "undated".to_owned()),
            Self::Time => begun(11, 19).unwrap_or_else(|| "untimed".to_owned()),
            Self::Hash => sha256.get(..16).unwrap_or(sha256).to_owned(),
        }
    }
}

/// Bytes of one part of a path: file systems take 255, and extensions and temporary names are added.
const LONGEST: usize = 150;

fn harmless(part: &str) -> String {
    let mut harmless = String::new();
    for letter in part.chars() {
        let letter = if letter.is_alphanumeric() || "._-+@=".contains(letter) { letter } else { '_' };
        if harmless.len() + letter.len_utf8() > LONGEST {
            break;
        }
        harmless.push(letter);
    }
    if harmless.starts_with('.') {
        harmless.replace_range(0..1, "_");
    }
    harmless
}

/// Who has which name: two recordings never write to the same files, also on file systems that do not tell capitals.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, String>);

impl Names {
    /// Names that are taken already, with the keys of who has them.
    pub(super) fn taken<'a>(names: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self(names.map(|(name, key)| (name.to_lowercase(), key.to_owned())).collect())
    }

    /// The name itself, or, where another recording has it, the name and the beginning of this one's key.
    pub(super) fn take(&mut self, name: String, key: &str) -> String {
        let mut free = |name: &str| match self.0.entry(name.to_lowercase()) {
            std::collections::hash_map::Entry::Occupied(there) => there.get() == key,
            std::collections::hash_map::Entry::Vacant(there) => {
                there.insert(key.to_owned());
                true
            }
        };
        if free(&name) {
            return name;
        }
        let short = format!("{name}-{}", key.get(..8).unwrap_or(key));
        if free(&short) { short } else { format!("{name}-{key}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::PersonFacts;

    fn item(path: &str) -> Item {
        Item { places: vec![path.to_owned()], path: path.to_owned(), stamp: None, bytes: None }
    }

    fn session() -> SessionFacts {
        SessionFacts {
            id: Some("0190-a".to_owned()),
            started_at: Some("2026-01-02T03:04:05.678Z".to_owned()),
            person: Some(PersonFacts { distinct_ids: vec!["ada/../x".to_owned()], ..PersonFacts::default() }),
            ..SessionFacts::default()
        }
    }

    #[test]
    fn names_are_made_of_what_is_known_of_the_session() {
        let template: Template = "{date}/{person}/{time}-{id}-{name}".parse().unwrap();
        assert_eq!(template.name(&item("m/clip"), Some(&session()), "ff"), "2026-01-02/ada_.._x/03-04-05-0190-a-clip");
        assert_eq!(template.name(&item("m/clip"), None, "ff"), "undated/unknown/untimed-clip-clip");
    }

    #[test]
    fn no_name_leads_out_of_the_archive() {
        let template: Template = "{path}".parse().unwrap();
        for (path, name) in [
            ("../../etc/passwd", "_./_./etc/passwd"),
            ("/abs/x", "abs/x"),
            ("a//b", "a/b"),
            (".hidden/.x", "_hidden/_x"),
            ("", "replay"),
            ("tab\tnew\nline:*?\"", "tab_new_line____"),
            ("Büro/日本", "Büro/日本"),
        ] {
            assert_eq!(template.name(&item(path), None, ""), name, "{path:?}");
        }
        assert_eq!(template.name(&item(&"é".repeat(400)), None, "").len(), LONGEST);
    }

    #[test]
    fn a_template_that_tells_nothing_apart_is_refused_and_so_are_unknown_words() {
        let error = |text: &str| text.parse::<Template>().unwrap_err();
        assert!(error("video").contains("the same") && error("{date}").contains("the same"));
        assert!(error("{user}").contains("{person}") && error("{id").contains("without"));
    }

    #[test]
    fn of_two_with_one_name_the_second_gets_its_key_added() {
        let mut names = Names::taken([("a/X", "key-of-x")].into_iter());
        assert_eq!(names.take("a/X".to_owned(), "key-of-x"), "a/X");
        assert_eq!(names.take("a/x".to_owned(), "0123456789"), "a/x-01234567");
        assert_eq!(names.take("a/x".to_owned(), "01234567zz"), "a/x-01234567zz");
        assert_eq!(names.take("b".to_owned(), "0123456789"), "b");
    }
}
