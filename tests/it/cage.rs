//! A recording is a stranger's HTML: nothing in it runs, nothing leaves the machine, no file of the machine is shown.

pub(crate) mod browser;
pub(crate) mod canaries;
pub(crate) mod listener;

use listener::Listener;

#[test]
fn the_listener_counts_whoever_comes() {
    assert_eq!(Listener::start().visitors(), [""; 0]);
    let listener = Listener::start();
    std::net::TcpStream::connect(listener.address()).unwrap();
    let mut talker = std::net::TcpStream::connect(listener.address()).unwrap();
    std::io::Write::write_all(&mut talker, b"GET /img-src HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(listener.visitors(), ["", "GET /img-src HTTP/1.1"]);
}
