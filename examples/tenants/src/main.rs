//! An API for many tenants. Each keeps the origins of its web apps in a database, and may change them while the server runs.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use cors_sources::{Kept, Question};
use cors_tower::{ConfigErrors, Cors, CorsConfig, CorsLayer, Resource, ResourceOptions, SourceSettings};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use crate::database::Database;

mod database;

/// How long a yes is kept. A change that does not go through this server is seen after that time.
const TTL: Duration = Duration::from_secs(10);

/// Asks the database whether the tenant in the path has the origin. Each tenant has its own kept answers.
fn tenants(database: Database) -> Kept {
    Kept::new(move |question: Question| {
        let database = database.clone();
        async move {
            let tenant = question.parameter("tenant").unwrap_or_default().to_owned();
            // SQLite blocks, so it gets a thread. An asynchronous driver, such as sqlx, is awaited here.
            let found = spawn_blocking(move || database.has(&tenant, question.origin())).await;
            found.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
        }
    })
    .by_resource()
}

/// A tenant's web apps may read and add its notes, with cookies.
fn policy(tenants: Kept) -> Result<Cors, ConfigErrors> {
    let options = ResourceOptions::new()
        .allow_credentials()
        .allow_methods(["GET", "POST"])
        .allow_headers(["Content-Type"]);
    CorsConfig::new()
        .source("tenants", tenants)
        .source_settings("tenants", SourceSettings::new().ttl(TTL).negative_ttl(Duration::from_secs(2)))
        .add(Resource::at("/t/{tenant}/notes").also("@tenants", options))
        .build()
}

#[derive(Clone)]
struct App {
    database: Database,
    tenants: Kept,
}

async fn notes(Path(tenant): Path<String>) -> String {
    format!("the notes of {tenant}\n")
}

/// Your application asks here whether the tenant is signed in. CORS shares nothing of this path.
async fn add_origin(
    State(app): State<App>,
    Path(tenant): Path<String>,
    origin: String,
) -> (StatusCode, String) {
    // Only what could be in a policy goes into the database.
    if let Err(errors) = CorsConfig::new().defaults([(origin.as_str(), ResourceOptions::new())]).build() {
        return (StatusCode::UNPROCESSABLE_ENTITY, format!("{errors}\n"));
    }
    let App { database, tenants } = app;
    changed(&tenants, &origin.clone(), move || database.add(&tenant, &origin)).await
}

async fn remove_origin(
    State(app): State<App>,
    Path(tenant): Path<String>,
    origin: String,
) -> (StatusCode, String) {
    let App { database, tenants } = app;
    changed(&tenants, &origin.clone(), move || database.remove(&tenant, &origin)).await
}

/// Changes the database, and forgets what was kept about the origin.
async fn changed(
    tenants: &Kept,
    origin: &str,
    change: impl FnOnce() -> rusqlite::Result<()> + Send + 'static,
) -> (StatusCode, String) {
    let done = spawn_blocking(change).await;
    tenants.forget(origin);
    match done {
        Ok(Ok(())) => (StatusCode::NO_CONTENT, String::new()),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
    }
}

fn app(database: Database) -> Result<Router, ConfigErrors> {
    let tenants = tenants(database.clone());
    let cors = policy(tenants.clone())?;
    Ok(Router::new()
        .route("/t/{tenant}/notes", get(notes).post(notes))
        .route("/t/{tenant}/origins", put(add_origin).delete(remove_origin))
        .with_state(App { database, tenants })
        .layer(CorsLayer::new(cors).await_sources()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:3000".into());
    let file = arguments.next().map_or(std::env::temp_dir().join("cors-tenants.db"), PathBuf::from);
    println!("the tenants are in {}", file.display());
    let database = Database::create(file)?;
    let listener = TcpListener::bind(address).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}");
    let origin = "https://shop.example";
    println!("curl -i -H 'Origin: {origin}' {url}/t/acme/notes");
    println!("curl -i -X PUT -d {origin} {url}/t/acme/origins");
    println!("curl -i -X DELETE -d {origin} {url}/t/acme/origins");
    axum::serve(listener, app(database)?).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
