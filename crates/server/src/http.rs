//! The HTTP server. This is the only module that uses actix-web.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_http::error::DispatchError;
use actix_http::{Extensions, HttpService, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpRequest, HttpResponse, web};
use trivium_describe::Site;
use trivium_describe::docs::errors;
use trivium_front::text::quote;
use trivium_front::{Reply, Request};
use trivium_site::description;

use crate::deadline::{Deadline, Serving, Watch};
use crate::drain::Drain;
use crate::failure::Failure;
use crate::gateway::{Client, Gateway};
use crate::pages::{self, plain};

/// Maximum number of bytes over the budget that are read and dropped, so that the client reads the
/// response before the connection is closed.
const BODY_DRAIN_LIMIT: usize = 4 * 1024 * 1024;

/// The state that all requests share.
struct Shared {
    gateway: Gateway,
    drain: Drain,
    base_url: Option<String>,
    listen: SocketAddr,
    timeouts: Timeouts,
    /// The first part of request ids, which differs between runs of the server.
    run: u32,
    requests: AtomicU64,
}

/// Time limits for clients.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// Maximum time for the head of a request, and for its body.
    pub(crate) request: Duration,
    /// Maximum time until the next request on an open connection.
    pub(crate) keep_alive: Duration,
}

/// Numbers of threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Threads {
    /// Threads that serve connections.
    pub(crate) workers: usize,
    /// Threads that read the database, for each of these.
    pub(crate) readers: usize,
}

/// A server that listens but does not run yet.
pub(crate) struct Server {
    shared: Arc<Shared>,
    server: actix_server::Server,
    /// The address on which it listens.
    pub(crate) address: SocketAddr,
}

/// Binds the address.
///
/// # Errors
/// If the address cannot be bound.
pub(crate) fn bind(
    gateway: Gateway,
    listen: SocketAddr,
    threads: Threads,
    base_url: Option<String>,
    timeouts: Timeouts,
) -> Result<Server, Failure> {
    let cannot = |e: std::io::Error| Failure::Failed(format!("cannot listen on {listen}: {e}"));
    let listener = std::net::TcpListener::bind(listen).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let mut run = [0_u8; 4];
    getrandom::fill(&mut run).map_err(|e| Failure::Failed(e.to_string()))?;
    let shared = Arc::new(Shared {
        gateway,
        drain: Drain::default(),
        base_url: base_url.map(|url| url.trim_end_matches('/').to_owned()),
        listen: address,
        timeouts,
        run: u32::from_be_bytes(run),
        requests: AtomicU64::new(0),
    });
    let data = web::Data::from(Arc::clone(&shared));
    // The same as `actix_web::HttpServer`, but with a deadline around each stream.
    let server = actix_server::Server::build()
        .workers(threads.workers)
        .worker_max_blocking_threads(threads.readers)
        .disable_signals()
        .shutdown_timeout(1)
        .listen("trivium", listener, move || {
            let app = App::new()
                .app_data(data.clone())
                .default_service(web::to(serve))
                .into_factory()
                .map_err(|error: actix_web::Error| error.error_response());
            let http = HttpService::build()
                .keep_alive(timeouts.keep_alive)
                .client_request_timeout(timeouts.request)
                .client_disconnect_timeout(timeouts.request)
                .local_addr(address)
                .on_connect_ext(|stream: &Deadline<TcpStream>, data: &mut Extensions| {
                    data.insert(stream.watch());
                })
                .finish(map_config(app, |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| async move {
                // A response is written at once, so Nagle's algorithm would only delay it.
                let _best_effort = stream.set_nodelay(true);
                let peer = stream.peer_addr().ok();
                let timeout = timeouts.request + timeouts.keep_alive;
                let stream = Deadline::new(stream, timeout);
                Ok::<_, DispatchError>((stream, Protocol::Http1, peer))
            })
            .and_then(http)
        })
        .map_err(cannot)?
        .run();
    Ok(Server {
        shared,
        server,
        address,
    })
}

impl Server {
    /// Serves until SIGTERM or SIGINT, then completes the accepted requests and returns.
    ///
    /// # Errors
    /// If the server fails.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let handle = self.server.handle();
        let shared = Arc::clone(&self.shared);
        let stop = actix_web::rt::spawn(async move {
            match signal().await {
                Ok(name) => tracing::info!(signal = name, "stopping"),
                Err(error) => tracing::error!(%error, "cannot listen for signals"),
            }
            // New connections are not accepted any more; otherwise the drain might not complete under
            // load.
            handle.pause().await;
            shared.drain.wait().await;
            handle.stop(true).await;
        });
        self.server.await?;
        stop.abort();
        let service = Arc::clone(&self.shared.gateway.service);
        // The writer commits its pending changes before the program ends.
        let closed = actix_web::rt::task::spawn_blocking(move || service.database.close()).await;
        closed.map_err(|error| Failure::Failed(error.to_string()))
    }
}

async fn signal() -> std::io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok("SIGTERM"),
        _ = interrupt.recv() => Ok("SIGINT"),
    }
}

