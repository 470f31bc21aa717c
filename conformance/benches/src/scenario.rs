//! What is asked, under which policy: scenarios that every library can express, and those that only this one can.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use cors_model::{
    Asking, Attached, Cors, CorsConfig, CorsHandle, CorsRequest, OriginMap, Resource, ResourceOptions, Route,
    SourceSettings,
};
use cors_sources::{Kept, Question};
use http::header::ORIGIN;
use http::{HeaderMap, HeaderValue};

pub(crate) const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
pub(crate) const HEADERS: [&str; 3] = ["content-type", "x-requested-with", "authorization"];
pub(crate) const EXPOSED: &str = "x-total-count";
pub(crate) const MAX_AGE: u32 = 3600;

const APP: &str = "https://app.example.com";
const STRANGER: &str = "https://stranger.example";

/// A request, before a framework has it.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) lines: Vec<(&'static str, String)>,
}

/// What is budgeted: how much more than a hand-written middleware the answer may cost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An actual request, granted or not.
    Actual,
    /// A preflight that is allowed.
    Preflight,
    /// A preflight that is refused.
    Refused,
    /// Far too much of something: its cost is bounded by its size.
    Hostile,
}

/// Whom other libraries are to let in.
pub(crate) enum Others {
    These(Vec<String>),
    /// `https://*.example.com`
    Subdomains,
}

pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) kind: Kind,
    pub(crate) ask: Ask,
    /// How many instructions finding a pattern, or the resource by a template and its route, may add.
    pub(crate) extra: f64,
    /// None where other libraries cannot be configured that way.
    pub(crate) others: Option<Made<Others>>,
    pub(crate) cors: Made<Attached>,
}

impl Scenario {
    /// How many requests are counted together.
    pub(crate) fn run_length(&self) -> usize {
        if self.kind == Kind::Hostile { 10 } else { 40 }
    }
}

/// Made when it is first looked at, and shared by scenarios.
pub(crate) type Made<T> = Arc<LazyLock<T, Box<dyn FnOnce() -> T + Send + Sync>>>;

fn made<T>(make: impl FnOnce() -> T + Send + Sync + 'static) -> Made<T> {
    Arc::new(LazyLock::new(Box::new(make)))
}

fn built(config: impl FnOnce() -> CorsConfig + Send + Sync + 'static) -> Made<Attached> {
    made(|| policy(config()).into())
}

fn policy(config: CorsConfig) -> Cors {
    config.build().expect("the policies of scenarios are right")
}

pub(crate) static ALL: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    [plain(), growth(), subdomains(), levels(), paths(), front_page(), running(), hostile()]
        .into_iter()
        .flatten()
        .collect()
});

fn options() -> ResourceOptions {
    nothing_exposed().expose_headers([EXPOSED])
}

fn nothing_exposed() -> ResourceOptions {
    ResourceOptions::new().allow_credentials().allow_methods(METHODS).allow_headers(HEADERS).max_age(MAX_AGE)
}

/// The policy of the plain scenarios, without exposed names.
pub(crate) fn without_names() -> Attached {
    policy(CorsConfig::new().defaults([(APP, nothing_exposed())]).add(Resource::at("/items"))).into()
}

fn for_origins<S: AsRef<str>>(origins: impl IntoIterator<Item = S>) -> CorsConfig {
    let map =
        origins.into_iter().fold(OriginMap::new(), |map, origin| map.origin(origin.as_ref(), options()));
    CorsConfig::new().defaults(map).add(Resource::at("/items"))
}

fn actual(origin: Option<&str>) -> Ask {
    let lines = origin.map(|origin| ("origin", origin.to_owned())).into_iter().collect();
    Ask { method: "GET", path: "/items".into(), lines }
}

fn preflight(origin: &str, method: &str, headers: &str) -> Ask {
    let lines = vec![
        ("origin", origin.to_owned()),
        ("access-control-request-method", method.to_owned()),
        ("access-control-request-headers", headers.to_owned()),
    ];
    Ask { method: "OPTIONS", path: "/items".into(), lines }
}

const TWO: &str = "content-type,x-requested-with";

