//! Resources of recorded pages (pictures, style sheets, fonts) by URL: what a recording does not hold itself.

use std::collections::BTreeMap;

use bytes::Bytes;

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
