//! Serves the guestbook over HTTP, on a loopback address: `cargo run --package guestbook`.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use guestbook::{ADDRESS, Guestbook};
use trivium_front::{Body, Request, limits};

async fn serve(guestbook: Data<Guestbook>, http: HttpRequest, body: Option<Bytes>) -> HttpResponse {
    let header = |name: &str| http.headers().get(name)?.to_str().ok();
    let reply = guestbook.serve(&Request {
        method: http.method().as_str(),
        path: http.path(),
        query: http.query_string(),
        content_type: header("content-type"),
        content_encoding: header("content-encoding"),
        accept: header("accept"),
        authorization: header("authorization"),
        host: header("host"),
        // Without a body, the front-end rejects the request as too large, in the caller's protocol.
        body: body.as_deref().map_or(Body::TooLarge, Body::Whole),
        ..Request::default()
    });
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.content_type(reply.content_type.as_ref());
    for header in reply.headers {
        response.insert_header(header);
    }
    response.body(reply.body)
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let guestbook = Data::new(Guestbook::open());
    let app = move || {
        App::new()
            .app_data(Data::clone(&guestbook))
            .app_data(PayloadConfig::new(limits::MAX_BATCH_BODY))
            .default_service(web::to(serve))
    };
    HttpServer::new(app).bind(ADDRESS)?.run().await
}
