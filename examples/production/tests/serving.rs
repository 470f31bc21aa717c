//! The program over real HTTP, while its files change.
#![cfg(unix)]

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use cors_test_support::{Answer, plain, preflight, wire};
use tempfile::TempDir;

const APP: &str = "https://app.example.com";
const PARTNER: &str = "https://partner.example";

struct Server {
    program: Child,
    address: String,
    metrics: String,
    log: Receiver<String>,
    files: TempDir,
}

impl Server {
    fn start() -> Self {
        let files = TempDir::new().unwrap();
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in ["cors.toml", "next.toml"] {
            fs::copy(own.join(file), files.path().join(file)).unwrap();
        }
        let mut program = Command::new(env!("CARGO_BIN_EXE_cors-example-production"))
            .args(["127.0.0.1:0", "127.0.0.1:0"])
            .args(["cors.toml", "next.toml"].map(|file| files.path().join(file)))
            .env("LOG", "debug")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut address = |before: &str| {
            // The policy's own advice may come first.
            let line = lines.find(|line| line.starts_with(before)).unwrap();
            line.strip_prefix(before).unwrap().to_owned()
        };
        let (address, metrics) = (address("listening on http://"), address("metrics on http://"));
        let (sender, log) = mpsc::channel();
        thread::spawn(move || lines.try_for_each(|line| sender.send(line)));
        Self { program, address, metrics, log, files }
    }

    fn get(&self, origin: &'static str) -> Answer {
        wire::send(&self.address, &plain("GET", "/notes").line("origin", origin)).unwrap().0
    }

    fn is_shared(&self, origin: &'static str) -> bool {
        self.get(origin).value("access-control-allow-origin") == Some(origin)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.files.path().join(file);
        fs::write(path.with_extension("new"), text).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.files.path().join(file)).unwrap()
    }

    fn counted(&self) -> String {
        let ask = plain("GET", "/metrics").line("connection", "close");
        io::read_to_string(wire::send(&self.metrics, &ask).unwrap().1).unwrap()
    }

    /// Waits for a line of the log.
    fn logs(&self, text: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.log.recv_timeout(left).unwrap_or_else(|_| panic!("not in the log: {text}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    fn hang_up(&self) {
        // The shell has it, where there is no program `kill`.
        let kill = format!("kill -HUP {}", self.program.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn a_changed_file_is_served_and_a_broken_one_is_not() {
    let server = Server::start();
    assert!(server.is_shared(APP) && !server.is_shared(PARTNER));
    server.write("cors.toml", &server.read("next.toml"));
    let line = server.logs("the policy was replaced");
    assert!(line.contains("https://partner.example gains read: GET, HEAD, POST at /notes"), "{line}");
    assert!(server.is_shared(APP) && server.is_shared(PARTNER));

    server.write("cors.toml", "[defaults.origins.\"https://app.example.com/\"]\nmax_age = -1\n");
    let line = server.logs("the policy was kept");
    assert!(line.contains("write https://app.example.com") && line.contains("max_age"), "{line}");
    let counted = server.counted();
    assert!(counted.contains("cors_policy_serves_its_file{policy=\"policy\"} 0"), "{counted}");
    assert!(counted.contains("cors_policy_serves_its_file{policy=\"next policy\"} 1"), "{counted}");
    assert!(server.is_shared(APP) && server.is_shared(PARTNER));

    fs::remove_file(server.files.path().join("next.toml")).unwrap();
    server.logs("the next policy was replaced");
    server.hang_up();
    server.logs("the policy was kept");
    fs::remove_file(server.files.path().join("cors.toml")).unwrap();
    server.logs("the policy was kept");
    server.hang_up();
    let line = server.logs("the policy was kept");
    assert!(line.contains("cors.toml"), "{line}");
}

/// Each `curl` of the page gives the line that stands below it.
#[test]
fn the_page_shows_the_real_log() {
    let server = Server::start();
    let page = include_str!("../README.md");
    let told: Vec<_> = page.split("$ curl -i ").skip(1).collect();
    assert_eq!(told.len(), 5);
    for told in told {
        let (call, rest) = told.split_once('\n').unwrap();
        let line = rest.lines().find(|line| !line.is_empty()).unwrap();
        let (level, line) = line.split_once(' ').unwrap();
        let mut lines: Vec<(&str, &str)> = Vec::new();
        let (mut method, mut words) = ("GET", call.split('\''));
        let path = loop {
            let word = words.next().unwrap().trim();
            if let Some(after) = word.strip_prefix("-X ") {
                method = after.split(' ').next().unwrap();
            }
            if let Some((_, path)) = word.split_once("127.0.0.1:3000") {
                break path;
            }
            if word.ends_with("-H") {
                lines.push(words.next().unwrap().split_once(": ").unwrap());
            }
        };
        let ask = lines.into_iter().fold(plain(method, path), |ask, (name, value)| ask.line(name, value));
        wire::send(&server.address, &ask).unwrap();
        let logged = server.logs(line);
        assert!(logged.contains(&format!(" {level} ")), "{logged}");
    }
}

#[test]
fn what_is_refused_is_in_the_log_and_counted() {
    let server = Server::start();
    let refused = wire::send(&server.address, &preflight(APP, "PATCH", "/notes/1")).unwrap().0;
    assert_eq!(refused.status, 403);
    let line = server.logs("CORS refused a preflight");
    assert!(line.contains("reason=\"method\"") && line.contains("missing=\"PATCH\""), "{line}");

    assert!(!server.is_shared(PARTNER));
    server.logs("CORS did not share a response");
    let line = server.logs("the next CORS policy would share more");
    assert!(line.contains("https://partner.example"), "{line}");

    let foreign = plain("POST", "/notes").line("origin", "https://evil.example").line("cookie", "session=1");
    assert_eq!(wire::send(&server.address, &foreign).unwrap().0.status, 403);
    server.logs("CORS enforcement refused a request");

    let counted = server.counted();
    for counter in [
        "cors_events_total{event=\"refused\",reason=\"method\",resource=\"/notes/{id}\"} 1",
        "cors_events_total{event=\"not-shared\",reason=\"origin\",resource=\"/notes\"} 1",
        "cors_events_total{event=\"would-gain\",reason=\"origin\",resource=\"/notes\"} 1",
        "cors_events_total{event=\"enforced\",reason=\"cross-site\",resource=\"/notes\"} 1",
    ] {
        assert!(counted.contains(counter), "{counter} is not in:\n{counted}");
    }
    assert!(!counted.contains("evil.example"));
}
