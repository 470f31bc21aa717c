//! warp, through `cors-warp`.

use std::io;

use axum::body::Bytes;
use cors_warp::{default_replies, with_cors};
use warp::http::{HeaderMap, Method, header};
use warp::path::{FullPath, full};
use warp::{Filter, any, body, path};

use super::Site;
use crate::notes::{BODY, Notes, Reply};

pub(super) async fn serve(Site { notes, cors, ready }: Site) -> io::Result<()> {
    let (all, one) = (path!("notes"), path!("notes" / u32).map(drop).untuple_one());
    let others = path!("me").or(path!("report")).or(path!("error")).or(path!("private"));
    let body = body::content_length_limit(BODY as u64).and(body::bytes());
    let api = all
        .or(one)
        .or(others)
        .map(drop)
        .untuple_one()
        .and(warp::get())
        .map(Bytes::new)
        .or(all.and(warp::post()).and(body))
        .unify()
        .or(one.and(warp::put()).and(body))
        .unify()
        .or(one.and(warp::delete()).map(Bytes::new))
        .unify()
        .and(any().map(move || notes.clone()))
        .and(warp::method())
        .and(full())
        .and(warp::header::headers_cloned())
        .map(answer);
    let listener = ready.listen().await?;
    warp::serve(with_cors(cors, default_replies(api))).incoming(listener).run().await;
    Ok(())
}

fn answer(body: Bytes, notes: Notes, method: Method, path: FullPath, headers: HeaderMap) -> Reply {
    let cookie = headers.get(header::COOKIE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    notes.answer(method.as_str(), path.as_str(), cookie, &body)
}
