//! A server that nobody should come to, by whatever protocol.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What the listener's own last visitor says, for whom it closes.
const GOODBYE: &str = "goodbye";

/// Listens on a port of its own, to connections and to packets, and notes all that come.
pub(crate) struct Listener {
    address: SocketAddr,
    visitors: Receiver<String>,
}

impl Listener {
    pub(crate) fn start() -> Self {
        // A port that is free for both.
        let (socket, packets) = std::iter::repeat_with(|| {
            let socket = TcpListener::bind("127.0.0.1:0").unwrap();
            let packets = UdpSocket::bind(socket.local_addr().unwrap());
            (socket, packets)
        })
        .find_map(|(socket, packets)| Some((socket, packets.ok()?)))
        .unwrap();
        let address = socket.local_addr().unwrap();
        let (note, visitors) = channel();
        let noted = note.clone();
        std::thread::spawn(move || {
            for visitor in socket.incoming() {
                let first_line = first_line(visitor.unwrap());
                if first_line == GOODBYE || note.send(first_line).is_err() {
                    return;
                }
            }
        });
        std::thread::spawn(move || hear(&packets, &noted));
        Self { address, visitors }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first line of each who came since this was asked before.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.visitors.try_iter().collect()
    }

    /// The first line of each who came, in order; empty for those who said nothing, and `udp` before what came in packets. Closes the door: nobody is counted after that.
    pub(crate) fn visitors(self) -> Vec<String> {
        // Both are taken in the order in which they came, so that everybody before these is counted.
        TcpStream::connect(self.address).unwrap().write_all(GOODBYE.as_bytes()).unwrap();
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(GOODBYE.as_bytes(), self.address).unwrap();
        self.visitors.iter().collect()
    }
}

fn hear(packets: &UdpSocket, note: &Sender<String>) {
    let mut said = [0; 2048];
    while let Ok((count, _)) = packets.recv_from(&mut said) {
        if &said[..count] == GOODBYE.as_bytes() || note.send(format!("udp {}", name_in(&said[..count]))).is_err() {
            return;
        }
    }
}

/// What can be read of a packet: names, if it is a question about one.
pub(crate) fn name_in(packet: &[u8]) -> String {
    let readable = |byte: &u8| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' };
    packet.iter().map(readable).collect()
}

fn first_line(mut visitor: TcpStream) -> String {
    visitor.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut said = [0; 256];
    let count = visitor.read(&mut said).unwrap_or(0);
    String::from_utf8_lossy(&said[..count]).lines().next().unwrap_or_default().to_owned()
}
