//! The ceiling of the HTTP stack: the same server library with the same settings, answering
//! one constant body.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, web};

use crate::failure::Result;

/// What is answered.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Fixed {
    /// Bytes of the body
    #[arg(long)]
    bytes: usize,
    /// Its media type
    #[arg(long)]
    content_type: String,
}

struct Answer {
    content_type: String,
    body: web::Bytes,
}

/// Serves until it is killed.
pub(crate) fn serve(fixed: &Fixed) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answer = web::Data::new(Answer {
        content_type: fixed.content_type.clone(),
        body: web::Bytes::from(vec![b'.'; fixed.bytes]),
    });
    actix_web::rt::System::new().block_on(async move {
        // As in the server's http.rs.
        let server = HttpServer::new(move || {
            App::new()
                .app_data(answer.clone())
                .default_service(web::to(reply))
        })
        .workers(1)
        .client_request_timeout(Duration::from_secs(20))
        .keep_alive(Duration::from_secs(30))
        .disable_signals()
        .listen(listener)?
        .run();
        println!("A constant answer is served on http://{address}");
        Ok(server.await?)
    })
}

/// Reads the request to its end, as whoever answers it must.
async fn reply(_body: web::Bytes, answer: web::Data<Answer>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, answer.content_type.as_str()))
        .body(answer.body.clone())
}
