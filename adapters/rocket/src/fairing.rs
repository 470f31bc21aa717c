use std::{error::Error, io::Cursor};

use cors_model::{Asking, Attached, Cors, CorsRequest, ResourcePolicy, Verdict};
use rocket::fairing::{self, AdHoc, Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::outcome::Outcome;
use rocket::{Build, Data, Request, Response, Rocket, Route, error, route};

use crate::headers::{RequestLines, ResponseLines};
use crate::template::templates;

/// Puts a CORS policy around an application, or around the routes of one resource, by [`Rocket::attach`].
#[derive(Clone, Debug)]
pub struct CorsFairing(Scope);

#[derive(Clone, Debug)]
enum Scope {
    Routes(Attached),
    Paths(Attached),
    Resource { policy: ResourcePolicy, base: String, routes: Vec<Route> },
}

impl CorsFairing {
    /// Around a whole application: looks the resource up by the request's path.
    ///
    /// At launch the policy is checked against the application's routes. A route with a path of its own that you did not register
    /// is excluded, so that no wider template covers it, unless the policy has `all_resources`. If a registered template matches no
    /// route, rocket does not launch, and the log names the template.
    pub fn new(cors: impl Into<Attached>) -> Self {
        Self(Scope::Routes(cors.into()))
    }

    /// Like [`CorsFairing::new`], but without the checks at launch: a template covers every path that it matches, whether or not
    /// the application has such a route.
    pub fn by_path_alone(cors: impl Into<Attached>) -> Self {
        Self(Scope::Paths(cors.into()))
    }

    /// Around one resource: mounts its routes at a base, as [`Rocket::mount`] does. Every request to one of their paths counts as
    /// a request to this resource. The template in the policy is not compared with the path.
    pub fn resource(policy: ResourcePolicy, base: impl Into<String>, routes: impl Into<Vec<Route>>) -> Self {
        Self(Scope::Resource { policy, base: base.into(), routes: routes.into() })
    }
}

#[rocket::async_trait]
impl Fairing for CorsFairing {
    fn info(&self) -> Info {
        Info { name: "CORS", kind: Kind::Ignite }
    }

    async fn on_ignite(&self, mut rocket: Rocket<Build>) -> fairing::Result {
        let scope = self.0.clone();
        if let Scope::Resource { base, routes, .. } = &scope {
            rocket = rocket.mount(base.as_str(), routes.clone());
        }
        // Behind all that was attached: there every route is known, and a request is seen as it is routed.
        Ok(rocket.attach(AdHoc::try_on_ignite("CORS routes", |rocket| async move {
            match scope.attached(&rocket) {
                Ok(attached) => {
                    // A rank of its own, before all routes that are no answer to preflights.
                    let rank = isize::MIN.saturating_add_unsigned(rocket.routes().count());
                    let mut answer = Route::ranked(rank, Method::Options, "/<path..>", answer);
                    answer.name = Some(NAME.into());
                    Ok(rocket.mount("/", vec![answer]).attach(Decide(attached)).attach(Decorate))
                }
                Err(errors) => {
                    error!("{errors}");
                    Err(rocket)
                }
            }
        })))
    }
}

impl Scope {
    /// The policy for the paths that it holds for. The error is why rocket shall not launch.
    fn attached(self, rocket: &Rocket<Build>) -> Result<Attached, Box<dyn Error>> {
        let attached = match self {
            Self::Paths(attached) => return Ok(attached),
            Self::Routes(attached) => attached,
            Self::Resource { policy, base, routes } => {
                policy.at(templates(routes.iter().map(|route| format!("{base}/{}", route.uri.path())))?)?
            }
        };
        let routes = rocket.routes().filter(|route| route.name.as_deref() != Some(NAME));
        Ok(attached.beside(templates(routes.map(|route| route.uri.path()))?)?)
    }
}

/// The name of the route that answers in the place of the application. Every policy has one.
const NAME: &str = "CORS answer";

/// What was decided about a request. It waits in the request's local cache, with the policy, whose texts the response
/// borrows.
struct Decision(Cors, Verdict);

/// Decides about each request before it is routed, while HEAD is still HEAD. A fairing of rocket's own kind, `AdHoc`, would box one
/// future more.
struct Decide(Attached);

#[rocket::async_trait]
impl Fairing for Decide {
    fn info(&self) -> Info {
        Info { name: "CORS decision", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let headers = RequestLines(request.headers());
        let (path, method) = (request.uri().path().as_str(), request.method().as_str());
        // In HTTP/2 the host stands in the target alone.
        let line = request.headers().contains("Host");
        let authority = request.host().filter(|_| !line).map(ToString::to_string);
        let cors_request = || CorsRequest::new(path, method, &headers).authority(authority.as_deref());
        let place = &self.0;
        let cors = place.current().cors();
        let (cors, answers) = match place.with(&cors).ask(cors_request()) {
            Asking::Now(answers) => (cors, answers),
            Asking::Later(later) => later.await,
        };
        let verdict = place.with(&cors).judge(cors_request().answers(answers));
        let decision = match verdict {
            Verdict::Pass => return,
            // Where another policy has decided, that stands.
            verdict => request.local_cache(|| Some(Decision(cors, verdict))),
        };
        if let Some(Decision(_, Verdict::Answer(_))) = decision {
            // No fairing can answer; the route for preflights does.
            request.set_method(Method::Options);
        }
    }
}

/// The handler of the route that answers in the place of the application. Any other request is not for it.
fn answer<'r>(request: &'r Request<'_>, data: Data<'r>) -> route::BoxFuture<'r> {
    let Some(Decision(cors, Verdict::Answer(reply))) = request.local_cache(|| None) else {
        return Outcome::Forward((data, Status::NotFound)).pin();
    };
    let mut response = Response::new();
    let answer = cors.answer(*reply, &RequestLines(request.headers()), &mut ResponseLines(&mut response));
    response.set_status(Status::new(answer.status.as_u16()));
    if !answer.body.is_empty() {
        response.set_sized_body(answer.body.len(), Cursor::new(answer.body));
    }
    Outcome::Success(response).pin()
}

/// Writes what was decided on every response, also on those of catchers. One does it for all policies.
struct Decorate;

#[rocket::async_trait]
impl Fairing for Decorate {
    fn info(&self) -> Info {
        Info { name: "CORS headers", kind: Kind::Response | Kind::Singleton }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(Decision(cors, Verdict::Actual(actual))) = request.local_cache(|| None) {
            cors.decorate(*actual, &RequestLines(request.headers()), &mut ResponseLines(response));
        }
    }
}
