//! How much each rule has changed, and where. Never what.

use std::collections::BTreeMap;

use super::{Place, RuleId, Rules};
use crate::package::{Redaction, RedactionRule};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<(RuleId, Place), u64>,
}

impl Tally {
    /// A rule has changed one thing.
    pub(super) fn count(&mut self, rule: RuleId, place: Place) {
        *self.counts.entry((rule, place)).or_default() += 1;
    }

    /// Adds what was done to what was done before.
    pub(super) fn tell(&self, rules: &Rules, redaction: &mut Redaction) {
        for (id, rule) in rules.all() {
            let of_rule = |((of, place), count): (&(RuleId, Place), &u64)| (*of == id).then_some((*place, *count));
            let places: BTreeMap<String, u64> =
                self.counts.iter().filter_map(of_rule).map(|(place, count)| (place.name().to_owned(), count)).collect();
            let known =
                redaction.rules.iter_mut().find(|known| known.name == rule.name && known.action == rule.action.name());
            match known {
                Some(known) => {
                    known.count += places.values().sum::<u64>();
                    for (place, count) in places {
                        *known.places.entry(place).or_default() += count;
                    }
                }
                None => redaction.rules.push(RedactionRule {
                    name: rule.name.clone(),
                    action: rule.action.name().to_owned(),
                    count: places.values().sum(),
                    places,
                }),
            }
        }
    }
}
