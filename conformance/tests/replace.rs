//! S25 as other programs see it: a server reads its configuration again when it gets SIGHUP.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use common::{Server, places};

mod common;

/// How many clients ask at a time, and how often the policy is replaced in the meantime.
const CLIENTS: usize = 8;
const REPLACEMENTS_PER_SECOND: u32 = 50;

/// Writes the configuration anew, and returns the line with which the server answers.
fn replace(server: &mut Server, config: &str) -> String {
    put(&server.file("config.toml"), config);
    server.hang_up()
}

fn is_shared(server: &Server, path: &str, origin: &str) -> bool {
    let answer = ask(&mut TcpStream::connect(server.addr).unwrap(), path, origin, "close");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer.contains(&format!("access-control-allow-origin: {origin}\r\n"))
}

/// Nobody reads half a file.
fn put(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

/// The head of the answer, in lower case but for its first line.
fn ask(stream: &mut TcpStream, path: &str, origin: &str, connection: &str) -> String {
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: server.example\r\nOrigin: {origin}\r\nConnection: {connection}\r\n\r\n"
    )
    .unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().replacen("http/", "HTTP/", 1);
    let (first, lines) = head.split_once("\r\n").unwrap();
    let lines = lines.to_ascii_lowercase();
    let length = lines.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    format!("{first}\r\n{lines}")
}

#[test]
fn a_file_that_builds_replaces_the_policy() {
    let first = "[resources.'/hello'.origins.'https://a.example']\n";
    let second = "[resources.'/hello'.origins.'https://b.example']\n[resources.'/other'.origins.'https://b.example']\n";
    for (adapter, attach) in places() {
        let mut server = Server::start(adapter, attach, first, |_| Vec::new());
        assert!(is_shared(&server, "/hello", "https://a.example"), "{adapter} {attach}");
        assert!(!is_shared(&server, "/other", "https://b.example"));
        assert_eq!(replace(&mut server, second), "replaced", "{adapter} {attach}");
        assert!(!is_shared(&server, "/hello", "https://a.example"), "{adapter} {attach}");
        for path in ["/hello", "/other"] {
            assert!(is_shared(&server, path, "https://b.example"), "{adapter} {attach} {path}");
        }
        assert_eq!(replace(&mut server, first), "replaced", "{adapter} {attach}");
        assert!(!is_shared(&server, "/other", "https://b.example"), "{adapter} {attach}");
    }
}

#[test]
fn a_file_that_does_not_build_changes_nothing() {
    let config = "[resources.'/hello'.origins.'https://a.example']\n";
    for (adapter, attach) in places() {
        let mut server = Server::start(adapter, attach, config, |_| Vec::new());
        for bad in ["[resources.'/hello'.origins.'https://a.example/']\n", "[[", "[resources.'hello']"] {
            assert_eq!(replace(&mut server, bad), "kept", "{adapter} {attach} {bad}");
            assert!(is_shared(&server, "/hello", "https://a.example"), "{adapter} {attach}");
        }
        fs::remove_file(server.file("config.toml")).unwrap();
        assert_eq!(server.hang_up(), "kept");
        server.child.kill().unwrap();
        let mut errors = String::new();
        server.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(errors.lines().count(), 4, "{errors}");
        assert!(errors.contains("https://a.example/"), "{errors}");
    }
}

/// Each answer is wholly of one policy, and no connection is lost. For a minute each with `REPLACE_SECONDS=60`.
#[test]
fn answers_stay_whole_while_the_policy_is_replaced() {
    let seconds = env::var("REPLACE_SECONDS").map_or(1, |seconds| seconds.parse().unwrap());
    let configs = ["one", "two"].map(|name| {
        let more = if name == "one" { "allow_credentials = true\n" } else { "" };
        format!("[resources.'/hello'.origins.'https://a.example']\nexpose_headers = ['x-{name}']\n{more}")
    });
    for (adapter, attach) in places() {
        let mut server = Server::start(adapter, attach, &configs[0], |_| Vec::new());
        let addr = server.addr;
        let (stop, seen) = (AtomicBool::new(false), [AtomicU64::new(0), AtomicU64::new(0)]);
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let mut stream = TcpStream::connect(addr).unwrap();
                    while !stop.load(Ordering::Relaxed) {
                        let answer = ask(&mut stream, "/hello", "https://a.example", "keep-alive");
                        let credentials = answer.contains("access-control-allow-credentials: true");
                        let policy = match (answer.contains("x-one\r\n"), answer.contains("x-two\r\n")) {
                            (true, false) if credentials => 0,
                            (false, true) if !credentials => 1,
                            _ => panic!("{adapter} {attach}: of no policy alone: {answer}"),
                        };
                        seen[policy].fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            let start = Instant::now();
            let mut count = 0;
            while start.elapsed() < Duration::from_secs(seconds) {
                count += 1;
                assert_eq!(replace(&mut server, &configs[count % 2]), "replaced");
                thread::sleep(Duration::from_secs(1) / REPLACEMENTS_PER_SECOND);
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert!(seen.iter().all(|seen| seen.load(Ordering::Relaxed) > 0), "{adapter} {attach}: {seen:?}");
    }
}

/// A policy of some size, so that one that stays in memory is seen.
#[cfg(target_os = "linux")]
fn large(name: &str) -> String {
    let origins: Vec<_> = (0..500).map(|at| format!("https://{name}{at}.example")).collect();
    format!("[resources.'/hello'.origins.'https://a.example {}']\n", origins.join(" "))
}

/// What the server has in memory, in KiB.
#[cfg(target_os = "linux")]
fn resident(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim_end_matches("kB").trim().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn replacements_leave_memory_flat() {
    // Up to 90 KiB were seen, and 4,000 where the old policies stay.
    const MOST_KIB: u64 = 1024;
    let configs = ["one", "two"].map(large);
    for (adapter, attach) in places() {
        let mut server = Server::start(adapter, attach, &configs[0], |_| Vec::new());
        let mut stream = TcpStream::connect(server.addr).unwrap();
        let mut replace = |times| {
            for at in 0..times {
                assert_eq!(replace(&mut server, &configs[at % 2]), "replaced", "{adapter} {attach}");
                let answer = ask(&mut stream, "/hello", "https://a.example", "keep-alive");
                assert!(answer.contains("access-control-allow-origin: https://a.example"), "{answer}");
            }
            resident(&server)
        };
        let (warm, end) = (replace(10), replace(40));
        assert!(end < warm + MOST_KIB, "{adapter} {attach}: {warm} KiB, then {end} KiB");
    }
}
