use std::future::{Ready, ready};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpResponse, http::StatusCode};
use cors_model::{Cors, CorsRequest, Decision, Preflight, ResourceKey, ResourcePolicy, Target};

use crate::future::{Answer, CorsFuture};
use crate::headers::{Request, Response};

/// Puts a CORS policy around an application, a scope or a resource, by `wrap`.
#[derive(Clone, Debug)]
pub struct CorsMiddleware {
    cors: Cors,
    /// Without it a request finds its resource by its path.
    resource: Option<ResourceKey>,
}

impl CorsMiddleware {
    /// For `App::wrap` and `Scope::wrap`: a request's resource is found by its full path, as actix routes on it.
    pub fn new(cors: Cors) -> Self {
        Self { cors, resource: None }
    }

    /// For `Resource::wrap`: every request is one to this resource.
    pub fn resource(resource: ResourcePolicy) -> Self {
        Self { cors: resource.cors().clone(), resource: Some(resource.key()) }
    }

    fn answer<B>(&self, preflight: Preflight, request: ServiceRequest) -> Answer<B> {
        let mut response = HttpResponse::with_body(StatusCode::NO_CONTENT, ());
        let answer =
            self.cors.answer(preflight, &Request(request.headers()), &mut Response(response.headers_mut()));
        *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::NO_CONTENT);
        request.into_response(response.set_body(answer.body).map_into_right_body())
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
        let target = self.middleware.resource.map_or(Target::Path, Target::Resource);
        let (path, headers) = (request.match_info().as_str(), Request(request.headers()));
        let decision = self.middleware.cors.decide(
            &CorsRequest::new(path, request.method().as_str(), &headers)
                .target(target)
                .authority(request.uri().authority().map(|authority| authority.as_str())),
        );
        match decision {
            Decision::Pass => CorsFuture::asked(self.inner.call(request), None),
            Decision::Preflight(preflight) => {
                CorsFuture::answered(self.middleware.answer(preflight, request))
            }
            // What it holds are values: a clone of the request would make actix panic while it routes.
            Decision::Actual(decoration) => CorsFuture::asked(self.inner.call(request), Some(decoration)),
        }
    }
}
