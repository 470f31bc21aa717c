use std::cell::Cell;
use std::convert::Infallible;
use std::fmt::Display;
use std::future::ready;

use warp::Filter;
use warp::body::BodyDeserializeError;
use warp::cors::CorsForbidden;
use warp::ext::MissingExtension;
use warp::http::StatusCode;
use warp::http::header::{CONTENT_TYPE, HeaderValue};
use warp::log::Info;
use warp::reject::{
    InvalidHeader, InvalidQuery, LengthRequired, MethodNotAllowed, MissingCookie, MissingHeader,
    PayloadTooLarge, Rejection, UnsupportedMediaType,
};
use warp::reply::{Reply, Response};

/// Turns every rejection into the response that warp itself would send at the end of a chain, so that CORS can add headers to it.
///
/// The status is always that of warp, even if several branches rejected. So is the text, with three exceptions:
///
/// - For a custom rejection that nobody handled, the text is its `Debug`, as in warp, together with that of the other rejections of
///   its chain.
/// - If several kinds of rejection have the same status, the text names one of them, not always the first.
/// - A few kinds are private in warp, such as that of a body that cannot be read. They have another text.
///
/// Put your own `recover` inside. It passes on what it does not handle:
///
/// ```
/// use cors_warp::default_replies;
/// use warp::{Filter, Rejection, http::StatusCode, reject::MethodNotAllowed, reply};
///
/// async fn mine(rejection: Rejection) -> Result<impl warp::Reply, Rejection> {
///     match rejection.find::<MethodNotAllowed>() {
///         Some(_) => Ok(reply::with_status("not like this", StatusCode::METHOD_NOT_ALLOWED)),
///         None => Err(rejection),
///     }
/// }
///
/// let routes = default_replies(warp::path!("hello").and(warp::get()).map(|| "hello").recover(mine));
/// ```
pub fn default_replies<F, R>(
    routes: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync
where
    F: Filter<Extract = (R,), Error = Rejection> + Clone + Send + Sync,
    R: Reply,
{
    let leave = warp::log::custom(|info: Info<'_>| {
        // Gone only while the thread ends.
        let _ = STATUS.try_with(|place| place.set(info.status()));
    });
    let reply = |rejection: Rejection| {
        let status = STATUS.try_with(Cell::get).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        ready(Ok::<_, Infallible>(reply(status, &rejection)))
    };
    routes.with(leave).recover(reply).map(Reply::into_response)
}

thread_local! {
    /// Which of several rejections counts, warp tells to the function of a log filter alone: as a status. The `recover` behind it
    /// takes it in the same poll.
    static STATUS: Cell<StatusCode> = const { Cell::new(StatusCode::INTERNAL_SERVER_ERROR) };
}

fn reply(status: StatusCode, rejection: &Rejection) -> Response {
    if rejection.is_not_found() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = Response::new(text(status, rejection).into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn text(status: StatusCode, rejection: &Rejection) -> String {
    fn of<T: Display + 'static>(rejection: &Rejection) -> Option<String> {
        rejection.find::<T>().map(T::to_string)
    }
    let found = match status {
        StatusCode::METHOD_NOT_ALLOWED => of::<MethodNotAllowed>(rejection),
        StatusCode::BAD_REQUEST => of::<InvalidHeader>(rejection)
            .or_else(|| of::<MissingHeader>(rejection))
            .or_else(|| of::<MissingCookie>(rejection))
            .or_else(|| of::<InvalidQuery>(rejection))
            .or_else(|| of::<BodyDeserializeError>(rejection)),
        StatusCode::FORBIDDEN => of::<CorsForbidden>(rejection),
        StatusCode::LENGTH_REQUIRED => of::<LengthRequired>(rejection),
        StatusCode::PAYLOAD_TOO_LARGE => of::<PayloadTooLarge>(rejection),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => of::<UnsupportedMediaType>(rejection),
        StatusCode::INTERNAL_SERVER_ERROR => of::<MissingExtension>(rejection).or_else(|| {
            #[cfg(feature = "tracing")]
            tracing::error!("unhandled rejection, answered with 500: {rejection:?}");
            let text = format!("{rejection:?}");
            let inner = text.strip_prefix("Rejection(").and_then(|text| text.strip_suffix(')'));
            Some(format!("Unhandled rejection: {}", inner.unwrap_or(&text)))
        }),
        _ => None,
    };
    found.unwrap_or_else(|| status.canonical_reason().unwrap_or_default().to_owned())
}
