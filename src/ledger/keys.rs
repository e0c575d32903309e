//! API keys. The ledger never sees one: it keeps their SHA-256, which is no way back to a key of 256 random bits.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::database::{Row, values};
use super::{KeyId, Ledger, LedgerError};
use crate::destination::hexadecimal;

/// How exactly a key's last use is known, ms. Every request would be a write otherwise.
pub const LAST_USE_MS: i64 = 60_000;

/// Something that a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Ask for renders, and call its own off.
    Submit,
    /// See its own renders and their files.
    Read,
    /// All that there is, of everybody.
    Admin,
    /// Send what recorders record, and nothing else: such keys stand in pages, where everybody reads them.
    Ingest,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Submit, Self::Read, Self::Admin, Self::Ingest];

    /// The name, as in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Read => "read",
            Self::Admin => "admin",
            Self::Ingest => "ingest",
        }
    }
}

super::named::named!(Scope, "a scope");

/// The SHA-256 of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyHash(pub [u8; 32]);

impl KeyHash {
    fn hex(self) -> String {
        hexadecimal(&self.0)
    }
}

/// A key for [`Ledger::add_key`].
#[derive(Clone)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The key's SHA-256.
    pub hash: KeyHash,
    /// How many of its jobs run at once.
    pub concurrency: Option<NonZeroU32>,
    /// Origins of pages that it may be used from, as `https://shop.example`; none for all. Counts for [`Scope::Ingest`] only.
    pub origins: Vec<String>,
}

/// An API key. Times are epoch ms of the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name, and that of the owner of its jobs.
    pub id: KeyId,
    /// What people call it.
    pub name: String,
    /// What it may do, sorted.
    pub scopes: Vec<Scope>,
    /// How many of its jobs run at once.
    pub concurrency: Option<NonZeroU32>,
    /// When it was made.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub last_used_at: Option<i64>,
    /// Since when it counts no more.
    pub revoked_at: Option<i64>,
}

impl Key {
    fn read(row: &Row) -> Result<Self, LedgerError> {
        let scopes: Vec<Scope> = row.json("scopes")?;
        let concurrency = row.get::<Option<i64>>("concurrency")?;
        Ok(Self {
            id: row.parsed("id")?,
            name: row.get("name")?,
            scopes,
            concurrency: concurrency.and_then(|limit| u32::try_from(limit).ok()).and_then(NonZeroU32::new),
            created_at: row.get("created_at")?,
            last_used_at: row.get("last_used_at")?,
            revoked_at: row.get("revoked_at")?,
        })
    }
}

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum AddKeyError {
    /// That key is there already, revoked ones included.
    #[error("this key was added before")]
    Known,
    /// The ledger could not be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Ledger {
    /// Adds a key.
    pub async fn add_key(&self, new: &NewKey) -> Result<Key, AddKeyError> {
        let mut scopes = new.scopes.clone();
        scopes.sort_unstable();
        scopes.dedup();
        let mut transaction = self.database.begin().await?;
        let row = transaction
            .row(
                "INSERT INTO api_keys (id, name, scopes, hash, concurrency, created_at) VALUES ($1, $2, $3, $4, $5, {now})
                 ON CONFLICT (hash) DO NOTHING RETURNING *",
                values![
                    KeyId::new(),
                    new.name.as_str(),
                    super::database::json_text("scopes", &scopes)?,
                    new.hash.hex(),
                    new.concurrency.map(|limit| i64::from(limit.get())),
                ],
            )
            .await?;
        let key = Key::read(&row.ok_or(AddKeyError::Known)?)?;
        for origin in &new.origins {
            transaction
                .rows(
                    "INSERT INTO key_origins (key_id, origin) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    values![key.id, origin.as_str()],
                )
                .await?;
        }
        transaction.commit().await?;
        Ok(key)
    }

    /// Origins that a key may be used from; none for all.
    pub async fn key_origins(&self, id: KeyId) -> Result<Vec<String>, LedgerError> {
        let statement = "SELECT origin FROM key_origins WHERE key_id = $1 ORDER BY origin";
        let rows = self.database.read(statement, values![id]).await?;
        rows.iter().map(|row| row.get("origin")).collect()
    }

    /// The key with this hash, unless it was revoked. Notes that it was used.
    pub async fn find_key(&self, hash: &KeyHash) -> Result<Option<Key>, LedgerError> {
        let rows = self
            .database
            .read(
                "SELECT api_keys.*, (last_used_at IS NULL OR last_used_at <= {now} - $2) AS stale FROM api_keys
                 WHERE hash = $1 AND revoked_at IS NULL",
                values![hash.hex(), LAST_USE_MS],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let key = Key::read(row)?;
        if !row.get::<bool>("stale")? {
            return Ok(Some(key));
        }
        // It may have been revoked since: then it is not found after all.
        let noted = self
            .database
            .write(
                "UPDATE api_keys SET last_used_at = {now} WHERE id = $1 AND revoked_at IS NULL RETURNING *",
                values![key.id],
            )
            .await?;
        noted.first().map(Key::read).transpose()
    }

    /// All keys, revoked ones included, newest first.
    pub async fn keys(&self) -> Result<Vec<Key>, LedgerError> {
        let rows = self.database.read("SELECT * FROM api_keys ORDER BY id DESC", values![]).await?;
        rows.iter().map(Key::read).collect()
    }

    /// Makes a key count no more. None, if there is none of that name; one that was revoked before stays revoked since then.
    pub async fn revoke_key(&self, id: KeyId) -> Result<Option<Key>, LedgerError> {
        let rows = self
            .database
            .write(
                "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, {now}) WHERE id = $1 RETURNING *",
                values![id],
            )
            .await?;
        rows.first().map(Key::read).transpose()
    }

    /// Whether there is any key that counts, those for recorders aside: they let nobody in.
    pub async fn has_keys(&self) -> Result<bool, LedgerError> {
        let statement = "SELECT 1 AS one FROM api_keys WHERE revoked_at IS NULL AND scopes <> $1 LIMIT 1";
        let only_ingest = super::database::json_text("scopes", &[Scope::Ingest])?;
        Ok(!self.database.read(statement, values![only_ingest]).await?.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_hexadecimal() {
        assert_eq!(hexadecimal(&[0x00, 0x0f, 0xa5, 0xff]), "000fa5ff");
    }

    #[test]
    fn every_scope_is_read_by_its_name() {
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse::<Scope>().unwrap(), scope);
        }
        assert_eq!("root".parse::<Scope>().unwrap_err().to_string(), "not a scope: submit, read, admin, ingest are");
    }
}
