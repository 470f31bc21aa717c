//! The playground as a program: started on free ports, and called over sockets as a browser would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Every adapter that the program lists, and its framework's answer to a body that is too long.
const ADAPTERS: [(&str, &str); 5] = [
    ("tower", "Failed to buffer the request body: length limit exceeded"),
    ("actix-web", "payload reached size limit"),
    ("rocket", "413 Payload Too Large"),
    ("warp", "The request payload is too large"),
    ("poem", "payload too large"),
];

/// Runs a test with each adapter.
fn with_each_adapter(test: impl Fn(&Playground)) {
    for (adapter, _) in ADAPTERS {
        eprintln!("with {adapter}");
        let playground = Playground::start_with(adapter);
        assert_eq!(playground.setup["adapter"], adapter);
        test(&playground);
    }
}

struct Playground {
    program: Child,
    page: String,
    setup: Value,
}

impl Playground {
    fn start() -> Self {
        Self::start_with("tower")
    }

    fn start_with(adapter: &str) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cors-playground"))
            .args(["--page-port", "0", "--api-port", "0", "--adapter", adapter])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let page =
            first.trim().strip_prefix("open http://").expect("the first line names the page").to_owned();
        let setup = json(&get(&page, "/setup"));
        Self { program, page, setup }
    }

    fn host(&self, name: &str) -> &str {
        self.setup[name].as_str().and_then(|origin| origin.strip_prefix("http://")).unwrap()
    }

    fn origin(&self, name: &str) -> &str {
        self.setup[name].as_str().unwrap()
    }

    /// Calls the API as the page does. `lines` are the request's first line and its headers.
    fn call(&self, lines: &[&str], body: &str) -> Answer {
        let head = format!(
            "{} HTTP/1.1\r\nOrigin: {}\r\nContent-Length: {}\r\n{}",
            lines[0],
            self.origin("page"),
            body.len(),
            lines[1..].iter().map(|line| format!("{line}\r\n")).collect::<String>()
        );
        ask(self.host("api"), &head, body)
    }

    /// Whether the page may read the answer.
    fn shares(&self, answer: &Answer) -> bool {
        answer.head.contains(&format!("\r\naccess-control-allow-origin: {}\r\n", self.origin("page")))
    }

    fn apply(&self, text: &str) -> Answer {
        ask(&self.page, &format!("PUT /config HTTP/1.1\r\nContent-Length: {}\r\n", text.len()), text)
    }

    fn exchanges(&self, run: &str) -> Value {
        json(&get(&self.page, &format!("/exchanges?run={run}")))["exchanges"].take()
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn get(host: &str, path: &str) -> Answer {
    ask(host, &format!("GET {path} HTTP/1.1\r\n"), "")
}

fn ask(host: &str, head: &str, body: &str) -> Answer {
    ask_as(host, host, head, body)
}

fn ask_as(host: &str, name: &str, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "{head}Host: {name}\r\nConnection: close\r\n\r\n{body}").unwrap();
    answer(stream)
}

fn answer(mut stream: TcpStream) -> Answer {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body)
        .unwrap_or_else(|_| panic!("no JSON: {} {}", answer.status, answer.body))
}

fn header<'a>(lines: &'a Value, name: &str) -> Option<&'a str> {
    lines.as_array().unwrap().iter().find(|line| line[0] == name).and_then(|line| line[1].as_str())
}

#[test]
fn the_page_is_served_and_names_both_other_origins() {
    let playground = Playground::start();
    let page = get(&playground.page, "/?autorun");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("CORS playground"));
    assert!(page.head.contains(&format!("connect-src 'self' {};", playground.origin("api"))));
    assert!(page.head.contains("set-cookie: playground_user=ada"));
    for file in ["/app.js", "/style.css"] {
        assert_eq!(get(&playground.page, file).status, 200);
    }
    let frame = get(playground.host("stranger"), "/");
    assert!(frame.body.contains(&format!("data-page=\"{}\"", playground.origin("page"))));
}

