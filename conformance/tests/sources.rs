//! S26 as other programs see it: a server whose origins are the rows of an SQLite database, which changes, is locked, damaged
//! and replaced while it serves.
#![cfg(unix)]

use std::path::Path;
use std::{fs, thread};

use common::{Server, places};
use cors_conformance::subject::Attach;
use cors_conformance::wire::Response;
use rusqlite::Connection;
use serde_json::Value;

mod common;

const A: &str = "https://a.example";
const B: &str = "https://b.example";

/// Every request asks.
const ALWAYS: &str = "[sources.tenants]\nttl = 0\nnegative_ttl = 0\ntimeout_ms = 5000\n";
const TENANTS: &str = "[resources.'/hello'.origins.'@tenants']\n";

fn start(adapter: &str, attach: Attach, config: &str, origins: &[&str]) -> Server {
    Server::start(adapter, attach, config, |files| {
        let database = files.join("tenants.db");
        write(&database, origins);
        vec!["--source".into(), format!("tenants={}", database.display()).into()]
    })
}

/// A database of its own, which takes the place of the one that is there.
fn write(path: &Path, origins: &[&str]) {
    let new = path.with_extension("new");
    let database = Connection::open(&new).unwrap();
    database.execute_batch("CREATE TABLE origins(origin TEXT PRIMARY KEY)").unwrap();
    for origin in origins {
        database.execute("INSERT INTO origins VALUES (?1)", [origin]).unwrap();
    }
    database.close().unwrap();
    fs::rename(new, path).unwrap();
}

fn open(server: &Server) -> Connection {
    Connection::open(server.file("tenants.db")).unwrap()
}

fn get(server: &Server, path: &str, origin: &str) -> Response {
    server.send(&format!("GET {path}"), &[&format!("Origin: {origin}")])
}

fn is_shared(server: &Server, path: &str, origin: &str) -> bool {
    let response = get(server, path, origin);
    assert_eq!((response.status, &response.body[..]), (200, format!("GET {path}").as_bytes()));
    let vary: Vec<_> = response.lines("vary").collect();
    assert_eq!(vary, [b"Origin"], "{origin}");
    let allowed: Vec<_> = response.lines("access-control-allow-origin").collect();
    assert!(allowed.is_empty() || allowed == [origin.as_bytes()], "{origin}");
    !allowed.is_empty()
}

fn named<'a>(events: &'a [Value], event: &str) -> Vec<&'a Value> {
    events.iter().filter(|found| found["event"] == event).collect()
}

#[test]
fn an_origin_belongs_while_the_database_has_it() {
    let config = format!("{ALWAYS}{TENANTS}allow_methods = ['GET', 'PUT']\nallow_headers = ['x-a']\n");
    for (adapter, attach) in places() {
        let server = start(adapter, attach, &config, &[A]);
        let preflight = |origin: &str| {
            let asks = ["Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x-a"];
            let response = server.send("OPTIONS /hello", &[&format!("Origin: {origin}"), asks[0], asks[1]]);
            response.status
        };
        for round in 0..2 {
            assert!(is_shared(&server, "/hello", A) && preflight(A) == 204, "{adapter} {attach} {round}");
            assert!(!is_shared(&server, "/hello", B) && preflight(B) == 403, "{adapter} {attach} {round}");
            open(&server).execute("UPDATE origins SET origin = ?1", [B]).unwrap();
            assert!(!is_shared(&server, "/hello", A) && preflight(A) == 403, "{adapter} {attach} {round}");
            assert!(is_shared(&server, "/hello", B) && preflight(B) == 204, "{adapter} {attach} {round}");
            open(&server).execute("UPDATE origins SET origin = ?1", [A]).unwrap();
        }
        for malformed in
            ["https://a.example/", "HTTPS://a.example", "null", "https://a.example, https://b.example"]
        {
            assert!(!is_shared(&server, "/hello", malformed), "{adapter} {attach} {malformed}");
        }
        let events = server.events();
        assert_eq!(named(&events, "source-failed"), Vec::<&Value>::new(), "{adapter} {attach}");
    }
}

