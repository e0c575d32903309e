//! The summary for a terminal.

use std::fmt;

use super::Summary;

/// Longest list shown; the rest is counted, `--json` has it all.
const MOST_ROWS: usize = 12;
/// Longest URL or name shown, characters.
const MOST_CHARACTERS: usize = 90;

/// One aligned line per fact, lists below their heading, at most a screen or two.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Format     {}", self.format)?;
        if let Some(id) = &self.session_id {
            writeln!(f, "Session    {}", shortened(id))?;
        }
        if let Some(person) = &self.person {
            writeln!(f, "Person     {}", shortened(person))?;
        }
        writeln!(f, "Started    {}", self.started_at.as_deref().unwrap_or("unknown"))?;
        write!(f, "Duration   {}", clock(self.duration_ms))?;
        match self.first_full_snapshot_ms {
            Some(at) if at > 0.0 => writeln!(f, ", first page at {}", clock(at))?,
            _ => writeln!(f)?,
        }
        writeln!(f, "Size       {}x{}", self.largest_viewport.width, self.largest_viewport.height)?;
        writeln!(f, "Events     {}", counts(&self.events))?;
        if !self.custom.is_empty() {
            writeln!(f, "Custom     {}", counts(&self.custom))?;
        }
        if !self.plugins.is_empty() {
            writeln!(f, "Plugins    {}", counts(&self.plugins))?;
        }
        list(f, "Windows", &self.windows, |f, window| {
            write!(
                f,
                "{}  {} – {}  {}: {} events, {} active, {} full snapshots, {} pages",
                window.number,
                clock(window.first_ms),
                clock(window.last_ms),
                shortened(&window.id),
                window.events,
                window.active_events,
                window.full_snapshots,
                window.pages
            )
        })?;
        list(f, "Pages", &self.pages, |f, page| write!(f, "{}  {}", clock(page.at_ms), shortened(&page.href)))?;
        // One size is told above already.
        if self.viewports.len() > 1 {
            list(f, "Viewports", &self.viewports, |f, size| {
                write!(f, "{}  {}x{}", clock(size.at_ms), size.viewport.width, size.viewport.height)
            })?;
        }
        list(f, "Repairs", &self.repairs, |f, repair| write!(f, "{}", printable(&repair.to_string())))
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    heading: &str,
    rows: &[T],
    mut row: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "{heading}")?;
    for item in rows.iter().take(MOST_ROWS) {
        write!(f, "  ")?;
        row(f, item)?;
        writeln!(f)?;
    }
    if rows.len() > MOST_ROWS {
        writeln!(f, "  … and {} more", rows.len() - MOST_ROWS)?;
    }
    Ok(())
}

/// `330: scroll 120, mutation 90, …`, most frequent first.
fn counts<K: AsRef<str>>(counts: &std::collections::BTreeMap<K, u64>) -> String {
    let total: u64 = counts.values().sum();
    let mut rows: Vec<(&str, u64)> = counts.iter().map(|(name, count)| (name.as_ref(), *count)).collect();
    // Stable: equal counts stay in the order of their names.
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown: Vec<String> =
        rows.iter().take(MOST_ROWS).map(|(name, count)| format!("{} {count}", shortened(name))).collect();
    let more =
        if rows.len() > MOST_ROWS { format!(", … {} more kinds", rows.len() - MOST_ROWS) } else { String::new() };
    format!("{total}: {}{more}", shown.join(", "))
}

/// `1:02:03.4`, hours only if there are any.
pub(crate) fn clock(millis: f64) -> String {
    let tenths = (millis / 100.0).round().max(0.0) as u64;
    format!("{}.{}", clock_of(tenths / 10), tenths % 10)
}

/// `1:02:03`, hours only if there are any.
pub(crate) fn clock_of(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn shortened(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Without control characters: names come from strangers, and a terminal obeys escape sequences.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}
