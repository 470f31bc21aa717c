use std::future::{Ready, ready};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpResponse, http::StatusCode};
use cors_model::{Attached, CorsRequest, Current, Decision, Reply, ResourcePolicy};

use crate::future::{Answer, CorsFuture};
use crate::headers::{Request, Response};

/// Puts a CORS policy around an application, a scope or a resource, by `wrap`.
#[derive(Clone, Debug)]
pub struct CorsMiddleware {
    attached: Attached,
}

impl CorsMiddleware {
    /// For `App::wrap` and `Scope::wrap`: looks the resource up by the request's full path, as it was sent. Takes a [`Cors`](crate::Cors),
    /// or a `CorsHandle` (feature `replace`).
    pub fn new(cors: impl Into<Attached>) -> Self {
        Self { attached: cors.into() }
    }

    /// For `Resource::wrap`: does not look at the path, and treats every request as one to this resource.
    pub fn resource(resource: ResourcePolicy) -> Self {
        Self::new(resource)
    }
}

impl<S, B> Transform<S, ServiceRequest> for CorsMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = Answer<B>;
    type Error = Error;
    type Transform = CorsService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CorsService { inner, middleware: self.clone() }))
    }
}

/// A service with a CORS policy around it. Made by [`CorsMiddleware`].
#[derive(Clone, Debug)]
pub struct CorsService<S> {
    inner: S,
    middleware: CorsMiddleware,
}

impl<S, B> Service<ServiceRequest> for CorsService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = Answer<B>;
    type Error = Error;
    type Future = CorsFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (uri, headers) = (request.uri(), Request(request.headers()));
        let cors_request = CorsRequest::new(uri.path(), request.method().as_str(), &headers)
            .authority(uri.authority().map(|authority| authority.as_str()));
        let cors = self.middleware.attached.current();
        match cors.decide(cors_request) {
            Decision::Pass => CorsFuture::asked(self.inner.call(request), None),
            Decision::Answer(reply) => CorsFuture::ready(answer(&cors, reply, request)),
            // What it holds are values: a clone of the request would make actix panic while it routes.
            Decision::Actual(decoration) => CorsFuture::asked(self.inner.call(request), Some(decoration)),
        }
    }
}

fn answer<B>(cors: &Current<'_>, reply: Reply, request: ServiceRequest) -> Answer<B> {
    let mut response = HttpResponse::with_body(StatusCode::NO_CONTENT, ());
    let answer = cors.answer(reply, &Request(request.headers()), &mut Response(response.headers_mut()));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::NO_CONTENT);
    request.into_response(response.set_body(answer.body).map_into_right_body())
}
