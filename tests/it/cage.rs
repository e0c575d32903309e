//! A recording is a stranger's HTML: nothing in it runs, nothing leaves the machine, no file of the machine is shown.

mod attacks;
pub(crate) mod browser;
pub(crate) mod canaries;
pub(crate) mod listener;
mod markup;

use listener::Listener;

#[test]
fn the_listener_counts_whoever_comes() {
    assert_eq!(Listener::start().visitors(), [""; 0]);
    let listener = Listener::start();
    std::net::TcpStream::connect(listener.address()).unwrap();
    let mut talker = std::net::TcpStream::connect(listener.address()).unwrap();
    std::io::Write::write_all(&mut talker, b"GET /img-src HTTP/1.1\r\n\r\n").unwrap();
    let packet = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    packet.send_to(b"stun", listener.address()).unwrap();
    let mut visitors = listener.visitors();
    visitors.sort();
    assert_eq!(visitors, ["", "GET /img-src HTTP/1.1", "udp stun"]);
}

#[test]
fn there_are_many_attacks_and_each_has_a_name_of_its_own() {
    let room = crate::program::Room::new();
    let site = canaries::Site::new("127.0.0.1:9".parse().unwrap(), &room);
    assert!(canaries::Site::count() > 200, "{}", canaries::Site::count());
    let elements = site.elements("body");
    let mut names: Vec<&String> = elements.iter().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), elements.len());
    for (name, line) in &elements {
        let filled = ["@URL", "@SCRIPT", "@JS", "@PAGE", "@SVG", "@FILE", "@HOST", "@WS", "@ADDRESS"];
        assert!(!filled.iter().any(|mark| line.contains(mark)), "{line}");
        assert!(!markup::read(line).is_empty(), "{name}");
    }
}
