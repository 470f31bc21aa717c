//! rocket, through `cors-rocket`.

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use cors_rocket::{Attached, CorsFairing};
use rocket::config::{Config, Ident, LogLevel};
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::http::{ContentType, Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::stream::ByteStream;
use rocket::response::{self, Responder, Response};
use rocket::route::{BoxFuture, Handler};
use rocket::shield::Shield;
use rocket::{Build, Data, Request, Rocket, Route, State, get, options, post, routes};
use rocket_ws::{Stream, WebSocket};

use super::{Attach, Site, Subject, app};

pub(super) const SUBJECT: Subject =
    Subject { name: "rocket", framework: "rocket 0.5", attach: &[Attach::App, Attach::Resource], serve };

fn serve(site: Site) -> io::Result<()> {
    let cors = site.cors.clone();
    match site.attach {
        Attach::App => {
            // A configuration may register what this application does not have.
            let templates = app::TEMPLATES.iter().map(ToString::to_string).collect();
            let fairing = match Attached::from(&cors).beside(templates) {
                Ok(_) => CorsFairing::new(cors),
                Err(_) => CorsFairing::by_path_alone(cors),
            };
            run(site, |rocket| application(rocket, |_, _| None).attach(fairing))
        }
        Attach::Resource => {
            let around =
                |template: &str, routes| Some(CorsFairing::resource(cors.resource(template), "/", routes));
            run(site, |rocket| application(rocket, around))
        }
    }
}

/// Serves an application until the site stops.
pub(crate) fn run(site: Site, application: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> io::Result<()> {
    // Rocket's logger writes to standard output, which is for reports and the address.
    let _ = log::set_logger(&Silence);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let config = Config {
            address: site.addr.ip(),
            port: site.addr.port(),
            log_level: LogLevel::Off,
            ident: Ident::none(),
            ..Config::debug_default()
        };
        // The code that started the server stops it, not signals that rocket catches.
        let figment = Figment::from(config)
            .merge(("shutdown.ctrlc", false))
            .merge(("shutdown.signals", [""; 0]))
            .merge(("shutdown.grace", 0))
            .merge(("shutdown.mercy", 0));
        // The contract has no header lines that rocket adds by itself.
        let app = application(rocket::custom(figment).attach(Shield::new()));
        let listening = Mutex::new(Some(site.listening));
        let told = AdHoc::on_liftoff("listening", |rocket| {
            Box::pin(async move {
                let (ip, port) = (rocket.config().address, rocket.config().port);
                let listening = listening.lock().ok().and_then(|mut listening| listening.take());
                listening.into_iter().for_each(|listening| listening(SocketAddr::new(ip, port)));
            })
        });
        let ignited = app.attach(told).ignite().await.map_err(io::Error::other)?;
        let (shutdown, stop) = (ignited.shutdown(), site.shutdown);
        tokio::spawn(async move {
            stop.wait().await;
            shutdown.notify();
        });
        ignited.launch().await.map(drop).map_err(io::Error::other)
    })
}

/// The application; a resource's routes are mounted, or a fairing that mounts them is attached.
pub(crate) fn application(
    rocket: Rocket<Build>,
    around: impl Fn(&str, Vec<Route>) -> Option<CorsFairing>,
) -> Rocket<Build> {
    let mut app = Application { around, rocket: rocket.manage(Count::default()) };
    for template in app::PLAIN {
        app.add(template, each_method(template, hello));
    }
    for &(template, lines) in app::WITH_HEADERS {
        app.add(template, each_method(template, WithLines(lines)));
    }
    app.add("/get-only", routes![get_only]);
    app.add("/status/{code}", each_method("/status/{code}", status));
    app.add("/reject/{n}", in_each_method(routes![reject]));
    app.add("/error", in_each_method(routes![error]));
    app.add("/panic", in_each_method(routes![panics]));
    app.add("/stream", in_each_method(routes![streams]));
    app.add("/options", [each_method("/options", hello), routes![own_options]].concat());
    app.add("/ws", routes![web_socket]);
    app.add("/count", routes![count, so_far]);
    app.add("/cookie", in_each_method(routes![cookie]));
    app.add("/login-required", in_each_method(routes![login_required]));
    app.rocket
}

struct Silence;

impl log::Log for Silence {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        false
    }

    fn log(&self, _: &log::Record<'_>) {}

    fn flush(&self) {}
}

struct Application<A> {
    around: A,
    rocket: Rocket<Build>,
}

impl<A: Fn(&str, Vec<Route>) -> Option<CorsFairing>> Application<A> {
    fn add(&mut self, template: &str, routes: Vec<Route>) {
        let rocket = std::mem::replace(&mut self.rocket, Rocket::custom(Figment::new()));
        self.rocket = match (self.around)(template, routes.clone()) {
            Some(fairing) => rocket.attach(fairing),
            None => rocket.mount("/", routes),
        };
    }
}

