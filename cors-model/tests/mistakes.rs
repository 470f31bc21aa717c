//! `mistakes.txt` has the mistakes that people make, with exactly what is printed for each. Run with `UPDATE_MISTAKES=1` to write it anew, and
//! read what changed.
#![cfg(all(feature = "serde", feature = "idna"))]

use std::fmt::Write;

use cors_model::{Any, CorsConfig, Enforce, Resource, ResourceOptions, Risk, Route, SourceSettings};

/// One mistake: how it is written, in code and in a file.
struct Mistake {
    written: String,
    code: Option<CorsConfig>,
    file: String,
}

impl Mistake {
    /// Puts lines in front of the file that are not a part of the mistake.
    fn behind(self, right: &str) -> Self {
        Self { file: format!("{right}\n{}", self.file), ..self }
    }

    /// What is printed, under what was written.
    fn print(self, text: &mut String) {
        for line in self.written.lines() {
            writeln!(text, "{line}").unwrap();
        }
        let file =
            printed(toml::from_str(&self.file).unwrap_or_else(|error| panic!("{}: {error}", self.file)));
        let parts = match self.code.map(printed) {
            Some(code) if code != file => vec![("in code: ", code), ("in a file: ", file)],
            _ => vec![("", file)],
        };
        for (language, printed) in parts {
            assert!(!printed.is_empty(), "{} is silent", self.written);
            for line in printed.lines() {
                writeln!(text, "    {language}{line}").unwrap();
            }
        }
        text.push('\n');
    }
}

/// Its errors or, if it has none, its advice.
fn printed(config: CorsConfig) -> String {
    match config.build() {
        Err(errors) => format!("{errors:?}"),
        Ok(cors) => cors.advice().iter().map(|advice| format!("advice: {advice}\n")).collect(),
    }
}

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

/// In which nothing is wrong.
fn app() -> CorsConfig {
    CorsConfig::new().defaults([("https://app.example", options())])
}

const APP: &str = "defaults.origins.\"https://app.example\" = {}";

fn both(code: CorsConfig, file: &str) -> Mistake {
    Mistake { written: file.into(), code: Some(code), file: file.into() }
}

fn in_a_file(file: &str) -> Mistake {
    Mistake { written: file.into(), code: None, file: file.into() }
}

fn entry(key: &str, options: ResourceOptions, file: &str) -> Mistake {
    let config = CorsConfig::new().all_resources().defaults([(key, options)]);
    both(config, &format!("all_resources = true\n[defaults.origins]\n{key:?} = {{ {file} }}"))
}

/// A key of a map of origins.
fn origin(key: &str) -> Mistake {
    Mistake { written: format!("{key:?}"), ..entry(key, options(), "") }
}

fn with_credentials(key: &str) -> Mistake {
    let mistake = entry(key, options().allow_credentials(), "allow_credentials = true");
    Mistake { written: format!("{key:?} with credentials"), ..mistake }
}

/// Options of an origin.
fn of_an_origin(options: ResourceOptions, file: &str) -> Mistake {
    Mistake { written: file.into(), ..entry("https://app.example", options, file) }
}

fn path(template: &str) -> Mistake {
    let mistake = both(app().add(Resource::at(template)), &format!("resources.{template:?} = {{}}"));
    Mistake { written: format!("{template:?}"), ..mistake.behind(APP) }
}

