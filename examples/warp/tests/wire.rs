//! Starts the program and checks the header lines that it sends.

#[path = "../../wire.rs"]
mod wire;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-warp");

// For warp the text makes another path, which has no route.
const NOT_A_NUMBER: u16 = 404;
