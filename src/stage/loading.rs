//! What the page loads: how many requests are under way, what was served and what was missing.
//!
//! A frame may only be drawn when all that it needs has come. Of pictures in styles a page's script is told nothing, so the browser is
//! asked (`Network`): it tells of each request in the order of the page's own answers, so that whoever has the page's answer knows of
//! every request that was begun before it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::watch;

/// The requests of one page.
#[derive(Debug)]
pub(super) struct Loading {
    state: Mutex<State>,
    under_way: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    under_way: HashSet<String>,
    served: BTreeMap<String, u64>,
    missing: BTreeMap<String, u64>,
}

/// URLs counted at most; a hostile page can make up any number.
const MOST_URLS: usize = 10_000;

#[derive(Deserialize)]
struct Note<'a> {
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow, rename = "requestId")]
    id: Cow<'a, str>,
    #[serde(borrow)]
    request: Option<Requested<'a>>,
}

#[derive(Deserialize)]
struct Requested<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
}

impl Default for Loading {
    fn default() -> Self {
        Self { state: Mutex::default(), under_way: watch::channel(0).0 }
    }
}

impl Loading {
    /// Takes note of a DevTools event, in the order of arrival. Returns whether it was one of these.
    pub(super) fn note(&self, method: &str, message: &[u8]) -> bool {
        let begins = match method {
            "Network.requestWillBeSent" => true,
            "Network.loadingFinished" | "Network.loadingFailed" => false,
            other => return other.starts_with("Network."),
        };
        let Ok(Note { params }) = serde_json::from_slice::<Note<'_>>(message) else { return true };
        let mut state = self.state();
        if begins {
            // `data:` and `blob:` come from the page itself.
            if params.request.is_some_and(|request| request.url.starts_with("http")) {
                state.under_way.insert(params.id.into_owned());
            }
        } else {
            state.under_way.remove(params.id.as_ref());
        }
        let _ = self.under_way.send_replace(state.under_way.len());
        true
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.state().under_way.is_empty()
    }

    /// Waits until nothing is under way. What takes longer than `patience` is given up, and its number returned.
    pub(super) async fn idle(&self, patience: Duration) -> usize {
        let mut under_way = self.under_way.subscribe();
        let idle = under_way.wait_for(|count| *count == 0);
        if tokio::time::timeout(patience, idle).await.is_ok() {
            return 0;
        }
        let mut state = self.state();
        let given_up = state.under_way.len();
        state.under_way.clear();
        let _ = self.under_way.send_replace(0);
        given_up
    }

    pub(super) fn count_served(&self, url: &str) {
        count(&mut self.state().served, url);
    }

    pub(super) fn count_missing(&self, url: &str) {
        count(&mut self.state().missing, url);
    }

    /// What was served and what was missing so far: URL and how often.
    pub(super) fn counts(&self) -> (BTreeMap<String, u64>, BTreeMap<String, u64>) {
        let state = self.state();
        (state.served.clone(), state.missing.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(counts: &mut BTreeMap<String, u64>, url: &str) {
    if let Some(count) = counts.get_mut(url) {
        *count += 1;
    } else if counts.len() < MOST_URLS {
        counts.insert(url.to_owned(), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, url: &str) -> String {
        format!(r#"{{"method":"x","params":{{"requestId":"{id}","request":{{"url":"{url}"}}}}}}"#)
    }

    #[tokio::test]
    async fn requests_are_under_way_until_they_are_finished_or_have_failed() {
        let loading = Loading::default();
        assert!(loading.note("Network.requestWillBeSent", event("1", "https://a.example/").as_bytes()));
        assert!(loading.note("Network.requestWillBeSent", event("2", "https://a.example/").as_bytes()));
        assert!(loading.note("Network.requestWillBeSent", event("3", "data:,").as_bytes()));
        assert!(loading.note("Network.loadingFinished", event("1", "").as_bytes()));
        assert!(!loading.is_idle());
        assert!(loading.note("Network.loadingFailed", event("2", "").as_bytes()));
        assert!(loading.is_idle());
        assert_eq!(loading.idle(Duration::from_secs(100)).await, 0);
        assert!(!loading.note("Fetch.requestPaused", event("4", "https://a.example/").as_bytes()));
        assert!(loading.is_idle());
    }

    #[tokio::test]
    async fn what_never_ends_is_given_up() {
        let loading = Loading::default();
        loading.note("Network.requestWillBeSent", event("1", "https://a.example/").as_bytes());
        assert_eq!(loading.idle(Duration::from_millis(10)).await, 1);
        assert!(loading.is_idle());
    }
}
