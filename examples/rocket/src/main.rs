//! A small API with a CORS policy: defaults, a resource, a route with its own options, credentials, a view.

use std::error::Error;
use std::net::SocketAddr;

use cors_rocket::{
    Any, ConfigErrors, Cors, CorsConfig, CorsFairing, CorsView, Resource, ResourceOptions, Route,
};
use rocket::config::{Config, LogLevel};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Status};
use rocket::{Build, Orbit, Responder, Rocket, delete, get, post, put, routes};

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

#[derive(Responder)]
struct List(&'static str, Header<'static>);

#[get("/notes")]
async fn list_notes() -> List {
    List("milk\nbread\n", Header::new("X-Total-Count", "2"))
}

#[post("/notes", data = "<note>")]
async fn add_note(note: String) -> (Status, String) {
    (Status::Created, note)
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

#[get("/notes/<id>")]
async fn read_note(id: u32) -> String {
    format!("note {id}\n")
}

#[put("/notes/<id>", data = "<note>")]
async fn replace_note(id: u32, note: String) -> String {
    format!("note {id} is now {note}\n")
}

#[delete("/notes/<_id>")]
async fn delete_note(_id: u32) -> Status {
    Status::NoContent
}

#[get("/status")]
async fn status() -> &'static str {
    "up\n"
}

#[get("/internal")]
async fn internal() -> &'static str {
    "for this origin alone\n"
}

fn app(cors: Cors, address: SocketAddr) -> Rocket<Build> {
    let config =
        Config { address: address.ip(), port: address.port(), log_level: LogLevel::Off, ..Config::default() };
    rocket::custom(config)
        .mount("/", routes![status])
        .mount("/", routes![list_notes, add_note])
        .mount("/", routes![read_note, replace_note, delete_note])
        // The policy does not mention this path, so it is not shared.
        .mount("/", routes![internal])
        .attach(CorsFairing::new(cors))
        .attach(AdHoc::on_liftoff("What to try", |rocket| Box::pin(async move { what_to_try(rocket) })))
}

fn what_to_try(rocket: &Rocket<Orbit>) {
    let url = format!("http://{}", SocketAddr::new(rocket.config().address, rocket.config().port));
    println!("listening on {url}");
    println!("curl -i {url}/status");
    println!("curl -i -H 'Origin: https://app.example' {url}/notes/1");
    println!("curl -i -H 'Origin: http://localhost:5173' {url}/notes");
    println!("curl -i -H 'Origin: https://app.example' {url}/internal");
    let delete = "-X OPTIONS -H 'Access-Control-Request-Method: DELETE'";
    println!("curl -i {delete} -H 'Origin: https://admin.example' {url}/notes/1");
    println!("curl -i {delete} -H 'Origin: https://app.example' {url}/notes/1");
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let cors = policy()?;
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    app(cors, address.parse()?).launch().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
