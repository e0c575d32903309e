//! What the page's requests are answered from.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use url::Url;

use super::{Asset, Assets, Kind, scan, without_fragment};

/// The address of the page that plays recordings. Nobody is there: it is answered locally. What a recorder left relative is asked
/// for as if it were there.
pub const STAGE: &str = "https://stage.replayreel.invalid/";

/// Bytes of assets written into one page. It is one text in the browser's memory, larger by a third.
const MOST_STOCK: usize = 128 << 20;

/// Assets, found by URLs as a browser writes them.
///
/// The same resource has several spellings: `%7E` and `~`, `http` and `https` (a browser asks for pictures of `http` pages by `https`
/// where the page around them is secure), and a mirror's file names do not tell which one it was. An exact match comes first.
#[derive(Debug, Default)]
pub struct Shelf {
    assets: Assets,
    loose: HashMap<String, String>,
    pages: Vec<Url>,
    unfetched: Vec<(String, String)>,
}

impl Shelf {
    /// `pages` are the addresses that the recording was made at, for resources that it names relative to them.
    pub fn new<'a>(assets: Assets, pages: impl IntoIterator<Item = &'a str>) -> Self {
        let loose = assets.iter().map(|(url, _)| (loosely(url), url.to_owned())).collect();
        let mut all: Vec<Url> = Vec::new();
        for page in pages.into_iter().filter_map(|page| Url::parse(page).ok()) {
            if !page.cannot_be_a_base() && !all.contains(&page) {
                all.push(page);
            }
        }
        Self { assets, loose, pages: all, unfetched: Vec::new() }
    }

    /// With what was to be fetched and could not be: URL and reason, for the report.
    #[must_use]
    pub fn without(mut self, unfetched: Vec<(String, String)>) -> Self {
        self.unfetched = unfetched;
        self
    }

    /// What was to be fetched and could not be: URL and reason.
    pub fn unfetched(&self) -> &[(String, String)] {
        &self.unfetched
    }

    /// Whether there is nothing on it.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    /// The resource that a browser means by `url`, and the URL that it has here.
    pub fn find(&self, url: &str) -> Option<(&str, &Asset)> {
        if let Some(relative) = url.strip_prefix(STAGE) {
            // From the page's folder, or from its root: the browser has joined both to the same.
            return self.pages.iter().find_map(|page| {
                let joined = [page.join(relative).ok(), page.join(&format!("/{relative}")).ok()];
                joined.into_iter().flatten().find_map(|url| self.find_whole(url.as_str()))
            });
        }
        self.find_whole(url)
    }

    /// What can be written into a page that refers to `urls`: pictures and fonts as data URLs, style sheets as text, and what those name
    /// in turn.
    pub fn stock(&self, urls: Vec<String>) -> BTreeMap<String, String> {
        let mut stock = BTreeMap::new();
        let mut waiting = urls;
        let mut bytes = 0;
        while let Some(url) = waiting.pop() {
            let url = without_fragment(&url).to_owned();
            let Some((_, asset)) = self.find(&url).filter(|_| !stock.contains_key(&url)) else { continue };
            bytes += asset.bytes.len();
            if bytes > MOST_STOCK {
                tracing::warn!("assets of more than {MOST_STOCK} bytes are not all written into the page");
                break;
            }
            let text = asset.served_as(Kind::Style).and_then(|_| std::str::from_utf8(&asset.bytes).ok());
            let kind = asset.served_as(Kind::Image).or_else(|| asset.served_as(Kind::Font));
            if let Some(kind) = kind {
                stock.insert(url, format!("data:{kind};base64,{}", BASE64.encode(&asset.bytes)));
            } else if let Some(text) = text {
                waiting.extend(Url::parse(&url).map(|base| scan::sheet(text, &base)).unwrap_or_default().into_keys());
                stock.insert(url, text.to_owned());
            }
        }
        stock
    }

    fn find_whole(&self, url: &str) -> Option<(&str, &Asset)> {
        let url = url.split('#').next().unwrap_or(url);
        let key = match self.assets.get(url) {
            Some(_) => url,
            None => self.loose.get(&loosely(url))?,
        };
        self.assets.by_url.get_key_value(key).map(|(url, asset)| (url.as_str(), asset))
    }
}

/// A spelling that all spellings share: no scheme, nothing escaped.
fn loosely(url: &str) -> String {
    let url = url.split('#').next().unwrap_or(url);
    let normal = Url::parse(url).map_or_else(|_| url.to_owned(), String::from);
    let bare = normal.strip_prefix("https://").or_else(|| normal.strip_prefix("http://")).unwrap_or(&normal);
    percent_decoded(bare)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let hex = |index: usize| behind.get(index).and_then(|&digit| char::from(digit).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, hex(0), hex(1)) {
            bytes.push((high * 16 + low) as u8);
            rest = &behind[2..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(urls: &[&str], pages: &[&str]) -> Shelf {
        let mut assets = Assets::default();
        for url in urls {
            assets.insert(url, Asset { content_type: String::new(), bytes: (*url).to_owned().into() });
        }
        Shelf::new(assets, pages.iter().copied())
    }

    #[test]
    fn a_resource_is_found_under_each_spelling_of_its_url() {
        let shelf = shelf(&["https://a.example/x%20y.png?q=a%2Fb", "https://a.example/ü.png"], &[]);
        for url in [
            "https://a.example/x%20y.png?q=a%2Fb#f",
            "http://a.example/x%20y.png?q=a/b",
            "https://A.EXAMPLE:443/x y.png?q=a%2fb",
        ] {
            let found = shelf.find(url).map(|(url, _)| url);
            assert_eq!(found, Some("https://a.example/x%20y.png?q=a%2Fb"), "{url}");
        }
        assert!(shelf.find("https://a.example/%C3%BC.png").is_some());
        assert!(shelf.find("https://a.example/x%20y.png").is_none(), "the query is part of the name");
        assert!(shelf.find("https://a.example:8443/x%20y.png?q=a%2Fb").is_none());
    }

    #[test]
    fn the_exact_url_comes_before_one_like_it() {
        let shelf = shelf(&["http://a.example/x", "https://a.example/x"], &[]);
        assert_eq!(shelf.find("http://a.example/x").map(|(url, _)| url), Some("http://a.example/x"));
        assert_eq!(shelf.find("https://a.example/x").map(|(url, _)| url), Some("https://a.example/x"));
    }

    #[test]
    fn what_a_recorder_left_relative_is_of_the_recorded_page() {
        let pages = ["about:blank", "https://shop.example/de/cart?x", "https://shop.example/de/cart?x"];
        let shelf = shelf(&["https://shop.example/de/img/a.png", "https://shop.example/b.png"], &pages);
        let found = |path: &str| shelf.find(&format!("{STAGE}{path}")).map(|(url, _)| url);
        assert_eq!(found("img/a.png"), Some("https://shop.example/de/img/a.png"));
        assert_eq!(found("b.png"), Some("https://shop.example/b.png"));
        assert_eq!(found("c.png"), None);
    }
}
