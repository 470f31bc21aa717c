//! Origins in an SQLite database: what `--source NAME=FILE` binds to a name (S26).

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use cors_model::CorsConfig;
use cors_sources::{Kept, Question};
use rusqlite::{Connection, OpenFlags};
use tokio::task::spawn_blocking;

/// How long SQLite waits for a lock. Nobody waits for it longer than for a source, and no thread much longer.
const LOCKED: Duration = Duration::from_millis(200);

/// A source whose origins are the rows of a table. Cloning it is cheap, and the clones share their kept answers.
#[derive(Clone, Debug)]
pub struct Database {
    name: String,
    kept: Kept,
}

impl FromStr for Database {
    type Err = String;

    /// Reads `NAME=FILE`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text
            .split_once('=')
            .filter(|(name, file)| !name.is_empty() && !file.is_empty())
            .ok_or("write NAME=FILE")?;
        let file = PathBuf::from(file);
        let kept = Kept::new(move |question: Question| {
            let file = file.clone();
            async move {
                let asked = spawn_blocking(move || has_origin(&file, question.origin())).await;
                asked.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
            }
        });
        Ok(Self { name: name.into(), kept })
    }
}

impl Database {
    /// The configuration, with these sources bound.
    pub fn bind(databases: &[Self], config: CorsConfig) -> CorsConfig {
        databases.iter().fold(config, |config, database| config.source(&database.name, database.kept.clone()))
    }
}

/// Opens the file for each question, so that one that was replaced is seen, and a damaged one harms no other question.
fn has_origin(file: &Path, origin: &str) -> rusqlite::Result<bool> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(LOCKED)?;
    connection.prepare("SELECT 1 FROM origins WHERE origin = ?1")?.exists([origin])
}
