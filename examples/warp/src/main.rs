//! A small API with a CORS policy: defaults, a resource, a route with its own options, credentials, a view.

use std::convert::Infallible;
use std::error::Error;

use cors_warp::{
    Any, ConfigErrors, Cors, CorsConfig, CorsView, Resource, ResourceOptions, Route, default_replies,
    with_cors,
};
use tokio::net::TcpListener;
use warp::http::StatusCode;
use warp::hyper::body::Bytes;
use warp::{Filter, Reply, path, reply};

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

impl Notes {
    fn list() -> impl Reply {
        reply::with_header("milk\nbread\n", "X-Total-Count", "2")
    }

    fn add(note: String) -> impl Reply {
        reply::with_status(note, StatusCode::CREATED)
    }
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

fn read(id: u32) -> String {
    format!("note {id}\n")
}

fn replace(id: u32, note: String) -> String {
    format!("note {id} is now {note}\n")
}

fn delete(_: u32) -> StatusCode {
    StatusCode::NO_CONTENT
}

fn app(
    cors: Cors,
) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone + Send + Sync + 'static {
    let (notes, note) = (path!("notes"), path!("notes" / u32));
    let text = warp::body::bytes().map(|bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned());
    let routes = path!("status")
        .and(warp::get())
        .map(|| "up\n")
        .or(notes.and(warp::get()).map(Notes::list))
        .or(notes.and(warp::post()).and(text).map(Notes::add))
        .or(note.and(warp::get()).map(read))
        .or(note.and(warp::put()).and(text).map(replace))
        .or(note.and(warp::delete()).map(delete))
        // The policy does not mention this path, so it is not shared.
        .or(path!("internal").and(warp::get()).map(|| "for this origin alone\n"));
    with_cors(cors, default_replies(routes))
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
    warp::serve(app(cors)).incoming(listener).run().await;
    Ok(())
}

#[cfg(test)]
mod tests;
