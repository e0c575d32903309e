//! What pages' authors mark as private for their recorders. A recorder that knows the mark has left it out already; one that does not, or was
//! told not to, has not.

use super::{Action, Places, Rule, Selector, What};

/// Elements that are not to be recorded at all: rrweb, PostHog, Sentry, Highlight, Log Rocket, Full Story, Amplitude, Datadog, Open Replay, Hotjar, Clarity.
const BLOCKED: &str = ".rr-block, .ph-no-capture, .sentry-block, [data-sentry-block], .highlight-block, .mp-block, .lr-hide, \
     [data-private=redact], .fs-exclude, .fs-block, .amp-block, .dd-privacy-hidden, [data-dd-privacy=hidden], [data-openreplay-hidden], \
     .heap-ignore, [data-rr-block], [data-ph-no-capture], [data-recording-ignore=mask-all]";
/// Elements whose texts are not to be recorded.
const MASKED: &str = ".rr-mask, .ph-mask, .sentry-mask, [data-sentry-mask], .highlight-mask, .mp-mask, [data-private]:not([data-private=redact]), \
     .fs-mask, .amp-mask, .dd-privacy-mask, [data-dd-privacy=mask], [data-openreplay-masked], [data-openreplay-obscured], \
     [data-clarity-mask=true i], [data-hj-suppress], [data-hj-masked], [data-rr-mask], [data-ph-mask]";
/// Fields whose input is not to be recorded.
const IGNORED: &str = ".rr-ignore, .ph-ignore-input, .sentry-ignore, [data-sentry-ignore], .highlight-ignore, .amp-ignore, [data-rr-ignore]";

/// A rule for each kind of mark.
pub(super) fn rules() -> Vec<Rule> {
    let rule = |name: &str, selector: &str, action| {
        let selector = Selector::parse(selector).ok()?;
        Some(Rule {
            name: name.to_owned(),
            what: What::Elements(selector),
            action,
            places: Places::ALL,
            within: None,
            everywhere: false,
        })
    };
    let kinds = [
        ("marked as blocked", BLOCKED, Action::Cover),
        ("marked as masked", MASKED, Action::Mask),
        ("marked as ignored", IGNORED, Action::Mask),
    ];
    kinds.into_iter().filter_map(|(name, selector, action)| rule(name, selector, action)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_mark_can_be_looked_for() {
        assert_eq!(rules().len(), 3);
    }
}
