//! warp: one filter as a service.

use std::marker::PhantomData;

use cors_warp::with_cors;
use warp::http::Method;
use warp::reply::{Reply, Response};
use warp::{Filter, any};

use super::http::{Http, Lines, preflight};
use super::{Application, Around, Framework};
use crate::scenario::{EXPOSED, HEADERS, MAX_AGE, METHODS, Others};

pub(super) const FRAMEWORK: Framework = Framework { name: "warp", peer: "warp", application };

fn application(around: Around<'_>) -> Option<Box<dyn Application>> {
    let bare = any().map(Response::default);
    Some(match around {
        Around::Floor => Box::new(Http::<_, String>(warp::service(bare), PhantomData)),
        Around::Hand(answer) => {
            let lines: &'static Lines = Box::leak(Box::new(Lines::of(answer)));
            let write = move |mut response: Response| {
                lines.put(response.headers_mut());
                response
            };
            match preflight(answer) {
                None => Box::new(Http::<_, String>(warp::service(bare.map(write)), PhantomData)),
                Some((status, text)) => {
                    let answer = warp::options().map(move || {
                        let mut response = Response::new(text.into());
                        *response.status_mut() = status;
                        write(response)
                    });
                    Box::new(Http::<_, String>(warp::service(answer.or(bare).unify()), PhantomData))
                }
            }
        }
        Around::Ours(cors) => {
            Box::new(Http::<_, String>(warp::service(with_cors(cors.clone(), bare)), PhantomData))
        }
        Around::Peer(Others::Subdomains) => return None,
        Around::Peer(Others::These(origins)) => {
            let cors = warp::cors()
                .allow_credentials(true)
                .allow_origins(origins.iter().map(String::as_str))
                .allow_methods(METHODS.map(|name| Method::from_bytes(name.as_bytes()).expect("it is one")))
                .allow_headers(HEADERS)
                .expose_headers([EXPOSED])
                .max_age(MAX_AGE);
            Box::new(Http::<_, String>(warp::service(bare.with(cors).map(Reply::into_response)), PhantomData))
        }
    })
}
