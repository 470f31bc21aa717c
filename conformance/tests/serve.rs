//! The command as other programs use it: first line, exit statuses, how it stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

use cors_conformance::foreign::terminate;

const BINARY: &str = env!("CARGO_BIN_EXE_cors-conformance");
const GOOD: &str = "[resources.'/hello'.origins.'https://a.example']\n";

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", process::id()));
    fs::write(&path, text).unwrap();
    path
}

fn serve(config: &PathBuf, more: &[&str]) -> Command {
    serve_with("tower", config, more)
}

fn serve_with(adapter: &str, config: &PathBuf, more: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(["serve", "--adapter", adapter, "--addr", "127.0.0.1:0", "--config"]).arg(config).args(more);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(mut command: Command) -> (Child, SocketAddr) {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let addr = line.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("`{line}`"));
    (child, addr.parse().unwrap())
}

fn get(addr: SocketAddr) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream
        .write_all(
            b"GET /hello HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nConnection: close\r\n\r\n",
        )
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn end(mut child: Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        match child.try_wait().unwrap() {
            Some(status) => return status,
            None if start.elapsed() > Duration::from_secs(10) => {
                child.kill().unwrap();
                panic!("it does not stop");
            }
            None => thread::sleep(Duration::from_millis(10)),
        }
    }
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

fn refused(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    lines(&output.stderr)
}

#[test]
fn the_first_line_is_flushed_and_it_serves() {
    let config = file("first.toml", GOOD);
    let (child, addr) = start(serve(&config, &[]));
    assert_ne!(addr.port(), 0);
    let text = get(addr);
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert!(text.contains("access-control-allow-origin: https://a.example"), "{text}");
    terminate(&child);
    assert_eq!(end(child).code(), Some(0));
}

