//! axum, through `cors-tower`.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Request};
use axum::handler::Handler;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use cors_tower::CorsLayer;
use futures_util::stream;
use tokio::net::TcpListener;

use super::{Attach, Site, Subject, app};

pub(super) const SUBJECT: Subject =
    Subject { name: "tower", framework: "axum 0.8", attach: &[Attach::App, Attach::Resource], serve };

fn serve(site: Site) -> io::Result<()> {
    let cors = site.cors.clone();
    let app = match site.attach {
        Attach::App => application(|_, methods| methods).layer(CorsLayer::new(cors).await_sources()),
        Attach::Resource => application(|template, methods| {
            methods.layer(CorsLayer::resource(cors.resource(template)).await_sources())
        }),
    };
    run(site, app)
}

/// Serves an application until the site stops.
pub(crate) fn run(site: Site, app: Router) -> io::Result<()> {
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
            done = async { axum::serve(listener, app).with_graceful_shutdown(shutdown.wait()).await } => done,
            () = too_late => Ok(()),
        }
    })
}

/// The application, with a wrapper around each resource's methods.
pub(crate) fn application(around: impl Fn(&str, MethodRouter) -> MethodRouter) -> Router {
    let mut routes = Routes { around, router: Router::new() };
    for template in app::PLAIN {
        routes.add(template, each_method(hello));
    }
    for &(template, lines) in app::WITH_HEADERS {
        routes.add(
            template,
            each_method(move |method, uri| async move {
                (AppendHeaders(lines.iter().copied()), hello(method, uri).await)
            }),
        );
    }
    routes.add("/get-only", get(hello));
    routes.add("/status/{code}", each_method(status));
    routes.add("/reject/{n}", each_method(async |_: Path<u64>, method, uri| hello(method, uri).await));
    routes.add("/error", each_method(async || Err::<(), _>(StatusCode::INTERNAL_SERVER_ERROR)));
    routes.add("/panic", each_method(panics));
    routes.add("/stream", each_method(streams));
    routes.add("/options", each_method(hello).options(async || text("own options")));
    routes.add("/ws", get(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)));
    routes.add("/count", count());
    routes.add("/cookie", each_method(cookie));
    routes.add("/login-required", each_method(hello).layer(middleware::from_fn(login)));
    routes.router
}

struct Routes<A> {
    around: A,
    router: Router,
}

impl<A: Fn(&str, MethodRouter) -> MethodRouter> Routes<A> {
    fn add(&mut self, template: &str, methods: MethodRouter) {
        let methods = (self.around)(template, methods);
        self.router = std::mem::take(&mut self.router).route(template, methods);
    }
}

fn each_method<H: Handler<T, ()>, T: 'static>(handler: H) -> MethodRouter {
    get(handler.clone()).post(handler.clone()).put(handler.clone()).patch(handler.clone()).delete(handler)
}

fn text(body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE.as_str(), "text/plain"), app::CUSTOM], body.into()).into_response()
}

async fn hello(method: Method, uri: Uri) -> Response {
    text(format!("{method} {}", uri.path()))
}

async fn status(Path(code): Path<u16>, method: Method, uri: Uri) -> Response {
    let Some(status) = StatusCode::from_u16(code).ok().filter(|status| !status.is_informational()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let location = status.is_redirection().then_some([(LOCATION, "/hello")]);
    (status, location.map(AppendHeaders), hello(method, uri).await).into_response()
}

async fn panics() {
    panic!("{}", app::PANIC);
}

async fn streams() -> Response {
    let (chunks, bytes) = app::STREAM;
    text(Body::from_stream(stream::unfold(0, move |sent| async move {
        tokio::task::yield_now().await;
        (sent < chunks).then(|| (Ok::<_, Infallible>(vec![b'.'; bytes]), sent + 1))
    })))
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
            break;
        }
    }
}

fn count() -> MethodRouter {
    let posts = Arc::new(AtomicU64::new(0));
    let so_far = posts.clone();
    get(async move || text(so_far.load(Ordering::Relaxed).to_string())).post(async move |method, uri| {
        posts.fetch_add(1, Ordering::Relaxed);
        hello(method, uri).await
    })
}

async fn cookie(headers: HeaderMap) -> Response {
    text(headers.get(COOKIE).map_or(Vec::new(), |value| value.as_bytes().to_vec()))
}

async fn login(request: Request, next: Next) -> Response {
    match request.headers().contains_key(AUTHORIZATION) {
        true => next.run(request).await,
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}
