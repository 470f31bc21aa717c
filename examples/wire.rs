//! What every example program sends, whatever its framework. Each program's test includes this file, and defines the program
//! (`PROGRAM`) and the framework's answer to a text in place of a number (`NOT_A_NUMBER`).

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use cors_test_support::{
    APP, Answer, Ask, TO_APP, VARY_PREFLIGHT, assert_cors, from_app, plain, preflight, wire,
};

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

    #[track_caller]
    fn assert(&self, ask: &Ask, status: u16, lines: &[&str]) {
        assert_cors(&self.ask(ask), status, lines);
    }

    fn ask(&self, ask: &Ask) -> Answer {
        wire::send(&self.address, ask).unwrap().0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

const ADMIN: &str = "https://admin.example";
const DEVELOPER: &str = "http://localhost:5173";
const CREDENTIALS: &str = "access-control-allow-credentials: true";
const TO_ADMIN: &str = "access-control-allow-origin: https://admin.example";
const TO_DEVELOPER: &str = "access-control-allow-origin: http://localhost:5173";
const MAX_AGE: &str = "access-control-max-age: 600";
const VARY: &str = "vary: Origin";

fn from(origin: &'static str, method: &'static str, uri: &'static str) -> Ask {
    plain(method, uri).line("origin", origin)
}

#[test]
fn actual_requests() {
    let server = Server::start();
    let everybody = ["access-control-allow-origin: *"];
    server.assert(&plain("GET", "/status"), 200, &everybody);
    server.assert(&from_app("GET", "/status"), 200, &everybody);

    server.assert(&from_app("GET", "/notes/1"), 200, &[CREDENTIALS, TO_APP, VARY]);
    server.assert(&from(ADMIN, "GET", "/notes/1"), 200, &[VARY]);
    server.assert(&plain("GET", "/notes/1"), 200, &[VARY]);
    // Not a number. The error response is shared as well.
    server.assert(&from_app("GET", "/notes/one"), super::NOT_A_NUMBER, &[CREDENTIALS, TO_APP, VARY]);
    server.assert(&from(ADMIN, "DELETE", "/notes/1"), 204, &[CREDENTIALS, TO_ADMIN, VARY]);
    server.assert(&from_app("DELETE", "/notes/1"), 204, &[VARY]);

    let exposed = "access-control-expose-headers: x-total-count";
    server.assert(&from(DEVELOPER, "GET", "/notes"), 200, &[TO_DEVELOPER, exposed, VARY]);
    server.assert(&from_app("GET", "/notes"), 200, &[CREDENTIALS, TO_APP, VARY]);
    server.assert(&from_app("POST", "/notes"), 201, &[CREDENTIALS, TO_APP, VARY]);

    server.assert(&from_app("GET", "/internal"), 200, &[]);
}

#[test]
fn preflights() {
    let server = Server::start();
    let methods = "access-control-allow-methods: DELETE";
    let allowed = [CREDENTIALS, methods, TO_ADMIN, MAX_AGE, VARY_PREFLIGHT];
    server.assert(&preflight(ADMIN, "DELETE", "/notes/1"), 204, &allowed);
    server.assert(&preflight(APP, "DELETE", "/notes/1"), 403, &[VARY_PREFLIGHT]);

    let headers = "access-control-allow-headers: content-type";
    let methods = "access-control-allow-methods: GET, PUT, HEAD";
    let allowed = [CREDENTIALS, headers, methods, TO_APP, MAX_AGE, VARY_PREFLIGHT];
    let put = preflight(APP, "PUT", "/notes/1").line("access-control-request-headers", "content-type");
    server.assert(&put, 204, &allowed);

    let asks = |method| {
        let any = "content-type,x-request-id";
        preflight(APP, method, "/notes").line("access-control-request-headers", any)
    };
    let headers = "access-control-allow-headers: content-type,x-request-id";
    let methods = "access-control-allow-methods: POST";
    server.assert(&asks("POST"), 204, &[CREDENTIALS, headers, methods, TO_APP, VARY_PREFLIGHT]);
    server.assert(&asks("GET"), 403, &[VARY_PREFLIGHT]);

    // Some frameworks have no 405.
    let answer = server.ask(&preflight(APP, "GET", "/internal"));
    assert!([404, 405].contains(&answer.status) && answer.cors_lines().is_empty(), "{answer:?}");
}
