//! Splits mutations that add very many nodes at once.
//!
//! rrweb's replayer gives up on a mutation that takes it longer than half a second, and drops what is then not yet placed.
//! PostHog's player therefore splits at 5,000 nodes (`common/replay-shared/src/snapshot-processing/chunk-large-mutations.ts`), in the order
//! in which they stand. Here a node's parent and next sibling go before it: a part could not place it otherwise.

use std::collections::HashMap;

use bytes::Bytes;

use super::repair::RepairLog;
use super::{Event, EventKind, Incremental, RepairKind, json};

/// Fewest bytes that a node to add is written in: shorter events need not be counted through.
const LEAST_ADD_BYTES: usize = 20;

/// Splits every mutation of more than `most` added nodes into several of the same time.
pub(super) fn split(events: &mut Vec<Event>, most: usize, repairs: &mut RepairLog) {
    let most = most.max(1);
    let is_large = |event: &Event| {
        event.kind == EventKind::Incremental(Incremental::Mutation)
            && event.json.len() > most.saturating_mul(LEAST_ADD_BYTES)
    };
    if !events.iter().any(is_large) {
        return;
    }
    let mut whole = Vec::with_capacity(events.len());
    for event in std::mem::take(events) {
        match if is_large(&event) { parts_of(&event, most) } else { None } {
            Some(parts) => {
                repairs.note(RepairKind::MutationSplit, Some(event.index));
                whole.extend(parts.into_iter().map(|json| Event { json, ..event.clone() }));
            }
            None => whole.push(event),
        }
    }
    *events = whole;
}

/// The parts of a mutation; `None` if it adds no more than `most`, or cannot be read.
fn parts_of(event: &Event, most: usize) -> Option<Vec<Bytes>> {
    let text = std::str::from_utf8(&event.json).ok()?;
    let [data, timestamp] = json::members(text, ["data", "timestamp"]);
    let (data, timestamp) = (data?, timestamp?);
    let [adds] = json::members(data, ["adds"]);
    let mut nodes = Vec::new();
    json::each_element(adds?, |add| nodes.push(add)).ok()?;
    if nodes.len() <= most {
        return None;
    }
    let mut others = String::new();
    let (mut removes, mut texts, mut attributes) = ("[]", "[]", "[]");
    json::each_member(data, |key, value| {
        match key {
            "adds" => {}
            "removes" => removes = value,
            "texts" => texts = value,
            "attributes" => attributes = value,
            _ => others.extend([&serde_json::Value::from(key).to_string(), ":", value, ","]),
        }
        true
    })
    .ok()?;
    let order = placeable(&nodes);
    let chunks: Vec<&[usize]> = order.chunks(most).collect();
    let last = chunks.len() - 1;
    let parts = chunks.iter().enumerate().map(|(place, chunk)| {
        let adds: Vec<&str> = chunk.iter().map(|node| nodes[*node]).collect();
        // rrweb removes first and sets texts and attributes last.
        let removes = if place == 0 { removes } else { "[]" };
        let (texts, attributes) = if place == last { (texts, attributes) } else { ("[]", "[]") };
        Bytes::from(format!(
            r#"{{"type":3,"data":{{{others}"removes":{removes},"adds":[{}],"texts":{texts},"attributes":{attributes}}},"timestamp":{timestamp}}}"#,
            adds.join(",")
        ))
    });
    Some(parts.collect())
}

/// The order in which `adds` can be placed one by one: each after the parent and the next sibling that come with it, else
/// as they stand. Circles, which no page has, are broken where they are entered.
fn placeable(adds: &[&str]) -> Vec<usize> {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(adds.len());
    let needs: Vec<[Option<&str>; 2]> = adds
        .iter()
        .enumerate()
        .map(|(place, add)| {
            let [parent, next, node] = json::members(add, ["parentId", "nextId", "node"]);
            let [id] = node.map_or([None], |node| json::members(node, ["id"]));
            if let Some(id) = id {
                places.entry(id).or_insert(place);
            }
            [parent, next]
        })
        .collect();
    let mut order = Vec::with_capacity(adds.len());
    let mut begun = vec![false; adds.len()];
    let mut waiting: Vec<(usize, usize)> = Vec::new();
    for first in 0..adds.len() {
        if !std::mem::replace(&mut begun[first], true) {
            waiting.push((first, 0));
        }
        while let Some((place, asked)) = waiting.last_mut() {
            let Some(need) = needs[*place].get(*asked) else {
                order.push(*place);
                waiting.pop();
                continue;
            };
            *asked += 1;
            if let Some(needed) = need.and_then(|id| places.get(id)).copied()
                && !std::mem::replace(&mut begun[needed], true)
            {
                waiting.push((needed, 0));
            }
        }
    }
    order
}