#[test]
fn only_its_own_name_may_change_the_configuration() {
    let playground = Playground::start();
    let localhost = playground.page.replace("127.0.0.1", "localhost");
    let moved = ask_as(&playground.page, &localhost, "GET /?autorun HTTP/1.1\r\n", "");
    assert_eq!(moved.status, 307);
    assert!(moved.head.contains(&format!("location: http://{}/?autorun", playground.page)));
    let rebound =
        ask_as(&playground.page, "evil.example", "PUT /config HTTP/1.1\r\nContent-Length: 0\r\n", "");
    assert_eq!(rebound.status, 421);
}

#[test]
fn a_preflight_and_its_request_are_recorded_and_explained() {
    with_each_adapter(|playground| {
        let origin = playground.origin("page");
        let asked = ["Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type"];
        let preflight = playground.call(&["OPTIONS /notes/1?run=r1", asked[0], asked[1]], "");
        assert_eq!(preflight.status, 204);
        let read = playground.call(&["GET /notes/1?run=r1", "X-Twice: 1", "X-Twice: 2"], "");
        assert_eq!((read.status, read.body.as_str()), (200, "milk"));
        assert!(playground.shares(&read));

        let exchanges = playground.exchanges("r1");
        let [first, second] = exchanges.as_array().unwrap().as_slice() else {
            panic!("not two: {exchanges}")
        };
        assert_eq!((&first["kind"], &first["response"]["status"]), (&"preflight".into(), &204.into()));
        assert_eq!(header(&first["request"]["headers"], "access-control-request-method"), Some("PUT"));
        assert_eq!(header(&first["response"]["headers"], "access-control-allow-origin"), Some(origin));
        assert_eq!((&second["kind"], &second["request"]["method"]), (&"actual".into(), &"GET".into()));
        for exchange in [first, second] {
            let explanation = exchange["explanation"].as_str().unwrap();
            assert!(explanation.contains("/notes/{id}") && explanation.contains(origin), "{explanation}");
        }
        assert_eq!(playground.exchanges("another"), Value::Array(Vec::new()));
    });
}

#[test]
fn the_model_says_why_the_browser_keeps_an_answer_from_the_page() {
    let playground = Playground::start();
    let blocked = |run: &str| {
        let exchanges = json(&get(&playground.page, &format!("/exchanges?run={run}")));
        exchanges["exchanges"][0]["blocked"].as_str().map(str::to_owned)
    };
    playground.call(&["GET /report?run=read"], "");
    assert_eq!(blocked("read"), None);
    assert_eq!(
        blocked("read&credentials=include").as_deref(),
        Some("Access-Control-Allow-Credentials is not true")
    );
    playground.call(&["GET /private?run=private"], "");
    assert_eq!(blocked("private").as_deref(), Some("Access-Control-Allow-Origin is missing"));
    let put = "Access-Control-Request-Method: PUT";
    playground.call(&["OPTIONS /notes/1?run=put", put, "Access-Control-Request-Headers: content-type"], "");
    assert_eq!(blocked("put"), None);
    playground.call(&["OPTIONS /notes/1?run=header", put, "Access-Control-Request-Headers: x-debug"], "");
    assert_eq!(blocked("header").as_deref(), Some("Access-Control-Allow-Origin is missing"));
}

#[test]
fn the_api_knows_the_cookie_of_the_page() {
    with_each_adapter(|playground| {
        let known = playground.call(&["GET /me", "Cookie: other=1; playground_user=ada"], "");
        assert_eq!((known.status, known.body.as_str()), (200, "{\"user\":\"ada\"}"));
        assert!(known.head.contains("\r\naccess-control-allow-credentials: true\r\n"));
        let unknown = playground.call(&["GET /me"], "");
        assert_eq!(unknown.status, 401);
        assert!(playground.shares(&unknown));
    });
}

#[test]
fn errors_are_shared_the_frameworks_own_as_well() {
    with_each_adapter(|playground| {
        let failed = playground.call(&["GET /error"], "");
        assert_eq!((failed.status, playground.shares(&failed)), (500, true));
        let no_such_method = playground.call(&["POST /me"], "");
        // rocket has no 405.
        let status = if playground.setup["adapter"] == "rocket" { 404 } else { 405 };
        assert_eq!((no_such_method.status, playground.shares(&no_such_method)), (status, true));
        let nowhere = playground.call(&["GET /nowhere"], "");
        assert_eq!((nowhere.status, playground.shares(&nowhere)), (404, false));
    });
}

