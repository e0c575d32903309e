//! A receiver of webhooks that does to each connection what a test wants.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// What becomes of one connection once its request has come.
pub(crate) enum Behaviour {
    /// These bytes, and its end.
    Answer(String),
    /// These bytes, which are no whole answer, and its end.
    Cut(&'static str),
    /// Nothing, for as long as the client stays.
    Hang,
    /// These bytes, and then nothing.
    HangAfter(&'static str),
    /// 200, and a body without end.
    Endless,
}

impl Behaviour {
    pub(crate) fn answer(status: u16) -> Self {
        Self::with(status, "")
    }

    /// An answer with header lines.
    pub(crate) fn with(status: u16, headers: &str) -> Self {
        let length = if status == 204 { "" } else { "content-length: 0\r\n" };
        Self::Answer(format!("HTTP/1.1 {status} X\r\n{length}connection: close\r\n{headers}\r\n"))
    }
}

/// A request as it came.
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Lives as long as its value.
pub(crate) struct Receiver {
    address: SocketAddr,
    requests: mpsc::UnboundedReceiver<Request>,
    connections: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start(behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        Self::serve(behaviours.into_iter().map(|behaviour| (behaviour, None)).collect()).await
    }

    /// One that answers one request when it is told to.
    pub(crate) async fn held(behaviour: Behaviour) -> (Self, oneshot::Sender<()>) {
        let (release, released) = oneshot::channel();
        (Self::serve(VecDeque::from([(behaviour, Some(released))])).await, release)
    }

    async fn serve(mut behaviours: VecDeque<(Behaviour, Option<oneshot::Receiver<()>>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, requests) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let Some((behaviour, release)) = behaviours.pop_front() else { continue };
                let heard = heard.clone();
                tokio::spawn(async move { receive(connection, behaviour, release, &heard).await });
            }
        });
        Self { address, requests, connections, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook?token=of-the-receiver", self.address)
    }

    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }

    /// The next request that came, or comes.
    pub(crate) async fn next(&mut self) -> Request {
        tokio::time::timeout(Duration::from_secs(20), self.requests.recv()).await.expect("a request").unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    mut connection: TcpStream,
    behaviour: Behaviour,
    release: Option<oneshot::Receiver<()>>,
    heard: &mpsc::UnboundedSender<Request>,
) {
    let Some(request) = read(&mut connection).await else { return };
    let _ = heard.send(request);
    if let Some(release) = release {
        let _ = release.await;
    }
    // The client may be gone, which is what some tests are about.
    let _ = match behaviour {
        Behaviour::Answer(bytes) => connection.write_all(bytes.as_bytes()).await,
        Behaviour::Cut(bytes) => connection.write_all(bytes.as_bytes()).await,
        Behaviour::Hang => stay(&mut connection, "").await,
        Behaviour::HangAfter(bytes) => stay(&mut connection, bytes).await,
        Behaviour::Endless => endless(&mut connection).await,
    };
}

/// Until the client goes.
async fn stay(connection: &mut TcpStream, bytes: &str) -> std::io::Result<()> {
    connection.write_all(bytes.as_bytes()).await?;
    while connection.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}

async fn endless(connection: &mut TcpStream) -> std::io::Result<()> {
    connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    loop {
        connection.write_all(&[b'x'; 4096]).await?;
    }
}

async fn read(connection: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.lines();
    let line = lines.next()?.to_owned();
    let headers: HeaderMap = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
        .collect();
    let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
    let mut body = bytes.split_off(head + 4);
    while body.len() < length {
        if connection.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { line, headers, body })
}
