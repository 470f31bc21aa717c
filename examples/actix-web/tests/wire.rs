//! Starts the program and checks the header lines that it sends.

#[path = "../../wire.rs"]
mod wire;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-actix-web");

// For actix-web the text makes another path.
const NOT_A_NUMBER: u16 = 404;
