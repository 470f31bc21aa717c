//! The READMEs of the adapters say what becomes of another crate's configuration. Each row of these tables is built here with both
//! crates, and the same requests are sent to both. Their answers may differ only where the README says so.

mod actix_web;
mod ours;
mod poem;
mod rocket;
mod same;
mod table;
mod tower;
mod warp;
mod wire;
