//! Starts the program and looks at the header lines that it sends.

#[path = "../../wire.rs"]
mod wire;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cors-example-warp");

// To warp the text is another path, which no route has.
const NOT_A_NUMBER: &str = "404";
