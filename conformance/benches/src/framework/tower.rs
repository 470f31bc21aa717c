//! A tower service by itself.

use std::convert::Infallible;
use std::future::ready;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use cors_tower::CorsLayer;
use http::{Method, Request, Response};
use http_body_util::Full;
use tower::service_fn;
use tower_http::cors;
use tower_layer::Layer;

use super::http::{Hand, Http};
use super::{Application, Around, Framework};
use crate::scenario::{EXPOSED, HEADERS, MAX_AGE, METHODS, Others, is_under_example};

pub(super) const FRAMEWORK: Framework = Framework { name: "tower", peer: "tower-http", application };

fn application(around: Around<'_>) -> Option<Box<dyn Application>> {
    let bare =
        service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))));
    Some(match around {
        Around::Floor => Box::new(Http(bare, PhantomData)),
        Around::Hand(answer) => Box::new(Http(Hand::around(bare, answer, 0), PhantomData)),
        Around::Ours(cors) => {
            let layer = CorsLayer::new(cors.clone()).make_body(Full::new);
            Box::new(Http(layer.layer(bare), PhantomData))
        }
        Around::Peer(others) => Box::new(Http(peer(others).layer(bare), PhantomData)),
    })
}

pub(super) fn peer(others: &Others) -> cors::CorsLayer {
    cors::CorsLayer::new()
        .allow_credentials(true)
        .allow_origin(match others {
            Others::These(origins) => {
                cors::AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok()))
            }
            Others::Subdomains => {
                cors::AllowOrigin::predicate(|origin, _| is_under_example(origin.as_bytes()))
            }
        })
        .allow_methods(METHODS.map(|name| Method::from_bytes(name.as_bytes()).expect("it is one")))
        .allow_headers(HEADERS.map(|name| name.parse().expect("it is one")))
        .expose_headers([EXPOSED.parse().expect("it is one")])
        .max_age(Duration::from_secs(MAX_AGE.into()))
}
