//! Where an input is, from how people write it. Pure.

use url::Url;

use super::error::SourceError;

/// Where an input is.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// `-`
    Stdin,
    /// A file.
    Path(String),
    /// One object on the web.
    Web(Url),
    /// An object in S3, or all below a prefix.
    S3(S3Place),
    /// A recording in PostHog.
    PostHog(Link),
}

/// `s3://bucket/key`, `s3://bucket/prefix/`, or a part of an object, as PostHog's own block URLs have it: `s3://bucket/key?range=bytes=0-99`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Place {
    pub(super) bucket: String,
    /// Ends with `/`, or is empty, if it is a prefix.
    pub(super) key: String,
    /// First byte and the one after the last.
    pub(super) range: Option<std::ops::Range<u64>>,
}

/// A recording in PostHog, as `posthog:ID` or as a link that people copy from their browser.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Scheme, host and port of a pasted link.
    pub(super) origin: Option<Url>,
    pub(super) project: Option<String>,
    /// Absent in shared links: their page tells it.
    pub(super) recording: Option<String>,
    pub(super) token: Option<Token>,
    /// `?t=`, seconds.
    pub(super) from_s: Option<f64>,
}

/// What opens a shared recording: a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(pub(super) String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Place {
    /// What `input` means. A Windows drive letter is no scheme, nor is a colon in a file name.
    ///
    /// # Errors
    /// [`SourceError::UnsupportedScheme`] and [`SourceError::Address`].
    pub fn parse(input: &str) -> Result<Self, SourceError> {
        if input == "-" {
            return Ok(Self::Stdin);
        }
        let Some((scheme, rest)) = scheme_of(input) else { return Ok(Self::Path(input.to_owned())) };
        let bad = |reason: String| SourceError::Address { input: without_query(input), reason };
        match scheme.to_ascii_lowercase().as_str() {
            "posthog" => {
                let id = rest.trim_start_matches('/');
                if !is_id(id) {
                    return Err(bad("what follows `posthog:` has to be a recording's ID".to_owned()));
                }
                let recording = Some(id.to_owned());
                Ok(Self::PostHog(Link { origin: None, project: None, recording, token: None, from_s: None }))
            }
            "http" | "https" => {
                let url = Url::parse(input).map_err(|error| bad(error.to_string()))?;
                Ok(posthog_link(&url).map_or(Self::Web(url), Self::PostHog))
            }
            "s3" => S3Place::parse(rest).map(Self::S3).map_err(|reason| bad(reason.to_owned())),
            _ => Err(SourceError::UnsupportedScheme { scheme: scheme.to_owned(), input: without_query(input) }),
        }
    }

    /// Whether it is read without connecting to anything.
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Stdin | Self::Path(_))
    }

    /// What to call outputs after: a file's name without its extensions, a recording's ID.
    pub fn stem(&self) -> String {
        let path = match self {
            Self::Stdin => "",
            Self::Path(path) => path,
            Self::Web(url) => url.path(),
            Self::S3(place) => place.key.trim_end_matches('/'),
            Self::PostHog(link) => return link.recording.clone().unwrap_or_else(|| "replay".to_owned()),
        };
        let name = std::path::Path::new(path).file_name().unwrap_or_default().to_string_lossy();
        let stem = name.split('.').next().unwrap_or_default();
        if stem.is_empty() { "replay".to_owned() } else { stem.to_owned() }
    }
}

impl Place {
    /// What a recording there goes by, without what may be secret: PostHog's ID of it, or the address. None for files, and for shared links, whose
    /// page tells it.
    pub fn identity(&self) -> Option<String> {
        match self {
            Self::Stdin | Self::Path(_) => None,
            Self::Web(url) => Some(without_query(url.as_str())),
            Self::S3(place) => Some(format!("s3://{}/{}", place.bucket, place.key)),
            Self::PostHog(link) => link.recording.clone(),
        }
    }
}

fn scheme_of(input: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = input.split_once(':')?;
    let well_formed = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    (well_formed && (rest.starts_with("//") || scheme.eq_ignore_ascii_case("posthog"))).then_some((scheme, rest))
}

