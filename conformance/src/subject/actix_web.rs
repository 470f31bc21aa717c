//! actix-web, through `cors-actix-web`.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::{ErrorInternalServerError, ErrorUnauthorized};
use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::web::{self, Path, Payload, ServiceConfig};
use actix_web::{
    App, Error, FromRequest, Handler, HttpRequest, HttpResponse, HttpServer, Resource, Responder, rt,
};
use actix_ws::{Message, MessageStream, Session};
use cors_actix_web::CorsMiddleware;
use cors_model::CorsHandle;
use futures_util::stream;

use super::{Attach, Site, Subject, app};

pub(super) const SUBJECT: Subject =
    Subject { name: "actix-web", framework: "actix-web 4", attach: &[Attach::App, Attach::Resource], serve };

fn serve(site: Site) -> io::Result<()> {
    let (cors, attach, posts) = (site.cors.clone(), site.attach, Counter::default());
    let application = move || {
        let policies = Policies { cors: cors.clone(), attach };
        let policy = CorsMiddleware::new(cors.clone());
        App::new()
            .configure(|config| Routes { around: &policies, config }.add_all(&posts))
            .wrap(Condition::new(attach == Attach::App, policy))
    };
    run(site, application)
}

/// Serves an application until the site stops.
pub(crate) fn run<T: Made<B>, B: MessageBody + 'static>(
    site: Site,
    application: impl Fn() -> App<T> + Send + Clone + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind(site.addr)?;
    let addr = listener.local_addr()?;
    rt::System::new().block_on(async move {
        let server = HttpServer::new(application)
            .workers(1)
            .shutdown_signal(site.shutdown.clone().wait())
            // In whole seconds.
            .shutdown_timeout(app::PATIENCE.as_secs().max(1))
            .listen(listener)?
            .run();
        (site.listening)(addr);
        server.await
    })
}

/// The type of a wrapped resource.
pub(crate) trait Made<B>:
    ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
    + 'static
{
}

impl<T, B> Made<B> for T where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static
{
}

/// The number of POSTs to `/count`, for all workers.
pub(crate) type Counter = Arc<AtomicU64>;

/// What is wrapped around each resource.
pub(crate) trait Around {
    /// Registers the resource of a template.
    fn add<T: Made<B>, B: MessageBody + 'static>(
        &self,
        config: &mut ServiceConfig,
        template: &str,
        resource: Resource<T>,
    );
}

struct Policies {
    cors: CorsHandle,
    attach: Attach,
}

impl Around for Policies {
    fn add<T: Made<B>, B: MessageBody + 'static>(
        &self,
        config: &mut ServiceConfig,
        template: &str,
        resource: Resource<T>,
    ) {
        match self.attach {
            Attach::App => config.service(resource),
            Attach::Resource => {
                config.service(resource.wrap(CorsMiddleware::resource(self.cors.resource(template))))
            }
        };
    }
}

/// The application's routes.
pub(crate) struct Routes<'a, A> {
    pub(crate) around: &'a A,
    pub(crate) config: &'a mut ServiceConfig,
}

