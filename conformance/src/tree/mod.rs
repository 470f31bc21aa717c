//! A second application, in each framework's ordinary idiom: nested routers, a file server, a parameter that reaches its
//! handler decoded, a layer that rewrites paths. It checks that no spelling of a path escapes the path's policy (S24).
//!
//! What enters: an [`Application`] with its policy in several [`Place`]s. [`survey`] requests every [spelling] of every path,
//! and [`judge()`] requests what was served again, behind each [`Policy`]. What leaves: a [`Tally`] of leaks and losses. The verdict
//! depends on what was *served*: each handler and each file answers with its own path, decoded.

mod actix_web;
mod axum;
mod declared;
pub mod judge;
mod poem;
pub mod policy;
mod rocket;
pub mod spelling;
mod warp;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::subject::Site;
pub use declared::{DECLARED, Declared};
pub use judge::{Survey, Tally, judge, survey};
pub use policy::{POLICIES, Policy};

/// Every application there is.
pub fn applications() -> impl Iterator<Item = &'static Application> {
    [
        axum::APPLICATIONS,
        actix_web::APPLICATIONS,
        rocket::APPLICATIONS,
        warp::APPLICATIONS,
        poem::APPLICATIONS,
    ]
    .into_iter()
    .flatten()
}

/// The tree in one framework's routers.
pub struct Application {
    /// The framework, and what is special about the routers.
    pub name: &'static str,
    /// Where a policy is attached. It changes nothing of what is served.
    pub places: &'static [Place],
}

/// An application with its policy in one place.
pub struct Place {
    /// The place.
    pub name: &'static str,
    /// Whether the framework lets this policy be attached there.
    pub takes: fn(&Policy) -> bool,
    /// What becomes of a slash at the end before the policy sees the path.
    pub slash: Slash,
    /// Runs the application until it is told to stop.
    pub serve: fn(Site, Tree) -> io::Result<()>,
}

/// A slash at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// The policy sees it.
    Stays,
    /// A layer outside of the policy trims it.
    IsTrimmed,
}

impl Place {
    const fn new(name: &'static str, serve: fn(Site, Tree) -> io::Result<()>) -> Self {
        Self { name, takes: |_| true, slash: Slash::Stays, serve }
    }
}

/// The routes below `/items`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// `/items/{id}` and `/items/admin`.
    AdminToo,
    /// `/items/{id}` alone, which takes `/items/admin`, too.
    IdAlone,
}

/// What differs from one start of an application to the next.
#[derive(Clone, Debug)]
pub struct Tree {
    folder: Arc<TempDir>,
    items: Items,
}

/// The files below `/static`. The content of each is its path.
const FILES: [&str; 4] =
    ["/static/public.txt", "/static/secret.txt", "/static/sub/secret.txt", "/static/a b.txt"];

/// Every path of the tree, in its plain spelling.
const PATHS: [&str; 10] = [
    "/strict",
    "/shared",
    "/items/admin",
    "/items/7",
    "/pkg/name",
    "/admin/users",
    "/static/public.txt",
    "/static/secret.txt",
    "/static/sub/secret.txt",
    "/static/a%20b.txt",
];

impl Items {
    /// The paths to request. Without a route of its own for `/items/admin`, the others are served as with one.
    fn paths(self) -> impl Iterator<Item = &'static str> {
        let prefix = match self {
            Self::AdminToo => "/",
            Self::IdAlone => "/items/",
        };
        PATHS.into_iter().filter(move |path| path.starts_with(prefix))
    }
}

impl Tree {
    /// Writes the files to a temporary folder, which the last clone removes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn new(items: Items) -> io::Result<Self> {
        let folder = TempDir::new()?;
        fs::create_dir_all(folder.path().join("static/sub"))?;
        for path in FILES {
            fs::write(folder.path().join(&path[1..]), path)?;
        }
        Ok(Self { folder: Arc::new(folder), items })
    }

    /// The folder that holds `static`.
    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that `/static` serves.
    fn files(&self) -> PathBuf {
        self.folder().join("static")
    }
}