const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];

fn each_method(template: &str, handler: impl Handler + Clone) -> Vec<Route> {
    // In rocket's syntax: `/items/<id>`, `/files/<rest..>`.
    let path = template.replace("{*rest}", "<rest..>").replace('{', "<").replace('}', ">");
    METHODS.map(|method| Route::new(method, &path, handler.clone())).into()
}

/// The same handlers for every method.
fn in_each_method(routes: Vec<Route>) -> Vec<Route> {
    let of_method = |method| {
        routes.iter().cloned().map(move |mut route| {
            route.method = method;
            route
        })
    };
    METHODS.into_iter().flat_map(of_method).collect()
}

/// A body, with the header lines that every handler adds.
struct Plain<R>(R);

impl<'r, 'o: 'r, R: Responder<'r, 'o>> Responder<'r, 'o> for Plain<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        let (name, value) = app::CUSTOM;
        let response = Response::build_from(self.0.respond_to(request)?)
            .header(ContentType::new("text", "plain"))
            .raw_header(name, value)
            .finalize();
        Ok(response)
    }
}

/// The request's method and path.
struct Here(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Here {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Success(Self(here(request)))
    }
}

fn here(request: &Request<'_>) -> String {
    format!("{} {}", request.method(), request.uri().path())
}

fn hello<'r>(request: &'r Request<'_>, _: Data<'r>) -> BoxFuture<'r> {
    rocket::route::Outcome::from(request, Plain(here(request))).pin()
}

#[derive(Clone)]
struct WithLines(&'static [(&'static str, &'static str)]);

#[rocket::async_trait]
impl Handler for WithLines {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> rocket::route::Outcome<'r> {
        let mut outcome = rocket::route::Outcome::from(request, Plain(here(request)));
        if let rocket::route::Outcome::Success(response) = &mut outcome {
            self.0.iter().for_each(|&(name, value)| response.adjoin_raw_header(name, value));
        }
        outcome
    }
}

fn status<'r>(request: &'r Request<'_>, _: Data<'r>) -> BoxFuture<'r> {
    let Some(Ok(code @ 200..)) = request.param::<u16>(1) else {
        return rocket::route::Outcome::Error(Status::BadRequest).pin();
    };
    let mut outcome = rocket::route::Outcome::from(request, Plain(here(request)));
    if let rocket::route::Outcome::Success(response) = &mut outcome {
        response.set_status(Status::new(code));
        if (300..400).contains(&code) {
            response.set_raw_header("Location", "/hello");
        }
    }
    outcome.pin()
}

#[get("/get-only")]
fn get_only(here: Here) -> Plain<String> {
    Plain(here.0)
}

#[get("/reject/<_n>")]
fn reject(_n: u64, here: Here) -> Plain<String> {
    Plain(here.0)
}

#[get("/error")]
fn error() -> Result<(), Status> {
    Err(Status::InternalServerError)
}

#[get("/panic")]
fn panics() {
    panic!("{}", app::PANIC);
}

#[get("/stream")]
fn streams() -> Plain<ByteStream![Vec<u8>]> {
    let (chunks, bytes) = app::STREAM;
    Plain(ByteStream! {
        for _ in 0..chunks {
            tokio::task::yield_now().await;
            yield vec![b'.'; bytes];
        }
    })
}

#[options("/options")]
fn own_options() -> Plain<&'static str> {
    Plain("own options")
}

#[get("/ws")]
fn web_socket(socket: WebSocket) -> Stream!['static] {
    Stream! { socket =>
        for await message in socket {
            let message = message?;
            if message.is_text() {
                yield message;
            }
        }
    }
}

#[derive(Default)]
struct Count(AtomicU64);

#[post("/count")]
fn count(count: &State<Count>, here: Here) -> Plain<String> {
    count.0.fetch_add(1, Ordering::Relaxed);
    Plain(here.0)
}

#[get("/count")]
fn so_far(count: &State<Count>) -> Plain<String> {
    Plain(count.0.load(Ordering::Relaxed).to_string())
}

struct Cookies(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Cookies {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Success(Self(request.headers().get_one("cookie").unwrap_or_default().into()))
    }
}

#[get("/cookie")]
fn cookie(cookies: Cookies) -> Plain<String> {
    Plain(cookies.0)
}

struct Login;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Login {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.headers().contains("authorization") {
            true => Outcome::Success(Self),
            false => Outcome::Error((Status::Unauthorized, ())),
        }
    }
}

#[get("/login-required")]
fn login_required(_login: Login, here: Here) -> Plain<String> {
    Plain(here.0)
}
