//! The policies in front of the tree. What leaves: a configuration, and what it lets a page read.

use cors_model::{Any, CorsConfig, Resource, ResourceOptions};

use super::Items;

/// The origin that may read what is strict.
pub const TRUSTED: &str = "https://trusted.example";
/// The origin that may read only what every origin may.
pub const FOREIGN: &str = "https://evil.example";

/// A configuration, and what must follow from it.
pub struct Policy {
    /// The name that reports use.
    pub name: &'static str,
    /// The configuration.
    pub config: fn() -> CorsConfig,
    /// Every origin may read the paths that begin with this,
    pub shared: &'static str,
    /// except these.
    pub guarded: &'static [&'static str],
    /// Who may read the exceptions.
    pub guard: Guard,
    /// Shared paths, in spellings that browsers send.
    pub kept: &'static [&'static str],
    /// How the application routes `/items/admin`.
    pub items: Items,
}

/// Who may read what not every origin may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The trusted origin.
    Strict,
    /// No other origin at all.
    Excluded,
}

impl Policy {
    /// Whether every origin may read what was served.
    pub fn shares(&self, served: &str) -> bool {
        served.starts_with(self.shared) && !self.guarded.contains(&served)
    }
}

/// All of them.
pub const POLICIES: &[Policy] = &[
    Policy {
        name: "files for everybody, some strict",
        config: || files().add(strict("/static/secret.txt")).add(strict("/static/sub/{*rest}")),
        guard: Guard::Strict,
        ..FILES
    },
    Policy {
        name: "files for everybody, some excluded",
        config: || files().exclude("/static/secret.txt").exclude("/static/sub/{*rest}"),
        guard: Guard::Excluded,
        ..FILES
    },
    Policy {
        name: "everything for everybody, some strict",
        config: || {
            everything().add(strict("/strict")).add(strict("/admin/users")).add(strict("/items/admin"))
        },
        guard: Guard::Strict,
        ..EVERYTHING
    },
    Policy {
        name: "everything for everybody, some excluded",
        config: || everything().exclude("/strict").exclude("/admin/users").exclude("/items/admin"),
        guard: Guard::Excluded,
        ..EVERYTHING
    },
    Policy {
        name: "items for everybody, one strict",
        config: || CorsConfig::new().add(for_everybody("/items/{id}")).add(strict("/items/admin")),
        shared: "/items/",
        guarded: &["/items/admin"],
        guard: Guard::Strict,
        kept: &[
            "/items/7",
            "/items/a%2Fb",
            "/items/a%20b",
            "/items/caf%C3%A9",
            "/items/a%5Cb",
            "/items/100%25",
            "/items/a+b;c=1,2!$&'()*:@~",
            "/items/.env",
            "/items/7?x=//y",
        ],
        items: Items::IdAlone,
    },
];

const FILES: Policy = Policy {
    name: "",
    config: files,
    shared: "/static/",
    guarded: &["/static/secret.txt", "/static/sub/secret.txt"],
    guard: Guard::Strict,
    kept: &["/static/public.txt", "/static/a%20b.txt", "/static/public.txt?x=/../secret.txt"],
    items: Items::AdminToo,
};

const EVERYTHING: Policy = Policy {
    name: "",
    config: everything,
    shared: "/",
    guarded: &["/strict", "/admin/users", "/items/admin"],
    guard: Guard::Strict,
    kept: &[
        "/shared",
        "/shared?next=/../strict",
        "/items/7",
        "/items/a%2Fb",
        "/pkg/@scope%2Fname",
        "/pkg/caf%C3%A9",
        "/static/public.txt",
        "/static/a%20b.txt",
        "/static/sub/secret.txt",
    ],
    items: Items::AdminToo,
};

fn files() -> CorsConfig {
    CorsConfig::new().add(for_everybody("/static/{*rest}"))
}

fn everything() -> CorsConfig {
    CorsConfig::new().defaults([("*", every_method())]).all_resources()
}

fn for_everybody(template: &str) -> Resource {
    Resource::at(template).also("*", every_method())
}

fn strict(template: &str) -> Resource {
    Resource::at(template).only([(TRUSTED, every_method())])
}

fn every_method() -> ResourceOptions {
    ResourceOptions::new().allow_methods(Any)
}