/// One origin.
fn plain() -> Vec<Scenario> {
    [
        ("A", "GET without Origin", Kind::Actual, actual(None)),
        ("B", "GET, allowed", Kind::Actual, actual(Some(APP))),
        ("C", "GET, another origin", Kind::Actual, actual(Some(STRANGER))),
        ("D", "preflight with two headers", Kind::Preflight, preflight(APP, "PUT", TWO)),
        ("E", "preflight, another origin", Kind::Refused, preflight(STRANGER, "PUT", TWO)),
        ("E-method", "preflight, another method", Kind::Refused, preflight(APP, "PATCH", TWO)),
        (
            "E-header",
            "preflight, another header",
            Kind::Refused,
            preflight(APP, "PUT", "content-type,x-other"),
        ),
    ]
    .map(|(name, text, kind, ask)| one_origin(name, text, kind, ask))
    .into()
}

fn one_origin(name: &str, text: &str, kind: Kind, ask: Ask) -> Scenario {
    Scenario {
        name: name.into(),
        text: text.into(),
        kind,
        ask,
        extra: 0.0,
        others: Some(made(|| Others::These(vec![APP.into()]))),
        cors: built(|| for_origins([APP])),
    }
}

fn nth_origin(n: usize) -> String {
    format!("https://app-{n:06}.example.com")
}

/// The most with which other libraries are measured: some copy or scan their list for each request.
const MOST_OF_OTHERS: usize = 10_000;

/// So many origins of the same length.
fn growth() -> Vec<Scenario> {
    let (app, pre) = (|n| actual(Some(&nth_origin(n))), |n| preflight(&nth_origin(n), "PUT", TWO));
    let mut scenarios = Vec::new();
    for (n, name) in [(10, "10"), (100, "100"), (1_000, "1k"), (10_000, "10k"), (100_000, "100k")] {
        let cors = built(move || for_origins((0..n).map(nth_origin)));
        let others =
            (n <= MOST_OF_OTHERS).then(|| made(move || Others::These((0..n).map(nth_origin).collect())));
        let mut asks = vec![("", "GET, allowed", Kind::Actual, app(n - 1))];
        if n >= MOST_OF_OTHERS {
            asks.extend([
                ("-miss", "GET, another origin", Kind::Actual, app(n)),
                ("-none", "GET without Origin", Kind::Actual, actual(None)),
                ("-pre", "preflight with two headers", Kind::Preflight, pre(n - 1)),
                ("-refused", "preflight, another origin", Kind::Refused, pre(n)),
            ]);
        }
        scenarios.extend(asks.into_iter().map(|(case, text, kind, ask)| Scenario {
            name: format!("F{name}{case}"),
            text: format!("{text}, {} origins", thousands(n)),
            kind,
            ask,
            extra: 0.0,
            others: others.clone(),
            cors: cors.clone(),
        }));
    }
    scenarios
}

/// Patterns that cover subdomains.
fn subdomains() -> Vec<Scenario> {
    let base = |n| if n == 0 { "example.com".to_owned() } else { format!("customer-{n}.example") };
    let (inside, outside) = ("https://www.example.com", "https://www.evil-example.com");
    let last = "https://www.customer-9999.example";
    let cors = |n| built(move || for_origins((0..n).map(base).map(|base| format!("https://*.{base}"))));
    let (one, many) = (cors(1), cors(10_000));
    [
        ("G", "GET, a subdomain", Kind::Actual, actual(Some(inside)), &one),
        ("G-miss", "GET, a look-alike", Kind::Actual, actual(Some(outside)), &one),
        ("G10k", "GET, a subdomain, 10,000 patterns", Kind::Actual, actual(Some(last)), &many),
        (
            "G10k-pre",
            "preflight, a subdomain, 10,000 patterns",
            Kind::Preflight,
            preflight(last, "PUT", TWO),
            &many,
        ),
    ]
    .map(|(name, text, kind, ask, cors)| Scenario {
        name: name.into(),
        text: text.into(),
        kind,
        ask,
        extra: PATTERNS,
        others: name.strip_prefix("G10k").is_none().then(|| made(|| Others::Subdomains)),
        cors: cors.clone(),
    })
    .into()
}

