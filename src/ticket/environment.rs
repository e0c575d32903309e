//! Browser and system, as far as a user agent tells them. It tells less than it seems: systems are frozen at old versions, and
//! versions end in zeros. What is not known is not said.

use super::{Fact, Problem, short};
use crate::recording::{EventKind, Recording, SessionTime, Viewport};
use crate::timeline::Phrase;

pub(super) fn of(recording: &Recording, headline: Option<&Problem>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut tell = |name, value: Option<Phrase>| facts.extend(value.map(|value| Fact { name, value }));
    let agent = recording.user_agent();
    let ours = |text: String| Phrase::ours(&text);
    // Names of a vocabulary of ours, and digits: no stranger's words.
    let known = |name: &str, version: &str| {
        let name = recording.person_property(name)?;
        let version = recording.person_property(version).unwrap_or_default();
        Some(Phrase::default().theirs(short(&format!("{name} {version}")).trim()))
    };
    let agent_tells = |tells: fn(&str) -> Option<String>| agent.as_deref().and_then(tells).map(ours);
    tell("Browser", agent_tells(browser).or_else(|| known("$browser", "$browser_version")));
    tell("System", agent_tells(system).or_else(|| known("$os", "$os_version")));
    let language = recording.person_property("$browser_language");
    tell("Language", language.map(|language| Phrase::default().theirs(&short(language))));
    let at = headline.map(|problem| problem.time).unwrap_or_default();
    let window = headline.and_then(|problem| problem.window.as_deref());
    tell("Viewport", viewport(recording, window, at).map(|size| ours(format!("{}x{}", size.width, size.height))));
    if recording.windows.len() > 1 {
        let number = recording.windows.iter().position(|shown| Some(shown.id.as_str()) == window);
        let of = number.map(|number| ours(format!("{} of {}", number + 1, recording.windows.len())));
        tell("Window", of.zip(window).map(|(of, id)| of.then(" (").theirs(&short(id)).then(")")));
    }
    tell("User agent", agent.map(|agent| Phrase::default().theirs(&short(&agent))));
    facts
}

/// The size of a window at a moment.
fn viewport(recording: &Recording, window: Option<&str>, at: SessionTime) -> Option<Viewport> {
    let window = window.and_then(|id| recording.window(id)).or_else(|| recording.main_window())?;
    let sizes = window.events.iter().filter_map(|event| {
        let is_size = matches!(event.kind, EventKind::Meta { .. } | EventKind::Incremental(_));
        is_size.then(|| event.viewport()).flatten().map(|size| (event.at, size))
    });
    let mut last = None;
    for (since, size) in sizes {
        if since > at && last.is_some() {
            break;
        }
        last = Some(size);
    }
    last
}

/// `Chrome 140`
fn browser(agent: &str) -> Option<String> {
    // Those that are built on others name these as well, and come first.
    let known = [
        ("Edg/", "Edge"),
        ("EdgA/", "Edge for Android"),
        ("EdgiOS/", "Edge for iOS"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("YaBrowser/", "Yandex Browser"),
        ("Vivaldi/", "Vivaldi"),
        ("DuckDuckGo/", "DuckDuckGo"),
        ("FxiOS/", "Firefox for iOS"),
        ("CriOS/", "Chrome for iOS"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Chrome without a window"),
        ("Electron/", "Electron"),
        ("Chrome/", "Chrome"),
    ];
    let told = known.iter().find_map(|(mark, name)| Some(named(name, &version(agent, mark)?)));
    told.or_else(|| agent.contains("Safari/").then(|| named("Safari", &version(agent, "Version/").unwrap_or_default())))
}

/// `Windows 10 or 11`
fn system(agent: &str) -> Option<String> {
    let platform = agent.split_once('(')?.1.split(')').next()?;
    if let Some(version) = version(platform, "Windows NT ") {
        let name = match version.as_str() {
            // Windows 11 says the same.
            "10.0" => "10 or 11",
            "6.3" => "8.1",
            "6.2" => "8",
            "6.1" => "7",
            _ => return Some("Windows".to_owned()),
        };
        return Some(named("Windows", name));
    }
    for (mark, name) in [("CPU iPhone OS ", "iOS"), ("iPad; CPU OS ", "iPadOS"), ("CPU OS ", "iPadOS")] {
        if let Some(version) = version(platform, mark) {
            return Some(named(name, &version));
        }
    }
    if let Some(version) = version(platform, "Android ") {
        // Chrome says 10 for all that came after it, and K for every device.
        let frozen = if platform.contains("Android 10; K") { " or later" } else { "" };
        return Some(format!("{}{frozen}", named("Android", &version)));
    }
    if let Some(version) = version(platform, "Mac OS X ") {
        let frozen = if version.starts_with("10.15") { " or later" } else { "" };
        return Some(format!("{}{frozen}", named("macOS", &version)));
    }
    let others =
        [("CrOS", "ChromeOS"), ("Android", "Android"), ("Ubuntu", "Linux"), ("Linux", "Linux"), ("X11", "Unix")];
    others.iter().find(|(mark, _)| platform.contains(mark)).map(|(_, name)| (*name).to_owned())
}

fn named(name: &str, version: &str) -> String {
    if version.is_empty() { name.to_owned() } else { format!("{name} {version}") }
}

/// The digits behind a mark, with points between them, without zeros at the end.
fn version(agent: &str, mark: &str) -> Option<String> {
    let (_, rest) = agent.split_once(mark)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_'))).unwrap_or(rest.len());
    let mut digits = rest.get(..end.min(20))?.replace('_', ".");
    while digits.matches('.').count() > 1 && digits.ends_with(".0") {
        digits.truncate(digits.len() - 2);
    }
    if let Some(whole) = digits.strip_suffix(".0").filter(|_| mark.ends_with('/')) {
        digits = whole.to_owned();
    }
    let digits = digits.trim_matches('.');
    (!digits.is_empty()).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_agents_tell_browser_and_system() {
        for (agent, told) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                ("Chrome 140", "Windows 10 or 11"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.3485.54",
                ("Edge 140.0.3485.54", "Windows 10 or 11"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                ("Safari 18.6", "macOS 10.15.7 or later"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
                ("Safari 17.1", "iOS 17.1"),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0.6099.101 Mobile/15E148 Safari/604.1",
                ("Chrome for iOS 120.0.6099.101", "iPadOS 16.0"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                ("Chrome 140", "Android 10 or later"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
                ("Samsung Internet 23", "Android 14"),
            ),
            (
                "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
                ("Firefox 130", "Linux"),
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
                ("Chrome 139", "ChromeOS"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
                ("Chrome without a window 140", "Linux"),
            ),
        ] {
            assert_eq!(browser(agent).as_deref(), Some(told.0), "{agent}");
            assert_eq!(system(agent).as_deref(), Some(told.1), "{agent}");
        }
    }

    #[test]
    fn what_a_user_agent_does_not_tell_is_not_said() {
        for agent in ["", "curl/8.5.0", "Mozilla/5.0", "Chrome/", "Mozilla/5.0 (", "Windows NT", "(Windows NT "] {
            assert_eq!(browser(agent), None, "{agent}");
            assert_eq!(system(agent), None, "{agent}");
        }
        // No words of theirs come through.
        assert_eq!(browser("Chrome/<img src=x>"), None);
        assert_eq!(system("Mozilla/5.0 (Linux; <script>)").as_deref(), Some("Linux"));
    }
}
