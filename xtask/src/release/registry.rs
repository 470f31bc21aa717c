//! A registry on this machine that stands in for crates.io: the sparse index, downloads and uploads, as cargo uses them.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::date;
use super::index::{Index, Release, Tarball, from_upload};

/// No package of ours comes near that.
const LARGEST_UPLOAD: usize = 16 << 20;
/// How long the index does not show yet what was uploaded. crates.io takes some seconds.
const DELAY: Duration = Duration::from_millis(1500);

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// What goes wrong with one upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The connection ends in the middle of the upload.
    Cut,
    /// The upload arrives, and the connection ends before the answer.
    Unanswered,
    /// 429, with the time from which on it would be taken.
    Busy(Duration),
}

/// A registry that serves until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

struct State {
    index: Mutex<Index>,
    faults: Mutex<VecDeque<Fault>>,
    uploaded: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

impl Server {
    /// On a free port. The faults come one an upload, in this order.
    pub(crate) fn start(index: Index, faults: impl IntoIterator<Item = Fault>) -> Result<Self, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.map_err(|error| format!("no port on 127.0.0.1 for the registry: {error}"))?;
        let address = listener.local_addr().map_err(|error| format!("the registry's port: {error}"))?;
        let state = Arc::new(State {
            index: Mutex::new(index),
            faults: Mutex::new(faults.into_iter().collect()),
            uploaded: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if of_thread.is_over.load(Ordering::Relaxed) {
                    break;
                }
                let (state, Ok(stream)) = (Arc::clone(&of_thread), stream) else { continue };
                // What cannot be written is for cargo to notice.
                std::thread::spawn(move || state.serve(&stream, address));
            }
        });
        Ok(Self { address, state, thread: Some(thread) })
    }

    /// The address of the index, as cargo's configuration wants it.
    pub(crate) fn index(&self) -> String {
        format!("sparse+http://{}/index/", self.address)
    }

    /// What was taken, in order.
    pub(crate) fn uploaded(&self) -> Vec<String> {
        lock(&self.state.uploaded).clone()
    }

    pub(crate) fn faults_to_come(&self) -> usize {
        lock(&self.state.faults).len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread up.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl State {
    /// One request a connection.
    fn serve(&self, stream: &TcpStream, address: SocketAddr) -> Option<()> {
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (mut length, mut has_token) = (0, false);
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "authorization" => has_token = !value.trim().is_empty(),
                _ => {}
            }
        }
        let (status, body) = match (method.as_str(), path.as_str()) {
            ("GET", "/index/config.json") => {
                let config =
                    json!({ "dl": format!("http://{address}/crates"), "api": format!("http://{address}") });
                (200, config.to_string().into_bytes())
            }
            ("GET", path) => self.get(path).map_or((404, Vec::new()), |body| (200, body)),
            ("PUT", "/api/v1/crates/new") if length > LARGEST_UPLOAD => {
                refuse(413, "the package is too large")
            }
            ("PUT", "/api/v1/crates/new") if !has_token => refuse(403, "an upload needs a token"),
            ("PUT", "/api/v1/crates/new") => {
                let fault = lock(&self.faults).pop_front().unwrap_or(Fault::None);
                let read = if fault == Fault::Cut { length / 2 } else { length };
                let mut body = vec![0; read];
                reader.read_exact(&mut body).ok()?;
                let answer = match fault {
                    Fault::Busy(wait) => {
                        let until = date::http(SystemTime::now() + wait);
                        refuse(
                            429,
                            &format!("You have published too much. Please try again after {until} or later."),
                        )
                    }
                    Fault::Cut => return None,
                    Fault::None | Fault::Unanswered => self.upload(&body),
                };
                if fault == Fault::Unanswered {
                    return None;
                }
                answer
            }
            _ => refuse(404, "there is nothing of that name"),
        };
        let head =
            format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let mut stream = stream;
        stream.write_all(&[head.as_bytes(), &body].concat()).ok()
    }

    /// A file of the index, or a package.
    fn get(&self, path: &str) -> Option<Vec<u8>> {
        let index = lock(&self.index);
        if let Some(path) = path.strip_prefix("/crates/") {
            let (name, version) = path.strip_suffix("/download")?.split_once('/')?;
            return match &index.get(name)?.get(version)?.tarball {
                Tarball::File(path) => std::fs::read(path).ok(),
                Tarball::Bytes(bytes) => Some(bytes.clone()),
            };
        }
        let name = path.strip_prefix("/index/")?.rsplit('/').next()?;
        let (_, releases) = index.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        let now = Instant::now();
        let visible = releases.values().filter(|release| release.visible_from <= now);
        let lines: String = visible.map(|release| format!("{}\n", release.line)).collect();
        (!lines.is_empty()).then(|| lines.into_bytes())
    }

    /// Takes a package: two parts, each with its length in front, the first of them JSON.
    fn upload(&self, body: &[u8]) -> (u16, Vec<u8>) {
        let Some((about, tarball)) = part(body).and_then(|(about, rest)| Some((about, part(rest)?.0))) else {
            return refuse(400, "the upload is not complete");
        };
        let Ok(about) = serde_json::from_slice::<Value>(about) else {
            return refuse(400, "the first part of the upload is no JSON");
        };
        let line = from_upload(&about, &checksum(tarball));
        let (Some(name), Some(version)) = (line["name"].as_str(), line["vers"].as_str()) else {
            return refuse(400, "the upload has no name or no version");
        };
        let mut index = lock(&self.index);
        if index.get(name).is_some_and(|releases| releases.contains_key(version)) {
            return refuse(400, &format!("crate version `{version}` of {name} is already uploaded"));
        }
        for dependency in line["deps"].as_array().into_iter().flatten() {
            let needed = dependency["package"].as_str().or(dependency["name"].as_str()).unwrap_or_default();
            if dependency["kind"] != "dev" && !index.contains_key(needed) {
                return refuse(
                    400,
                    &format!("{name} depends on {needed}, which is not here: upload that first"),
                );
            }
        }
        lock(&self.uploaded).push(name.to_owned());
        let release = Release {
            tarball: Tarball::Bytes(tarball.to_vec()),
            visible_from: Instant::now() + DELAY,
            line: line.clone(),
        };
        index.entry(name.to_owned()).or_default().insert(version.to_owned(), release);
        (200, json!({ "warnings": {} }).to_string().into_bytes())
    }
}

