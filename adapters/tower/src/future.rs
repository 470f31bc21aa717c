use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cors_model::Decoration;
use http::{HeaderValue, Response};
use pin_project_lite::pin_project;

pin_project! {
    /// The response of a [`CorsService`](crate::CorsService).
    pub struct CorsFuture<F: Future, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F: Future, B> {
        Waiting { response: Pin<Box<dyn Future<Output = F::Output> + Send>> },
        Answered { response: Option<Response<B>> },
        Asked { #[pin] inner: F, decoration: Option<Decoration<HeaderValue>> },
    }
}

impl<F: Future, B> CorsFuture<F, B> {
    pub(crate) fn waiting(response: impl Future<Output = F::Output> + Send + 'static) -> Self {
        Self { state: State::Waiting { response: Box::pin(response) } }
    }

    pub(crate) fn answered(response: Response<B>) -> Self {
        Self { state: State::Answered { response: Some(response) } }
    }

    pub(crate) fn asked(inner: F, decoration: Option<Decoration<HeaderValue>>) -> Self {
        Self { state: State::Asked { inner, decoration } }
    }
}

impl<F, B, E> Future for CorsFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Waiting { response } => response.as_mut().poll(context),
            // Polled again after it was ready, which no caller may do, it stays pending.
            StateProjection::Answered { response } => {
                response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
            StateProjection::Asked { inner, decoration } => {
                let mut response = ready!(inner.poll(context))?;
                if let Some(decoration) = decoration {
                    decoration.write(response.headers_mut());
                }
                Poll::Ready(Ok(response))
            }
        }
    }
}
