use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;

const SHOP: &str = "https://shop.example";

struct Server {
    app: Router,
    database: Database,
    _file: TempDir,
}

impl Server {
    fn start() -> Self {
        let file = TempDir::new().unwrap();
        let database = Database::create(file.path().join("tenants.db")).unwrap();
        Self { app: app(database.clone()).unwrap(), database, _file: file }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Option<String>, String) {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let allowed = response.headers().get("access-control-allow-origin");
        let allowed = allowed.map(|allowed| allowed.to_str().unwrap().to_owned());
        let status = response.status();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, allowed, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn is_shared(&self, tenant: &str, origin: &str) -> bool {
        let request = Request::get(format!("/t/{tenant}/notes")).header("origin", origin);
        let (status, allowed, body) = self.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((status, body), (StatusCode::OK, format!("the notes of {tenant}\n")));
        assert!(allowed.is_none() || allowed.as_deref() == Some(origin));
        allowed.is_some()
    }

    async fn change(&self, method: &str, tenant: &str, origin: &str) -> (StatusCode, String) {
        let request = Request::builder().method(method).uri(format!("/t/{tenant}/origins"));
        let (status, allowed, body) = self.send(request.body(origin.to_owned().into()).unwrap()).await;
        assert_eq!(allowed, None);
        (status, body)
    }
}

#[tokio::test]
async fn a_change_over_http_is_seen_at_once_and_is_that_tenants_alone() {
    let server = Server::start();
    assert!(!server.is_shared("acme", SHOP).await);
    assert_eq!(server.change("PUT", "acme", SHOP).await.0, StatusCode::NO_CONTENT);
    assert!(server.is_shared("acme", SHOP).await);
    assert!(!server.is_shared("other", SHOP).await);
    assert_eq!(server.change("DELETE", "acme", SHOP).await.0, StatusCode::NO_CONTENT);
    assert!(!server.is_shared("acme", SHOP).await);
}

#[tokio::test]
async fn a_change_in_the_database_is_seen_when_the_kept_answer_ends() {
    let server = Server::start();
    assert!(!server.is_shared("acme", SHOP).await);
    server.database.add("acme", SHOP).unwrap();
    assert!(!server.is_shared("acme", SHOP).await, "the no is kept");
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert!(server.is_shared("acme", SHOP).await);
}

#[tokio::test]
async fn only_origins_go_into_the_database() {
    let server = Server::start();
    let (status, body) = server.change("PUT", "acme", "https://shop.example/").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("write https://shop.example"), "{body}");
    let (status, _) = server.change("PUT", "acme", "@tenants").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}
