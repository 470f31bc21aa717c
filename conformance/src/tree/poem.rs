//! poem: nested routes and its file server. The policy goes around everything, inside `nest`, on either side of a
//! middleware that trims and merges slashes, and inside one that strips a prefix. Once the pages are an OpenAPI service.

use ::poem::endpoint::{BoxEndpoint, StaticFilesEndpoint, make};
use ::poem::error::BadRequest;
use ::poem::middleware::{NormalizePath, TrailingSlash};
use ::poem::web::Path;
use ::poem::{EndpointExt, IntoEndpoint, Request, Result, Route, RouteMethod, get, handler};
use cors_poem::CorsMiddleware;
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService, param};

use super::{Application, Items, Place, Slash, Tree};
use crate::subject::poem::run;

pub(super) const APPLICATIONS: &[Application] = &[
    Application {
        name: "poem",
        places: &[
            Place::new("around everything", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                run(site, application(&tree, None).with(cors))
            }),
            Place::new("inside nest", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                run(site, application(&tree, Some(cors)))
            }),
        ],
    },
    Application {
        name: "poem with NormalizePath",
        places: &[
            Place::new("outside of it", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                let trim = NormalizePath::new(TrailingSlash::Trim);
                run(site, application(&tree, None).with(trim).with(cors))
            }),
            Place {
                slash: Slash::IsTrimmed,
                ..Place::new("inside it", |site, tree| {
                    let cors = CorsMiddleware::new(site.cors.clone());
                    let trim = NormalizePath::new(TrailingSlash::Trim);
                    run(site, application(&tree, None).with(cors).with(trim))
                })
            },
        ],
    },
    Application {
        name: "poem with a stripped prefix",
        places: &[
            Place::new("inside the stripping", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                run(site, application(&tree, None).with(cors).before(strip))
            }),
            Place::new("inside the stripping and nest", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                run(site, application(&tree, Some(cors)).before(strip))
            }),
        ],
    },
    Application {
        name: "poem with an OpenAPI service",
        places: &[
            Place::new("around everything", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                run(site, described(&tree, None).with(cors))
            }),
            Place::new("around the service", |site, tree| {
                let cors = CorsMiddleware::new(site.cors.clone());
                run(site, described(&tree, Some(cors)))
            }),
        ],
    },
];

/// The tree, and, if given, the middleware around each nested part.
fn application(tree: &Tree, cors: Option<CorsMiddleware>) -> Route {
    let pages = Route::new()
        .at("/strict", page("/strict"))
        .at("/shared", page("/shared"))
        .at("/items/:id", get(item))
        .at("/pkg/:name", get(package));
    let pages = match tree.items {
        Items::AdminToo => pages.at("/items/admin", page("/items/admin")),
        Items::IdAlone => pages,
    };
    let admin = Route::new().at("/users", page("/admin/users"));
    let files = StaticFilesEndpoint::new(tree.files());
    Route::new()
        .nest("/", around(pages, &cors))
        .nest("/admin", around(admin, &cors))
        .nest("/static", around(files, &cors))
}

/// The same, with the pages as an OpenAPI service.
fn described(tree: &Tree, cors: Option<CorsMiddleware>) -> Route {
    let pages = match tree.items {
        Items::AdminToo => around(OpenApiService::new((Pages, AdminItem), "pages", "1"), &cors),
        Items::IdAlone => around(OpenApiService::new(Pages, "pages", "1"), &cors),
    };
    Route::new()
        .nest("/", pages)
        .nest("/admin", around(OpenApiService::new(Admin, "admin", "1"), &cors))
        .nest("/static", around(StaticFilesEndpoint::new(tree.files()), &cors))
}

struct Pages;

#[OpenApi]
impl Pages {
    #[oai(path = "/strict", method = "get")]
    async fn strict(&self) -> PlainText<&'static str> {
        PlainText("/strict")
    }

    #[oai(path = "/shared", method = "get")]
    async fn shared(&self) -> PlainText<&'static str> {
        PlainText("/shared")
    }

    #[oai(path = "/items/:id", method = "get")]
    async fn item(&self, id: param::Path<String>) -> PlainText<String> {
        PlainText(format!("/items/{}", id.0))
    }

    #[oai(path = "/pkg/:name", method = "get")]
    async fn package(&self, name: param::Path<String>) -> PlainText<String> {
        PlainText(format!("/pkg/{}", name.0))
    }
}

struct AdminItem;

#[OpenApi]
impl AdminItem {
    #[oai(path = "/items/admin", method = "get")]
    async fn admin(&self) -> PlainText<&'static str> {
        PlainText("/items/admin")
    }
}

struct Admin;

#[OpenApi]
impl Admin {
    #[oai(path = "/users", method = "get")]
    async fn users(&self) -> PlainText<&'static str> {
        PlainText("/admin/users")
    }
}

/// Takes `/x` off.
async fn strip(mut request: Request) -> Result<Request> {
    if let Some(uri) = request.uri().to_string().strip_prefix("/x") {
        *request.uri_mut() = uri.parse().map_err(BadRequest)?;
    }
    Ok(request)
}

fn around<E: IntoEndpoint>(inner: E, cors: &Option<CorsMiddleware>) -> BoxEndpoint<'static>
where
    E::Endpoint: 'static,
{
    match cors {
        Some(cors) => inner.into_endpoint().with(cors.clone()).boxed(),
        None => inner.into_endpoint().map_to_response().boxed(),
    }
}

fn page(path: &'static str) -> RouteMethod {
    get(make(move |_| async move { path }))
}

#[handler]
fn item(Path(id): Path<String>) -> String {
    format!("/items/{id}")
}

#[handler]
fn package(Path(name): Path<String>) -> String {
    format!("/pkg/{name}")
}
