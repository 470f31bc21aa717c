//! poem, through `cors-poem`.

use std::io;

use cors_poem::CorsMiddleware;
use poem::http::{HeaderMap, Method, StatusCode, Uri, header};
use poem::listener::TcpAcceptor;
use poem::web::Data;
use poem::{Body, EndpointExt, Result, Route, Server, get, handler};

use super::Site;
use crate::notes::{BODY, Notes};

pub(super) async fn serve(Site { notes, cors, ready }: Site) -> io::Result<()> {
    let api = Route::new()
        .at("/notes", get(answer).post(answer))
        .at("/notes/:id", get(answer).put(answer).delete(answer))
        .at("/me", get(answer))
        .at("/report", get(answer))
        .at("/error", get(answer))
        .at("/private", get(answer))
        .data(notes)
        .with(CorsMiddleware::new(cors));
    let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(ready.listen().await?)?);
    server.run(api).await
}

#[handler]
async fn answer(
    Data(notes): Data<&Notes>,
    method: Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<(StatusCode, HeaderMap, Body)> {
    let body = body.into_bytes_limit(BODY).await?;
    let cookie = headers.get(header::COOKIE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    let (head, body) = notes.answer(method.as_str(), uri.path(), cookie, &body).into_parts();
    Ok((head.status, head.headers, body.into()))
}
