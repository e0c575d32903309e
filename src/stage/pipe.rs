//! DevTools over a pair of pipes (`--remote-debugging-pipe`): JSON messages, each ended by a zero byte.
//!
//! A pipe rather than a WebSocket, for four reasons: no port is open that another user of the machine could connect to; the
//! browser ends by itself when our end is closed, even if we are killed; commands that overlap are not held back for 40 ms
//! by the interplay of Nagle's algorithm and delayed acknowledgements (measured; the usual client does not switch the former off);
//! and replies of hundreds of kilobytes are parsed once, where they lie.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::{mpsc as async_mpsc, oneshot, watch};

use super::loading::Loading;

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Vec<u8>>>>>;
/// By session: pages come and go in a browser, and what one of them says must not reach another's stage.
type Routes = Arc<Mutex<HashMap<String, Route>>>;

/// Where a page's events go.
#[derive(Debug)]
struct Route {
    happened: async_mpsc::UnboundedSender<Event>,
    loading: Arc<Loading>,
}

/// The two ends that a browser is started with: it reads commands from the first (descriptor 3) and writes to the second (4).
#[derive(Debug)]
pub(super) struct BrowserEnds {
    pub commands: OwnedFd,
    pub replies: OwnedFd,
}

/// Our ends.
#[derive(Debug)]
pub(super) struct Pipe {
    outgoing: mpsc::Sender<Vec<u8>>,
    waiting: Waiting,
    next_id: AtomicU64,
    closed: watch::Receiver<bool>,
    crashed: Arc<AtomicBool>,
    routes: Routes,
}

/// Something that happened in the browser, as it came.
#[derive(Debug)]
pub(super) struct Event {
    pub method: String,
    pub message: Vec<u8>,
}

#[derive(Deserialize)]
struct Head<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, rename = "sessionId")]
    session: Option<std::borrow::Cow<'a, str>>,
}

/// A reply, still as text.
#[derive(Debug, Deserialize)]
pub(super) struct Reply<'a> {
    #[serde(borrow)]
    pub result: Option<&'a RawValue>,
    pub error: Option<ReplyError>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReplyError {
    pub code: i64,
    pub message: String,
}

impl Pipe {
    /// Both pairs of ends.
    pub(super) fn open() -> std::io::Result<(Self, BrowserEnds)> {
        let (commands, to_browser) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        let (from_browser, replies) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        // Pictures are larger than the usual 64 KiB: with room for one, the browser need not wait for us to read.
        for end in [&to_browser, &from_browser] {
            let _ = rustix::pipe::fcntl_setpipe_size(end, PIPE_BYTES);
        }
        let waiting = Waiting::default();
        let (announce, closed) = watch::channel(false);
        let (outgoing, messages) = mpsc::channel::<Vec<u8>>();
        // Two threads: a browser that hangs may stop reading as well as writing, and neither must block anything else.
        std::thread::Builder::new()
            .name("devtools-out".into())
            .spawn(move || send(File::from(to_browser), &messages))?;
        let replies_to = Arc::clone(&waiting);
        let crashed = Arc::new(AtomicBool::new(false));
        let page_crashed = Arc::clone(&crashed);
        let routes = Routes::default();
        let events_to = Arc::clone(&routes);
        std::thread::Builder::new().name("devtools-in".into()).spawn(move || {
            receive(File::from(from_browser), &replies_to, &page_crashed, &events_to);
            // Whoever asks from here on is refused, and nobody who asked before will be answered any more.
            let _ = announce.send(true);
            lock(&replies_to).clear();
            lock(&events_to).clear();
        })?;
        let pipe = Self { outgoing, waiting, next_id: AtomicU64::new(1), closed, crashed, routes };
        Ok((pipe, BrowserEnds { commands, replies }))
    }

    /// Whether the page's own process ended, while the browser may live on.
    pub(super) fn has_crashed(&self) -> bool {
        self.crashed.load(Ordering::Relaxed)
    }

    /// Whether the browser closed its end, which it does when it ends.
    pub(super) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// From here on, the page's events and requests go to what is returned.
    pub(super) fn listen(&self, session: &str) -> (Arc<Loading>, async_mpsc::UnboundedReceiver<Event>) {
        let (happened, events) = async_mpsc::unbounded_channel();
        let loading = Arc::new(Loading::default());
        lock(&self.routes).insert(session.to_owned(), Route { happened, loading: Arc::clone(&loading) });
        (loading, events)
    }

    /// The page is gone.
    pub(super) fn forget(&self, session: &str) {
        lock(&self.routes).remove(session);
    }

    /// Sends a command; `params` is JSON. The receiver gets the whole reply, or fails if the browser is gone first.
    pub(super) fn send(&self, method: &str, session: Option<&str>, params: &str) -> oneshot::Receiver<Vec<u8>> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let session = session.map(|session| format!(r#","sessionId":"{session}""#)).unwrap_or_default();
        let message = format!("{{\"id\":{id},\"method\":\"{method}\"{session},\"params\":{params}}}\0");
        let (answer, answered) = oneshot::channel();
        lock(&self.waiting).insert(id, answer);
        if self.is_closed() || self.outgoing.send(message.into_bytes()).is_err() {
            lock(&self.waiting).remove(&id);
        }
        answered
    }
}

const PIPE_BYTES: usize = 1 << 20;

fn send(mut pipe: File, messages: &mpsc::Receiver<Vec<u8>>) {
    while let Ok(message) = messages.recv() {
        if pipe.write_all(&message).is_err() {
            break;
        }
    }
}

fn receive(pipe: impl Read, waiting: &Waiting, crashed: &AtomicBool, routes: &Routes) {
    let mut pipe = BufReader::with_capacity(PIPE_BYTES, pipe);
    loop {
        let mut message = Vec::new();
        match pipe.read_until(0, &mut message) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if message.last() == Some(&0) {
            message.pop();
        }
        match serde_json::from_slice::<Head<'_>>(&message) {
            Ok(Head { id: Some(id), .. }) => {
                if let Some(answer) = lock(waiting).remove(&id) {
                    // Whoever asked may have given up.
                    let _ = answer.send(message);
                }
            }
            // The browser lives on, but answers nothing that was asked of the page: frames would be waited for until the time limit.
            // A page that was forgotten is being closed, and its process may go first.
            Ok(Head { method: Some(method), session, .. })
                if method == "Inspector.targetCrashed"
                    && session.as_ref().is_none_or(|session| lock(routes).contains_key(session.as_ref())) =>
            {
                crashed.store(true, Ordering::Relaxed);
                return;
            }
            Ok(Head { method: Some(method), session: Some(session), .. }) => {
                if let Some(route) = lock(routes).get(session.as_ref())
                    // Noted here, before any later answer reaches whoever waits for it.
                    && !route.loading.note(&method, &message)
                {
                    let method = method.into_owned();
                    let _ = route.happened.send(Event { method, message });
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!("a DevTools message that is none: {error}"),
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
