//! Every adapter answers one request, and so does a source.

mod actix;
mod poem;
mod rocket;
mod sources;
mod tower;
mod warp;

use std::process::ExitCode;

use cors_model::{ConfigErrors, Cors, CorsConfig, Resource, ResourceOptions};

const ORIGIN: &str = "https://app.example";

/// The header of the response, if there is one.
type Answer = Result<Option<String>, Box<dyn std::error::Error>>;

/// The model's policy is every adapter's.
fn policy() -> Result<Cors, ConfigErrors> {
    CorsConfig::new().defaults([(ORIGIN, ResourceOptions::new())]).add(Resource::at("/hello")).build()
}

fn main() -> ExitCode {
    let adapters: [(&str, fn() -> Answer); 6] = [
        ("cors-actix-web", actix::ask),
        ("cors-poem", poem::ask),
        ("cors-rocket", rocket::ask),
        ("cors-sources", sources::ask),
        ("cors-tower", tower::ask),
        ("cors-warp", warp::ask),
    ];
    let mut code = ExitCode::SUCCESS;
    for (name, ask) in adapters {
        match ask() {
            Ok(Some(origin)) if origin == ORIGIN => println!("{name}: Access-Control-Allow-Origin: {origin}"),
            other => {
                println!("{name}: the response should allow {ORIGIN}, and there is {other:?}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