#[test]
fn a_database_that_fails_shares_nothing_and_is_told() {
    let config = format!("{ALWAYS}{TENANTS}");
    for (adapter, attach) in places() {
        let server = start(adapter, attach, &config, &[A]);
        let path = server.file("tenants.db");
        let fails = |what: &str| {
            let before = server.events().len();
            assert!(!is_shared(&server, "/hello", A), "{adapter} {attach} {what}");
            let events = server.events();
            let failed = named(&events[before..], "source-failed");
            assert_eq!(failed.len(), 1, "{adapter} {attach} {what}: {events:?}");
            let members =
                ["source", "origin", "method", "path"].map(|name| failed[0][name].as_str().unwrap());
            assert_eq!(members, ["tenants", A, "GET", "/hello"], "{adapter} {attach} {what}");
            failed[0]["failure"].as_str().unwrap().to_owned()
        };
        let works = |what: &str| assert!(is_shared(&server, "/hello", A), "{adapter} {attach} after {what}");
        works("the start");

        let locked = open(&server);
        locked.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
        assert!(fails("locked").contains("locked"));
        drop(locked);
        works("the lock");
        open(&server).execute("INSERT INTO origins VALUES ('https://c.example')", []).unwrap();

        fs::write(&path, "not a database at all, but long enough to be read as one".repeat(40)).unwrap();
        fails("damaged");
        fs::remove_file(&path).unwrap();
        fails("deleted");
        assert!(!path.exists(), "it is opened for reading");
        write(&path, &[A]);
        works("a new file");
        open(&server).execute_batch("DROP TABLE origins").unwrap();
        assert!(fails("without the table").contains("origins"));
        write(&path, &[A]);
        works("the table");
    }
}

#[test]
fn answers_are_kept_and_outlive_a_replacement() {
    let config = format!("[sources.tenants]\nttl = 600\nnegative_ttl = 600\ntimeout_ms = 5000\n{TENANTS}");
    for (adapter, attach) in places() {
        let mut server = start(adapter, attach, &config, &[A]);
        let kept = |server: &Server, what: &str| {
            assert!(is_shared(server, "/hello", A), "{adapter} {attach} {what}");
            assert!(!is_shared(server, "/hello", B), "{adapter} {attach} {what}");
        };
        kept(&server, "at first");
        write(&server.file("tenants.db"), &[B]);
        kept(&server, "with another database");
        fs::remove_file(server.file("tenants.db")).unwrap();
        kept(&server, "without a database");
        let more = format!("{config}expose_headers = ['x-new']\n");
        fs::write(server.file("config.toml"), more).unwrap();
        assert_eq!(server.hang_up(), "replaced");
        kept(&server, "after a replacement");
        let exposed = get(&server, "/hello", A);
        assert_eq!(exposed.lines("access-control-expose-headers").collect::<Vec<_>>(), [b"x-new"]);
        assert_eq!(named(&server.events(), "source-failed"), Vec::<&Value>::new(), "{adapter} {attach}");
    }
}

#[test]
fn what_is_more_specific_asks_nothing() {
    let config = format!(
        "{ALWAYS}{TENANTS}[resources.'/hello'.origins.'https://a.example']\n\
         [resources.'/hello'.origins.'https://*.b.example']\nexpose_headers = ['x-b']\n\
         [resources.'/hello'.origins.'*']\nexpose_headers = ['x-any']\n"
    );
    for (adapter, attach) in places() {
        let server = start(adapter, attach, &config, &[]);
        // Each question fails.
        fs::remove_file(server.file("tenants.db")).unwrap();
        for (origin, allowed, asks) in [
            (A, A, false),
            ("https://x.b.example", "https://x.b.example", false),
            // What the source does not have goes on to `*`.
            ("https://c.example", "*", true),
            ("null", "*", false),
            ("https://C.example", "*", false),
        ] {
            let before = server.events().len();
            let response = get(&server, "/hello", origin);
            let found: Vec<_> = response.lines("access-control-allow-origin").collect();
            assert_eq!(found, [allowed.as_bytes()], "{adapter} {attach} {origin}");
            let events = server.events();
            let failed = named(&events[before..], "source-failed").len();
            assert_eq!(failed, usize::from(asks), "{adapter} {attach} {origin}");
        }
    }
}

