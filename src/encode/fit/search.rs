//! Which rung of a ladder to try next. Pure.
//!
//! Sizes fall from rung to rung, mostly, but by how much is only known once a file is made. Each size found corrects what is expected of the others,
//! so that two or three attempts usually do; the last ones are kept for the lowest rung, and for halving what is left.

/// Most attempts at one file, the first included.
const MOST_ATTEMPTS: usize = 6;
/// A file this near the limit is not made larger again.
const NEAR_ENOUGH: f64 = 0.85;
/// Guesses aim this far below the limit, because they are guesses.
const AIM: f64 = 0.96;

/// The state of a search.
#[derive(Debug)]
pub(super) struct Search {
    limit: u64,
    /// Logarithm of each rung's expected size, relative to the first; falling.
    expected: Vec<f64>,
    /// Rungs and sizes, in the order of the attempts.
    tried: Vec<(usize, u64)>,
}

impl Search {
    pub(super) fn new(limit: u64, expected: Vec<f64>) -> Self {
        Self { limit, expected, tried: Vec::new() }
    }

    /// A rung was tried, and this is what came out, in bytes.
    pub(super) fn found(&mut self, rung: usize, bytes: u64) {
        self.tried.push((rung, bytes));
    }

    /// Whether what came out of a rung is small enough.
    pub(super) fn fits(&self, rung: usize) -> bool {
        self.tried.iter().any(|(tried, bytes)| *tried == rung && *bytes <= self.limit)
    }

    /// The highest rung that fits.
    pub(super) fn best(&self) -> Option<usize> {
        self.tried.iter().filter(|(_, bytes)| *bytes <= self.limit).map(|(rung, _)| *rung).min()
    }

    pub(super) fn attempts(&self) -> usize {
        self.tried.len()
    }

    /// The least that came out of any rung, in bytes.
    pub(super) fn smallest(&self) -> u64 {
        self.tried.iter().map(|(_, bytes)| *bytes).min().unwrap_or_default()
    }

    pub(super) fn smallest_index(&self) -> Option<usize> {
        self.tried.iter().min_by_key(|(_, bytes)| *bytes).map(|(rung, _)| *rung)
    }

    /// The rung to try next; none when the best that was found is good enough, or there is none to be found.
    pub(super) fn next(&self) -> Option<usize> {
        let lowest = self.expected.len().checked_sub(1)?;
        if self.tried.is_empty() {
            return Some(0);
        }
        let left = MOST_ATTEMPTS.checked_sub(self.tried.len() + 1)?;
        match self.best() {
            None => {
                let too_high = self.tried.iter().map(|(rung, _)| *rung).max()?;
                if too_high >= lowest {
                    return None;
                }
                // The last attempt shows whether it can be done at all.
                let guess = if left == 0 { lowest } else { self.guess(too_high, lowest).unwrap_or(lowest) };
                Some(guess)
            }
            Some(fits) => {
                let too_high = self.tried.iter().map(|(rung, _)| *rung).filter(|rung| *rung < fits).max()?;
                if fits - too_high <= 1 || self.size_of(fits)? >= self.limit as f64 * NEAR_ENOUGH {
                    return None;
                }
                let guess = self.guess(too_high, fits).filter(|guess| *guess < fits);
                Some(guess.unwrap_or(usize::midpoint(too_high, fits)).max(too_high + 1))
            }
        }
    }

    /// The first rung between two (the upper one, which is too high, not included) of which a file that fits is expected.
    fn guess(&self, above: usize, below: usize) -> Option<usize> {
        let aim = (self.limit.max(1) as f64 * AIM).ln();
        (above + 1..=below).find(|rung| self.predicted(*rung, above).is_some_and(|size| size <= aim))
    }

    /// Logarithm of the size that a rung below `above` is expected to have: on the line through the nearest sizes that were found.
    fn predicted(&self, rung: usize, above: usize) -> Option<f64> {
        let point = |rung: usize| Some((*self.expected.get(rung)?, self.size_of(rung)?.max(1.0).ln()));
        let (x, y) = point(above)?;
        let others = self.tried.iter().map(|(tried, _)| *tried);
        let next = others.clone().filter(|other| *other > above).min().or_else(|| others.filter(|o| *o < above).max());
        let slope = next.and_then(point).map_or(1.0, |(other_x, other_y)| (other_y - y) / (other_x - x));
        // Nothing that was found may make the search stand still, or leap.
        let slope = if slope.is_finite() { slope.clamp(0.25, 3.0) } else { 1.0 };
        Some(y + slope * (self.expected.get(rung)? - x))
    }

    fn size_of(&self, rung: usize) -> Option<f64> {
        self.tried.iter().find(|(tried, _)| *tried == rung).map(|(_, bytes)| *bytes as f64)
    }
}
