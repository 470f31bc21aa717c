//! warp, as the tests ask it.

#![allow(dead_code)] // Each test takes what it needs.

use std::convert::Infallible;
use std::fmt::Debug;

use cors_test_support::{Answer, Ask};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};
use warp::filters::BoxedFilter;
use warp::http::{Request, Response};
use warp::{Filter, Reply};

/// Routes as they are put together, which may still reject.
pub(crate) type Routes = BoxedFilter<(warp::reply::Response,)>;

pub(crate) fn routes<R>(
    filter: impl Filter<Extract = (R,), Error: Into<warp::Rejection>> + Send + Sync + 'static,
) -> Routes
where
    R: Reply + 'static,
{
    filter.map(Reply::into_response).boxed()
}

/// In this process, as the server asks.
pub(crate) async fn ask<S, B>(service: S, ask: Ask) -> Answer
where
    S: Service<Request<String>, Response = Response<B>, Error = Infallible>,
    B: BodyExt<Error: Debug>,
{
    send(service, ask.http()).await
}

/// With a body.
pub(crate) async fn send<S, B>(service: S, request: Request<String>) -> Answer
where
    S: Service<Request<String>, Response = Response<B>, Error = Infallible>,
    B: BodyExt<Error: Debug>,
{
    let response = service.oneshot(request).await.unwrap();
    let head = Answer::head(&response);
    head.with_text(response.into_body().collect().await.unwrap().to_bytes())
}