/// S22: plain http gets no credentials from a source.
#[test]
fn an_insecure_origin_does_not_belong() {
    let config = format!("{ALWAYS}{TENANTS}allow_credentials = true\n");
    for (adapter, attach) in places() {
        let insecure = "http://a.example";
        let server = start(adapter, attach, &config, &[insecure, "http://localhost:3000", A]);
        assert!(!is_shared(&server, "/hello", insecure), "{adapter} {attach}");
        let events = server.events();
        let told = named(&events, "not-shared");
        assert_eq!(told.len(), 1, "{adapter} {attach}");
        assert_eq!((&told[0]["reason"], &told[0]["rule"]), (&"origin".into(), &"S22".into()));
        assert_eq!(told[0]["source"], "tenants");
        for origin in ["http://localhost:3000", A] {
            assert!(is_shared(&server, "/hello", origin), "{adapter} {attach} {origin}");
        }
        drop(server);
        let accepted = format!("accept_risks = ['insecure-origin-with-credentials']\n{config}");
        let server = start(adapter, attach, &accepted, &[insecure]);
        assert!(is_shared(&server, "/hello", insecure), "{adapter} {attach}");
    }
}

/// S27: the second policy uses kept answers, and asks nothing.
#[test]
fn a_second_policy_asks_nothing() {
    let config = format!("[sources.tenants]\ntimeout_ms = 5000\n{TENANTS}[resources.'/other']\n");
    let second = format!("{TENANTS}allow_credentials = true\n[resources.'/other'.origins.'@tenants']\n");
    for (adapter, attach) in places() {
        let server = Server::start(adapter, attach, &config, |files| {
            write(&files.join("tenants.db"), &[A, B]);
            fs::write(files.join("second.toml"), &second).unwrap();
            let source = format!("tenants={}", files.join("tenants.db").display());
            vec!["--source".into(), source.into(), "--report-only".into(), files.join("second.toml").into()]
        });
        // The policy asks, so the answer is kept.
        assert!(is_shared(&server, "/hello", A), "{adapter} {attach}");
        let gains = |server: &Server| named(&server.events(), "would-gain").len();
        assert_eq!(gains(&server), 1, "{adapter} {attach}");
        // It does not ask here, and nothing is kept.
        assert!(!is_shared(&server, "/other", B), "{adapter} {attach}");
        assert_eq!(gains(&server), 1, "{adapter} {attach}");
        assert!(!is_shared(&server, "/other", A), "{adapter} {attach}");
        assert_eq!(gains(&server), 2, "{adapter} {attach}");
    }
}

#[test]
fn many_tenants_at_once_are_all_served() {
    let tenants: Vec<_> = (0..500).map(|number| format!("https://t{number}.example")).collect();
    let origins: Vec<_> = tenants.iter().map(String::as_str).collect();
    let config = format!("[sources.tenants]\ntimeout_ms = 25000\n{TENANTS}");
    for (adapter, attach) in places() {
        let server = start(adapter, attach, &config, &origins);
        let shared = thread::scope(|scope| {
            let asked: Vec<_> =
                origins.iter().map(|origin| scope.spawn(|| is_shared(&server, "/hello", origin))).collect();
            asked.into_iter().filter_map(|asked| asked.join().ok()).filter(|shared| *shared).count()
        });
        assert_eq!(shared, tenants.len(), "{adapter} {attach}");
    }
}

/// S28: who may act is who may read.
#[test]
fn enforcement_asks_too() {
    let config = format!(
        "{ALWAYS}[enforce]\nmode = 'refuse'\n[resources.'/count'.origins.'@tenants']\nallow_credentials = true\n"
    );
    for (adapter, attach) in places() {
        let server = start(adapter, attach, &config, &[A]);
        let post = |origin: &str| {
            server.send("POST /count", &[&format!("Origin: {origin}"), "Cookie: session=1"]).status
        };
        let count = || String::from_utf8(server.send("GET /count", &[]).body).unwrap();
        assert_eq!((post(A), count()), (200, "1".into()), "{adapter} {attach}");
        assert_eq!((post(B), count()), (403, "1".into()), "{adapter} {attach}");
        fs::remove_file(server.file("tenants.db")).unwrap();
        assert_eq!((post(A), count()), (403, "1".into()), "{adapter} {attach}");
    }
}
