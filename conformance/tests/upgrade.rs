//! What a server sends behind the head of its answer to an upgrade: every adapter lets the web socket work.

use std::io::{Read, Write};

use cors_conformance::config::{Format, Source};
use cors_conformance::server::Started;
use cors_conformance::subject::SUBJECTS;
use cors_conformance::target::Target;
use cors_test_support::{APP, STRANGER, plain, wire};

#[test]
fn a_web_socket_echoes_for_every_origin() {
    for (subject, attach) in
        SUBJECTS.iter().flat_map(|subject| subject.attach.iter().map(move |way| (subject, way)))
    {
        let config = r#"{ "resources": { "/ws": { "origins": { "https://app.example": {} } } } }"#;
        let source = Source { format: Format::Json, text: config.into() };
        let Ok(Started::Listening(server)) = Target::Subject(subject).start(&source, *attach) else {
            panic!("{} does not start", subject.name);
        };
        // Web sockets are not under CORS: nobody is kept out.
        for origin in [APP, STRANGER] {
            let ask = plain("GET", "/ws")
                .line("origin", origin)
                .line("connection", "upgrade")
                .line("upgrade", "websocket")
                .line("sec-websocket-version", "13")
                .line("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
            let (answer, mut socket) = wire::send(server.addr, &ask).unwrap();
            assert_eq!(answer.status, 101, "{}", subject.name);
            // A frame of text, masked with zeros.
            socket.write_all(b"\x81\x82\0\0\0\0hi").unwrap();
            let mut frame = [0; 4];
            socket.read_exact(&mut frame).unwrap();
            assert_eq!(&frame, b"\x81\x02hi", "{}", subject.name);
        }
    }
}
