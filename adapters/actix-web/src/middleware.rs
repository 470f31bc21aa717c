use std::future::{Ready, ready};
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::{StatusCode, header::HeaderValue};
use actix_web::{Error, HttpResponse};
use cors_model::{Attached, CorsRequest, Current, Deciding, Decision, Reply, ResourcePolicy};

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
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = Answer<B>;
    type Error = Error;
    type Transform = CorsService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CorsService(Rc::new(Placed { inner, attached: self.attached.clone() }))))
    }
}

/// A service with a CORS policy around it. Made by [`CorsMiddleware`].
#[derive(Debug)]
pub struct CorsService<S>(Rc<Placed<S>>);

impl<S> Clone for CorsService<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A service and the policy around it. A request that waits for the answer of a source keeps both.
#[derive(Debug)]
struct Placed<S> {
    inner: S,
    attached: Attached,
}

impl<S, B> Service<ServiceRequest> for CorsService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = Answer<B>;
    type Error = Error;
    type Future = CorsFuture<S::Future, B>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let cors = self.0.attached.current();
        match cors.begin(cors_request(&request, &Request(request.headers()))) {
            Deciding::Now(decision) => self.0.act(&cors, decision, request),
            Deciding::Later(later) => {
                let placed = self.0.clone();
                CorsFuture::waiting(async move {
                    let (cors, answers) = later.await;
                    let cors = placed.attached.with(&cors);
                    let headers = Request(request.headers());
                    let decision = cors.decide(cors_request(&request, &headers).answers(answers));
                    let response = placed.act(&cors, decision, request);
                    response.await
                })
            }
        }
    }
}

impl<S, B> Placed<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    /// Does what was decided about a request.
    fn act(
        &self,
        cors: &Current<'_>,
        decision: Decision<HeaderValue>,
        request: ServiceRequest,
    ) -> CorsFuture<S::Future, B> {
        match decision {
            Decision::Pass => CorsFuture::asked(self.inner.call(request), None),
            Decision::Answer(reply) => CorsFuture::ready(answer(cors, reply, request)),
            // What it holds are values: a clone of the request would make actix panic while it routes.
            Decision::Actual(decoration) => CorsFuture::asked(self.inner.call(request), Some(decoration)),
        }
    }
}

fn cors_request<'a>(request: &'a ServiceRequest, headers: &'a Request<'a>) -> CorsRequest<'a, Request<'a>> {
    let uri = request.uri();
    CorsRequest::new(uri.path(), request.method().as_str(), headers)
        .authority(uri.authority().map(|authority| authority.as_str()))
}

fn answer<B>(cors: &Current<'_>, reply: Reply, request: ServiceRequest) -> Answer<B> {
    let mut response = HttpResponse::with_body(StatusCode::NO_CONTENT, ());
    let answer = cors.answer(reply, &Request(request.headers()), &mut Response(response.headers_mut()));
    *response.status_mut() = StatusCode::from_u16(answer.status.as_u16()).unwrap_or(StatusCode::NO_CONTENT);
    request.into_response(response.set_body(answer.body).map_into_right_body())
}
