//! poem, through `cors-poem`.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cors_poem::CorsMiddleware;
use futures_util::{SinkExt, StreamExt, stream};
use poem::endpoint::{BoxEndpoint, make};
use poem::error::{BadRequest, InternalServerError};
use poem::http::header::{AUTHORIZATION, COOKIE, LOCATION};
use poem::http::{HeaderMap, Method, StatusCode, Uri};
use poem::listener::TcpAcceptor;
use poem::web::Path;
use poem::web::websocket::{Message, WebSocket};
use poem::{
    Body, Endpoint, EndpointExt, IntoResponse, Request, Response, ResponseBuilder, Result, Route,
    RouteMethod, Server, get, handler,
};
use tokio::net::TcpListener;

use super::{Attach, Site, Subject, app};

pub(super) const SUBJECT: Subject =
    Subject { name: "poem", framework: "poem 3.1", attach: &[Attach::App, Attach::Resource], serve };

fn serve(site: Site) -> io::Result<()> {
    let cors = site.cors.clone();
    match site.attach {
        Attach::App => run(site, application(|_, methods| methods.boxed()).with(CorsMiddleware::new(cors))),
        Attach::Resource => {
            let around = |template: &str, methods: RouteMethod| {
                methods.with(CorsMiddleware::resource(cors.resource(template))).boxed()
            };
            run(site, application(around))
        }
    }
}

/// Serves an application until the site stops.
pub(crate) fn run(site: Site, app: impl Endpoint + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = TcpListener::bind(site.addr).await?;
        let addr = listener.local_addr()?;
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
        let shutdown = site.shutdown.wait();
        (site.listening)(addr);
        server.run_with_graceful_shutdown(app, shutdown, Some(app::PATIENCE)).await
    })
}

/// The application, with a wrapper around each resource's methods.
pub(crate) fn application(around: impl Fn(&str, RouteMethod) -> BoxEndpoint<'static>) -> Route {
    let mut routes = Routes { around, route: Route::new() };
    for template in app::PLAIN {
        routes.add(template, each_method(hello));
    }
    for &(template, lines) in app::WITH_HEADERS {
        let with_lines = make(move |request| async move {
            let response =
                lines.iter().fold(plain(), |response, &(name, value)| response.header(name, value));
            response.body(method_and_path(request.method(), request.uri()))
        });
        routes.add(template, each_method(with_lines));
    }
    routes.add("/get-only", get(hello));
    routes.add("/status/{code}", each_method(status));
    routes.add("/reject/{n}", each_method(reject));
    routes.add("/error", each_method(error));
    routes.add("/panic", each_method(panics));
    routes.add("/stream", each_method(streams));
    routes.add("/options", each_method(hello).options(make(|_| async { text("own options") })));
    routes.add("/ws", get(web_socket));
    routes.add("/count", count());
    routes.add("/cookie", each_method(cookie));
    routes.add("/login-required", each_method(hello.before(login)));
    routes.route
}

struct Routes<A> {
    around: A,
    route: Route,
}

impl<A: Fn(&str, RouteMethod) -> BoxEndpoint<'static>> Routes<A> {
    fn add(&mut self, template: &str, methods: RouteMethod) {
        // In poem's syntax: `/items/:id`, `/files/*rest`.
        let pattern = template.replace("{*", "*").replace('{', ":").replace('}', "");
        self.route = std::mem::take(&mut self.route).at(pattern, (self.around)(template, methods));
    }
}

fn each_method<E: Endpoint + 'static>(endpoint: E) -> RouteMethod {
    let endpoint = Arc::new(endpoint);
    get(endpoint.clone())
        .post(endpoint.clone())
        .put(endpoint.clone())
        .patch(endpoint.clone())
        .delete(endpoint)
}

fn plain() -> ResponseBuilder {
    let (name, value) = app::CUSTOM;
    Response::builder().content_type("text/plain").header(name, value)
}

fn text(body: impl Into<Body>) -> Response {
    plain().body(body)
}

fn method_and_path(method: &Method, uri: &Uri) -> String {
    format!("{method} {}", uri.path())
}

#[handler]
fn hello(method: Method, uri: &Uri) -> Response {
    text(method_and_path(&method, uri))
}

#[handler]
fn status(Path(code): Path<u16>, method: Method, uri: &Uri) -> Result<Response> {
    let status = StatusCode::from_u16(code).map_err(BadRequest)?;
    if status.is_informational() {
        return Err(StatusCode::BAD_REQUEST.into());
    }
    let response = text(method_and_path(&method, uri)).with_status(status);
    Ok(match status.is_redirection() {
        true => response.with_header(LOCATION, "/hello").into_response(),
        false => response.into_response(),
    })
}

#[handler]
fn reject(_: Path<u64>, method: Method, uri: &Uri) -> Response {
    text(method_and_path(&method, uri))
}

#[handler]
fn error() -> Result<()> {
    Err(InternalServerError(io::Error::other("the handler of /error fails")))
}

#[handler]
fn panics() {
    panic!("{}", app::PANIC);
}

#[handler]
fn streams() -> Response {
    let (chunks, bytes) = app::STREAM;
    text(Body::from_bytes_stream(stream::unfold(0, move |sent| async move {
        tokio::task::yield_now().await;
        (sent < chunks).then(|| (Ok::<_, io::Error>(vec![b'.'; bytes]), sent + 1))
    })))
}

#[handler]
fn web_socket(socket: WebSocket) -> impl IntoResponse {
    socket.on_upgrade(|mut socket| async move {
        while let Some(Ok(message)) = socket.next().await {
            if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
                break;
            }
        }
    })
}

fn count() -> RouteMethod {
    let posts = Arc::new(AtomicU64::new(0));
    let so_far = posts.clone();
    get(make(move |_| {
        let so_far = so_far.load(Ordering::Relaxed);
        async move { text(so_far.to_string()) }
    }))
    .post(make(move |request| {
        posts.fetch_add(1, Ordering::Relaxed);
        async move { text(method_and_path(request.method(), request.uri())) }
    }))
}

#[handler]
fn cookie(headers: &HeaderMap) -> Response {
    text(headers.get(COOKIE).map_or(Vec::new(), |value| value.as_bytes().to_vec()))
}

async fn login(request: Request) -> Result<Request> {
    match request.headers().contains_key(AUTHORIZATION) {
        true => Ok(request),
        false => Err(StatusCode::UNAUTHORIZED.into()),
    }
}
