//! How far a change of the page can reach.

use super::syntax::{Combinator, Complex, Compound, Test};

/// What a change at an element can do to whether elements are selected: where to look again after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::redact) enum Reach {
    /// At the element itself.
    Own,
    /// At all that is in it, too.
    Subtree,
    /// At its parent, too, and all that is in that.
    Siblings,
    /// Anywhere in its document.
    Anything,
}

/// How far a change reaches into what these select.
pub(super) fn of(selectors: &[Complex]) -> Reach {
    selectors.iter().map(of_complex).max().unwrap_or(Reach::Own)
}

fn of_complex(complex: &Complex) -> Reach {
    let steps = complex.steps.iter().map(|step| {
        let joined = match step.combinator {
            Combinator::Descendant | Combinator::Child => Reach::Subtree,
            Combinator::NextSibling | Combinator::LaterSibling => Reach::Siblings,
        };
        joined.max(of_compound(&step.compound))
    });
    steps.max().unwrap_or(Reach::Own).max(of_compound(&complex.first))
}

fn of_compound(compound: &Compound) -> Reach {
    compound.iter().map(of_test).max().unwrap_or(Reach::Own)
}

fn of_test(test: &Test) -> Reach {
    match test {
        Test::Any(list) | Test::Not(list) => of(list),
        Test::Has(_) => Reach::Anything,
        // What is counted may itself reach far: `:nth-child(2 of :has(a))`.
        Test::Nth(nth) => match &nth.among {
            super::syntax::Among::Selected(list) => of(list).max(Reach::Siblings),
            _ => Reach::Siblings,
        },
        // Fieldsets and languages hold for all that is in them. Which legend is a fieldset's first is a question of siblings.
        Test::Empty | Test::Disabled { .. } | Test::Enabled { .. } => Reach::Siblings,
        Test::Lang { .. } => Reach::Subtree,
        Test::Tag(_)
        | Test::Id(_)
        | Test::Class(_)
        | Test::Attribute(_)
        | Test::Root
        | Test::Checked
        | Test::Required
        | Test::Optional
        | Test::Link
        | Test::Host => Reach::Own,
    }
}
