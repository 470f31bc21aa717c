//! actix-web: scopes and `actix-files`. The policy goes around everything, around each scope, and on either side of a
//! middleware that trims and merges slashes.

use ::actix_web::middleware::NormalizePath;
use ::actix_web::web::{self, Path, ServiceConfig};
use ::actix_web::{App, Route, Scope};
use actix_files::Files;
use cors_actix_web::CorsMiddleware;

use super::{Application, Items, Place, Slash, Tree};
use crate::subject::actix_web::run;

pub(super) const APPLICATIONS: &[Application] = &[
    Application {
        name: "actix-web",
        places: &[Place::new("around everything", |site, tree| {
            let cors = CorsMiddleware::new(site.cors.clone());
            run(site, move || App::new().configure(|app| application(app, &tree)).wrap(cors.clone()))
        })],
    },
    Application {
        name: "actix-web with files in a scope",
        places: &[Place::new("around each scope", |site, tree| {
            let cors = CorsMiddleware::new(site.cors.clone());
            run(site, move || {
                let files = web::scope("/static").service(Files::new("/", tree.files()));
                let pages = web::scope("").configure(|app| pages(app, &tree));
                App::new()
                    .service(admin().wrap(cors.clone()))
                    .service(files.wrap(cors.clone()))
                    .service(pages.wrap(cors.clone()))
            })
        })],
    },
    Application {
        name: "actix-web with NormalizePath",
        places: &[
            Place::new("outside of it", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                run(site, move || {
                    let app = App::new().configure(|app| application(app, &tree));
                    app.wrap(NormalizePath::trim()).wrap(cors.clone())
                })
            }),
            Place {
                slash: Slash::IsTrimmed,
                ..Place::new("inside it", |site, tree| {
                    let cors = CorsMiddleware::new(site.cors.clone());
                    run(site, move || {
                        let app = App::new().configure(|app| application(app, &tree));
                        app.wrap(cors.clone()).wrap(NormalizePath::trim())
                    })
                })
            },
        ],
    },
];

fn application(app: &mut ServiceConfig, tree: &Tree) {
    app.service(admin()).service(Files::new("/static", tree.files())).configure(|app| pages(app, tree));
}

fn admin() -> Scope {
    web::scope("/admin").route("/users", page("/admin/users"))
}

fn pages(app: &mut ServiceConfig, tree: &Tree) {
    if tree.items == Items::AdminToo {
        // The first that matches answers.
        app.route("/items/admin", page("/items/admin"));
    }
    app.route("/strict", page("/strict"))
        .route("/shared", page("/shared"))
        .route("/items/{id}", web::get().to(async |id: Path<String>| format!("/items/{id}")))
        .route("/pkg/{name}", web::get().to(async |name: Path<String>| format!("/pkg/{name}")));
}

fn page(path: &'static str) -> Route {
    web::get().to(move || async move { path })
}
