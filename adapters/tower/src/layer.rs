use std::task::{Context, Poll};

use cors_model::{Attached, CorsRequest, Current, Decision, Reply, ResourcePolicy, Target};
use http::{HeaderMap, HeaderValue, Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::{AwaitingLayer, CorsFuture, KnownBody, MakeBody};

/// Puts a CORS policy around a service.
#[derive(Clone, Debug)]
pub struct CorsLayer<M = KnownBody> {
    pub(crate) attached: Attached,
    /// Of a router's template it says only that there is one.
    pub(crate) target: Target<'static>,
    make_body: M,
}

impl CorsLayer {
    /// Around a whole application: looks the resource up by the request's path. Takes a [`Cors`](crate::Cors), or a `CorsHandle`
    /// (feature `replace`).
    pub fn new(cors: impl Into<Attached>) -> Self {
        Self { attached: cors.into(), target: Target::Path, make_body: KnownBody }
    }

    /// Around one resource, such as an axum `MethodRouter`: does not look at the path, and treats every request as one to this
    /// resource.
    pub fn resource(resource: ResourcePolicy) -> Self {
        Self::new(resource)
    }
}

impl<M> CorsLayer<M> {
    /// Looks the resource up by the route that axum matched, so that a wider template does not cover a route that you did not
    /// register. Use it with `Router::layer`. A request that matched no route gets CORS only with `all_resources`.
    #[cfg(feature = "axum")]
    pub fn matched_path(mut self) -> Self {
        self.target = Target::Routed(None);
        self
    }

    /// Awaits the answers of origin sources, such as a database ([S26](cors_model::rules)). The inner service has to be `Clone`, as in axum: it is called when
    /// the answers are there. Without this, a source that has to be awaited fails, so that no origin belongs to it. A function needs none
    /// of this.
    pub fn await_sources(self) -> AwaitingLayer<M> {
        AwaitingLayer(self)
    }

    /// Makes the body of a refused preflight with this function. For bodies that [`KnownBody`] leaves empty, such as tonic's and
    /// `http-body-util`'s `Full`.
    pub fn make_body<N>(self, make_body: N) -> CorsLayer<N> {
        CorsLayer { attached: self.attached, target: self.target, make_body }
    }
}

impl<S, M: Clone> Layer<S> for CorsLayer<M> {
    type Service = CorsService<S, M>;

    fn layer(&self, inner: S) -> CorsService<S, M> {
        CorsService { inner, layer: self.clone() }
    }
}

/// A service with a CORS policy around it. Made by [`CorsLayer`].
#[derive(Clone, Debug)]
pub struct CorsService<S, M = KnownBody> {
    pub(crate) inner: S,
    pub(crate) layer: CorsLayer<M>,
}

impl<S, M, B, R> Service<Request<B>> for CorsService<S, M>
where
    S: Service<Request<B>, Response = Response<R>>,
    M: MakeBody<R>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = CorsFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let cors = self.layer.attached.current();
        let decision = cors.decide(cors_request(self.layer.target, &request));
        self.layer.act(&mut self.inner, &cors, decision, request)
    }
}

impl<M> CorsLayer<M> {
    /// Does what was decided about a request.
    pub(crate) fn act<S, B, R>(
        &self,
        inner: &mut S,
        cors: &Current<'_>,
        decision: Decision<HeaderValue>,
        request: Request<B>,
    ) -> CorsFuture<S::Future, R>
    where
        S: Service<Request<B>, Response = Response<R>>,
        M: MakeBody<R>,
        R: Default,
    {
        match decision {
            Decision::Pass => CorsFuture::asked(inner.call(request), None),
            Decision::Answer(reply) => CorsFuture::answered(self.answer(cors, reply, request.headers())),
            Decision::Actual(decoration) => CorsFuture::asked(inner.call(request), Some(decoration)),
        }
    }

    fn answer<R: Default>(&self, cors: &Current<'_>, reply: Reply, request: &HeaderMap) -> Response<R>
    where
        M: MakeBody<R>,
    {
        let mut response = Response::new(());
        let answer = cors.answer(reply, request, response.headers_mut());
        *response.status_mut() = answer.status;
        // One body alone: making a second one would cost axum an allocation.
        response
            .map(|()| if answer.body.is_empty() { R::default() } else { self.make_body.text(answer.body) })
    }
}

pub(crate) fn cors_request<'a, B>(
    target: Target<'static>,
    request: &'a Request<B>,
) -> CorsRequest<'a, HeaderMap> {
    let cors_request = CorsRequest::from(request).target(target);
    #[cfg(feature = "axum")]
    let cors_request = with_axum(target, request.extensions(), cors_request);
    cors_request
}

/// What axum's router knows of the request: its path before it was cut, and the template that it has matched.
#[cfg(feature = "axum")]
fn with_axum<'a>(
    target: Target<'static>,
    extensions: &'a http::Extensions,
    mut request: CorsRequest<'a, HeaderMap>,
) -> CorsRequest<'a, HeaderMap> {
    use axum::extract::{MatchedPath, NestedPath, OriginalUri};
    if let (Some(nest), Some(OriginalUri(uri))) = (extensions.get::<NestedPath>(), extensions.get()) {
        request = request.nested(nest.as_str(), uri.path());
    }
    if let Target::Routed(_) = target {
        request = request.target(Target::Routed(extensions.get().map(MatchedPath::as_str)));
    }
    request
}