#[test]
fn json_is_read_by_its_extension() {
    let config = file("good.json", r#"{"resources": {"/hello": {"origins": {"https://a.example": {}}}}}"#);
    let (child, addr) = start(serve(&config, &["--attach", "resource"]));
    assert!(get(addr).contains("access-control-allow-origin: https://a.example"));
    terminate(&child);
    assert_eq!(end(child).code(), Some(0));
}

#[test]
fn sigterm_stops_it_with_an_open_connection() {
    let config = file("open.toml", GOOD);
    for adapter in ["tower", "actix-web", "warp"] {
        let (child, addr) = start(serve_with(adapter, &config, &[]));
        let _idle = TcpStream::connect(addr).unwrap();
        let mut half = TcpStream::connect(addr).unwrap();
        half.write_all(b"GET /hello HT").unwrap();
        terminate(&child);
        assert_eq!(end(child).code(), Some(0));
    }
}

#[test]
fn the_end_of_standard_input_stops_it_if_asked() {
    let config = file("stdin.toml", GOOD);
    let (mut child, addr) = start(serve(&config, &["--until-stdin-closes"]));
    assert!(get(addr).contains("200 OK"));
    drop(child.stdin.take());
    assert_eq!(end(child).code(), Some(0));
}

#[test]
fn the_end_of_standard_input_does_not_stop_it_otherwise() {
    let config = file("no-stdin.toml", GOOD);
    let (mut child, addr) = start(serve(&config, &[]));
    drop(child.stdin.take());
    thread::sleep(Duration::from_millis(200));
    assert!(get(addr).contains("200 OK"));
    terminate(&child);
    assert_eq!(end(child).code(), Some(0));
}

#[test]
fn a_web_socket_echoes_text() {
    for adapter in ["tower", "actix-web", "warp"] {
        echoes_text(adapter);
    }
}

fn echoes_text(adapter: &str) {
    let config = file("socket.toml", "[resources.'/ws'.origins.'https://a.example']\n");
    let (child, addr) = start(serve_with(adapter, &config, &[]));
    let mut stream = TcpStream::connect(addr).unwrap();
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    write!(stream, "GET /ws HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n{upgrade}{key}\r\n\r\n")
        .unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let head: Vec<_> =
        reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
    assert!(head[0].starts_with("HTTP/1.1 101"), "{head:?}");
    assert!(head.contains(&"access-control-allow-origin: https://a.example".to_owned()), "{head:?}");
    // A masked text frame, its mask all zeros; the server's frame has none.
    stream.write_all(b"\x81\x82\0\0\0\0hi").unwrap();
    let mut frame = [0; 4];
    reader.read_exact(&mut frame).unwrap();
    assert_eq!(&frame, b"\x81\x02hi");
    terminate(&child);
    assert_eq!(end(child).code(), Some(0));
}

#[test]
fn every_error_of_a_configuration_is_a_line() {
    let text = "a_first_key = 1\n[defaults.origins.'https://a.example/']\n[resources.'/x'.origins.'*']\nallow_credentials = true\n";
    let errors = refused(&serve(&file("bad.toml", text), &[]).output().unwrap());
    assert_eq!(errors.len(), 3, "{errors:#?}");
    for part in ["a_first_key", "https://a.example/", "any-origin-with-credentials"] {
        assert!(errors.iter().any(|error| error.contains(part)), "{part}: {errors:#?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("there-is-no-such-file.toml");
    for config in [
        missing,
        file("config.yaml", GOOD),
        file("none", GOOD),
        file("syntax.toml", "[["),
        file("syntax.json", "{"),
    ] {
        let errors = refused(&serve(&config, &[]).output().unwrap());
        assert_eq!(errors.len(), 1, "{errors:#?}");
    }
}

#[test]
fn misuse_is_one_line_and_status_2() {
    let config = file("misuse.toml", GOOD);
    let config = config.to_str().unwrap();
    for arguments in [
        &["serve", "--adapter", "gopher", "--config", config][..],
        &["serve", "--config", config],
        &["serve", "--adapter", "tower", "--config", config, "--addr", "nowhere"],
        &["serve", "--adapter", "tower", "--config", config, "--attach", "sideways"],
        &["serve", "--adapter", "tower", "--config", config, "--no-such-flag"],
        &["run", "--adapter", "gopher"],
        &["run", "--command", "server --no-placeholders"],
        &["dance"],
        &[],
    ] {
        let errors = refused(&Command::new(BINARY).args(arguments).output().unwrap());
        assert_eq!(errors.len(), 1, "{arguments:?}: {errors:#?}");
    }
}

#[test]
fn an_address_in_use_is_status_2() {
    let config = file("in-use.toml", GOOD);
    let (child, addr) = start(serve(&config, &[]));
    let taken = Command::new(BINARY)
        .args(["serve", "--adapter", "tower", "--addr", &addr.to_string(), "--config"])
        .arg(&config)
        .output()
        .unwrap();
    assert_eq!(refused(&taken).len(), 1);
    terminate(&child);
    end(child);
}

#[test]
fn adapters_are_listed_one_per_line() {
    let output = Command::new(BINARY).arg("adapters").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(lines(&output.stdout).contains(&"tower".to_owned()));
}

#[test]
fn run_prints_a_matrix() {
    let output =
        Command::new(BINARY).args(["run", "--adapter", "tower", "--filter", "S2:"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("rule") && text.contains("tower/app") && text.contains("0 failed"), "{text}");
}

#[test]
fn run_writes_the_matrix_for_machines_and_as_a_page() {
    let run = |format: &str| {
        let arguments = ["run", "--adapter", "tower", "--filter", "S5:", "--format", format];
        let output = Command::new(BINARY).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
    let passed = json["sum"]["passed"].as_u64().unwrap();
    assert_eq!(json["columns"], serde_json::json!(["model", "tower/app", "tower/resource"]));
    assert_eq!(json["rules"][0]["rule"], "S5");
    assert_eq!(json["rules"][0]["title"], "built");
    assert!(passed > 0 && json["sum"]["failed"] == 0, "{}", json["sum"]);
    let page = run("html");
    assert!(
        page.starts_with("<!doctype html>") && page.contains(&format!("<strong>{passed}</strong> passed"))
    );
    let markdown = run("markdown");
    assert!(markdown.contains("| rule | model | tower |") && markdown.contains("| S5 built | ✓ | ✓ |"));
}

#[test]
fn run_drives_a_foreign_command() {
    let command =
        format!("{BINARY} serve --adapter tower --config {{config}} --addr {{addr}} --attach {{attach}}");
    let output =
        Command::new(BINARY).args(["run", "--filter", "S2", "--command", &command]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("command/app") && text.contains("command/resource"), "{text}");
}

#[test]
fn a_failing_case_is_status_1() {
    let command = format!("{BINARY} serve --adapter tower --config {{config}} --addr 127.0.0.1:1 {{addr}}");
    let output =
        Command::new(BINARY).args(["run", "--filter", "S2:", "--command", &command]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("FAILED"));
}
