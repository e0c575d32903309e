//! Fetching all blocks, noticing those that are missing, and going on where an earlier run stopped.

use bytes::Bytes;

use super::super::error::PostHogError;
use super::super::{Settings, SourceBytes, Warning};
use super::cache::Cache;
use super::listing::{Block, Call};
use super::server::Server;
use super::stamps::Stamps;

/// What came.
pub(super) struct Fetched {
    pub(super) parts: Vec<SourceBytes>,
    pub(super) warnings: Vec<Warning>,
    /// First and last event, Unix ms.
    pub(super) span_ms: Option<(f64, f64)>,
}

/// Makes the calls one after the other: together they may be no faster than the server's rates.
pub(super) async fn fetch(
    server: &mut Server<'_>,
    calls: &[Call],
    cache: &Cache,
    settings: &Settings,
) -> Result<Fetched, PostHogError> {
    let of: u64 = calls.iter().map(|call| call.blocks.len() as u64).sum();
    let mut gathered = Gathered { lines: Vec::new(), others: Vec::new(), bytes: 0, limit: server.limits().input_bytes };
    let (mut missing, mut span, mut done) = (Vec::new(), None, 0);
    for call in calls {
        let answer = if let Some(kept) = cache.get(call) {
            kept
        } else {
            whole(server, call, cache, &mut missing, gathered.left()).await?
        };
        for piece in answer {
            span = widened(span, Stamps::of(&piece).span());
            if gathered.add(piece).is_err() {
                return Err(PostHogError::TooLarge { limit: settings.limits.input_bytes });
            }
        }
        done += call.blocks.len() as u64;
        server.tell(done, of, gathered.bytes);
    }
    if gathered.bytes == 0 {
        let detail = format!("{} of {of} are missing", missing.len());
        return Err(if missing.is_empty() { PostHogError::Empty } else { PostHogError::BlocksGone { detail } });
    }
    let first = span.map(|(first, _)| first);
    Ok(Fetched {
        parts: gathered.into_parts(),
        warnings: warning(&missing, of, first).into_iter().collect(),
        span_ms: span,
    })
}

/// The answer to a call; blocks that it should have brought and did not are asked for once more, each by itself.
async fn whole(
    server: &mut Server<'_>,
    call: &Call,
    cache: &Cache,
    missing: &mut Vec<Block>,
    limit: u64,
) -> Result<Vec<Bytes>, PostHogError> {
    let answer = ask(server, call, limit).await;
    if !call.is_of_blocks() {
        let pieces = vec![answer?];
        cache.put(call, &pieces)?;
        return Ok(pieces);
    }
    // Of a single block that cannot be read, nothing can be asked again.
    let mut pieces = vec![match answer {
        // None of them could be read: each may still be there by itself.
        Err(PostHogError::BlocksGone { .. }) if call.blocks.len() > 1 => Bytes::new(),
        answer => answer?,
    }];
    let stamps = Stamps::of(&pieces[0]);
    let absent: Vec<&Block> = call.blocks.iter().filter(|block| !stamps.have(block)).collect();
    let mut lost = Vec::new();
    for block in absent {
        match ask(server, &Call::of_block(block), limit).await {
            Ok(piece) if Stamps::of(&piece).have(block) => pieces.push(piece),
            Ok(_) | Err(PostHogError::BlocksGone { .. } | PostHogError::BlockOutOfRange { .. }) => {
                lost.push(block.clone());
            }
            Err(error) => return Err(error),
        }
    }
    if lost.is_empty() {
        cache.put(call, &pieces)?;
    }
    missing.extend(lost);
    Ok(pieces)
}

async fn ask(server: &mut Server<'_>, call: &Call, limit: u64) -> Result<Bytes, PostHogError> {
    let query: Vec<(&str, &str)> = call.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    server.bytes(&["snapshots"], &query, limit).await.map_err(|error| match error {
        PostHogError::NotFound { detail, .. } if detail.contains("index out of range") => {
            let block = call.blocks.first().and_then(|block| block.key.parse().ok()).unwrap_or_default();
            PostHogError::BlockOutOfRange { block }
        }
        error => error,
    })
}

/// Lines are put together, so that a recording is in memory once; what is one JSON document (of `realtime`) stays by itself.
struct Gathered {
    lines: Vec<u8>,
    others: Vec<Bytes>,
    bytes: u64,
    limit: u64,
}

impl Gathered {
    fn left(&self) -> u64 {
        self.limit - self.bytes
    }

    fn add(&mut self, piece: Bytes) -> Result<(), ()> {
        if piece.is_empty() {
            return Ok(());
        }
        self.bytes = Some(self.bytes + piece.len() as u64 + 1).filter(|bytes| *bytes <= self.limit).ok_or(())?;
        if piece.starts_with(b"{\"snapshots\"") {
            self.others.push(piece);
        } else {
            self.lines.extend_from_slice(&piece);
            if !piece.ends_with(b"\n") {
                self.lines.push(b'\n');
            }
        }
        Ok(())
    }

    fn into_parts(self) -> Vec<SourceBytes> {
        let lines = (!self.lines.is_empty()).then(|| Bytes::from(self.lines));
        let named = |bytes| SourceBytes { name: "PostHog".to_owned(), bytes };
        lines.into_iter().chain(self.others).map(named).collect()
    }
}

fn widened(span: Option<(f64, f64)>, other: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (span, other) {
        (Some((first, last)), Some((start, end))) => Some((first.min(start), last.max(end))),
        (span, other) => span.or(other),
    }
}

/// Most missing blocks that are named one by one.
const NAMED: usize = 5;

fn warning(missing: &[Block], of: u64, first_ms: Option<f64>) -> Option<Warning> {
    if missing.is_empty() {
        return None;
    }
    let place = |block: &Block| match (block.start_ms, block.end_ms, first_ms) {
        (Some(start), Some(end), Some(first)) => {
            format!("{} ({:.1} to {:.1} s)", block.key, (start - first) / 1000.0, (end - first) / 1000.0)
        }
        _ => block.key.clone(),
    };
    let mut named: Vec<_> = missing.iter().take(NAMED).map(place).collect();
    if missing.len() > NAMED {
        named.push(format!("{} more", missing.len() - NAMED));
    }
    let count = missing.len() as u64;
    let message = format!(
        "{count} of {of} blocks were listed and not sent by the server, so their events are missing: {}",
        named.join(", ")
    );
    Some(Warning { code: "posthog_missing_blocks", count, message })
}
