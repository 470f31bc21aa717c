//! warp, through `cors-warp`.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cors_warp::{default_replies, resource, with_cors};
use futures_util::{SinkExt, StreamExt, stream};
use tokio::net::TcpListener;
use warp::filters::BoxedFilter;
use warp::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, LOCATION};
use warp::http::{HeaderMap, Method, StatusCode};
use warp::path::FullPath;
use warp::reject::{Reject, Rejection};
use warp::reply::{Reply, Response};
use warp::ws::{WebSocket, Ws};
use warp::{Filter, any, reject};

use super::{Attach, Site, Subject, app};

pub(super) const SUBJECT: Subject =
    Subject { name: "warp", framework: "warp 0.4", attach: &[Attach::App, Attach::Resource], serve };

pub(crate) type Routes = BoxedFilter<(Response,)>;

fn serve(site: Site) -> io::Result<()> {
    let cors = site.cors.clone();
    match site.attach {
        Attach::App => run(
            site,
            with_cors(cors, default_replies(all(|template, routes| at(template).and(routes).boxed()))),
        ),
        Attach::Resource => {
            let around = |template, routes| {
                resource(cors.resource(template), at(template), default_replies(routes)).boxed()
            };
            run(site, default_replies(all(around)))
        }
    }
}

/// Serves routes until the site stops.
pub(crate) fn run<F>(site: Site, routes: F) -> io::Result<()>
where
    F: Filter<Error = Infallible> + Clone + Send + Sync + 'static,
    F::Extract: Reply,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = TcpListener::bind(site.addr).await?;
        let addr = listener.local_addr()?;
        let shutdown = site.shutdown.clone();
        let too_late = async move {
            site.shutdown.wait().await;
            tokio::time::sleep(app::PATIENCE).await;
        };
        (site.listening)(addr);
        tokio::select! {
            () = warp::serve(routes).incoming(listener).graceful(shutdown.wait()).run() => Ok(()),
            () = too_late => Ok(()),
        }
    })
}

/// The application; a wrapper around each resource's routes knows its path.
pub(crate) fn all(around: impl Fn(&'static str, Routes) -> Routes) -> Routes {
    let mut branches = Vec::new();
    let mut add = |template, routes| branches.push(around(template, routes));
    for &template in app::PLAIN {
        add(template, each_method(hello()));
    }
    for &(template, lines) in app::WITH_HEADERS {
        let with_headers = hello().map(move |mut response: Response| {
            for &(name, value) in lines {
                let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
                response.headers_mut().append(name, value);
            }
            response
        });
        add(template, each_method(with_headers.boxed()));
    }
    add("/get-only", warp::get().and(hello()).boxed());
    add("/status/{code}", each_method(status()));
    // warp's own extractor has no rejection other than "not found".
    add("/reject/{n}", each_method(warp::path!("reject" / u64).map(drop).untuple_one().and(hello()).boxed()));
    add(
        "/error",
        each_method(any().and_then(|| async { Err::<Response, _>(reject::custom(Failed)) }).boxed()),
    );
    add("/panic", each_method(any().map(panics).boxed()));
    add("/stream", each_method(any().map(streams).boxed()));
    let own = warp::options().map(|| text("own options"));
    add("/options", each_method(hello()).or(own).unify().boxed());
    let ws = warp::get().and(warp::ws()).map(|upgrade: Ws| upgrade.on_upgrade(echo).into_response());
    add("/ws", ws.boxed());
    add("/count", count());
    add("/cookie", each_method(warp::header::headers_cloned().map(cookie).boxed()));
    let logged_in = login().and(each_method(hello())).recover(log_in).map(Reply::into_response);
    add("/login-required", logged_in.boxed());
    branches.into_iter().reduce(|one, other| one.or(other).unify().boxed()).unwrap_or_else(hello)
}

/// warp has no patterns, so this matches the paths of the application's templates.
pub(crate) fn at(template: &'static str) -> impl Filter<Extract = (), Error = Rejection> + Copy {
    warp::path::full()
        .and_then(move |path: FullPath| async move {
            (app::template_of(path.as_str()) == Some(template)).then_some(()).ok_or_else(reject)
        })
        .untuple_one()
}

fn each_method(handler: Routes) -> Routes {
    let methods = warp::get().or(warp::post()).unify().or(warp::put()).unify();
    methods.or(warp::patch()).unify().or(warp::delete()).unify().and(handler).boxed()
}

fn text(body: impl Reply) -> Response {
    let body = warp::reply::with_header(body, CONTENT_TYPE, "text/plain");
    warp::reply::with_header(body, app::CUSTOM.0, app::CUSTOM.1).into_response()
}

fn hello() -> Routes {
    let hello = |method: Method, path: FullPath| text(format!("{method} {}", path.as_str()));
    warp::method().and(warp::path::full()).map(hello).boxed()
}

fn status() -> Routes {
    let with_status = |code: u16, mut response: Response| {
        let Some(status) = StatusCode::from_u16(code).ok().filter(|status| !status.is_informational()) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        *response.status_mut() = status;
        if status.is_redirection() {
            response.headers_mut().insert(LOCATION, HeaderValue::from_static("/hello"));
        }
        response
    };
    warp::path!("status" / u16).and(hello()).map(with_status).boxed()
}

#[derive(Debug)]
struct Failed;

impl Reject for Failed {}

fn panics() -> Response {
    panic!("{}", app::PANIC);
}

fn streams() -> Response {
    let (chunks, bytes) = app::STREAM;
    text(warp::reply::stream(stream::unfold(0, move |sent| async move {
        tokio::task::yield_now().await;
        (sent < chunks).then(|| (Ok::<_, Infallible>(vec![b'.'; bytes]), sent + 1))
    })))
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.next().await {
        if message.is_text() && socket.send(message).await.is_err() {
            break;
        }
    }
}

fn count() -> Routes {
    let posts = Arc::new(AtomicU64::new(0));
    let so_far = posts.clone();
    let get = warp::get().map(move || text(so_far.load(Ordering::Relaxed).to_string()));
    let post = warp::post().and(hello()).map(move |response| {
        posts.fetch_add(1, Ordering::Relaxed);
        response
    });
    get.or(post).unify().boxed()
}

fn cookie(headers: HeaderMap) -> Response {
    text(headers.get(COOKIE).map_or(Vec::new(), |value| value.as_bytes().to_vec()))
}

fn login() -> impl Filter<Extract = (), Error = Rejection> + Clone {
    warp::header::headers_cloned()
        .and_then(|headers: HeaderMap| async move {
            headers.contains_key(AUTHORIZATION).then_some(()).ok_or_else(|| reject::custom(LogIn))
        })
        .untuple_one()
}

#[derive(Debug)]
struct LogIn;

impl Reject for LogIn {}

async fn log_in(rejection: Rejection) -> Result<StatusCode, Rejection> {
    rejection.find::<LogIn>().map(|_| StatusCode::UNAUTHORIZED).ok_or(rejection)
}
