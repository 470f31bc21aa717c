use cors_model::{Attached, CorsRequest, Current, Deciding, Decision, Decoration, Reply, ResourcePolicy};
use poem::http::{HeaderMap, HeaderValue};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};

/// Puts a CORS policy around an endpoint.
#[derive(Clone, Debug)]
pub struct CorsMiddleware {
    attached: Attached,
}

impl CorsMiddleware {
    /// Around a whole application: looks the resource up by the request's path. Takes a [`Cors`](crate::Cors), or a `CorsHandle`
    /// (feature `replace`).
    pub fn new(cors: impl Into<Attached>) -> Self {
        Self { attached: cors.into() }
    }

    /// Around one resource, such as the methods of a route: does not look at the path, and treats every request as one to this
    /// resource.
    pub fn resource(resource: ResourcePolicy) -> Self {
        Self::new(resource)
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
        let place = &self.middleware.attached;
        let deciding = {
            let cors = place.current();
            match cors.begin(cors_request(&request)) {
                Deciding::Now(decision) => Ok(decided(&cors, decision, &request)),
                Deciding::Later(later) => Err(later),
            }
        };
        let decided = match deciding {
            Ok(decided) => decided,
            Err(later) => {
                let (cors, answers) = later.await;
                let cors = place.with(&cors);
                decided(&cors, cors.decide(cors_request(&request).answers(answers)), &request)
            }
        };
        match decided {
            Decided::Answer(response) => Ok(response),
            Decided::Pass => self.inner.call(request).await.map(IntoResponse::into_response),
            Decided::Actual(mut decoration) => {
                // An error has no header lines until it is a response.
                let mut response = self.inner.get_response(request).await;
                decoration.write(response.headers_mut());
                Ok(response)
            }
        }
    }
}

/// What comes of a request, without the policy that has decided it.
enum Decided {
    Pass,
    Answer(Response),
    Actual(Decoration<HeaderValue>),
}

fn decided(cors: &Current<'_>, decision: Decision<HeaderValue>, request: &Request) -> Decided {
    match decision {
        Decision::Pass => Decided::Pass,
        Decision::Answer(reply) => Decided::Answer(answer(cors, reply, request)),
        Decision::Actual(decoration) => Decided::Actual(decoration),
    }
}

pub(crate) fn cors_request(request: &Request) -> CorsRequest<'_, HeaderMap> {
    let uri = request.uri();
    let cors_request = CorsRequest::new(uri.path(), request.method().as_str(), request.headers())
        .authority(uri.authority().map(|authority| authority.as_str()));
    match request.data() {
        Some(PathPattern(nest)) => cors_request.nested(nest, request.original_uri().path()),
        None => cors_request,
    }
}

fn answer(cors: &Current<'_>, reply: Reply, request: &Request) -> Response {
    let mut response = Response::default();
    let answer = cors.answer(reply, request.headers(), response.headers_mut());
    response.set_status(answer.status);
    if !answer.body.is_empty() {
        response.set_body(answer.body);
    }
    response
}
