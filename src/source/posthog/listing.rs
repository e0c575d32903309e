//! What a recording is stored as: its blocks, and in which calls they are fetched.

use serde::Deserialize;

use super::super::error::PostHogError;
use super::server::Server;

/// Most blocks of one call with a personal API key. The server takes 21; its docs say 20.
const BLOCKS_PER_CALL: usize = 20;

/// One call, and the blocks it should bring.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) blocks: Vec<Block>,
}

/// A stored piece of a recording.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) key: String,
    /// Its first event, Unix ms, where the server says so.
    pub(super) start_ms: Option<f64>,
    /// Its last event.
    pub(super) end_ms: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    sources: Vec<Source>,
}

#[derive(Debug, Clone, Deserialize)]
struct Source {
    #[serde(rename = "source")]
    kind: String,
    #[serde(default)]
    blob_key: Option<String>,
    #[serde(default)]
    start_timestamp: Option<String>,
    #[serde(default)]
    end_timestamp: Option<String>,
}

/// Lists what there is. `blob_v2` in the query is for servers of 2025, which else list the older kinds only.
pub(super) async fn list(server: &mut Server<'_>) -> Result<Vec<Call>, PostHogError> {
    let answer: Answer = server.json("list of blocks", &["snapshots"], &[("blob_v2", "true")]).await?;
    let calls = plan(&answer.sources)?;
    if calls.is_empty() { Err(PostHogError::Empty) } else { Ok(calls) }
}

/// Which calls bring all of it once. The kinds hold the same events, so the best one is taken: the long-term copy, else blocks, else the older two.
fn plan(sources: &[Source]) -> Result<Vec<Call>, PostHogError> {
    let of = |kind: &'static str| sources.iter().filter(move |source| source.kind == kind);
    let one = |kind: &str, source: &Source| {
        let mut query = vec![("source", kind.to_owned())];
        query.extend(source.blob_key.clone().map(|key| ("blob_key", key)));
        Call { query, blocks: vec![source.block()] }
    };
    if of("blob_v2_lts").next().is_some() {
        return Ok(of("blob_v2_lts").map(|source| one("blob_v2_lts", source)).collect());
    }
    if of("blob_v2").next().is_some() {
        let mut blocks: Vec<(u64, Block)> = Vec::new();
        for source in of("blob_v2") {
            let key = source.blob_key.as_deref().and_then(|key| key.parse().ok());
            let key = key.ok_or_else(|| PostHogError::Unexpected {
                what: "list of blocks",
                detail: format!("the key {:?} is no number", source.blob_key),
            })?;
            blocks.push((key, source.block()));
        }
        blocks.sort_by_key(|(key, _)| *key);
        blocks.dedup_by_key(|(key, _)| *key);
        return Ok(runs(&blocks));
    }
    Ok(of("blob")
        .map(|source| one("blob", source))
        .chain(of("realtime").map(|source| one("realtime", source)))
        .collect())
}

/// Consecutive keys, as many to a call as are allowed.
fn runs(blocks: &[(u64, Block)]) -> Vec<Call> {
    blocks
        .chunk_by(|(before, _), (after, _)| before.checked_add(1) == Some(*after))
        .flat_map(|run| run.chunks(BLOCKS_PER_CALL))
        .map(|chunk| Call::of_blocks(chunk.iter().map(|(_, block)| block.clone()).collect()))
        .collect()
}

impl Call {
    fn of_blocks(blocks: Vec<Block>) -> Self {
        let key = |block: Option<&Block>| block.map(|block| block.key.clone()).unwrap_or_default();
        let query = vec![
            ("source", "blob_v2".to_owned()),
            ("start_blob_key", key(blocks.first())),
            ("end_blob_key", key(blocks.last())),
        ];
        Self { query, blocks }
    }

    /// The call that asks for one block by itself.
    pub(super) fn of_block(block: &Block) -> Self {
        Self::of_blocks(vec![block.clone()])
    }

    /// Whether blocks can be missing from its answer: other kinds come whole or not at all.
    pub(super) fn is_of_blocks(&self) -> bool {
        self.query.first().is_some_and(|(_, kind)| kind == "blob_v2")
    }
}

impl Source {
    fn block(&self) -> Block {
        let ms = |text: &Option<String>| text.as_deref().and_then(instant_ms);
        Block {
            key: self.blob_key.clone().unwrap_or_default(),
            start_ms: ms(&self.start_timestamp),
            end_ms: ms(&self.end_timestamp),
        }
    }
}

/// Unix ms of an ISO 8601 instant.
pub(super) fn instant_ms(text: &str) -> Option<f64> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    Some(instant.as_microsecond() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: &str, key: Option<&str>) -> Source {
        Source { kind: kind.to_owned(), blob_key: key.map(str::to_owned), start_timestamp: None, end_timestamp: None }
    }

    fn ranges(calls: &[Call]) -> Vec<(&str, &str)> {
        calls.iter().map(|call| (call.query[1].1.as_str(), call.query[2].1.as_str())).collect()
    }

    #[test]
    fn blocks_are_asked_for_at_most_twenty_to_a_call_and_in_order_of_their_numbers() {
        let sources: Vec<_> = (0..45).rev().map(|key| source("blob_v2", Some(&key.to_string()))).collect();
        let calls = plan(&sources).unwrap();
        assert_eq!(ranges(&calls), [("0", "19"), ("20", "39"), ("40", "44")]);
        assert_eq!(calls.iter().map(|call| call.blocks.len()).sum::<usize>(), 45);
    }

    #[test]
    fn a_gap_in_the_numbers_begins_another_call() {
        let sources: Vec<_> = ["0", "1", "5", "5"].map(|key| source("blob_v2", Some(key))).into();
        assert_eq!(ranges(&plan(&sources).unwrap()), [("0", "1"), ("5", "5")]);
    }

    #[test]
    fn of_several_kinds_only_the_best_is_fetched() {
        let all = [
            source("realtime", None),
            source("blob", Some("1-2")),
            source("blob_v2", Some("0")),
            source("blob_v2_lts", Some("path/of/it")),
        ];
        let kinds = |sources: &[Source]| -> Vec<String> {
            plan(sources).unwrap().iter().map(|call| call.query[0].1.clone()).collect()
        };
        assert_eq!(kinds(&all), ["blob_v2_lts"]);
        assert_eq!(kinds(&all[..3]), ["blob_v2"]);
        assert_eq!(kinds(&all[..2]), ["blob", "realtime"]);
        assert!(kinds(&[]).is_empty());
    }

    #[test]
    fn a_key_that_is_no_number_is_not_what_posthog_answers() {
        assert!(matches!(plan(&[source("blob_v2", Some("x"))]), Err(PostHogError::Unexpected { .. })));
    }
}
