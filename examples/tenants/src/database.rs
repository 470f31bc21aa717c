//! The tenants' origins, in SQLite.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, Result, params};

/// Opens the file anew for each call, so that it may be replaced while the server runs. With a pool, as most drivers have one, do
/// not.
#[derive(Clone)]
pub(crate) struct Database {
    file: PathBuf,
}

impl Database {
    pub(crate) fn create(file: PathBuf) -> Result<Self> {
        let database = Self { file };
        database.open()?.execute_batch(
            "CREATE TABLE IF NOT EXISTS origins(tenant TEXT, origin TEXT, PRIMARY KEY (tenant, origin))",
        )?;
        Ok(database)
    }

    pub(crate) fn has(&self, tenant: &str, origin: &str) -> Result<bool> {
        let connection = self.open()?;
        let mut found = connection.prepare("SELECT 1 FROM origins WHERE tenant = ?1 AND origin = ?2")?;
        found.exists([tenant, origin])
    }

    pub(crate) fn add(&self, tenant: &str, origin: &str) -> Result<()> {
        self.open()?.execute("INSERT OR IGNORE INTO origins VALUES (?1, ?2)", params![tenant, origin])?;
        Ok(())
    }

    pub(crate) fn remove(&self, tenant: &str, origin: &str) -> Result<()> {
        self.open()?
            .execute("DELETE FROM origins WHERE tenant = ?1 AND origin = ?2", params![tenant, origin])?;
        Ok(())
    }

    fn open(&self) -> Result<Connection> {
        let connection = Connection::open(&self.file)?;
        connection.busy_timeout(Duration::from_millis(200))?;
        Ok(connection)
    }
}
