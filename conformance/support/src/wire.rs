//! Raw HTTP/1.1 on a socket, and a body that is made while it is read.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{Answer, Ask, GRANTED, assert_cors, from_app};

/// Sends a request on a connection of its own, and reads the head of the answer. The body is still to be read.
///
/// # Errors
/// Those of the socket, and a head that is not one of HTTP/1.1.
pub fn send(to: impl ToSocketAddrs, ask: &Ask) -> io::Result<(Answer, TcpStream)> {
    let mut stream = TcpStream::connect(to)?;
    let lines: String = ask.lines.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    stream
        .write_all(format!("{} {} HTTP/1.1\r\nHost: test\r\n{lines}\r\n", ask.method, ask.uri).as_bytes())?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let answer = parse(&String::from_utf8_lossy(&head));
    Ok((answer.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?, stream))
}

fn parse(head: &str) -> Option<Answer> {
    let (status, lines) = head.split_once("\r\n")?;
    let status = status.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let lines = lines.lines().filter(|line| !line.is_empty());
    Some(Answer::new(status, lines.map(|line| line.split_once(": ")).collect::<Option<Vec<_>>>()?))
}

/// A body of chunks, each of which is there when somebody has sent it.
#[derive(Clone, Debug)]
pub struct Chunks(Arc<Mutex<UnboundedReceiver<&'static str>>>);

/// A body, and where its chunks are sent.
pub fn chunks() -> (UnboundedSender<&'static str>, Chunks) {
    let (sender, receiver) = unbounded_channel();
    (sender, Chunks(Arc::new(Mutex::new(receiver))))
}

impl Stream for Chunks {
    type Item = &'static str;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<&'static str>> {
        self.0.lock().expect("nobody panics with the lock").poll_recv(context)
    }
}

/// Asserts that `/hello` grants, and passes on each chunk before there is another one.
pub fn assert_streams(to: impl ToSocketAddrs, chunks: UnboundedSender<&'static str>) {
    let (answer, mut stream) = send(to, &from_app("GET", "/hello").line("connection", "close")).unwrap();
    assert_cors(&answer, 200, GRANTED);
    for chunk in ["one", "two"] {
        chunks.send(chunk).unwrap();
        let mut frame = [0; 8];
        stream.read_exact(&mut frame).unwrap();
        assert_eq!(frame, *format!("3\r\n{chunk}\r\n").as_bytes());
    }
    drop(chunks);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "0\r\n\r\n");
}
