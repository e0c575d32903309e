//! A server that nobody should come to.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// What the listener's own last visitor says, for whom it closes.
const GOODBYE: &str = "goodbye";

/// Listens on a port of its own and notes every connection.
pub(crate) struct Listener {
    address: SocketAddr,
    visitors: Receiver<String>,
}

impl Listener {
    pub(crate) fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let (note, visitors) = channel();
        std::thread::spawn(move || {
            for visitor in socket.incoming() {
                let first_line = first_line(visitor.unwrap());
                if first_line == GOODBYE || note.send(first_line).is_err() {
                    return;
                }
            }
        });
        Self { address, visitors }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first line of each who came, in order; empty for those who said nothing. Closes the door: nobody is counted after that.
    pub(crate) fn visitors(self) -> Vec<String> {
        // Connections are taken in the order in which they were made, so that everybody before this one is counted.
        TcpStream::connect(self.address).unwrap().write_all(GOODBYE.as_bytes()).unwrap();
        self.visitors.iter().collect()
    }
}

fn first_line(mut visitor: TcpStream) -> String {
    visitor.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut said = [0; 256];
    let count = visitor.read(&mut said).unwrap_or(0);
    String::from_utf8_lossy(&said[..count]).lines().next().unwrap_or_default().to_owned()
}