#[test]
fn each_framework_answers_in_its_own_words() {
    for (adapter, words) in ADAPTERS {
        let playground = Playground::start_with(adapter);
        let too_long = playground.call(&["POST /notes"], &"a".repeat(4097));
        assert_eq!(too_long.status, 413);
        assert!(too_long.body.contains(words), "{}", too_long.body);
        assert!(playground.shares(&too_long));
    }
}

#[test]
fn a_configuration_is_applied_without_a_restart() {
    with_each_adapter(|playground| {
        let stranger = playground.origin("stranger");
        let call = |run: &str| {
            let head = format!("GET /report?run={run} HTTP/1.1\r\nOrigin: {stranger}\r\n");
            ask(playground.host("api"), &head, "").head.contains("access-control-allow-origin")
        };
        assert!(!call("before"));
        assert_eq!(playground.call(&["PUT /notes/7"], "kept").status, 200);
        let text = format!("[resources.\"/report\".origins.{stranger:?}]\n");
        let applied = playground.apply(&text);
        assert_eq!((applied.status, &json(&applied)["number"]), (200, &2.into()));
        assert!(call("after"));
        assert_eq!(playground.call(&["GET /notes/7"], "").body, "kept");
        assert_eq!(json(&get(&playground.page, "/config"))["text"], text.as_str());
        assert_eq!(playground.exchanges("before")[0]["configuration"], 1);
        assert_eq!(playground.exchanges("after")[0]["configuration"], 2);
        let event = format!(
            "not-shared: reason origin, rule S1, method \"GET\", path \"/report\", resource \"/report\", origin {stranger:?}"
        );
        assert_eq!(playground.exchanges("before")[0]["events"], serde_json::json!([event]));
        assert_eq!(playground.exchanges("after")[0]["events"], serde_json::json!([]));
    });
}

#[test]
fn a_wrong_configuration_is_refused_with_all_mistakes_and_changes_nothing() {
    let playground = Playground::start();
    let before = json(&get(&playground.page, "/config"));
    let text = "[defaults.origins.\"https://app.example/\"]\nallow_methods = [\"TRACE\"]\nmax_age = -1\n\n\
                [resources.\"/me\".origins.\"*\"]\nallow_credentials = true\n";
    let refused = playground.apply(text);
    assert_eq!(refused.status, 422);
    let errors = json(&refused)["errors"].take();
    let lines: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["line"].as_u64()).collect();
    assert_eq!(lines, [Some(1), Some(2), Some(3), Some(5)], "{errors}");
    assert!(errors.to_string().contains("any-origin-with-credentials"), "{errors}");

    let no_toml = playground.apply("[defaults\n");
    assert_eq!((no_toml.status, json(&no_toml)["errors"].as_array().map(Vec::len)), (422, Some(1)));
    assert_eq!(playground.apply(&"#".repeat(70_000)).status, 413);
    assert_eq!(json(&get(&playground.page, "/config")), before);
}

#[test]
fn the_first_configuration_needs_no_advice() {
    let playground = Playground::start();
    assert_eq!(json(&get(&playground.page, "/config"))["advice"], Value::Array(Vec::new()));
}

#[test]
fn misuse_is_one_line_and_status_2() {
    let playground = Playground::start();
    let taken = playground.page.rsplit(':').next().unwrap();
    let adapters = format!("[possible values: {}]", ADAPTERS.map(|(adapter, _)| adapter).join(", "));
    let misuses = [
        (["--page-port", "x"], "x"),
        (["--page-port", taken], taken),
        (["--nonsense", "1"], "--nonsense"),
        (["--adapter", "nginx"], &adapters),
    ];
    for (arguments, said) in misuses {
        let output = Command::new(env!("CARGO_BIN_EXE_cors-playground")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains(said), "{message}");
        assert!(output.stdout.is_empty());
    }
}
