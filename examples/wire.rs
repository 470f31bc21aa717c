//! What every example program sends, whatever its framework. Each program's test includes this file, and defines the program
//! (`PROGRAM`) and the framework's answer to a text in place of a number (`NOT_A_NUMBER`).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Server {
    program: Child,
    address: String,
}

impl Server {
    fn start() -> Self {
        let mut program =
            Command::new(super::PROGRAM).arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let address = first.strip_prefix("listening on http://").unwrap().to_owned();
        // Read the rest too, so that the program never writes into a closed pipe.
        let curl = lines.by_ref().take(6).collect::<Result<Vec<_>, _>>().unwrap();
        assert!(curl.iter().all(|line| line.starts_with("curl -i ") && line.contains(&address)), "{curl:?}");
        Self { program, address }
    }

    /// The status, then all lines of CORS headers and of `Vary`, sorted.
    fn ask(&self, method: &str, path: &str, lines: &[&str]) -> Vec<String> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{lines}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let head = answer.split("\r\n\r\n").next().unwrap();
        let (status, lines) = head.split_once("\r\n").unwrap();
        let lower_case = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            format!("{}: {value}", name.to_ascii_lowercase())
        };
        let mut lines: Vec<_> = lines.split("\r\n").map(lower_case).collect();
        lines.retain(|line| line.starts_with("access-control-") || line.starts_with("vary:"));
        lines.sort();
        lines.insert(0, status.split(' ').nth(1).unwrap().to_owned());
        lines
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

const APP: &str = "Origin: https://app.example";
const ADMIN: &str = "Origin: https://admin.example";
const DEVELOPER: &str = "Origin: http://localhost:5173";
const CREDENTIALS: &str = "access-control-allow-credentials: true";
const TO_APP: &str = "access-control-allow-origin: https://app.example";
const TO_ADMIN: &str = "access-control-allow-origin: https://admin.example";
const TO_DEVELOPER: &str = "access-control-allow-origin: http://localhost:5173";
const MAX_AGE: &str = "access-control-max-age: 600";
const VARY: &str = "vary: Origin";
const VARY_PREFLIGHT: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

#[test]
fn actual_requests() {
    let server = Server::start();
    let everybody = ["200", "access-control-allow-origin: *"];
    assert_eq!(server.ask("GET", "/status", &[]), everybody);
    assert_eq!(server.ask("GET", "/status", &[APP]), everybody);

    assert_eq!(server.ask("GET", "/notes/1", &[APP]), ["200", CREDENTIALS, TO_APP, VARY]);
    assert_eq!(server.ask("GET", "/notes/1", &[ADMIN]), ["200", VARY]);
    assert_eq!(server.ask("GET", "/notes/1", &[]), ["200", VARY]);
    // Not a number. The error response is shared as well.
    assert_eq!(server.ask("GET", "/notes/one", &[APP]), [super::NOT_A_NUMBER, CREDENTIALS, TO_APP, VARY]);
    assert_eq!(server.ask("DELETE", "/notes/1", &[ADMIN]), ["204", CREDENTIALS, TO_ADMIN, VARY]);
    assert_eq!(server.ask("DELETE", "/notes/1", &[APP]), ["204", VARY]);

    let exposed = "access-control-expose-headers: x-total-count";
    assert_eq!(server.ask("GET", "/notes", &[DEVELOPER]), ["200", TO_DEVELOPER, exposed, VARY]);
    assert_eq!(server.ask("GET", "/notes", &[APP]), ["200", CREDENTIALS, TO_APP, VARY]);
    assert_eq!(server.ask("POST", "/notes", &[APP]), ["201", CREDENTIALS, TO_APP, VARY]);

    assert_eq!(server.ask("GET", "/internal", &[APP]), ["200"]);
}

#[test]
fn preflights() {
    let server = Server::start();
    let delete = "Access-Control-Request-Method: DELETE";
    let only_delete = "access-control-allow-methods: DELETE";
    let allowed = ["204", CREDENTIALS, only_delete, TO_ADMIN, MAX_AGE, VARY_PREFLIGHT];
    assert_eq!(server.ask("OPTIONS", "/notes/1", &[ADMIN, delete]), allowed);
    assert_eq!(server.ask("OPTIONS", "/notes/1", &[APP, delete]), ["403", VARY_PREFLIGHT]);

    let put = "Access-Control-Request-Method: PUT";
    let content_type = "Access-Control-Request-Headers: content-type";
    let headers = "access-control-allow-headers: content-type";
    let methods = "access-control-allow-methods: GET, PUT, HEAD";
    let allowed = ["204", CREDENTIALS, headers, methods, TO_APP, MAX_AGE, VARY_PREFLIGHT];
    assert_eq!(server.ask("OPTIONS", "/notes/1", &[APP, put, content_type]), allowed);

    let post = "Access-Control-Request-Method: POST";
    let any = "Access-Control-Request-Headers: content-type,x-request-id";
    let headers = "access-control-allow-headers: content-type,x-request-id";
    let allowed = ["204", CREDENTIALS, headers, "access-control-allow-methods: POST", TO_APP, VARY_PREFLIGHT];
    assert_eq!(server.ask("OPTIONS", "/notes", &[APP, post, any]), allowed);
    let get = "Access-Control-Request-Method: GET";
    assert_eq!(server.ask("OPTIONS", "/notes", &[APP, get, any]), ["403", VARY_PREFLIGHT]);

    // Some frameworks have no 405.
    let [status] = &server.ask("OPTIONS", "/internal", &[APP, get])[..] else { panic!("it is shared") };
    assert!(["404", "405"].contains(&&**status), "{status}");
}