const PATTERNS: f64 = 650.0;
/// Finding a template with a parameter, with the walk over a path of up to 32 bytes, to see that it is plain (S24); the maps of a
/// route; and for a preflight the list of the methods.
fn routed(kind: Kind) -> f64 {
    match kind {
        Kind::Actual => 1_150.0,
        Kind::Preflight => 3_200.0,
        Kind::Refused | Kind::Hostile => 1_650.0,
    }
}

/// A short path that is read twice.
const READ: f64 = 3_750.0;

const PARTNER: &str = "https://partner.example";
const ADMIN: &str = "https://admin.example";

/// A resource whose routes have maps of their own, among so many of them; and three levels that all know the origin.
fn levels() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for (n, name) in [(1, "R1"), (100, "R100"), (10_000, "R10k")] {
        let cors = built(move || {
            let config = CorsConfig::new().defaults([(APP, options())]);
            (0..n).map(nth_resource).fold(config, CorsConfig::add)
        });
        let put = Ask { method: "PUT", ..actual(Some(PARTNER)) };
        let asks = [
            ("", "PUT, by the route's map", Kind::Actual, put),
            ("-pre", "preflight, by the route's map", Kind::Preflight, preflight(PARTNER, "PUT", TWO)),
            ("-refused", "preflight, by no map", Kind::Refused, preflight(PARTNER, "DELETE", TWO)),
        ];
        scenarios.extend(asks.map(|(case, text, kind, ask)| Scenario {
            name: format!("{name}{case}"),
            text: format!("{text}, {} resource{}", thousands(n), if n == 1 { "" } else { "s" }),
            kind,
            ask: Ask { path: format!("/r{:05}/7", n - 1), ..ask },
            extra: routed(kind),
            others: None,
            cors: cors.clone(),
        }));
    }
    let all_levels = || {
        let route = Route::on("GET").also(APP, options());
        let resource = Resource::at("/items").also(APP, options()).add(route);
        CorsConfig::new().defaults([(APP, options())]).add(resource)
    };
    scenarios.push(Scenario {
        name: "L3".into(),
        text: "GET, an origin of all three levels".into(),
        kind: Kind::Actual,
        ask: actual(Some(APP)),
        extra: 0.0,
        others: None,
        cors: built(all_levels),
    });
    scenarios
}

fn nth_resource(n: usize) -> Resource {
    Resource::at(format!("/r{n:05}/{{id}}"))
        .add(Route::on("GET"))
        .add(Route::on("POST"))
        .add(Route::on("PUT").also(PARTNER, options()))
        .add(Route::on("DELETE").also(ADMIN, options()))
}

/// Paths that are found by a template with a parameter, and such as have to be read in two ways (S24).
fn paths() -> Vec<Scenario> {
    let cors = built(|| {
        let config = CorsConfig::new().defaults([(APP, options())]).exclude("/files/private/{*rest}");
        config.add(Resource::at("/items/{id}")).add(Resource::at("/files/{*rest}"))
    });
    let long = format!("/files/{}x.txt", "a-long-name/".repeat(10));
    let dots = "/files/x".to_owned() + &"/%2e".repeat(2 * 1024);
    let slashes = "/files/x".to_owned() + &"%2f".repeat(2 * 1024) + "/private";
    [
        (
            "P",
            "GET, a template with a parameter",
            Kind::Actual,
            "/items/12345678".into(),
            routed(Kind::Actual),
        ),
        ("P-long", "GET, 130 bytes of a catch-all", Kind::Actual, long, routed(Kind::Actual) + 1_550.0),
        ("P-read", "GET, a path with an encoded space", Kind::Actual, "/files/a%20b.txt".into(), READ),
        ("H-dots", "GET, 8 KiB of encoded dot segments", Kind::Hostile, dots, 0.0),
        ("H-slashes", "GET, 6 KiB of encoded slashes", Kind::Hostile, slashes, 0.0),
    ]
    .map(|(name, text, kind, path, extra)| Scenario {
        name: name.into(),
        text: text.into(),
        kind,
        ask: Ask { path, ..actual(Some(APP)) },
        extra,
        others: None,
        cors: cors.clone(),
    })
    .into()
}

