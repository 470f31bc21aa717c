//! axum: a router with one route.

use std::marker::PhantomData;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use cors_tower::CorsLayer;
use tower_layer::layer_fn;

use super::http::{Hand, Http};
use super::tower::peer;
use super::{Application, Around, Framework};

pub(super) const FRAMEWORK: Framework = Framework { name: "axum", peer: "tower-http", application };

fn application(around: Around<'_>) -> Option<Box<dyn Application>> {
    let bare = Router::new().route("/{*path}", any(|| async {}));
    let router: Router = match around {
        Around::Floor => bare,
        Around::Hand(answer) => bare.layer(layer_fn(|inner| Hand::around(inner, answer, 1))),
        Around::Ours(cors) => bare.layer(CorsLayer::new(cors.clone())),
        Around::Peer(others) => bare.layer(peer(others)),
    };
    // As `axum::serve` does: otherwise each request would put the layers around anew.
    Some(Box::new(Http::<_, Body>(router.with_state(()), PhantomData)))
}
