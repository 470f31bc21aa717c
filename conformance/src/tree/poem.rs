//! poem: nested routes and its file server. The policy goes around everything, inside `nest`, on either side of a
//! middleware that trims and merges slashes, and inside one that strips a prefix.

use ::poem::endpoint::{BoxEndpoint, StaticFilesEndpoint, make};
use ::poem::error::BadRequest;
use ::poem::middleware::{NormalizePath, TrailingSlash};
use ::poem::web::Path;
use ::poem::{EndpointExt, IntoEndpoint, Request, Result, Route, RouteMethod, get, handler};
use cors_poem::CorsMiddleware;

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