/// The README's example with levels: a resource with routes.
fn front_page() -> Vec<Scenario> {
    let cors = built(|| {
        let signed_in = || ResourceOptions::new().allow_credentials().allow_headers(["Content-Type"]);
        let partner = ResourceOptions::new().allow_headers(["Content-Type"]);
        CorsConfig::new()
            .defaults([(APP, signed_in())])
            .add(Resource::at("/status").only([("*", ResourceOptions::new())]))
            .add(
                Resource::at("/notes/{id}")
                    .also("https://*.partner.example", partner)
                    .add(Route::on("GET"))
                    .add(Route::on("PUT"))
                    .add(Route::on("DELETE").only([(ADMIN, signed_in())])),
            )
    });
    [
        ("N", "GET, the web app at a note", Kind::Actual, actual(Some(APP))),
        (
            "N-pre",
            "preflight for PUT, the web app at a note",
            Kind::Preflight,
            preflight(APP, "PUT", "content-type"),
        ),
        (
            "N-refused",
            "preflight for DELETE, the web app",
            Kind::Refused,
            preflight(APP, "DELETE", "content-type"),
        ),
    ]
    .map(|(name, text, kind, ask)| Scenario {
        name: name.into(),
        text: text.into(),
        kind,
        ask: Ask { path: "/notes/1234".into(), ..ask },
        extra: routed(kind),
        others: None,
        cors: cors.clone(),
    })
    .into()
}

/// A policy that can be replaced, and sources that are asked.
fn running() -> Vec<Scenario> {
    let handle = || made(|| CorsHandle::new(policy(for_origins([APP]))).into());
    let function = || for_origins(["@apps"]).source("apps", |origin: &str| origin == APP);
    [
        ("B-handle", "GET, allowed, by a handle", Kind::Actual, actual(Some(APP)), handle()),
        (
            "D-handle",
            "preflight with two headers, by a handle",
            Kind::Preflight,
            preflight(APP, "PUT", TWO),
            handle(),
        ),
        ("S-function", "GET, allowed by a function", Kind::Actual, actual(Some(APP)), built(function)),
        ("S-kept", "GET, allowed by a kept answer", Kind::Actual, actual(Some(APP)), made(|| kept().into())),
    ]
    .map(|(name, text, kind, ask, cors)| Scenario {
        name: name.into(),
        text: text.into(),
        kind,
        ask,
        extra: match name {
            "S-function" => 3_400.0,
            "S-kept" => 6_600.0,
            _ => 0.0,
        },
        others: None,
        cors,
    })
    .into()
}

/// A policy whose source has been asked already.
fn kept() -> Cors {
    let apps = Kept::new(|question: Question| async move { Ok::<_, String>(question.origin() == APP) });
    let settings = SourceSettings::new().ttl(Duration::from_secs(24 * 60 * 60));
    let cors = policy(for_origins(["@apps"]).source("apps", apps).source_settings("apps", settings));
    let headers = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(APP))]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        if let Asking::Later(later) = cors.ask(&CorsRequest::new("/items", "GET", &headers)) {
            later.await;
        }
    });
    cors
}

/// Far too much of something.
fn hostile() -> Vec<Scenario> {
    let names: Vec<_> = (0..2_340).map(|n| format!("x-{n:04}")).collect();
    let origin = format!("https://{}.example.com", "a".repeat(8 * 1024 - 20));
    let commas = ",".repeat(16 * 1024);
    [
        ("H-origin", "GET, 8 KiB of Origin", actual(Some(&origin))),
        ("H-commas", "preflight, 16 KiB of commas", preflight(APP, "PUT", &commas)),
        ("H-names", "preflight, 2,340 other names", preflight(APP, "PUT", &names.join(","))),
        (
            "H-dups",
            "preflight, a name 1,260 times",
            preflight(APP, "PUT", &["content-type"; 1_260].join(",")),
        ),
        ("H-both", "preflight, 8 KiB of Origin and the commas", preflight(&origin, "PUT", &commas)),
    ]
    .map(|(name, text, ask)| one_origin(name, text, Kind::Hostile, ask))
    .into()
}

fn thousands(n: usize) -> String {
    if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) }
}

/// The predicate that a careful user of another library writes for `https://*.example.com`.
pub(crate) fn is_under_example(origin: &[u8]) -> bool {
    let labels = origin.strip_prefix(b"https://").and_then(|host| host.strip_suffix(b".example.com"));
    labels.is_some_and(|labels| {
        !labels.is_empty()
            && labels.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    })
}
