//! rocket over a socket, for what only the wire tells: panics, streams, upgrades, what rocket itself refuses.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;

use common::{ALLOWED, GRANTED, NOT_SHARED, UNTOUCHED, application, policy};
use cors_rocket::CorsFairing;
use rocket::fairing::AdHoc;
use rocket::futures::channel::mpsc::{UnboundedReceiver, unbounded};
use rocket::futures::{StreamExt, lock::Mutex};
use rocket::response::stream::TextStream;
use rocket::{Build, Rocket, Shutdown, State, get, routes};
use rocket_ws::{Stream, WebSocket};

/// A rocket in a thread of its own.
struct Server {
    address: SocketAddr,
    shutdown: Shutdown,
    thread: Option<thread::JoinHandle<()>>,
}

fn serve(rocket: Rocket<Build>) -> Server {
    let (sender, receiver) = mpsc::channel();
    let told = AdHoc::on_liftoff("told", move |rocket| {
        let (address, port) = (rocket.config().address, rocket.config().port);
        sender.send((SocketAddr::new(address, port), rocket.shutdown())).unwrap();
        Box::pin(async {})
    });
    let rocket = rocket.attach(CorsFairing::new(policy(&[]))).attach(told);
    let thread = thread::spawn(|| {
        rocket::execute(rocket.launch()).unwrap();
    });
    let (address, shutdown) = receiver.recv().unwrap();
    Server { address, shutdown, thread: Some(thread) }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
        let _ = self.thread.take().unwrap().join();
    }
}

impl Server {
    /// Sends a request, and reads the head of the response: the status, and the sorted lines of the protocol and `Vary`.
    fn ask(&self, request: &str, lines: &[&str]) -> (TcpStream, String, Vec<String>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        write!(stream, "{request} HTTP/1.1\r\nHost: test\r\n{lines}\r\n").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let ours = lines.filter(|line| line.starts_with("access-control-") || line.starts_with("vary"));
        let mut ours: Vec<_> = ours.map(str::to_owned).collect();
        ours.sort();
        (stream, status, ours)
    }
}

const FROM_APP: &str = "Origin: https://app.example";

#[test]
fn rocket_catches_a_panic_and_it_is_decorated() {
    #[get("/hello")]
    fn panics() {
        panic!("this handler panics, as the test wants it");
    }
    let server = serve(application().mount("/", routes![panics]));
    let (_, status, lines) = server.ask("GET /hello", &[FROM_APP]);
    assert_eq!((&*status, &*lines), ("500", &*owned(GRANTED)));
}

#[test]
fn a_stream_is_decorated_and_passed_on_as_it_comes() {
    type Chunks = Mutex<UnboundedReceiver<&'static str>>;
    #[get("/hello")]
    fn stream(chunks: &State<Chunks>) -> TextStream![&str] {
        TextStream! {
            while let Some(chunk) = chunks.lock().await.next().await {
                yield chunk;
            }
        }
    }
    let (sender, receiver) = unbounded();
    let server = serve(application().mount("/", routes![stream]).manage(Chunks::new(receiver)));
    let (mut stream, status, lines) = server.ask("GET /hello", &[FROM_APP, "Connection: close"]);
    assert_eq!((&*status, &*lines), ("200", &*owned(GRANTED)));
    // Each chunk is there before the next one is made.
    for chunk in ["one", "two"] {
        sender.unbounded_send(chunk).unwrap();
        let mut frame = [0; 8];
        stream.read_exact(&mut frame).unwrap();
        assert_eq!(frame, *format!("3\r\n{chunk}\r\n").as_bytes());
    }
    drop(sender);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "0\r\n\r\n");
}

#[test]
fn an_upgrade_to_a_web_socket_is_decorated_and_works() {
    #[get("/hello")]
    fn echo(socket: WebSocket) -> Stream!['static] {
        Stream! { socket =>
            for await message in socket {
                yield message?;
            }
        }
    }
    let server = serve(application().mount("/", routes![echo]));
    let upgrade = [
        FROM_APP,
        "Connection: upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    let (mut socket, status, lines) = server.ask("GET /hello", &upgrade);
    assert_eq!((&*status, &*lines), ("101", &*owned(GRANTED)));
    // A frame of text, masked with zeros.
    socket.write_all(b"\x81\x82\0\0\0\0hi").unwrap();
    let mut frame = [0; 4];
    socket.read_exact(&mut frame).unwrap();
    assert_eq!(&frame, b"\x81\x02hi");

    // Web sockets are not under CORS: nobody is kept out.
    let (_, status, lines) =
        server.ask("GET /hello", &[&["Origin: https://stranger.example"], &upgrade[1..]].concat());
    assert_eq!((&*status, &*lines), ("101", &*owned(NOT_SHARED)));
}

#[test]
fn an_answer_to_a_preflight_is_whole_on_the_wire() {
    #[get("/hello")]
    fn hello() -> &'static str {
        "hello"
    }
    let server = serve(application().mount("/", routes![hello]));
    let ask =
        [FROM_APP, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x-requested-with"];
    let (mut stream, status, lines) = server.ask("OPTIONS /hello", &ask);
    assert_eq!((&*status, &*lines), ("204", &*owned(ALLOWED)));
    // On the same connection, right behind it.
    write!(stream, "GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
    let mut actual = String::new();
    stream.read_to_string(&mut actual).unwrap();
    assert!(actual.starts_with("HTTP/1.1 200 OK\r\n") && actual.ends_with("\r\n\r\nhello"), "{actual}");
}

/// rocket answers a method that it does not know by itself.
#[test]
fn no_fairing_sees_an_unknown_method() {
    let server = serve(application().mount("/", routes![hello]));
    #[get("/hello")]
    fn hello() {}
    let (_, status, lines) = server.ask("PURGE /hello", &[FROM_APP]);
    assert_eq!((&*status, &*lines), ("400", &*owned(UNTOUCHED)));
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.into()).collect()
}
