//! Raw HTTP/1.1 on a socket: exactly what is written here goes over the wire, including odd bytes and repeated lines.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The longest time that a server may take for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// One request. `Host`, `Connection: close` and, where a method needs it, `Content-Length: 0` are added unless they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The request target.
    pub target: String,
    /// The header lines without their line ends.
    pub lines: Vec<Vec<u8>>,
}

impl Request {
    /// The bytes for a server at an address.
    pub fn bytes(&self, addr: SocketAddr) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for line in &self.lines {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
        let mut add = |name: &str, value: &str| {
            if !self.names(name) {
                bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
        };
        add("Host", &addr.to_string());
        add("Connection", "close");
        if matches!(self.method.as_str(), "POST" | "PUT" | "PATCH") {
            add("Content-Length", "0");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    fn names(&self, name: &str) -> bool {
        self.lines.iter().any(|line| {
            line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
                && line.get(name.len()) == Some(&b':')
        })
    }
}

/// One response, its header lines in the order of the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Name and value of each line.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, decoded if it came in chunks.
    pub body: Vec<u8>,
}

impl Response {
    /// The values of all lines of a name.
    pub fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| &value[..])
    }

    fn says(&self, name: &str, word: &[u8]) -> bool {
        self.lines(name).any(|value| value.eq_ignore_ascii_case(word))
    }
}

/// What went over the wire in both directions; its `Display` is the recorded exchange of a report.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request's bytes.
    pub sent: Vec<u8>,
    /// The response, or how the connection ended without one.
    pub got: Result<Response, String>,
}

/// Sends one request on a connection of its own and reads the answer.
pub fn send(addr: SocketAddr, request: &Request) -> Exchange {
    let sent = request.bytes(addr);
    let got = exchange(addr, &sent, request.method == "HEAD").map_err(|error| error.to_string());
    Exchange { sent, got }
}

fn exchange(addr: SocketAddr, request: &[u8], head_only: bool) -> io::Result<Response> {
    Connection::open(addr)?.send(request, head_only)
}

/// A connection for one request after another.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Errors of the socket.
    pub fn open(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&addr, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends the bytes of one request and reads the answer; an answer to HEAD has no body.
    ///
    /// # Errors
    /// Errors of the socket, and answers that are not HTTP.
    pub fn send(&mut self, request: &[u8], head_only: bool) -> io::Result<Response> {
        self.stream.write_all(request)?;
        let mut response = self.head()?;
        while matches!(response.status, 100 | 102..200) {
            response = self.head()?;
        }
        if !head_only && !matches!(response.status, 101 | 204 | 304) {
            response.body = self.body(&response)?;
        }
        Ok(response)
    }

    /// Reads some more; an error at the end of the connection.
    fn more(&mut self, place: &str) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        match self.stream.read(&mut chunk)? {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the connection was closed {place}"),
            )),
            n => {
                self.buffer.extend_from_slice(&chunk[..n]);
                Ok(())
            }
        }
    }

    fn take(&mut self, n: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(n);
        std::mem::replace(&mut self.buffer, rest)
    }

    fn head(&mut self) -> io::Result<Response> {
        loop {
            let mut slots = [httparse::EMPTY_HEADER; 256];
            let mut head = httparse::Response::new(&mut slots);
            match head.parse(&self.buffer).map_err(|error| bad(&format!("a bad response head: {error}")))? {
                httparse::Status::Partial => self.more("before a whole response head")?,
                httparse::Status::Complete(length) => {
                    let headers = head.headers.iter().map(|line| (line.name.to_owned(), line.value.to_vec()));
                    let response = Response {
                        status: head.code.unwrap_or(0),
                        headers: headers.collect(),
                        body: Vec::new(),
                    };
                    self.take(length);
                    return Ok(response);
                }
            }
        }
    }

    fn body(&mut self, response: &Response) -> io::Result<Vec<u8>> {
        if response.says("transfer-encoding", b"chunked") {
            return self.chunks();
        }
        if let Some(length) = response.lines("content-length").next() {
            let length = std::str::from_utf8(length).ok().and_then(|text| text.parse().ok());
            return self.exactly(length.ok_or_else(|| bad("a bad Content-Length"))?);
        }
        self.stream.read_to_end(&mut self.buffer)?;
        Ok(std::mem::take(&mut self.buffer))
    }

    fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.more("inside the body")?;
        }
        Ok(self.take(length))
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            match httparse::parse_chunk_size(&self.buffer).map_err(|_| bad("a bad chunk"))? {
                httparse::Status::Partial => self.more("between chunks")?,
                httparse::Status::Complete((_, 0)) => return Ok(body),
                httparse::Status::Complete((line, size)) => {
                    self.take(line);
                    let chunk = self.exactly(size as usize + 2)?;
                    body.extend_from_slice(&chunk[..size as usize]);
                }
            }
        }
    }
}

fn bad(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.sent.split(|&byte| byte == b'\n').filter(|line| line.len() > 1) {
            writeln!(f, "  > {}", line.trim_ascii_end().escape_ascii())?;
        }
        match &self.got {
            Err(error) => writeln!(f, "  < {error}"),
            Ok(response) => {
                writeln!(f, "  < {}", response.status)?;
                for (name, value) in &response.headers {
                    writeln!(f, "  < {name}: {}", value.escape_ascii())?;
                }
                let shown = &response.body[..response.body.len().min(200)];
                writeln!(f, "  < [{} bytes] {}", response.body.len(), shown.escape_ascii())
            }
        }
    }
}
