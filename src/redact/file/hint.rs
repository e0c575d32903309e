//! What was meant, when something unknown is written.

/// Longer names are compared by their beginning only.
const LONGEST: usize = 40;

/// That a name is none of those that are known, which of them is nearest, and which there are.
pub(in crate::redact) fn unknown<const N: usize>(kind: &str, name: &str, known: [&str; N]) -> String {
    format!("`{name}` is no {kind} that is known{} There are: {}", meant(name, &known), known.join(", "))
}

/// The known name that is nearest to what was written, as a question; else only the end of the sentence.
pub(super) fn meant(name: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|one| (if is_start(name, one) { 0 } else { distance(name, one) }, *one)).min();
    match nearest {
        Some((distance, one)) if distance <= one.chars().count().div_ceil(3) => format!("; did you mean `{one}`?"),
        _ => ".".to_owned(),
    }
}

/// Whether a name was cut short.
fn is_start(name: &str, one: &str) -> bool {
    name.len() > 2 && one.starts_with(name)
}

/// How many letters are to be put in, taken out or changed to make one of the other; two that changed places count as one.
fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = one.to_lowercase().replace('_', "-").chars().take(LONGEST).collect();
    let other: Vec<char> = other.chars().take(LONGEST).collect();
    let width = other.len() + 1;
    let mut table = vec![0; (one.len() + 1) * width];
    for row in 0..=one.len() {
        for column in 0..width {
            let at = row * width + column;
            table[at] = if row == 0 || column == 0 {
                row + column
            } else {
                let same = one[row - 1] == other[column - 1];
                let swapped =
                    row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1];
                let changed = table[at - width - 1] + usize::from(!same);
                let best = changed.min(table[at - 1] + 1).min(table[at - width] + 1);
                if swapped { best.min(table[at - 2 * width - 2] + 1) } else { best }
            };
        }
    }
    table.last().copied().unwrap_or(0)
}
