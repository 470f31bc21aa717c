use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::http::header::HeaderValue;
use actix_web::{Error, body::EitherBody, dev::ServiceResponse, web::Bytes};
use cors_model::Decoration;
use pin_project_lite::pin_project;

use crate::headers::Response;

pub(crate) type Answer<B> = ServiceResponse<EitherBody<B, Bytes>>;

pin_project! {
    /// The response of a [`CorsService`](crate::CorsService).
    pub struct CorsFuture<F, B> {
        #[pin] state: State<F, B>,
    }
}

pin_project! {
    #[project = Now]
    enum State<F, B> {
        Waiting { response: Pin<Box<dyn Future<Output = Result<Answer<B>, Error>>>> },
        Answered { response: Option<Answer<B>> },
        Asked { #[pin] inner: F, decoration: Option<Decoration<HeaderValue>> },
    }
}

impl<F, B> CorsFuture<F, B> {
    pub(crate) fn waiting(response: impl Future<Output = Result<Answer<B>, Error>> + 'static) -> Self {
        Self { state: State::Waiting { response: Box::pin(response) } }
    }

    pub(crate) fn ready(response: Answer<B>) -> Self {
        Self { state: State::Answered { response: Some(response) } }
    }

    pub(crate) fn asked(inner: F, decoration: Option<Decoration<HeaderValue>>) -> Self {
        Self { state: State::Asked { inner, decoration } }
    }
}

impl<F, B> Future for CorsFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<Answer<B>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            Now::Waiting { response } => response.as_mut().poll(context),
            // Polled again after it was ready, which no caller may do, it stays pending.
            Now::Answered { response } => response.take().map_or(Poll::Pending, |done| Poll::Ready(Ok(done))),
            Now::Asked { inner, decoration } => {
                let outcome = ready!(inner.poll(context));
                Poll::Ready(match (outcome, decoration.take()) {
                    (Ok(mut response), Some(mut decoration)) => {
                        decoration.write(&mut Response(response.headers_mut()));
                        Ok(response.map_into_left_body())
                    }
                    // The error stays what it is for those outside; it is the response made of it that is written on.
                    (Err(mut error), Some(decoration)) => {
                        error.add_response_mapper(move |mut response| {
                            decoration.clone().write(&mut Response(response.headers_mut()));
                            response
                        });
                        Err(error)
                    }
                    (outcome, None) => outcome.map(ServiceResponse::map_into_left_body),
                })
            }
        }
    }
}
