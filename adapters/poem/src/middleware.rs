use cors_model::{Cors, CorsRequest, Decision, Preflight, ResourcePolicy, Target};
use poem::http::{HeaderMap, StatusCode};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};

/// Puts a CORS policy around an endpoint.
#[derive(Clone, Debug)]
pub struct CorsMiddleware {
    cors: Cors,
    target: Target<'static>,
}

impl CorsMiddleware {
    /// Around a whole application: a request's resource is found by its path.
    pub fn new(cors: Cors) -> Self {
        Self { cors, target: Target::Path }
    }

    /// Around one resource, such as the methods of a route: every request is one to this resource.
    pub fn resource(resource: ResourcePolicy) -> Self {
        Self { cors: resource.cors().clone(), target: Target::Resource(resource.key()) }
    }

    fn request<'a>(&self, request: &'a Request) -> CorsRequest<'a, HeaderMap> {
        let uri = request.uri();
        let cors_request = CorsRequest::new(uri.path(), request.method().as_str(), request.headers())
            .target(self.target)
            .authority(uri.authority().map(|authority| authority.as_str()));
        match request.data() {
            Some(PathPattern(nest)) => cors_request.nested(nest, request.original_uri().path()),
            None => cors_request,
        }
    }

    fn answer(&self, preflight: Preflight, request: &Request) -> Response {
        let mut response = Response::default();
        let answer = self.cors.answer(preflight, request.headers(), response.headers_mut());
        response.set_status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::NO_CONTENT));
        if !answer.body.is_empty() {
            response.set_body(answer.body);
        }
        response
    }
}

impl<E: Endpoint> Middleware<E> for CorsMiddleware {
    type Output = CorsEndpoint<E>;

    fn transform(&self, inner: E) -> CorsEndpoint<E> {
        CorsEndpoint { inner, middleware: self.clone() }
    }
}

/// An endpoint with a CORS policy around it. Made by [`CorsMiddleware`].
#[derive(Clone, Debug)]
pub struct CorsEndpoint<E> {
    inner: E,
    middleware: CorsMiddleware,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        match self.middleware.cors.decide(&self.middleware.request(&request)) {
            Decision::Pass => self.inner.call(request).await.map(IntoResponse::into_response),
            Decision::Preflight(preflight) => Ok(self.middleware.answer(preflight, &request)),
            Decision::Actual(mut decoration) => {
                // An error has no header lines until it is a response.
                let mut response = self.inner.get_response(request).await;
                decoration.write(response.headers_mut());
                Ok(response)
            }
        }
    }
}