impl<A: Around> Routes<'_, A> {
    /// Registers all of them.
    pub(crate) fn add_all(&mut self, posts: &Counter) {
        // actix uses the first resource that matches, so templates come last.
        let (templates, fixed): (Vec<_>, Vec<_>) =
            app::PLAIN.iter().copied().partition(|template| template.contains('{'));
        for template in fixed.into_iter().chain(templates) {
            self.add(template, |resource| each_method(resource, hello));
        }
        for &(template, lines) in app::WITH_HEADERS {
            let handler = move |request| async move {
                let mut response = hello(request).await;
                for &(name, value) in lines {
                    let value = HeaderValue::from_static(value);
                    response.headers_mut().append(HeaderName::from_static(name), value);
                }
                response
            };
            self.add(template, |resource| each_method(resource, handler));
        }
        self.add("/get-only", |resource| resource.route(web::get().to(hello)));
        self.add("/status/{code}", |resource| each_method(resource, status));
        self.add("/reject/{n}", |resource| {
            each_method(resource, async |_: Path<u64>, request| hello(request).await)
        });
        self.add("/error", |resource| each_method(resource, error));
        self.add("/panic", |resource| each_method(resource, panics));
        self.add("/stream", |resource| each_method(resource, streams));
        self.add("/options", |resource| {
            let own = web::method(Method::OPTIONS).to(async || text("own options"));
            each_method(resource, hello).route(own)
        });
        self.add("/ws", |resource| resource.route(web::get().to(web_socket)));
        self.add("/count", |resource| count(resource, posts));
        self.add("/cookie", |resource| each_method(resource, cookie));
        self.add("/login-required", |resource| each_method(resource, hello).wrap(from_fn(login)));
    }

    fn add<T: Made<B>, B: MessageBody + 'static>(
        &mut self,
        template: &str,
        fill: impl FnOnce(Resource) -> Resource<T>,
    ) {
        let resource = fill(web::resource(template.replace("{*rest}", "{rest:.+}")));
        self.around.add(self.config, template, resource);
    }
}

fn each_method<F, A>(resource: Resource, handler: F) -> Resource
where
    F: Handler<A>,
    F::Output: Responder + 'static,
    A: FromRequest + 'static,
{
    [web::get(), web::post(), web::put(), web::patch(), web::delete()]
        .into_iter()
        .fold(resource, |resource, route| resource.route(route.to(handler.clone())))
}

fn text(body: impl MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").insert_header(app::CUSTOM).body(body)
}

async fn hello(request: HttpRequest) -> HttpResponse {
    text(format!("{} {}", request.method(), request.path()))
}

async fn status(code: Path<u16>, request: HttpRequest) -> HttpResponse {
    let Some(status) = StatusCode::from_u16(*code).ok().filter(|status| !status.is_informational()) else {
        return HttpResponse::BadRequest().finish();
    };
    let mut response = hello(request).await;
    *response.status_mut() = status;
    if status.is_redirection() {
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("/hello"));
    }
    match status {
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => response.set_body(BoxBody::new(())),
        _ => response,
    }
}

async fn error() -> Result<HttpResponse, Error> {
    Err(ErrorInternalServerError("the handler of /error fails"))
}

async fn panics() -> HttpResponse {
    panic!("{}", app::PANIC);
}

async fn streams() -> HttpResponse {
    let (chunks, bytes) = app::STREAM;
    let chunks = stream::unfold(0, move |sent| async move {
        tokio::task::yield_now().await;
        (sent < chunks).then(|| (Ok::<_, Infallible>(vec![b'.'; bytes].into()), sent + 1))
    });
    HttpResponse::Ok().content_type("text/plain").insert_header(app::CUSTOM).streaming(chunks)
}

async fn web_socket(request: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    let (response, session, messages) = actix_ws::handle(&request, payload)?;
    rt::spawn(echo(session, messages));
    Ok(response)
}

async fn echo(mut session: Session, mut messages: MessageStream) {
    while let Some(Ok(message)) = messages.recv().await {
        let done = match message {
            Message::Text(text) => session.text(text).await.is_err(),
            Message::Close(_) => true,
            _ => false,
        };
        if done {
            break;
        }
    }
    let _ = session.close(None).await;
}

fn count(resource: Resource, posts: &Counter) -> Resource {
    let (posts, so_far) = (posts.clone(), posts.clone());
    let get = move || std::future::ready(text(so_far.load(Ordering::Relaxed).to_string()));
    let post = move |request| {
        posts.fetch_add(1, Ordering::Relaxed);
        hello(request)
    };
    resource.route(web::get().to(get)).route(web::post().to(post))
}

async fn cookie(request: HttpRequest) -> HttpResponse {
    text(request.headers().get(COOKIE).map_or(Vec::new(), |value| value.as_bytes().to_vec()))
}

async fn login(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match request.headers().contains_key(AUTHORIZATION) {
        true => next.call(request).await,
        false => Err(ErrorUnauthorized("log in")),
    }
}
