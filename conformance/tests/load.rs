//! Puts every adapter under mixed traffic for a moment; `load` does the same for longer.

use std::path::Path;
use std::time::Duration;

use cors_conformance::load;
use cors_conformance::subject::SUBJECTS;

#[test]
fn every_answer_is_right_and_memory_stays_flat() {
    for subject in SUBJECTS {
        let program = Path::new(env!("CARGO_BIN_EXE_cors-conformance"));
        let load = load::run(program, subject, Duration::from_secs(2));
        let load = load.unwrap_or_else(|fault| panic!("{}: {fault}", subject.name));
        assert!(load.requests > 0, "{}", subject.name);
    }
}
