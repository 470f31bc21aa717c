//! rocket: ordinary routes and its file server. The policy goes by the path alone, and by the path and the routes.

use ::rocket::fs::FileServer;
use ::rocket::{Build, Rocket, get, routes};
use cors_rocket::CorsFairing;

use super::{Application, Items, Place, Tree};
use crate::subject::rocket::run;

pub(super) const APPLICATIONS: &[Application] = &[Application {
    name: "rocket",
    places: &[
        Place::new("by path alone", |site, tree| {
            let cors = CorsFairing::by_path_alone(site.cors.clone());
            run(site, |rocket| application(rocket, &tree).attach(cors))
        }),
        Place {
            // This fairing refuses a resource without a route, such as one file of a file server.
            takes: |policy| {
                let cors = (policy.config)().build();
                cors.is_ok_and(|cors| cors.beside(&templates(policy.items)).is_ok())
            },
            ..Place::new("by path and routes", |site, tree| {
                let cors = CorsFairing::new(site.cors.clone());
                run(site, |rocket| application(rocket, &tree).attach(cors))
            })
        },
    ],
}];

/// The templates of the application's routes.
fn templates(items: Items) -> Vec<&'static str> {
    let admin = (items == Items::AdminToo).then_some("/items/admin");
    let others =
        ["/strict", "/shared", "/items/{id}", "/pkg/{name}", "/admin/users", "/static", "/static/{*path}"];
    admin.into_iter().chain(others).collect()
}

fn application(rocket: Rocket<Build>, tree: &Tree) -> Rocket<Build> {
    let rocket = match tree.items {
        Items::AdminToo => rocket.mount("/items", routes![admin]),
        Items::IdAlone => rocket,
    };
    rocket
        .mount("/", routes![strict, shared, item, package])
        .mount("/admin", routes![users])
        .mount("/static", FileServer::from(tree.files()))
}

#[get("/strict")]
fn strict() -> &'static str {
    "/strict"
}

#[get("/shared")]
fn shared() -> &'static str {
    "/shared"
}

#[get("/items/<id>")]
fn item(id: &str) -> String {
    format!("/items/{id}")
}

#[get("/admin")]
fn admin() -> &'static str {
    "/items/admin"
}

#[get("/pkg/<name>")]
fn package(name: &str) -> String {
    format!("/pkg/{name}")
}

#[get("/users")]
fn users() -> &'static str {
    "/admin/users"
}
