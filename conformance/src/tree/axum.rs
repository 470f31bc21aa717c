//! axum: nested routers and tower-http's file server. The policy goes around everything, inside `nest`, by the matched path,
//! on either side of a layer that trims slashes, inside one that strips a prefix, and inside a nest of which nothing is known.

use std::convert::Infallible;
use std::io;

use ::axum::extract::{NestedPath, Path, Request};
use ::axum::middleware::map_request;
use ::axum::response::Response;
use ::axum::routing::{MethodRouter, get};
use ::axum::{Router, ServiceExt, serve};
use cors_tower::CorsLayer;
use tokio::net::TcpListener;
use tower_http::normalize_path::NormalizePathLayer;
use tower_http::services::ServeDir;
use tower_layer::Layer;

use super::{Application, Items, Place, Slash, Tree};
use crate::subject::Site;

pub(super) const APPLICATIONS: &[Application] = &[
    Application {
        name: "axum",
        places: &[
            Place::new("around everything", |site, tree| {
                let cors = CorsLayer::new(site.cors.clone());
                run(site, application(&tree).layer(cors))
            }),
            Place::new("inside nest", |site, tree| {
                let cors = CorsLayer::new(site.cors.clone());
                let files = Router::new().fallback_service(ServeDir::new(tree.files()));
                let app = pages(&tree).layer(cors.clone()).nest("/admin", admin().layer(cors.clone()));
                run(site, app.nest("/static", files.layer(cors)))
            }),
            Place {
                // Behind `nest_service` there is no matched path, so a policy for files has no effect there.
                takes: |policy| policy.shared != "/static/",
                ..Place::new("by the matched path", |site, tree| {
                    let cors = CorsLayer::new(site.cors.clone()).matched_path();
                    run(site, application(&tree).layer(cors))
                })
            },
        ],
    },
    Application {
        name: "axum without nest_service",
        places: &[Place::new("by the matched path", |site, tree| {
            let cors = CorsLayer::new(site.cors.clone()).matched_path();
            let files = ServeDir::new(tree.folder());
            let app = pages(&tree).nest("/admin", admin()).route_service("/static/{*rest}", files);
            run(site, app.layer(cors))
        })],
    },
    Application {
        name: "axum with NormalizePath",
        places: &[
            Place::new("outside of it", |site, tree| {
                let cors = CorsLayer::new(site.cors.clone());
                let trimmed = NormalizePathLayer::trim_trailing_slash().layer(application(&tree));
                run(site, cors.layer(trimmed))
            }),
            Place {
                slash: Slash::IsTrimmed,
                ..Place::new("inside it", |site, tree| {
                    let cors = CorsLayer::new(site.cors.clone());
                    let app = application(&tree).layer(cors);
                    run(site, NormalizePathLayer::trim_trailing_slash().layer(app))
                })
            },
        ],
    },
    Application {
        name: "axum with a stripped prefix",
        places: &[Place::new("inside the stripping", |site, tree| {
            let cors = CorsLayer::new(site.cors.clone());
            let app = map_request(strip).layer(application(&tree).layer(cors));
            // The outer router sees the path first.
            run(site, Router::new().fallback_service(app))
        })],
    },
    Application {
        name: "axum, told nothing of nesting",
        places: &[Place {
            takes: |policy| policy.guarded.contains(&"/admin/users"),
            ..Place::new("inside nest", |site, tree| {
                let cors = CorsLayer::new(site.cors.clone());
                let untold = map_request(without_nest);
                let app = pages(&tree).nest_service("/static", ServeDir::new(tree.files()));
                run(site, app.layer(cors.clone()).nest("/admin", admin().layer(cors).layer(untold)))
            })
        }],
    },
];

/// As without the feature `axum` of `cors-tower`, which one build cannot have and lack: nobody knows what axum says of a nest.
async fn without_nest(mut request: Request) -> Request {
    request.extensions_mut().remove::<NestedPath>();
    request
}

fn application(tree: &Tree) -> Router {
    pages(tree).nest("/admin", admin()).nest_service("/static", ServeDir::new(tree.files()))
}

fn pages(tree: &Tree) -> Router {
    let pages = Router::new()
        .route("/strict", page("/strict"))
        .route("/shared", page("/shared"))
        .route("/items/{id}", get(async |Path(id): Path<String>| format!("/items/{id}")))
        .route("/pkg/{name}", get(async |Path(name): Path<String>| format!("/pkg/{name}")));
    match tree.items {
        Items::AdminToo => pages.route("/items/admin", page("/items/admin")),
        Items::IdAlone => pages,
    }
}

fn admin() -> Router {
    Router::new().route("/users", page("/admin/users"))
}

/// Takes `/x` off.
async fn strip(mut request: Request) -> Request {
    if let Some(Ok(uri)) = request.uri().to_string().strip_prefix("/x").map(str::parse) {
        *request.uri_mut() = uri;
    }
    request
}

fn page(path: &'static str) -> MethodRouter {
    get(async move || path)
}

fn run<S>(site: Site, app: S) -> io::Result<()>
where
    S: tower_service::Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = TcpListener::bind(site.addr).await?;
        (site.listening)(listener.local_addr()?);
        tokio::select! {
            done = async { serve(listener, app.into_make_service()).await } => done,
            () = site.shutdown.wait() => Ok(()),
        }
    })
}
