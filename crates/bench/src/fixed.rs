//! The upper bound for the HTTP stack: the same server library with the same settings and a
//! constant response.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, web};

use crate::failure::Result;

/// Options of the process.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Fixed {
    /// Size of the body in bytes
    #[arg(long)]
    bytes: usize,
    /// Media type of the body
    #[arg(long)]
    content_type: String,
}

struct Constant {
    content_type: String,
    body: web::Bytes,
}

/// Serves until the process is killed.
pub(crate) fn serve(fixed: &Fixed) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let constant = web::Data::new(Constant {
        content_type: fixed.content_type.clone(),
        body: web::Bytes::from(vec![b'.'; fixed.bytes]),
    });
    actix_web::rt::System::new().block_on(async move {
        // The settings of the server's http.
        let server = HttpServer::new(move || {
            App::new()
                .app_data(constant.clone())
                .default_service(web::to(reply))
        })
        .workers(1)
        .client_request_timeout(Duration::from_secs(20))
        .keep_alive(Duration::from_secs(30))
        .disable_signals()
        .listen(listener)?
        .run();
        println!("Serving a constant response on http://{address}");
        Ok(server.await?)
    })
}

/// Reads the whole request, as the service must, and responds.
async fn reply(_body: web::Bytes, constant: web::Data<Constant>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, constant.content_type.as_str()))
        .body(constant.body.clone())
}
