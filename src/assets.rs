//! Resources of recorded pages (pictures, style sheets, fonts) by URL: what a recording does not hold itself.
//!
//! [`load_dir`] and [`load_har`] read them from a folder or a HAR file, [`scan`] finds what a recording refers to, [`fetch`] brings it, [`keep`]
//! writes a folder that [`load_dir`] reads again, and a [`Shelf`] answers the page's requests.

mod css;
mod error;
pub mod fetch;
mod folder;
mod har;
mod kind;
mod limits;
mod origin;
pub mod scan;
mod shelf;

use std::collections::BTreeMap;

use bytes::Bytes;

pub use error::AssetsError;
pub use folder::{INDEX, keep, load_dir};
pub use har::{load_har, read_har};
pub use kind::Kind;
pub use limits::Limits;
pub use origin::Origin;
pub use shelf::{STAGE, Shelf};

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// MIME type as served, for example `image/png`; empty if unknown.
    pub content_type: String,
    /// Its content, decoded.
    pub bytes: Bytes,
}

/// Resources by the URL under which the recording names them (without fragment).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    by_url: BTreeMap<String, Asset>,
}

impl Assets {
    /// Adds a resource; one of the same URL is replaced.
    pub fn insert(&mut self, url: &str, asset: Asset) {
        self.by_url.insert(without_fragment(url).to_owned(), asset);
    }

    /// Adds all of `other`; what both have is taken from `other`.
    pub fn merge(&mut self, other: Self) {
        self.by_url.extend(other.by_url);
    }

    /// The resource of this URL; its fragment does not matter.
    pub fn get(&self, url: &str) -> Option<&Asset> {
        self.by_url.get(without_fragment(url))
    }

    /// All of them, by URL.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Asset)> {
        self.by_url.iter().map(|(url, asset)| (url.as_str(), asset))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_url.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_url.is_empty()
    }
}

fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}
