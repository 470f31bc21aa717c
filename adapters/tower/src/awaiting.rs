use std::task::{Context, Poll};

use cors_model::Deciding;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::{CorsFuture, CorsLayer, CorsService, KnownBody, MakeBody, layer::cors_request};

/// A [`CorsLayer`] that awaits the answers of origin sources. Made by [`CorsLayer::await_sources`].
#[derive(Clone, Debug)]
pub struct AwaitingLayer<M = KnownBody>(pub(crate) CorsLayer<M>);

impl<S, M: Clone> Layer<S> for AwaitingLayer<M> {
    type Service = AwaitingService<S, M>;

    fn layer(&self, inner: S) -> AwaitingService<S, M> {
        AwaitingService(self.0.layer(inner))
    }
}

/// A service with a CORS policy around it, whose origin sources are awaited. Made by [`AwaitingLayer`].
#[derive(Clone, Debug)]
pub struct AwaitingService<S, M = KnownBody>(CorsService<S, M>);

impl<S, M, B, R> Service<Request<B>> for AwaitingService<S, M>
where
    S: Service<Request<B>, Response = Response<R>, Future: Send> + Clone + Send + 'static,
    M: MakeBody<R> + Clone + Send + 'static,
    B: Send + 'static,
    R: Default + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = CorsFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let later = {
            let CorsService { inner, layer } = &mut self.0;
            let cors = layer.attached.current();
            match cors.begin(cors_request(layer.target, &request)) {
                Deciding::Now(decision) => return layer.act(inner, &cors, decision, request),
                Deciding::Later(later) => later,
            }
        };
        // The service that is ready is the one that was asked whether it is.
        let next = self.0.clone();
        let CorsService { mut inner, layer } = std::mem::replace(&mut self.0, next);
        CorsFuture::waiting(async move {
            let (cors, answers) = later.await;
            let cors = layer.attached.with(&cors);
            let decision = cors.decide(cors_request(layer.target, &request).answers(answers));
            let response = layer.act(&mut inner, &cors, decision, request);
            response.await
        })
    }
}