/// Handles a request: logs it, and adds the headers of every response.
async fn serve(
    http: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
) -> HttpResponse {
    let _in_progress = shared.drain.begin();
    let _serving = Serving::on(http.conn_data::<Arc<Watch>>());
    let began = Instant::now();
    let number = shared.requests.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:08x}-{number:08x}", shared.run);
    let mut reply = respond(&http, payload, &shared).await;
    // Read once, so that the body of the response and the header Connection agree.
    let stopping = shared.drain.is_stopping();
    if stopping && http.path() == pages::READY {
        reply = plain(503, "stopping");
    }
    let status = reply.status;
    // The query is not logged, because it may contain a token.
    tracing::info!(
        id,
        method = &*quote(http.method().as_str()),
        path = &*quote(http.path()),
        status,
        code = reply.code,
        microseconds = began.elapsed().as_micros(),
        "request"
    );
    let mut response = HttpResponse::build(
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    );
    response.insert_header(("X-Request-Id", id));
    // No browser takes a response for a script or a page that is not declared as one.
    response.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if !reply.content_type.is_empty() {
        response.insert_header((header::CONTENT_TYPE, &*reply.content_type));
    }
    for (name, value) in &reply.headers {
        response.insert_header((*name, value.as_str()));
    }
    // The connection is closed after an incompletely read body, whose rest would be parsed as the next
    // request.
    if stopping || matches!(status, 408 | 413) {
        response.force_close();
        response.insert_header((header::CONNECTION, HeaderValue::from_static("close")));
    }
    let mut response = response.body(reply.body);
    if stopping {
        response
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    response
}

/// Dispatches a request to its front-end, or to the pages.
async fn respond(http: &HttpRequest, payload: web::Payload, shared: &Shared) -> Reply {
    let path = http.path();
    let Some(endpoint) = shared.gateway.endpoint(path) else {
        let site = Site {
            service: description::service(),
            base_url: &shared.base_url_for(http),
            wire: shared.gateway.wire,
            dialects: &shared.gateway.served_dialects(),
            is_live: true,
        };
        let reply = match shared.gateway.beside(path) {
            Some(reply) => reply,
            None => pages::find(path, &site, &shared.gateway.service).await,
        };
        return match *http.method() {
            Method::GET | Method::HEAD => reply,
            _ if reply.status == 404 => reply,
            _ => Reply {
                headers: vec![("Allow", "GET, HEAD".to_owned())],
                ..plain(405, "only GET and HEAD are served at this address")
            },
        };
    };
    let body = match read(
        payload,
        max_length(http),
        endpoint.max_body(),
        shared.timeouts.request,
    )
    .await
    {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let text = |name: HeaderName| {
        http.headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    // An unreadable token counts as present but invalid.
    let token = |name: &'static str| {
        http.headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let request = Request {
        method: http.method().as_str(),
        path,
        query: http.query_string(),
        content_type: text(header::CONTENT_TYPE),
        content_encoding: text(header::CONTENT_ENCODING),
        accept: text(header::ACCEPT),
        authorization: text(header::AUTHORIZATION),
        auth_token: token("x-auth-token"),
        macaroon: token("macaroon"),
        cookie: text(header::COOKIE),
        origin: text(header::ORIGIN),
        host: text(header::HOST),
        body: body.as_deref(),
    };
    let client = Client {
        address: http.peer_addr().map(|address| address.ip()),
        base_url: shared.base_url_for(http),
    };
    let mut reply = shared.gateway.serve(endpoint, &request, client).await;
    reply.headers.extend(
        reply.code.and_then(|code| {
            errors::help(description::service(), &shared.base_url_for(http), code)
        }),
    );
    reply
}

impl Shared {
    /// Returns the base URL of this service: the configured one, or else that of the request.
    fn base_url_for(&self, http: &HttpRequest) -> String {
        self.base_url
            .clone()
            .unwrap_or_else(|| base_url(http, self.listen))
    }
}

/// Returns the scheme and host of the request.
fn base_url(http: &HttpRequest, listen: SocketAddr) -> String {
    let host = http
        .uri()
        .authority()
        .map(ToString::to_string)
        .or_else(|| {
            let host = http.headers().get(header::HOST)?.to_str().ok()?;
            Some(host.to_owned())
        })
        // Only a host and a port may appear in the addresses of responses.
        .filter(|host| {
            let valid = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
            !host.is_empty() && host.len() < 256 && host.bytes().all(valid)
        })
        .unwrap_or_else(|| listen.to_string());
    format!("http://{host}")
}

/// Returns the maximum length of a body. For CONNECT and upgrade requests, actix returns all later bytes of
/// the connection as the body, so Content-Length applies here.
fn max_length(http: &HttpRequest) -> usize {
    let headers = http.headers();
    let is_delimited = headers.contains_key(header::TRANSFER_ENCODING)
        || http.method() != Method::CONNECT && !headers.contains_key(header::UPGRADE);
    if is_delimited {
        return usize::MAX;
    }
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}

/// Reads a body; `None` if it exceeds the budget.
async fn read(
    mut payload: web::Payload,
    max_length: usize,
    budget: usize,
    timeout: Duration,
) -> Result<Option<Vec<u8>>, Reply> {
    use futures_util::StreamExt;
    let mut body = Vec::new();
    let mut dropped = 0;
    let whole = async {
        while body.len() + dropped < max_length
            && let Some(chunk) = payload.next().await
        {
            let Ok(mut chunk) = chunk else {
                return Err(plain(400, "malformed_body: the body ended early"));
            };
            chunk.truncate(max_length - body.len() - dropped);
            if dropped == 0 && body.len() + chunk.len() <= budget {
                body.extend_from_slice(&chunk);
            } else {
                dropped += chunk.len();
                if dropped > BODY_DRAIN_LIMIT {
                    break;
                }
            }
        }
        Ok(())
    };
    match tokio::time::timeout(timeout, whole).await {
        Ok(Ok(())) => Ok((dropped == 0).then_some(body)),
        Ok(Err(reply)) => Err(reply),
        Err(_) => Err(plain(408, "the body did not arrive in time")),
    }
}