/// In the form in which cargo shows the detail.
fn refuse(status: u16, detail: &str) -> (u16, Vec<u8>) {
    (status, json!({ "errors": [{ "detail": detail }] }).to_string().into_bytes())
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

pub(crate) fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A thread that panicked has left nothing half done that would matter here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(server: &Server, head: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(server.address).expect("a connection");
        let head = format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body].concat()).expect("a request");
        let mut answer = Vec::new();
        // A connection that was cut ends in an error, or in nothing.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn upload(server: &Server, name: &str, needs: &[&str]) -> String {
        let needs: Vec<_> = needs.iter().map(|name| json!({ "name": name, "kind": "normal" })).collect();
        let about = json!({ "name": name, "vers": "0.1.0", "deps": needs }).to_string();
        let part = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat();
        let body = [part(about.as_bytes()), part(b"a tarball")].concat();
        ask(server, "PUT /api/v1/crates/new HTTP/1.1\r\nAuthorization: t", &body)
    }

    fn get(server: &Server, path: &str) -> String {
        ask(server, &format!("GET {path} HTTP/1.1"), b"")
    }

    #[test]
    fn what_is_uploaded_can_be_found_a_while_later_and_stays() {
        let server = Server::start(Index::new(), []).expect("a registry");
        assert!(get(&server, "/index/co/rs/cors-a").starts_with("HTTP/1.1 404"));
        assert!(upload(&server, "cors-a", &[]).starts_with("HTTP/1.1 200"));
        assert!(get(&server, "/index/co/rs/cors-a").starts_with("HTTP/1.1 404"), "the index takes its time");
        std::thread::sleep(DELAY);
        assert!(get(&server, "/index/co/rs/cors-a").contains(&checksum(b"a tarball")));
        assert!(get(&server, "/crates/cors-a/0.1.0/download").ends_with("a tarball"));
        assert!(upload(&server, "cors-a", &[]).contains("already uploaded"));
        assert_eq!(server.uploaded(), ["cors-a"]);
    }

    #[test]
    fn what_is_wrong_with_an_upload_is_told() {
        let server = Server::start(Index::new(), []).expect("a registry");
        assert!(
            upload(&server, "cors-b", &["cors-a"]).contains("cors-b depends on cors-a, which is not here")
        );
        let put = "PUT /api/v1/crates/new HTTP/1.1";
        assert!(ask(&server, put, b"").contains("needs a token"));
        assert!(
            ask(&server, &format!("{put}\r\nAuthorization: t"), b"\x09\0\0\0half").contains("not complete")
        );
        assert!(get(&server, "/nothing").starts_with("HTTP/1.1 404"));
        assert_eq!(server.uploaded(), [""; 0]);
    }

    #[test]
    fn each_upload_has_its_fault() {
        let faults = [Fault::Cut, Fault::Busy(Duration::from_secs(60)), Fault::Unanswered];
        let server = Server::start(Index::new(), faults).expect("a registry");
        assert_eq!(upload(&server, "cors-a", &[]), "", "cut");
        assert_eq!(server.uploaded(), [""; 0]);
        let busy = upload(&server, "cors-a", &[]);
        assert!(busy.starts_with("HTTP/1.1 429") && busy.contains("try again after "), "{busy}");
        assert_eq!(upload(&server, "cors-a", &[]), "", "taken, and not answered");
        assert_eq!(server.uploaded(), ["cors-a"]);
        assert_eq!(server.faults_to_come(), 0);
    }
}
