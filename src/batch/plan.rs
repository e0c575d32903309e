//! What is to be done: what is missing, or has changed. Pure.

use super::entry::{Entry, EntryState};
use super::item::Item;

/// What is to be done with a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// It is to be rendered.
    Render(Why),
    /// It is to be read, and rendered if its content is not what it was.
    Look,
    /// Its files are there.
    Nothing,
    /// It failed before, and nothing has changed.
    FailedBefore,
}

/// Why it is to be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was never.
    New,
    /// Other files are asked for.
    Order,
    /// Files of it are missing.
    Missing,
    /// It failed, and is to be tried again.
    Failed,
    /// Everything is to be.
    Fresh,
}

/// What a run goes by.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Hex SHA-256 of what is asked for.
    pub order: String,
    /// Try again what failed.
    pub retry_failed: bool,
    /// Render everything.
    pub fresh: bool,
    /// Read everything, whatever files' times say.
    pub reread: bool,
}

impl Rules {
    /// Decides. `there` says whether all files of the entry are, with their sizes.
    pub fn decide(&self, item: &Item, entry: Option<&Entry>, there: impl FnOnce(&Entry) -> bool) -> Todo {
        let Some(entry) = entry else { return Todo::Render(Why::New) };
        if self.fresh {
            return Todo::Render(Why::Fresh);
        }
        if entry.order != self.order {
            return Todo::Render(Why::Order);
        }
        let unchanged = !self.reread && item.stamp.is_some() && item.stamp == entry.stamp;
        match entry.state {
            EntryState::Failed if self.retry_failed => Todo::Render(Why::Failed),
            EntryState::Failed if unchanged => Todo::FailedBefore,
            EntryState::Failed if entry.source_sha256.is_none() => Todo::Render(Why::Failed),
            EntryState::Done if !there(entry) => Todo::Render(Why::Missing),
            EntryState::Done if unchanged => Todo::Nothing,
            EntryState::Done | EntryState::Failed => Todo::Look,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(stamp: Option<&str>) -> Item {
        Item { places: vec!["/a".to_owned()], path: "a".to_owned(), stamp: stamp.map(str::to_owned), bytes: None }
    }

    fn entry(state: EntryState) -> Entry {
        let blank = Entry::blank(&item(Some("1")), state, "a".to_owned(), "o");
        Entry { source_sha256: Some("ff".to_owned()), program: "0".to_owned(), ..blank }
    }

    fn rules() -> Rules {
        Rules { order: "o".to_owned(), retry_failed: false, fresh: false, reread: false }
    }

    #[test]
    fn only_what_is_missing_or_changed_is_made() {
        let done = entry(EntryState::Done);
        let decide = |rules: &Rules, stamp, entry: Option<&Entry>, there| rules.decide(&item(stamp), entry, |_| there);
        assert_eq!(decide(&rules(), Some("1"), None, true), Todo::Render(Why::New));
        assert_eq!(decide(&rules(), Some("1"), Some(&done), true), Todo::Nothing);
        assert_eq!(decide(&rules(), Some("2"), Some(&done), true), Todo::Look);
        assert_eq!(decide(&rules(), None, Some(&done), true), Todo::Look);
        assert_eq!(decide(&rules(), Some("1"), Some(&done), false), Todo::Render(Why::Missing));
        let other = Rules { order: "p".to_owned(), ..rules() };
        assert_eq!(decide(&other, Some("1"), Some(&done), true), Todo::Render(Why::Order));
        let fresh = Rules { fresh: true, ..rules() };
        assert_eq!(decide(&fresh, Some("1"), Some(&done), true), Todo::Render(Why::Fresh));
        let reread = Rules { reread: true, ..rules() };
        assert_eq!(decide(&reread, Some("1"), Some(&done), true), Todo::Look);
    }

    #[test]
    fn what_failed_is_tried_again_when_it_changed_or_somebody_says_so() {
        let failed = entry(EntryState::Failed);
        assert_eq!(rules().decide(&item(Some("1")), Some(&failed), |_| false), Todo::FailedBefore);
        assert_eq!(rules().decide(&item(Some("2")), Some(&failed), |_| false), Todo::Look);
        let unread = Entry { source_sha256: None, ..failed.clone() };
        assert_eq!(rules().decide(&item(None), Some(&unread), |_| false), Todo::Render(Why::Failed));
        let again = Rules { retry_failed: true, ..rules() };
        assert_eq!(again.decide(&item(Some("1")), Some(&failed), |_| false), Todo::Render(Why::Failed));
    }
}