type Headed = (&'static str, Vec<Mistake>);

fn origins() -> Headed {
    let mistakes = [
        "https://app.example/",
        "HTTPS://App.Example.com:443/",
        "https://app.example/login",
        "app.example",
        "localhost:3000",
        "//app.example",
        "https:app.example",
        "https://app.example:443",
        "http://localhost:80",
        "https://app.example:",
        "https://app.example:99999",
        "https://me:secret@app.example",
        "https://b\u{fc}cher.example",
        "https://app..example",
        "http://127.1:3000",
        "http://[0:0:0:0:0:0:0:1]:3000",
        "http://192.168.0.0/16",
        "'https://app.example'",
        "https://app.example;https://admin.example",
        r"^https://.*\.app\.example$",
        "https://(app|admin).example",
        "file:///index.html",
        "Null",
        " , ",
        "https://app.example https://app.example",
    ];
    ("ORIGINS", mistakes.map(origin).into())
}

fn wildcards() -> Headed {
    let mistakes = [
        "*.app.example",
        "https://*",
        "*://app.example",
        "https://*.*.example",
        "https://www.*.example",
        "https://app.*",
        "https://app*.example.com",
        "https://app-*-*.example.com",
        "https://app.example:30*",
        "http://192.168.0.*:3000",
        "file://*",
    ];
    ("WILDCARDS", mistakes.map(origin).into())
}

fn methods_and_headers() -> Headed {
    let mistakes = vec![
        of_an_origin(options().allow_methods(["GET, PUT"]), r#"allow_methods = ["GET, PUT"]"#),
        of_an_origin(options().allow_methods(["*"]), r#"allow_methods = ["*"]"#),
        of_an_origin(options().allow_methods(["GET", "PROP*"]), r#"allow_methods = ["GET", "PROP*"]"#),
        of_an_origin(options().allow_methods(["GET", "TRACE"]), r#"allow_methods = ["GET", "TRACE"]"#),
        of_an_origin(options().allow_headers(["X-One, X-Two"]), r#"allow_headers = ["X-One, X-Two"]"#),
        of_an_origin(options().allow_headers(["X-Request-Id: 1"]), r#"allow_headers = ["X-Request-Id: 1"]"#),
        of_an_origin(options().allow_headers([" X-Request-Id"]), r#"allow_headers = [" X-Request-Id"]"#),
        of_an_origin(options().allow_headers(["X-Amz-Meta-*"]), r#"allow_headers = ["X-Amz-Meta-*"]"#),
        of_an_origin(options().allow_headers(["*"]), r#"allow_headers = ["*"]"#),
        of_an_origin(options().allow_headers(["Cookie"]), r#"allow_headers = ["Cookie"]"#),
        of_an_origin(options().expose_headers(["Set-Cookie"]), r#"expose_headers = ["Set-Cookie"]"#),
        of_an_origin(options().max_age(u32::MAX), "max_age = 4294967295"),
        both(app().all_resources().preflight_status(302), "preflight_status = 302").behind(APP),
    ];
    ("METHODS, HEADERS AND NUMBERS", mistakes)
}

fn paths() -> Headed {
    let mut mistakes: Vec<_> = [
        "items",
        "/items/:id",
        "/items/<id>",
        "/files/<path..>",
        "/api/*",
        "/api/**",
        "/files/*rest",
        "/items/{id:[0-9]+}",
        "/items/{}",
        "/items/{id}.json",
        "/files/{*rest}/edit",
        "/a/../b",
        "/search?q={q}",
    ]
    .map(path)
    .into();
    let items = || app().add(Resource::at("/items/{id}"));
    let registered = format!("{APP}\nresources.\"/items/{{id}}\" = {{}}");
    let more = [
        both(items().exclude("/items/:id"), "excluded = [\"/items/:id\"]"),
        both(items().exclude("/items/{id}"), "excluded = [\"/items/{id}\"]"),
        both(items().add(Resource::at("/items/{name}")), "resources.\"/items/{name}\" = {}"),
    ];
    mistakes.extend(more.map(|mistake| {
        let written = format!("{} beside \"/items/{{id}}\"", mistake.written);
        Mistake { written, ..mistake.behind(&registered) }
    }));
    ("PATHS", mistakes)
}

fn levels() -> Headed {
    let at = |routes: &[&'static str]| {
        app().add(routes.iter().fold(Resource::at("/r"), |resource, &route| resource.add(Route::on(route))))
    };
    let mistakes = vec![
        both(at(&["get", "GET"]), "resources.\"/r\".routes = { get = {}, GET = {} }").behind(APP),
        both(at(&["*"]), "resources.\"/r\".routes.\"*\" = {}").behind(APP),
        both(at(&["GET, POST"]), "resources.\"/r\".routes.\"GET, POST\" = {}").behind(APP),
        in_a_file("defaults.inherit = false"),
    ];
    ("LEVELS", mistakes)
}

fn risks() -> Headed {
    let patterns = [
        "*",
        "http://app.example",
        "http://192.168.0.7:3000",
        "https://*.github.io",
        "https://app-*.vercel.app",
        "chrome-extension://*",
        "file://",
    ];
    ("RISKS", patterns.map(with_credentials).into_iter().chain([origin("null")]).collect())
}

fn files() -> Headed {
    let mistakes = [
        "all_resource = true",
        "allowed_origins = [\"https://app.example\"]",
        "all_resources = \"yes\"",
        "accept_risks = \"null-origin\"",
        "accept_risks = [\"any-origin\"]",
        "excluded = \"/a, /b\"",
        "defaults.origin.\"https://app.example\" = {}",
        "defaults.origins = [\"https://app.example\"]",
        "defaults.origins.\"https://app.example\".allowCredentials = true",
        "defaults.origins.\"https://app.example\".allow_headers = \"X-One, X-Two\"",
        "defaults.origins.\"https://app.example\".allow_methods = [1]",
        "defaults.origins.\"https://app.example\".max_age = \"10m\"",
        "defaults.origins.\"https://app.example\".max_age = -1",
        "resources = [\"/items\"]",
        "resources.\"/items\".route.GET = {}",
        "resources.\"/items\".routes.GET.allow_headers = [\"X-One\"]",
    ];
    ("FILES", mistakes.map(in_a_file).into())
}

fn enforcement() -> Headed {
    let hosts = |host: &str| {
        let code = app().all_resources().enforce(Enforce::refuse().hosts([host]));
        both(code, &format!("enforce.hosts = [{host:?}]")).behind(APP)
    };
    let exempt = |request: &str| {
        let code = app().all_resources().enforce(Enforce::refuse().exempt([request]));
        both(code, &format!("enforce.exempt = [{request:?}]")).behind(APP)
    };
    let mut mistakes: Vec<_> = [
        "https://api.example:8443/",
        "api.example/v1",
        "me@api.example",
        "*.api.example",
        "*",
        "::1",
        "api.example:99999",
        "b\u{fc}cher.example",
        "",
    ]
    .map(hosts)
    .into();
    mistakes.extend(
        [
            "webhooks",
            "POST webhooks/{id}",
            "POST",
            "POST,PUT /webhooks",
            "* /webhooks",
            "TRACE /webhooks",
            "POST /webhooks/:id",
            "/oauth/*",
            "https://api.example/oauth/callback",
            "",
        ]
        .map(exempt),
    );
    mistakes.extend(
        [
            "enforce = true",
            "enforce.mode = \"block\"",
            "enforce.hosts = \"api.example\"",
            "enforce.exempt = [\"/a\", 1]",
            "enforce.origins = [\"https://app.example\"]",
        ]
        .map(in_a_file),
    );
    ("ENFORCEMENT", mistakes)
}

fn sources() -> Headed {
    let tenants = CorsConfig::new().defaults([("@tenants", options())]);
    let mistakes = vec![
        origin("@My_Tenants"),
        origin("@tenants/"),
        both(tenants, "defaults.origins.\"@tenants\" = {}"),
        both(app().source_settings("tenants", SourceSettings::new()), "sources.tenants = {}").behind(APP),
        in_a_file("sources.tenants.time_to_live = 60"),
        in_a_file("sources.tenants.ttl = -1"),
    ];
    ("SOURCES", mistakes)
}

fn advice() -> Headed {
    let at = |file: &str, resource| both(app().add(resource), file).behind(APP);
    let mistakes = vec![
        both(app(), APP),
        at("resources.\"/r\".inherit = false", Resource::at("/r").only([])),
        at(
            "resources.\"/r\".origins.\"https://app.example\".max_age = 5",
            Resource::at("/r").also("https://app.example", options().max_age(5)),
        ),
        at("resources.\"/r\".routes.DELETE = {}", Resource::at("/r").add(Route::on("DELETE"))),
        at(
            "resources.\"/r\".routes.GET.origins.\"https://b.example\".allow_methods = \"*\"",
            Resource::at("/r").add(Route::on("GET").also("https://b.example", options().allow_methods(Any))),
        ),
        of_an_origin(options().allow_methods(["PUT", "POST"]), r#"allow_methods = ["PUT", "POST"]"#),
        of_an_origin(options().allow_methods(["GET", "DELTE"]), r#"allow_methods = ["GET", "DELTE"]"#),
        of_an_origin(options().allow_methods(["GET", "patch"]), r#"allow_methods = ["GET", "patch"]"#),
        of_an_origin(options().allow_methods(["GET", "FETCH"]), r#"allow_methods = ["GET", "FETCH"]"#),
        of_an_origin(
            options().allow_headers(["Access-Control-Allow-Origin"]),
            r#"allow_headers = ["Access-Control-Allow-Origin"]"#,
        ),
        of_an_origin(options().allow_headers(["X-One", "x-one"]), r#"allow_headers = ["X-One", "x-one"]"#),
        of_an_origin(options().expose_headers(["Content-Type"]), r#"expose_headers = ["Content-Type"]"#),
        of_an_origin(options().max_age(86_400), "max_age = 86400"),
        origin("https://app.example."),
        both(app().all_resources().accept_risk(Risk::NullOrigin), "accept_risks = [\"null-origin\"]")
            .behind("all_resources = true")
            .behind(APP),
    ];
    ("ADVICE (it builds, and something is perhaps not meant)", mistakes)
}

#[test]
fn what_is_printed_for_each_mistake() {
    let headed = [
        origins(),
        wildcards(),
        methods_and_headers(),
        paths(),
        levels(),
        risks(),
        files(),
        enforcement(),
        sources(),
        advice(),
    ];
    let count: usize = headed.iter().map(|(_, mistakes)| mistakes.len()).sum();
    assert!(count >= 60, "{count}");
    let mut text =
        String::from("What is printed for a mistake in a configuration: indented, under the mistake.\n\n");
    for (heading, mistakes) in headed {
        writeln!(text, "\n{heading}\n").unwrap();
        for mistake in mistakes {
            mistake.print(&mut text);
        }
    }
    let text = text.trim_end().to_owned() + "\n";
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mistakes.txt");
    if std::env::var_os("UPDATE_MISTAKES").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    let expected = std::fs::read_to_string(file).unwrap();
    for (at, (printed, expected)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(printed, expected, "line {}", at + 1);
    }
    assert_eq!(text.lines().count(), expected.lines().count());
}
