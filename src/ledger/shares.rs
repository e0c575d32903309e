//! Shares: jobs' results shown to whoever has the link, until it ends.

use super::database::{Row, json_text, values};
use super::{JobId, Ledger, LedgerError, ShareId};

/// A share for [`Ledger::add_share`].
#[derive(Debug, Clone, Default)]
pub struct NewShare {
    /// Who makes it: the name of an API key, or empty.
    pub owner: String,
    /// What it is called.
    pub title: String,
    /// What it shows, in this order.
    pub jobs: Vec<JobId>,
    /// How long it is open, ms. Until it is revoked, if none.
    pub open_for_ms: Option<i64>,
    /// Whether other sites may show it in a frame.
    pub embed: bool,
    /// The sites that may, if not all.
    pub origins: Vec<String>,
    /// Whether files may be saved.
    pub downloads: bool,
}

/// A share. Times are epoch ms of the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its name.
    pub id: ShareId,
    /// Who made it: the name of an API key, or empty.
    pub owner: String,
    /// What it is called.
    pub title: String,
    /// What it shows, in this order. Some may be gone by now.
    pub jobs: Vec<JobId>,
    /// Whether other sites may show it in a frame.
    pub embed: bool,
    /// The sites that may, if not all.
    pub origins: Vec<String>,
    /// Whether files may be saved.
    pub downloads: bool,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: Option<i64>,
    /// Since when it counts no more.
    pub revoked_at: Option<i64>,
    /// Whether it may be shown now: neither ended nor revoked, by the database's clock.
    pub open: bool,
}

impl Share {
    fn read(row: &Row) -> Result<Self, LedgerError> {
        let (expires_at, revoked_at) = (row.get::<Option<i64>>("expires_at")?, row.get::<Option<i64>>("revoked_at")?);
        let now: i64 = row.get("now")?;
        Ok(Self {
            id: row.parsed("id")?,
            owner: row.get("owner")?,
            title: row.get("title")?,
            jobs: row.json("jobs")?,
            embed: row.get("embed")?,
            origins: row.json("origins")?,
            downloads: row.get("downloads")?,
            created_at: row.get("created_at")?,
            expires_at,
            revoked_at,
            open: revoked_at.is_none() && expires_at.is_none_or(|end| end > now),
        })
    }
}

impl Ledger {
    /// Opens a share.
    pub async fn add_share(&self, new: &NewShare) -> Result<Share, LedgerError> {
        let rows = self
            .database
            .write(
                "INSERT INTO shares (id, owner, title, jobs, embed, origins, downloads, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, {now}, {now} + $8) RETURNING *, {now} AS now",
                values![
                    ShareId::new(),
                    new.owner.as_str(),
                    new.title.as_str(),
                    json_text("jobs", &new.jobs)?,
                    new.embed,
                    json_text("origins", &new.origins)?,
                    new.downloads,
                    new.open_for_ms.map(|ms| ms.max(0)),
                ],
            )
            .await?;
        let row = rows
            .first()
            .ok_or(LedgerError::Corrupt { column: "id", why: "an inserted row was not returned".to_owned() })?;
        Share::read(row)
    }

    /// The share of this name, also if it is not open any more.
    pub async fn share(&self, id: ShareId) -> Result<Option<Share>, LedgerError> {
        let rows = self.database.read("SELECT shares.*, {now} AS now FROM shares WHERE id = $1", values![id]).await?;
        rows.first().map(Share::read).transpose()
    }

    /// An owner's shares, or everybody's, newest first.
    pub async fn shares(&self, owner: Option<&str>) -> Result<Vec<Share>, LedgerError> {
        let rows = self
            .database
            .read(
                "SELECT shares.*, {now} AS now FROM shares WHERE ($1 IS NULL OR owner = $1) ORDER BY id DESC",
                values![owner.map(ToOwned::to_owned)],
            )
            .await?;
        rows.iter().map(Share::read).collect()
    }

    /// Ends a share. None, if there is none of that name.
    pub async fn revoke_share(&self, id: ShareId) -> Result<Option<Share>, LedgerError> {
        let rows = self
            .database
            .write(
                "UPDATE shares SET revoked_at = COALESCE(revoked_at, {now}) WHERE id = $1 RETURNING *, {now} AS now",
                values![id],
            )
            .await?;
        rows.first().map(Share::read).transpose()
    }
}
