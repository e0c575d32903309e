//! What a page counts.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

/// What the page counted, for the report.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PageReport {
    /// URLs (or their origins, as far as the browser tells) that the page asked for and nobody has, and how often.
    pub missing: BTreeMap<String, u64>,
    /// URLs of assets that the page asked for and got, and how often. What it has in memory it need not ask for.
    #[serde(default)]
    pub served: BTreeMap<String, u64>,
    /// Mutations that could not be placed.
    pub unplaced: u64,
    /// Attributes taken out because they could run, load or navigate.
    pub removed: u64,
    /// Nodes left out, each with all in it, because they were nested too deep.
    #[serde(rename = "tooDeep")]
    pub too_deep: u64,
    /// Drawing commands of canvases that could not be carried out.
    pub undrawn: u64,
    /// Parts of the page without recorded content that took up room, shown as labelled boxes: `KIND NODE LABEL`, each once.
    pub placeholders: Vec<String>,
}

impl PageReport {
    /// Adds what another page counted.
    pub fn add(&mut self, other: Self) {
        for (url, count) in other.missing {
            *self.missing.entry(url).or_default() += count;
        }
        for (url, count) in other.served {
            *self.served.entry(url).or_default() += count;
        }
        join(&mut self.placeholders, other.placeholders);
        self.undrawn += other.undrawn;
        self.unplaced += other.unplaced;
        self.removed += other.removed;
        self.too_deep += other.too_deep;
    }
}

/// Adds what is not in it yet.
fn join(all: &mut Vec<String>, more: Vec<String>) {
    let known: HashSet<String> = all.iter().cloned().collect();
    all.extend(more.into_iter().filter(|one| !known.contains(one)));
}
