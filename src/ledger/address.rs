//! Which database a URL names, and how it may be shown.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::LedgerError;

/// The kind of database below a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One file on this machine.
    Sqlite,
    /// A server that several machines share.
    Postgres,
}

pub(super) enum Address {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    pub(super) fn kind(&self) -> DatabaseKind {
        match self {
            Self::Sqlite(_) => DatabaseKind::Sqlite,
            Self::Postgres(_) => DatabaseKind::Postgres,
        }
    }
}

fn refused(why: &str) -> LedgerError {
    LedgerError::Address { why: why.to_owned() }
}

impl FromStr for Address {
    type Err = LedgerError;

    fn from_str(url: &str) -> Result<Self, LedgerError> {
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
        match scheme.as_str() {
            "sqlite" => {
                let path = &url["sqlite:".len()..];
                let path = path.strip_prefix("//").unwrap_or(path);
                if path.is_empty() {
                    return Err(refused("names no file"));
                }
                if path == ":memory:" {
                    return Err(refused("asks for memory, which keeps no jobs"));
                }
                // Drivers elsewhere read options there; a file called `x.db?mode=ro` would surprise whoever meant one.
                if path.contains('?') {
                    return Err(refused("has options after a ?, and SQLite's has none"));
                }
                if path.contains('\0') {
                    return Err(refused("has a NUL in it"));
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            "postgres" | "postgresql" => match PgConnectOptions::from_str(url) {
                Ok(options) => Ok(Self::Postgres(Box::new(options))),
                // The driver's message may repeat a part of the URL.
                Err(_) => Err(refused("is no valid PostgreSQL URL")),
            },
            _ => Err(refused("has none of the schemes sqlite, postgres and postgresql")),
        }
    }
}

impl fmt::Display for Address {
    /// Put together from what is no secret, rather than the URL with something taken out: passwords may stand in several of its places.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(options) => {
                let database = options.get_database().unwrap_or_else(|| options.get_username());
                match options.get_socket() {
                    Some(socket) => write!(f, "postgres://{}/{database}", socket.display()),
                    None => write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        match url.parse::<Address>() {
            Ok(address) => address.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_file_is_named_with_and_without_slashes() {
        assert_eq!(shown("sqlite:jobs.db"), "sqlite:jobs.db");
        assert_eq!(shown("sqlite://jobs.db"), "sqlite:jobs.db");
        assert_eq!(shown("sqlite:///var/lib/jobs.db"), "sqlite:/var/lib/jobs.db");
        assert_eq!(shown("SQLite:/var/lib/jobs.db"), "sqlite:/var/lib/jobs.db");
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        for url in [
            "postgres://u:hunter2@h:1/d",
            "postgresql://u:hunter2@h/d?password=hunter2&sslmode=disable",
            "postgres://u:hunter2@h:99999999/d",
            "postgres://u:hunter2@[/d",
            "mysql://u:hunter2@h/d",
            "u:hunter2@h/d",
            "hunter2",
        ] {
            assert!(!shown(url).contains("hunter2"), "{url}: {}", shown(url));
        }
    }

    #[test]
    fn a_server_is_shown_by_host_and_database() {
        assert_eq!(shown("postgres://u:p@db.example:5433/reel"), "postgres://db.example:5433/reel");
    }

    #[test]
    fn what_is_no_database_is_told_what_is_allowed() {
        for url in ["", "jobs.db", "sqlite:", "sqlite://", "sqlite::memory:", "sqlite:x.db?mode=ro", "redis://h"] {
            assert!(shown(url).contains("allowed are sqlite:PATH and postgres://"), "{url}: {}", shown(url));
        }
    }
}
