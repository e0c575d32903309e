//! In a network of its own, in which every packet is counted and every address leads to us: none is sent.

use std::net::{TcpStream, ToSocketAddrs as _, UdpSocket};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};

use super::play;
use crate::cage::canaries::Site;
use crate::cage::listener::{Listener, name_in};
use crate::program::Room;

/// Set where this test runs once more, in the network.
const INSIDE: &str = "REPLAYREEL_TEST_INSIDE";
const NAME: &str = "cage::browser::network::not_one_packet_is_sent_and_no_name_is_looked_up";
const RESOLVER: &str = "127.0.0.53";
/// Goes into a network without anything but itself; all addresses there are its own, so that whoever is called answers. Names are asked of the resolver.
const ENTER: &str = "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && { ip -6 route add local ::/0 dev lo || true; } && \
     mount --bind \"$1\" /etc/resolv.conf && shift && exec \"$@\"";

#[test]
fn not_one_packet_is_sent_and_no_name_is_looked_up() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let room = Room::new();
    let resolver = room.file("resolv.conf", format!("nameserver {RESOLVER}\n"));
    let enter = |line: &[&str]| {
        let words = ["--net", "--mount", "sh", "-c", ENTER, "sh", &resolver];
        Command::new("unshare").args(words).args(line).env(INSIDE, "1").output()
    };
    match enter(&["true"]) {
        Ok(tried) if tried.status.success() => {}
        tried => return println!("skipped: no network namespace can be made here: {tried:?}"),
    }
    let own = std::env::current_exe().unwrap();
    let done = enter(&[own.to_str().unwrap(), "--exact", NAME, "--nocapture"]).unwrap();
    let printed = [done.stdout, done.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(done.status.success() && printed.contains("1 passed"), "{printed}");
}

fn inside() {
    let questions = resolver();
    // What is counted, and who is heard, if somebody does send something.
    assert!(("control.canary.example", 80).to_socket_addrs().is_err());
    let asked: Vec<String> = questions.try_iter().collect();
    assert!(asked.iter().any(|name| name.contains("control.canary.example")), "{asked:?}");
    let looked_up = packets();
    assert!(looked_up > 0);
    assert!(TcpStream::connect("203.0.113.7:80").is_err());
    assert!(packets() > looked_up);
    for with_assets in [false, true] {
        let (room, listener) = (Room::new(), Listener::start());
        let site = Site::new(listener.address(), &room);
        let before = packets();
        let played = play(&room, &site, with_assets);
        let sent = packets() - before;
        let asked: Vec<String> = questions.try_iter().collect();
        assert_eq!(asked, [""; 0], "looked up");
        assert_eq!(sent, 0, "packets were sent, to {:?}", listener.visitors());
        played.assert_without_red();
    }
}

/// Answers that there is no such name, and tells of each that was asked for.
fn resolver() -> Receiver<String> {
    let socket = UdpSocket::bind((RESOLVER, 53)).unwrap();
    let (note, questions) = channel();
    std::thread::spawn(move || {
        let mut question = [0; 2048];
        while let Ok((count, from)) = socket.recv_from(&mut question) {
            let question = &mut question[..count];
            let _ = note.send(name_in(question));
            // RFC 1035, 4.1.1: an answer, and NXDOMAIN.
            (question[2], question[3]) = (0x81, 0x83);
            let _ = socket.send_to(question, from);
        }
    });
    questions
}

/// Packets sent in this network so far, by anybody, over whatever protocol.
fn packets() -> u64 {
    let counts = std::fs::read_to_string("/proc/self/net/dev").unwrap();
    counts.lines().skip(2).map(|line| line.split_whitespace().nth(10).unwrap().parse::<u64>().unwrap()).sum()
}