/// A query may hold secrets.
fn without_query(input: &str) -> String {
    input.split(['?', '#']).next().unwrap_or_default().to_owned()
}

impl S3Place {
    fn parse(rest: &str) -> Result<Self, &'static str> {
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (rest, range) = match rest.split_once("?range=bytes=") {
            Some((rest, range)) => (rest, Some(byte_range(range).ok_or("the range has to be like `bytes=0-99`")?)),
            None => (rest, None),
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err("it names no bucket");
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), range })
    }
}

/// `0-99`, last byte included.
fn byte_range(text: &str) -> Option<std::ops::Range<u64>> {
    let (first, last) = text.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then(|| last.checked_add(1).map(|end| first..end)).flatten()
}

/// The link forms of PostHog: its router's `urls.replaySingle`, `urls.replay(…, sessionRecordingId)`, `urls.shared`, `urls.embedded`, and the API's own address.
/// Only by these forms is an address taken for PostHog's; any other is an object on the web.
fn posthog_link(url: &Url) -> Option<Link> {
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let parameter = |name: &str| {
        let of_fragment =
            url::form_urlencoded::parse(url.fragment().unwrap_or_default().trim_start_matches('?').as_bytes());
        let found = url.query_pairs().chain(of_fragment).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    let (project, path) = match segments.as_slice() {
        ["project" | "environment", id, rest @ ..] if is_id(id) => (Some((*id).to_owned()), rest),
        ["api", "projects" | "environments", id, rest @ ..] if is_id(id) || *id == "@current" => {
            (Some((*id).to_owned()), rest)
        }
        all => (None, all),
    };
    let named = || parameter("sessionRecordingId").filter(|id| is_id(id));
    let token = parameter("sharing_access_token").map(Token);
    let (recording, token) = match path {
        ["shared" | "embedded", shared] if project.is_none() && is_token(shared) => {
            (None, Some(Token((*shared).to_owned())))
        }
        ["replay" | "recordings", "home" | "recent" | "templates", ..] | ["replay" | "recordings"] => {
            (Some(named()?), token)
        }
        ["replay" | "recordings", "playlists" | "collections", ..] => (Some(named()?), token),
        // Without a project before it only what cannot be a file's name is a recording's ID.
        ["replay" | "recordings", id] if is_uuid(id) || (project.is_some() && is_id(id)) => {
            (Some((*id).to_owned()), token)
        }
        ["session_recordings", id, ..] if project.is_some() && is_id(id) => (Some((*id).to_owned()), token),
        _ => return None,
    };
    let mut origin = url.clone();
    origin.set_path("");
    origin.set_query(None);
    origin.set_fragment(None);
    let from_s = parameter("t").and_then(|text| text.trim_end_matches('s').parse().ok());
    let from_s = from_s.filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    Some(Link { origin: Some(origin), project, recording, token, from_s })
}

pub(super) fn is_id(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// 22 random bytes in URL-safe base64 are 30 characters; a short word is a folder's name.
fn is_token(text: &str) -> bool {
    (20..=100).contains(&text.len()) && is_id(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77";
    const TOKEN: &str = "Bi48yMpp9pFCZJMmGe_h3-gMDwlBrQ";

    fn link(input: &str) -> Link {
        match Place::parse(input).unwrap() {
            Place::PostHog(link) => link,
            other => panic!("{input}: {other:?}"),
        }
    }

    #[test]
    fn files_and_what_looks_like_an_address_but_is_none_are_paths() {
        for input in ["a.json", "C:\\a.json", "C:/a.json", "2024-10-01T12:30.json", "dir/https.json", "a:b"] {
            assert_eq!(Place::parse(input).unwrap(), Place::Path(input.to_owned()), "{input}");
        }
        assert_eq!(Place::parse("-").unwrap(), Place::Stdin);
    }

    #[test]
    fn each_form_of_link_that_people_copy_is_understood() {
        for (input, project, from_s) in [
            (format!("https://eu.posthog.com/project/42/replay/{ID}?t=75"), Some("42"), Some(75.0)),
            (format!("https://eu.posthog.com/project/42/replay/{ID}"), Some("42"), None),
            (format!("https://us.posthog.com/replay/{ID}?t=1.5"), None, Some(1.5)),
            (format!("https://ph.example/project/7/replay/home?sessionRecordingId={ID}&t=9"), Some("7"), Some(9.0)),
            (format!("https://ph.example/project/7/replay/playlists/abc?sessionRecordingId={ID}"), Some("7"), None),
            (format!("https://ph.example/recordings#sessionRecordingId={ID}"), None, None),
            (format!("https://ph.example:8000/api/projects/3/session_recordings/{ID}/snapshots"), Some("3"), None),
        ] {
            let link = link(&input);
            assert_eq!(
                (link.recording.as_deref(), link.project.as_deref(), link.from_s),
                (Some(ID), project, from_s),
                "{input}"
            );
            assert!(
                link.token.is_none() && input.starts_with(link.origin.unwrap().as_str().trim_end_matches('/')),
                "{input}"
            );
        }
        for form in ["shared", "embedded"] {
            let link = link(&format!("https://us.posthog.com/{form}/{TOKEN}?t=12"));
            assert_eq!((link.recording, link.token, link.from_s), (None, Some(Token(TOKEN.to_owned())), Some(12.0)));
        }
        let with_token = link(&format!(
            "https://us.posthog.com/api/projects/3/session_recordings/{ID}?sharing_access_token={TOKEN}"
        ));
        assert_eq!(with_token.token, Some(Token(TOKEN.to_owned())));
        assert!(!format!("{with_token:?}").contains(TOKEN));
        let by_id = link(&format!("posthog:{ID}"));
        assert_eq!((by_id.recording.as_deref(), by_id.origin), (Some(ID), None));
    }

    #[test]
    fn other_addresses_are_objects() {
        for input in [
            "https://cdn.example/replay/session.json.gz",
            "https://cdn.example/replay/1234",
            "https://cdn.example/shared/recording.json",
            "https://cdn.example/shared/short",
            "https://cdn.example/recordings",
            "https://cdn.example/a.json?t=5",
        ] {
            assert!(matches!(Place::parse(input), Ok(Place::Web(_))), "{input}");
        }
    }

    #[test]
    fn objects_prefixes_and_ranges_of_s3_are_told_apart() {
        let parse = |input| match Place::parse(input) {
            Ok(Place::S3(place)) => (place.bucket, place.key, place.range),
            other => panic!("{input}: {other:?}"),
        };
        let text = str::to_owned;
        assert_eq!(parse("s3://b/a/k.json"), (text("b"), text("a/k.json"), None));
        assert_eq!(parse("s3://b/a/"), (text("b"), text("a/"), None));
        assert_eq!(parse("s3://b"), (text("b"), String::new(), None));
        assert_eq!(parse("s3://b/k?range=bytes=10-19"), (text("b"), text("k"), Some(10..20)));
        assert!(Place::parse("s3:///k").is_err() && Place::parse("s3://b/k?range=bytes=9-1").is_err());
    }

    #[test]
    fn what_cannot_be_read_from_is_refused_by_name() {
        for (input, expected) in [
            ("gs://b/k", "`gs:`"),
            ("az://b/k", "`az:`"),
            ("ftp://h/f?key=secret", "`ftp:`"),
            ("posthog:", "recording's ID"),
            ("https://", "host"),
        ] {
            let error = Place::parse(input).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("secret"), "{input}: {error}");
        }
    }

    #[test]
    fn outputs_are_named_after_the_place() {
        for (input, stem) in [
            ("-", "replay"),
            ("dir/session.json.gz", "session"),
            ("https://h.example/a/b.json?x=1", "b"),
            ("s3://bucket/a/b.jsonl", "b"),
            ("s3://bucket/day/", "day"),
            ("posthog:abc", "abc"),
            ("https://h.example/", "replay"),
        ] {
            assert_eq!(Place::parse(input).unwrap().stem(), stem, "{input}");
        }
    }
}
