//! In which order the nodes of a mutation can be put in.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::redact::tape::Value;

/// The additions of a mutation, each after the parent and the sibling that come with it. What waits for one another in a circle comes
/// last, as it stands.
pub(crate) fn in_order<'t>(adds: &[Value<'t>]) -> Vec<Value<'t>> {
    let of = |add: Value<'_>, name| add.get(name).and_then(Value::integer);
    let id_of = |add: Value<'_>| add.get("node").and_then(|node| node.get("id")).and_then(Value::integer);
    let coming: HashSet<i64> = adds.iter().filter_map(|add| id_of(*add)).collect();
    let mut there: HashSet<i64> = HashSet::new();
    let mut waiting: HashMap<i64, Vec<usize>> = HashMap::new();
    let mut ready: VecDeque<usize> = (0..adds.len()).collect();
    let mut put_in = vec![false; adds.len()];
    let mut ordered = Vec::with_capacity(adds.len());
    while let Some(place) = ready.pop_front() {
        let Some(add) = adds.get(place).copied() else { continue };
        let needs = [of(add, "parentId"), of(add, "nextId")];
        let missing = needs.into_iter().flatten().find(|id| coming.contains(id) && !there.contains(id));
        if let Some(missing) = missing {
            waiting.entry(missing).or_default().push(place);
            continue;
        }
        put_in[place] = true;
        ordered.push(add);
        if let Some(id) = id_of(add) {
            there.insert(id);
            ready.extend(waiting.remove(&id).unwrap_or_default());
        }
    }
    ordered.extend(adds.iter().zip(put_in).filter(|(_, put_in)| !put_in).map(|(add, _)| *add));
    ordered
}
