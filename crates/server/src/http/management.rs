//! The management listener: health checks with reasons, and metrics, on a thread of its own, so that they respond
//! while the server is busy or stops.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::Builder;
use std::time::Duration;

use actix_web::http::{Method, header};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::Shared;
use crate::cures;
use crate::failure::Failure;
use crate::metrics::{CONTENT_TYPE, State};
use crate::options::Listen;
use crate::pages::{LIVE, READY};
use crate::tls::Identity;

/// The time that a client has for a request, and an idle connection for the next one.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum number of connections. A scraper has one.
const CONNECTIONS: usize = 32;

/// Listens on this address, and responds until the program ends. Returns the address.
///
/// # Errors
/// If the address cannot be bound, or no thread can be started.
pub(super) fn start(listen: SocketAddr, shared: &Arc<Shared>) -> Result<SocketAddr, Failure> {
    let cannot = |error: std::io::Error| cures::listening(&Listen::Tcp(listen), &error);
    let listener = TcpListener::bind(listen).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let data = web::Data::from(Arc::clone(shared));
    let serve = move || {
        let app = move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::to(respond))
        };
        let server = HttpServer::new(app)
            .workers(1)
            .max_connections(CONNECTIONS)
            .client_request_timeout(TIMEOUT)
            .keep_alive(TIMEOUT)
            .disable_signals()
            .listen(listener)?;
        actix_web::rt::System::new().block_on(server.run())
    };
    Builder::new().name("management".into()).spawn(move || {
        if let Err(error) = serve() {
            tracing::error!(%error, "the management listener has ended");
        }
    })?;
    Ok(address)
}

async fn respond(http: HttpRequest, shared: web::Data<Shared>) -> HttpResponse {
    if !matches!(*http.method(), Method::GET | Method::HEAD) {
        return HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD"))
            .finish();
    }
    match http.path() {
        LIVE => HttpResponse::Ok().body("live\n"),
        READY => match shared.reason_not_ready().await {
            None => HttpResponse::Ok().body("ready\n"),
            Some(reason) => HttpResponse::ServiceUnavailable().body(format!("{reason}\n")),
        },
        "/metrics" => match web::block(move || shared.metrics.text(shared.state())).await {
            Ok(Ok(text)) => HttpResponse::Ok().content_type(CONTENT_TYPE).body(text),
            _ => HttpResponse::InternalServerError().finish(),
        },
        "/version" => HttpResponse::Ok().json(serde_json::json!({
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
        })),
        _ => HttpResponse::NotFound().body("there are /live, /ready, /metrics and /version\n"),
    }
}

impl Shared {
    /// Why no calls are accepted; `None` if they are.
    async fn reason_not_ready(&self) -> Option<String> {
        if self.drain.is_stopping() {
            return Some("stopping".to_owned());
        }
        let error = self.gateway.check().await.err()?;
        Some(match error.cause() {
            Some(cause) => cause.to_string(),
            None => "the database does not respond".to_owned(),
        })
    }

    /// The state to be measured.
    fn state(&self) -> State {
        let database = &self.gateway.service.database;
        let (connections, held, budget) = self.connections.state();
        State {
            connections,
            held,
            budget,
            pool: database.pool_state(),
            // The last known size remains if the database does not respond.
            database: database.size().ok(),
            certificate: self.identity.as_ref().map(Identity::ends),
        }
    }
}
