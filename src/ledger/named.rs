//! Sets of a few names that stand in the database and in the API.

/// A text that is none of the names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {what}: {allowed} are")]
pub struct NotNamed {
    /// What it should have been.
    pub what: &'static str,
    /// The names there are.
    pub allowed: String,
}

/// Shows and reads an enum by what its `name` says of each of `ALL`.
macro_rules! named {
    ($type:ident, $what:literal) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::ledger::NotNamed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.into_iter().find(|one| one.name() == text).ok_or_else(|| $crate::ledger::NotNamed {
                    what: $what,
                    allowed: Self::ALL.map(Self::name).join(", "),
                })
            }
        }
    };
}
pub(super) use named;
