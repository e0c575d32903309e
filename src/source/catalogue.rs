//! Places that hold many recordings: a prefix in S3, a project in PostHog.

use url::Url;

use super::place::{Place, S3Place, is_id};
use super::posthog::recordings::{self, Filter};
use super::{Settings, SourceError, s3};

/// One of many recordings.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// As [`Place::parse`] reads it.
    pub place: String,
    /// Its key below the prefix, or its ID.
    pub path: String,
    /// What changes when its content does.
    pub stamp: Option<String>,
    /// As stored.
    pub bytes: Option<u64>,
    /// How long the session was, seconds.
    pub seconds: Option<f64>,
}

/// A place that holds many recordings.
#[derive(Debug, Clone, PartialEq)]
pub enum Collection {
    /// All objects below `s3://BUCKET/PREFIX/`.
    S3(S3Place),
    /// A project in PostHog: `posthog:`, or the address of its replay page.
    PostHog {
        /// Scheme, host and port of the address.
        origin: Option<Url>,
        /// Its number.
        project: Option<String>,
    },
}

impl Collection {
    /// What `text` means, if it names many recordings rather than one.
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim_end_matches('/').eq_ignore_ascii_case("posthog:") {
            return Some(Self::PostHog { origin: None, project: None });
        }
        match Place::parse(text).ok()? {
            Place::S3(place) if place.is_prefix() => Some(Self::S3(place)),
            Place::Web(url) => project(&url),
            _ => None,
        }
    }

    /// What it holds. `filter` is for PostHog.
    pub async fn list(&self, filter: &Filter, settings: &Settings) -> Result<Vec<Listed>, SourceError> {
        match self {
            Self::S3(place) => s3::list(place, settings).await,
            Self::PostHog { origin, project } => {
                recordings::list(origin.as_ref(), project.as_deref(), filter, settings).await
            }
        }
    }
}

/// `https://HOST/project/ID`, or its page of recordings.
fn project(url: &Url) -> Option<Collection> {
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let project = match segments.as_slice() {
        ["project", id]
        | ["project", id, "replay" | "recordings"]
        | ["project", id, "replay" | "recordings", "home" | "recent"] => *id,
        _ => return None,
    };
    let mut origin = url.clone();
    origin.set_path("");
    origin.set_query(None);
    origin.set_fragment(None);
    is_id(project).then(|| Collection::PostHog { origin: Some(origin), project: Some(project.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_many_is_told_from_what_is_one() {
        assert!(matches!(Collection::parse("s3://bucket/2026/"), Some(Collection::S3(_))));
        assert!(matches!(Collection::parse("s3://bucket"), Some(Collection::S3(_))));
        assert_eq!(Collection::parse("posthog:"), Some(Collection::PostHog { origin: None, project: None }));
        for link in ["https://eu.posthog.com/project/7/replay/home", "https://eu.posthog.com/project/7?x=1"] {
            let Some(Collection::PostHog { origin: Some(origin), project }) = Collection::parse(link) else {
                panic!("{link}")
            };
            assert_eq!((origin.as_str(), project.as_deref()), ("https://eu.posthog.com/", Some("7")));
        }
        for one in [
            "s3://bucket/a.json",
            "posthog:01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77",
            "https://eu.posthog.com/project/7/replay/01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77",
            "https://example.org/a.json",
            "folder",
            "-",
        ] {
            assert_eq!(Collection::parse(one), None, "{one}");
        }
    }
}
