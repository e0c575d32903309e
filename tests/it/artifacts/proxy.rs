//! Connections that fail when a test says so: a proxy between a store and its server, which understands nothing of what they say.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The next request is answered with 500 and does not reach the server.
    Error,
    /// After so many more bytes to the server the connection that they come by ends.
    CutAfter(usize),
    /// After so many more bytes nothing comes through on any connection that is open then.
    StallAfter(usize),
}

#[derive(Default)]
struct State {
    faults: Mutex<VecDeque<Fault>>,
    stalled: Notify,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    heal: watch::Sender<u64>,
    task: JoinHandle<()>,
}

/// What is to be done with bytes.
enum Way {
    Through,
    Answer,
    Cut,
    Stall,
}

impl State {
    fn way(&self, length: usize) -> Way {
        let mut faults = self.faults.lock().unwrap();
        let Some(fault) = faults.front_mut() else { return Way::Through };
        match fault {
            Fault::Error => {
                faults.pop_front();
                Way::Answer
            }
            Fault::CutAfter(left) | Fault::StallAfter(left) if *left > length => {
                *left -= length;
                Way::Through
            }
            Fault::CutAfter(_) => {
                faults.pop_front();
                Way::Cut
            }
            // Stays: whatever is tried again stalls as well.
            Fault::StallAfter(left) => {
                *left = 0;
                Way::Stall
            }
        }
    }
}

impl Proxy {
    pub(crate) async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let (heal, healed) = watch::channel(0);
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (shared, mut healed) = (Arc::clone(&shared), healed.clone());
                healed.mark_unchanged();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = pass(client, server, &shared) => {}
                        // What was stuck then ends.
                        _ = healed.changed() => {}
                    }
                });
            }
        });
        Self { address, state, heal, task }
    }

    pub(crate) fn next(&self, fault: Fault) {
        self.state.faults.lock().unwrap().push_back(fault);
    }

    pub(crate) fn pending(&self) -> usize {
        self.state.faults.lock().unwrap().len()
    }

    pub(crate) async fn stalled(&self) {
        self.state.stalled.notified().await;
    }

    /// No more faults, and all connections anew.
    pub(crate) fn heal(&self) {
        self.state.faults.lock().unwrap().clear();
        self.heal.send_modify(|count| *count += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(client: TcpStream, server: SocketAddr, state: &State) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    let (answer, mut answers) = tokio::sync::mpsc::channel::<()>(1);
    let up = async {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = from_client.read(&mut buffer).await?;
            if read == 0 {
                return to_server.shutdown().await;
            }
            match state.way(read) {
                Way::Through => to_server.write_all(&buffer[..read]).await?,
                Way::Cut => return Err(std::io::Error::other("cut")),
                Way::Stall => {
                    state.stalled.notify_one();
                    std::future::pending::<()>().await;
                }
                Way::Answer => {
                    let _ = answer.send(()).await;
                    std::future::pending::<()>().await;
                }
            }
        }
    };
    let down = async {
        let mut buffer = vec![0; 64 << 10];
        loop {
            tokio::select! {
                _ = answers.recv() => {
                    to_client.write_all(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await?;
                    return to_client.shutdown().await;
                }
                read = from_server.read(&mut buffer) => match read? {
                    0 => return to_client.shutdown().await,
                    read => to_client.write_all(&buffer[..read]).await?,
                },
            }
        }
    };
    tokio::select! {
        up = up => up,
        down = down => down,
    }
}
