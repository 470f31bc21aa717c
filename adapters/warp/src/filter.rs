use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::str::FromStr;
use std::thread::LocalKey;

use cors_model::{
    Answers, Attached, Cors, CorsRequest, Current, Deciding, Decision, Decoration, ResourcePolicy,
};
use warp::host::Authority;
use warp::http::{HeaderMap, HeaderValue};
use warp::log::Info;
use warp::reject::{Reject, Rejection};
use warp::reply::{Reply, Response};
use warp::{Filter, any, header, host, reject};

/// Puts a CORS policy around a whole application: looks the resource up by the request's path. Takes a [`Cors`](crate::Cors), or a
/// `CorsHandle` (feature `replace`).
///
/// A rejection has no headers until it becomes a response, so all rejections have to be handled before: with
/// [`default_replies`](crate::default_replies), or with a [`recover`](Filter::recover) that handles every rejection.
///
/// ```
/// use cors_warp::{CorsConfig, ResourceOptions, default_replies, with_cors};
/// use warp::Filter;
///
/// # fn main() -> Result<(), cors_warp::ConfigErrors> {
/// let origins = [("https://app.example.com", ResourceOptions::new())];
/// let cors = CorsConfig::new().defaults(origins).all_resources().build()?;
/// let routes = warp::path!("hello").map(|| "hello");
/// let server = warp::serve(with_cors(cors, default_replies(routes)));
/// # let _ = server;
/// # Ok(())
/// # }
/// ```
///
/// Routes that may still reject do not compile:
///
/// ```compile_fail,E0271
/// use cors_warp::{CorsConfig, ResourceOptions, with_cors};
/// use warp::Filter;
///
/// # fn main() -> Result<(), cors_warp::ConfigErrors> {
/// let origins = [("https://app.example.com", ResourceOptions::new())];
/// let cors = CorsConfig::new().defaults(origins).all_resources().build()?;
/// let routes = warp::path!("hello").map(|| "hello");
/// let server = warp::serve(with_cors(cors, routes));
/// # let _ = server;
/// # Ok(())
/// # }
/// ```
pub fn with_cors<F, R>(
    cors: impl Into<Attached>,
    routes: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync
where
    F: Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync,
    R: Reply,
{
    Policy(cors.into()).around(routes)
}

/// One resource with its policy, as a branch of an `or` chain. `path` selects the requests to this resource, and `routes` answers
/// all of them, whatever their method. Any other request is rejected by `path`, and goes on to the next branch.
///
/// Values that `path` extracts are dropped. `routes` sees the whole path, so each route in it needs its path filter again.
/// Like [`with_cors`], it takes no routes that may still reject.
pub fn resource<P, F, R>(
    policy: ResourcePolicy,
    path: P,
    routes: F,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync
where
    P: Filter<Error = Rejection> + Clone + Send + Sync,
    P::Extract: Send,
    F: Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync,
    R: Reply,
{
    here(path).and(Policy(policy.into()).around(routes))
}

/// Matches a path without moving on in it. warp goes back to where it was only when a filter rejects, so a match
/// becomes a rejection, which is taken back.
fn here<P>(path: P) -> impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync
where
    P: Filter<Error = Rejection> + Clone + Send + Sync,
    P::Extract: Send,
{
    // With an alternative, whatever the path extracts is one value.
    let never = any().and_then(|| ready(Err::<(), _>(reject())));
    path.or(never)
        .and_then(|_| ready(Err::<(), _>(reject::custom(Here))))
        .or_else(|rejection: Rejection| {
            ready(if rejection.find::<Here>().is_some() { Ok(((),)) } else { Err(rejection) })
        })
        .untuple_one()
}

#[derive(Debug)]
struct Here;

impl Reject for Here {}

/// The authority of the target, if there is no `Host` line, as in HTTP/2: a log filter does not show the target.
/// With a `Host` line it is not asked for: warp would copy the line to compare the two.
fn authority() -> impl Filter<Extract = (Option<Authority>,), Error = Infallible> + Clone + Send + Sync {
    header::optional("host")
        .and_then(|line: Option<HostLine>| ready(line.map_or(Ok(()), |_| Err(reject()))))
        .untuple_one()
        .and(host::optional())
        .or_else(|_| ready(Ok((None,))))
}

/// That there is a `Host` line, whatever it says.
struct HostLine;

impl FromStr for HostLine {
    type Err = Infallible;

    fn from_str(_: &str) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// A policy at its place.
#[derive(Clone, Debug)]
struct Policy(Attached);

thread_local! {
    /// Only the function of a log filter sees a request's headers without a copy of all of them, and it has no result. So it
    /// leaves one here: the answer to a preflight, or what the response will need. The filters behind it take it in the same poll, with
    /// nothing in between but warp's combinators.
    static ANSWER: Cell<Option<Response>> = const { Cell::new(None) };
    static DECORATION: Cell<Option<Decoration<HeaderValue>>> = const { Cell::new(None) };
    /// On the way there: the authority, what the sources have yet to say, and what they have said.
    static AUTHORITY: Cell<Option<Authority>> = const { Cell::new(None) };
    static QUESTION: Cell<Option<(Later, Option<Authority>)>> = const { Cell::new(None) };
    static ANSWERS: Cell<Option<(Cors, Answers, Option<Authority>)>> = const { Cell::new(None) };
}

type Later = Pin<Box<dyn Future<Output = (Cors, Answers)> + Send>>;

/// Gone only while the thread ends.
fn take<T>(place: &'static LocalKey<Cell<Option<T>>>) -> Option<T> {
    place.try_with(Cell::take).ok().flatten()
}

fn leave<T>(place: &'static LocalKey<Cell<Option<T>>>, value: Option<T>) {
    let _ = place.try_with(|place| place.set(value));
}

impl Policy {
    fn around<F, R>(
        self,
        routes: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync
    where
        F: Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync,
        R: Reply,
    {
        let place = self.clone();
        let begin = warp::log::custom(move |info: Info<'_>| place.begin(&info));
        // Its last poll leaves the answers for the filter behind it.
        let waited = |reply| async move {
            if let Some((later, authority)) = take(&QUESTION) {
                let (cors, answers) = later.await;
                leave(&ANSWERS, Some((cors, answers, authority)));
            }
            Ok::<_, Infallible>(reply)
        };
        let finish = warp::log::custom(move |info: Info<'_>| self.finish(&info));
        let answered = |_| ready(take(&ANSWER).ok_or_else(reject));
        let seen = authority().map(|authority| {
            leave(&AUTHORITY, authority);
            warp::reply()
        });
        let asked = seen.with(begin).and_then(waited);
        let preflight = asked.with(finish).and_then(answered);
        let actual = any().map(|| take(&DECORATION)).and(routes).map(|decoration: Option<_>, reply: R| {
            let mut response = reply.into_response();
            if let Some(mut decoration) = decoration {
                Decoration::write(&mut decoration, response.headers_mut());
            }
            response
        });
        preflight.or(actual).unify()
    }

    fn begin(&self, info: &Info<'_>) {
        let (cors, authority) = (self.0.current(), take(&AUTHORITY));
        match cors.begin(cors_request(info, authority.as_ref())) {
            Deciding::Now(decision) => act(&cors, decision, info),
            Deciding::Later(later) => leave(&QUESTION, Some((later, authority))),
        }
    }

    fn finish(&self, info: &Info<'_>) {
        let Some((cors, answers, authority)) = take(&ANSWERS) else { return };
        let cors = self.0.with(&cors);
        act(&cors, cors.decide(cors_request(info, authority.as_ref()).answers(answers)), info);
    }
}

/// Leaves what was decided for the filters behind.
fn act(cors: &Current<'_>, decision: Decision<HeaderValue>, info: &Info<'_>) {
    let (answer, decoration) = match decision {
        Decision::Pass => (None, None),
        Decision::Answer(reply) => (Some(answer(cors, reply, info.request_headers())), None),
        Decision::Actual(decoration) => (None, Some(decoration)),
    };
    leave(&ANSWER, answer);
    leave(&DECORATION, decoration);
}

fn cors_request<'a>(info: &'a Info<'_>, authority: Option<&'a Authority>) -> CorsRequest<'a, HeaderMap> {
    CorsRequest::new(info.path(), info.method().as_str(), info.request_headers())
        .authority(authority.map(Authority::as_str))
}

fn answer(cors: &Current<'_>, reply: cors_model::Reply, request: &HeaderMap) -> Response {
    let mut response = Response::default();
    let answer = cors.answer(reply, request, response.headers_mut());
    *response.status_mut() = answer.status;
    if !answer.body.is_empty() {
        *response.body_mut() = answer.body.into();
    }
    response
}
