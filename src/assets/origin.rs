//! `--fetch-assets`: whom to fetch from.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// An origin (scheme, host and port), or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `*`
    Any,
    /// One, as `https://cdn.example.org`.
    One(String),
}

impl Origin {
    /// Whether a URL is of this origin. Only http and https ever are.
    pub fn has(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https")
            && match self {
                Self::Any => true,
                Self::One(origin) => url.origin().ascii_serialization() == *origin,
            }
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let bare = url.filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none());
        let bare = bare.filter(|url| url.username().is_empty() && url.password().is_none());
        bare.map(|url| Self::One(url.origin().ascii_serialization()))
            .ok_or_else(|| format!("must be an origin like https://cdn.example.org, or * for all (got {text:?})"))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::One(origin) => f.write_str(origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_and_nothing_else() {
        let origin: Origin = "HTTPS://CDN.example.org:443/".parse().unwrap_or(Origin::Any);
        assert_eq!(origin.to_string(), "https://cdn.example.org");
        let has = |url: &str| Url::parse(url).is_ok_and(|url| origin.has(&url));
        assert!(has("https://cdn.example.org/a/b.png?c"));
        assert!(!has("http://cdn.example.org/a.png") && !has("https://cdn.example.org:8443/a.png"));
        assert!(!has("https://cdn.example.org.evil.example/a.png") && !has("https://cdn.example.org@evil.example/"));
        for wrong in ["cdn.example.org", "https://a.example/path", "ftp://a.example", "https://u:p@a.example", ""] {
            assert!(wrong.parse::<Origin>().is_err_and(|error| error.contains("must be an origin")), "{wrong}");
        }
        assert!(Origin::Any.has(&Url::parse("http://x.example/").unwrap_or_else(|_| unreachable!())));
        assert!(!Origin::Any.has(&Url::parse("file:///etc/passwd").unwrap_or_else(|_| unreachable!())));
    }
}
