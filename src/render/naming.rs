//! What files are called whose number is only known when the recording is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::encode::StillFormat;
use crate::recording::SessionTime;
use crate::timeline::MomentKind;

/// A path with `{kind}`, `{n}`, `{time}` and `{stem}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    pieces: Vec<Piece>,
    format: StillFormat,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Stem,
    Kind,
    Number,
    Time,
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// The extension names no still format.
    #[error("{0}: the extension of a still has to be png, jpg or webp")]
    Extension(String),
    /// A word in braces that stands for nothing.
    #[error("{template}: {{{word}}} stands for nothing; {{kind}}, {{n}}, {{time}} and {{stem}} do")]
    Unknown {
        /// As given.
        template: String,
        /// Without its braces.
        word: String,
    },
    /// A brace that is not closed.
    #[error("{0}: a brace is not closed")]
    Unclosed(String),
    /// All stills would have one name.
    #[error("{0}: every still would have the same name; it needs {{n}} or {{time}}")]
    Constant(String),
}

impl NameTemplate {
    /// Reads a template; its extension names the format.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let extension = Path::new(text).extension().unwrap_or_default().to_string_lossy().into_owned();
        let format = StillFormat::from_extension(&extension).ok_or_else(|| NameError::Extension(text.to_owned()))?;
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}').ok_or_else(|| NameError::Unclosed(text.to_owned()))?;
            let piece = match word {
                "stem" => Piece::Stem,
                "kind" => Piece::Kind,
                "n" => Piece::Number,
                "time" => Piece::Time,
                word => return Err(NameError::Unknown { template: text.to_owned(), word: word.to_owned() }),
            };
            pieces.extend([Piece::Text(before.to_owned()), piece]);
            rest = after;
        }
        if !pieces.contains(&Piece::Number) && !pieces.contains(&Piece::Time) {
            return Err(NameError::Constant(text.to_owned()));
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self { pieces, format })
    }

    /// Puts the name of the input in.
    #[must_use]
    pub fn with_stem(mut self, stem: &str) -> Self {
        for piece in &mut self.pieces {
            if *piece == Piece::Stem {
                *piece = Piece::Text(stem.to_owned());
            }
        }
        self
    }

    /// In a folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.pieces.insert(0, Piece::Text(format!("{}/", folder.display())));
        self
    }

    /// With a number before the extension, as the files of each window have it.
    #[must_use]
    pub fn numbered(mut self, number: usize) -> Self {
        if let Some(Piece::Text(last)) = self.pieces.last_mut()
            && let Some(dot) = last.rfind('.')
        {
            last.insert_str(dot, &format!("-{number}"));
        }
        self
    }

    /// As what the files are written.
    pub fn format(&self) -> StillFormat {
        self.format
    }

    /// The path of the still of the `number`th moment of a kind, taken at `at`.
    pub fn path(&self, kind: MomentKind, number: usize, at: SessionTime) -> PathBuf {
        let mut path = String::new();
        for piece in &self.pieces {
            // Writing to a String cannot fail.
            let _ = match piece {
                Piece::Text(text) => write!(path, "{text}"),
                Piece::Stem => write!(path, "replay"),
                Piece::Kind => write!(path, "{kind}"),
                Piece::Number => write!(path, "{number}"),
                Piece::Time => write!(path, "{}", file_time(at)),
            };
        }
        path.into()
    }
}

/// `00m12.500s`: sorts as the moments do, up to an hour and forty minutes; any file system takes it; and it is a WHEN.
fn file_time(at: SessionTime) -> String {
    let ms = at.micros().max(0) / 1000;
    format!("{:02}m{:02}.{:03}s", ms / 60_000, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(template: &str) -> String {
        let template = NameTemplate::parse(template).unwrap().with_stem("demo");
        let path = template.path(MomentKind::Error, 3, SessionTime::from_millis(83_500));
        path.display().to_string()
    }

    #[test]
    fn words_in_braces_are_filled_in() {
        assert_eq!(path("{stem}-{kind}-{n}.png"), "demo-error-3.png");
        assert_eq!(path("shots/{time} {kind}.jpg"), "shots/01m23.500s error.jpg");
        assert_eq!(path("{n}{n}.webp"), "33.webp");
    }

    #[test]
    fn a_name_of_the_input_is_no_template() {
        let template = NameTemplate::parse("{stem}-{n}.png").unwrap().with_stem("{kind}");
        assert_eq!(template.path(MomentKind::Page, 1, SessionTime::ZERO), Path::new("{kind}-1.png"));
    }

    #[test]
    fn times_in_names_are_moments_and_sort_as_they_come() {
        let name = |ms| file_time(SessionTime::from_millis(ms));
        assert_eq!(name(0), "00m00.000s");
        assert!(name(59_999) < name(60_000) && name(600_000) < name(3_600_000));
        assert_eq!(name(1_990_001).parse::<crate::timeline::When>().map(|when| when.to_string()), Ok(name(1_990_001)));
    }

    #[test]
    fn templates_that_cannot_work_say_why() {
        let message = |template| NameTemplate::parse(template).unwrap_err().to_string();
        assert!(message("{label}-{n}.png").contains("{label} stands for nothing; {kind}, {n}"));
        assert!(message("shot.png").contains("needs {n} or {time}"));
        assert!(message("{kind}.png").contains("needs {n} or {time}"));
        assert!(message("{n}.gif").contains("png, jpg or webp"));
        assert!(message("{n").contains("png, jpg or webp"));
        assert!(message("{n}-{.png").contains("not closed"));
    }

    #[test]
    fn files_of_each_window_have_its_number_before_the_extension() {
        let template = NameTemplate::parse("a.b/{kind}.{n}.png").unwrap().numbered(2);
        assert_eq!(template.path(MomentKind::Page, 1, SessionTime::ZERO), Path::new("a.b/page.1-2.png"));
    }
}
