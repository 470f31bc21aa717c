//! A small API with a CORS policy: defaults, a resource, a route with its own options, credentials, a view.

use std::error::Error;

use cors_poem::{
    Any, ConfigErrors, Cors, CorsConfig, CorsMiddleware, CorsView, Resource, ResourceOptions, Route,
};
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::web::Path;
use poem::{Endpoint, EndpointExt, IntoResponse, Server, get, handler};
use tokio::net::TcpListener;

/// Who may do what. It is the same for every framework.
fn policy() -> Result<Cors, ConfigErrors> {
    let signed_in = ResourceOptions::new().allow_credentials().allow_headers(["Content-Type"]).max_age(600);
    CorsConfig::new()
        // The front end, with cookies. Every resource below inherits this unless it opts out.
        .defaults([("https://app.example", signed_in.clone())])
        // Everybody may read this, without cookies.
        .add(Resource::at("/status").only([("*", ResourceOptions::new())]))
        // The front end may read and write a note; only the admin site may delete one.
        .add(
            Resource::at("/notes/{id}")
                .add(Route::on("GET"))
                .add(Route::on("PUT"))
                .add(Route::on("DELETE").only([("https://admin.example", signed_in)])),
        )
        // The policy of this view is next to its handlers, below.
        .view::<Notes>("/notes")
        .build()
}

/// All notes.
struct Notes;

#[handler]
async fn list_notes() -> impl IntoResponse {
    "milk\nbread\n".with_header("X-Total-Count", "2")
}

#[handler]
async fn add_note(note: String) -> impl IntoResponse {
    (StatusCode::CREATED, note)
}

impl CorsView for Notes {
    const METHODS: &'static [&'static str] = &["GET", "POST"];

    /// A front end under development may read as well, without cookies.
    fn cors_config(resource: Resource) -> Resource {
        resource.also("http://localhost:*", ResourceOptions::new().expose_headers(["X-Total-Count"]))
    }

    /// The front end may send any header with a new note.
    fn custom_cors(method: &str, route: Route) -> Route {
        match method {
            "POST" => {
                let write = ResourceOptions::new().allow_credentials().allow_headers(Any);
                route.also("https://app.example", write)
            }
            _ => route,
        }
    }
}

#[handler]
async fn read_note(Path(id): Path<u32>) -> String {
    format!("note {id}\n")
}

#[handler]
async fn replace_note(Path(id): Path<u32>, note: String) -> String {
    format!("note {id} is now {note}\n")
}

#[handler]
async fn delete_note(Path(_): Path<u32>) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[handler]
async fn status() -> &'static str {
    "up\n"
}

#[handler]
async fn internal() -> &'static str {
    "for this origin alone\n"
}

fn app(cors: Cors) -> impl Endpoint + 'static {
    poem::Route::new()
        .at("/status", get(status))
        .at("/notes", get(list_notes).post(add_note))
        .at("/notes/:id", get(read_note).put(replace_note).delete(delete_note))
        // The policy does not mention this path, so it is not shared.
        .at("/internal", get(internal))
        .with(CorsMiddleware::new(cors))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let cors = policy()?;
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("listening on {url}");
    println!("curl -i {url}/status");
    println!("curl -i -H 'Origin: https://app.example' {url}/notes/1");
    println!("curl -i -H 'Origin: http://localhost:5173' {url}/notes");
    println!("curl -i -H 'Origin: https://app.example' {url}/internal");
    let delete = "-X OPTIONS -H 'Access-Control-Request-Method: DELETE'";
    println!("curl -i {delete} -H 'Origin: https://admin.example' {url}/notes/1");
    println!("curl -i {delete} -H 'Origin: https://app.example' {url}/notes/1");
    Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?).run(app(cors)).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
