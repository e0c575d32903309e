//! Brings what a recording refers to, before anything is rendered.

use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::time::Instant;
use url::Url;

use super::kind::{self, Kind};
use super::scan::{self, References};
use super::{Asset, Assets, Limits, Origin};
use crate::outbound::Client;

/// The way out. Whoever implements it answers for where it may lead: no private addresses, redirects included.
pub trait Fetcher {
    /// Brings one resource of at most `most` bytes, decoded. The error is a reason that completes "… could not be fetched: ".
    fn get(&self, url: &Url, most: u64) -> impl Future<Output = Result<Fetched, String>> + Send;
}

impl Fetcher for Client {
    async fn get(&self, url: &Url, most: u64) -> Result<Fetched, String> {
        let fetched = self.get_bytes(url.as_str(), most).await.map_err(|error| error.to_string())?;
        Ok(Fetched { content_type: fetched.content_type, bytes: fetched.bytes })
    }
}

/// A resource as it came.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The `Content-Type` header; empty if there was none.
    pub content_type: String,
    /// Its content.
    pub bytes: Bytes,
}

/// What fetching may cost, beyond [`Limits`].
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Resources under way at a time.
    pub at_once: usize,
    /// All of it together.
    pub time: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { at_once: 6, time: Duration::from_mins(2) }
    }
}

/// What came, and what did not.
#[derive(Debug, Default)]
pub struct Harvest {
    /// What came.
    pub assets: Assets,
    /// URL and reason, in the order of URLs.
    pub failures: Vec<(String, String)>,
}

/// Style sheets may name further ones this deep.
const MOST_IMPORTS: usize = 4;

/// Fetches what of `references` is of the origins and not in `have`, and what the style sheets among it name in turn.
///
/// A failure is no error: the page is shown without. Equal answers give an equal harvest, whatever came first.
pub async fn fetch(
    references: &References,
    origins: &[Origin],
    have: &Assets,
    limits: &Limits,
    pace: Pace,
    fetcher: &impl Fetcher,
) -> Harvest {
    let mut harvest = Harvest::default();
    let mut failed = std::collections::BTreeMap::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let mut waiting: VecDeque<(Url, usize)> = VecDeque::new();
    let mut bytes = 0_u64;
    let deadline = Instant::now() + pace.time;
    let mut ask = |references: &References, depth: usize, waiting: &mut VecDeque<(Url, usize)>| {
        let urls = references.keys().filter_map(|url| Url::parse(url).ok());
        for url in urls.filter(|url| origins.iter().any(|origin| origin.has(url)) && have.get(url.as_str()).is_none()) {
            if asked.insert(url.to_string()) {
                waiting.push_back((url, depth));
            }
        }
    };
    ask(references, 0, &mut waiting);
    // Sheets that are there already may name what is not.
    for (url, asset) in have.iter() {
        let Ok(url) = Url::parse(url) else { continue };
        let text = asset.served_as(Kind::Style).and_then(|_| std::str::from_utf8(&asset.bytes).ok());
        ask(&text.map(|text| scan::sheet(text, &url)).unwrap_or_default(), 1, &mut waiting);
    }
    let mut under_way = FuturesUnordered::new();
    let mut taken = 0;
    loop {
        while under_way.len() < pace.at_once.max(1) {
            let Some((url, depth)) = waiting.pop_front() else { break };
            let reason = if have.len() + taken >= limits.count {
                format!("there are {} assets already (limit: --max-assets)", limits.count)
            } else if bytes >= limits.bytes_total {
                format!("assets have {bytes} bytes already (limit: --max-assets-bytes)")
            } else if Instant::now() >= deadline {
                format!("fetching took longer than {:?} (limit: --fetch-time)", pace.time)
            } else {
                taken += 1;
                under_way.push(async move {
                    let got = tokio::time::timeout_at(deadline, fetcher.get(&url, limits.bytes_each)).await;
                    (url, depth, got)
                });
                continue;
            };
            failed.insert(url.to_string(), reason);
        }
        let Some((url, depth, got)) = under_way.next().await else { break };
        let outcome = match got {
            Ok(Ok(resource)) => accept(&url, resource, limits, bytes),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err(format!("fetching took longer than {:?} (limit: --fetch-time)", pace.time)),
        };
        match outcome {
            Ok(asset) => {
                bytes += asset.bytes.len() as u64;
                let text = asset.served_as(Kind::Style).and_then(|_| std::str::from_utf8(&asset.bytes).ok());
                if let Some(text) = text.filter(|_| depth < MOST_IMPORTS) {
                    ask(&scan::sheet(text, &url), depth + 1, &mut waiting);
                }
                harvest.assets.insert(url.as_str(), asset);
            }
            Err(reason) => {
                failed.insert(url.to_string(), reason);
            }
        }
    }
    harvest.failures = failed.into_iter().collect();
    harvest
}

