//! warp: a chain of `or`, `path!` and its file server. The policy goes around everything.

use ::warp::filters::BoxedFilter;
use ::warp::reply::{Reply, Response};
use ::warp::{Filter, fs, get, path};
use cors_warp::{default_replies, with_cors};

use super::{Application, Items, Place, Tree};
use crate::subject::warp::run;

pub(super) const APPLICATIONS: &[Application] = &[Application {
    name: "warp",
    places: &[Place::new("around everything", |site, tree| {
        let cors = site.cors.clone();
        run(site, with_cors(cors, default_replies(application(&tree))))
    })],
}];

fn application(tree: &Tree) -> BoxedFilter<(Response,)> {
    let item = path!("items" / String).map(|id| format!("/items/{id}"));
    let items = match tree.items {
        Items::AdminToo => {
            path!("items" / "admin").map(|| "/items/admin").or(item).map(Reply::into_response).boxed()
        }
        Items::IdAlone => item.map(Reply::into_response).boxed(),
    };
    let routes = path!("strict")
        .map(|| "/strict")
        .or(path!("shared").map(|| "/shared"))
        .or(items)
        .or(path!("pkg" / String).map(|name| format!("/pkg/{name}")))
        .or(path("admin").and(path!("users")).map(|| "/admin/users"))
        .or(path("static").and(fs::dir(tree.files())));
    get().and(routes).map(Reply::into_response).boxed()
}