fn accept(url: &Url, fetched: Fetched, limits: &Limits, bytes: u64) -> Result<Asset, String> {
    let Fetched { content_type, bytes: content } = fetched;
    let length = content.len() as u64;
    if length > limits.bytes_each {
        return Err(format!("it has {length} bytes, more than {} (limit: --max-asset-bytes)", limits.bytes_each));
    }
    if bytes + length > limits.bytes_total {
        return Err(format!(
            "all assets would have more than {} bytes (limit: --max-assets-bytes)",
            limits.bytes_total
        ));
    }
    let guessed = kind::of(url.path(), &content);
    let content_type = if content_type.is_empty() { guessed.to_owned() } else { content_type };
    if !kind::is_of_use(&content_type) {
        return Err(format!("it is {content_type}: no picture, style sheet or font"));
    }
    Ok(Asset { content_type, bytes: content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::scan::Reference;

    /// Answers from a list; all else is not there.
    struct Site(&'static [(&'static str, &'static str, &'static str)]);

    impl Fetcher for Site {
        async fn get(&self, url: &Url, _most: u64) -> Result<Fetched, String> {
            if url.path() == "/never" {
                std::future::pending::<()>().await;
            }
            let found = self.0.iter().find(|(there, ..)| *there == url.as_str());
            let found =
                found.map(|(_, kind, text)| Fetched { content_type: (*kind).to_owned(), bytes: (*text).into() });
            found.ok_or_else(|| "404".to_owned())
        }
    }

    const SITE: Site = Site(&[
        ("https://a.example/s.css", "text/css", "@import 'deep/t.css'; a{background:url(x.png)}"),
        ("https://a.example/deep/t.css", "text/css", "b{background:url(y.png), url(https://b.example/z.png)}"),
        ("https://a.example/x.png", "image/png", "x"),
        ("https://a.example/deep/y.png", "", "\u{89}PNG"),
        ("https://b.example/z.png", "image/png", "z"),
        ("https://a.example/page.png", "text/html", "<html>"),
    ]);

    fn references(urls: &[&str]) -> References {
        urls.iter().map(|url| ((*url).to_owned(), Reference { kind: Kind::Image, count: 1 })).collect()
    }

    async fn harvest(urls: &[&str], origins: &[&str], limits: &Limits, pace: Pace) -> Harvest {
        let origins: Vec<Origin> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
        fetch(&references(urls), &origins, &Assets::default(), limits, pace, &SITE).await
    }

    fn names(harvest: &Harvest) -> Vec<&str> {
        harvest.assets.iter().map(|(url, _)| url).collect()
    }

    #[tokio::test]
    async fn what_a_fetched_sheet_names_is_fetched_too_but_only_from_the_origins() {
        let urls = ["https://a.example/s.css", "https://b.example/z.png"];
        let one = harvest(&urls, &["https://a.example"], &Limits::default(), Pace::default()).await;
        let of_a = [
            "https://a.example/deep/t.css",
            "https://a.example/deep/y.png",
            "https://a.example/s.css",
            "https://a.example/x.png",
        ];
        assert_eq!(names(&one), of_a);
        assert_eq!(one.failures, []);
        let all = harvest(&urls, &["*"], &Limits::default(), Pace::default()).await;
        assert_eq!(names(&all), [&of_a[..], &["https://b.example/z.png"]].concat());
    }

    #[tokio::test]
    async fn what_does_not_come_is_told_with_its_reason() {
        let urls = ["https://a.example/gone.png", "https://a.example/page.png", "https://a.example/x.png"];
        let some = harvest(&urls, &["*"], &Limits::default(), Pace::default()).await;
        assert_eq!(names(&some), ["https://a.example/x.png"]);
        let reasons: Vec<&str> = some.failures.iter().map(|(_, reason)| reason.as_str()).collect();
        assert_eq!(reasons, ["404", "it is text/html: no picture, style sheet or font"]);
    }

    #[tokio::test]
    async fn the_one_way_out_brings_what_a_server_has_and_says_what_it_has_not()
    -> Result<(), Box<dyn std::error::Error>> {
        use std::io::{Read as _, Write as _};
        let socket = std::net::TcpListener::bind("127.0.0.1:0")?;
        let origin = format!("http://{}", socket.local_addr()?);
        std::thread::spawn(move || {
            for mut visitor in socket.incoming().flatten() {
                let mut said = [0; 1024];
                let count = visitor.read(&mut said).unwrap_or_default();
                let answer: &[u8] = if said[..count].starts_with(b"GET /a.png ") {
                    b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
                } else {
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                };
                let _ = visitor.write_all(answer);
            }
        });
        let policy = crate::outbound::Policy { allowed: vec!["127.0.0.1".parse()?], plain_http: true };
        let client = Client::new(policy, crate::outbound::Limits::default())?;
        let (there, gone) = (format!("{origin}/a.png"), format!("{origin}/b.png"));
        let references = references(&[&there, &gone]);
        let (none, limits) = (Assets::default(), Limits::default());
        let got = fetch(&references, &[Origin::Any], &none, &limits, Pace::default(), &client).await;
        let asset = Asset { content_type: "image/png".to_owned(), bytes: Bytes::from_static(b"abc") };
        assert_eq!(got.assets.get(&there), Some(&asset));
        assert!(got.failures.len() == 1 && got.failures[0].0 == gone, "{:?}", got.failures);
        assert!(got.failures[0].1.contains("404"), "{:?}", got.failures);
        Ok(())
    }

    #[tokio::test]
    async fn each_limit_leaves_the_rest_out_by_name() {
        let urls = ["https://a.example/x.png", "https://b.example/z.png"];
        let pace = Pace { at_once: 1, ..Pace::default() };
        for (limits, option) in [
            (Limits { count: 1, ..Limits::default() }, "--max-assets)"),
            (Limits { bytes_total: 1, ..Limits::default() }, "--max-assets-bytes)"),
        ] {
            let some = harvest(&urls, &["*"], &limits, pace).await;
            assert_eq!(some.assets.len(), 1);
            assert!(some.failures[0].1.contains(option), "{:?}", some.failures);
        }
        let none = harvest(&urls, &["*"], &Limits { bytes_each: 0, ..Limits::default() }, pace).await;
        assert!(none.failures.iter().all(|(_, reason)| reason.contains("--max-asset-bytes")), "{:?}", none.failures);
        let pace = Pace { time: Duration::from_millis(50), ..Pace::default() };
        let urls = ["https://a.example/never", "https://a.example/x.png"];
        let some = harvest(&urls, &["*"], &Limits::default(), pace).await;
        assert_eq!(names(&some), ["https://a.example/x.png"]);
        assert!(some.failures[0].1.contains("--fetch-time"), "{:?}", some.failures);
    }
}
