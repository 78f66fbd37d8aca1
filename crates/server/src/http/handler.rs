//! Handles a request: takes it to its front-end or to the pages, and adds the headers of every response.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::{Either, HttpRequest, HttpResponse, web};
use trivium_core::Trace;
use trivium_describe::Site;
use trivium_describe::docs::errors;
use trivium_front::text::quote;
use trivium_front::{Reply, Request};
use trivium_site::description;

use super::body::{Pieces, Received, SMALL_RESPONSE, receive};
use super::caching::leave_out_what_client_has;
use super::connection::{Connection, Phase};
use super::exchange::Exchange;
use super::proxies::Forwarded;
use super::{LOCAL, Shared, microseconds};
use crate::gateway::{Client, Endpoint};
use crate::pages::{self, plain};
use crate::readers::Readers;

/// The header with the ID of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Handles a request: logs it, and adds the headers of every response.
pub(super) async fn serve(
    http: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
    readers: web::Data<Readers>,
) -> Either<HttpResponse<Pieces>, HttpResponse> {
    let Some(connection) = http.conn_data::<Arc<Connection>>() else {
        // Every stream has one.
        return Either::Right(HttpResponse::InternalServerError().finish());
    };
    let mut exchange = Exchange::begin(&shared.connections, connection);
    let _in_progress = shared.drain.begin();
    let began = Instant::now();
    let number = shared.requests.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:08x}-{number:08x}", shared.run);
    let client = shared.client(&http);
    // Whatever is logged about the request has its ID.
    let trace = Arc::new(Trace::new(id));
    let responding = respond(
        &http,
        payload,
        &shared,
        &readers,
        client,
        &trace,
        &mut exchange,
    );
    let (mut reply, closes) = responding.await;
    if let Some(endpoint) = shared.gateway.endpoint(http.path())
        && endpoint.is_for_programs()
    {
        reply.headers.extend(shared.origins.headers(&http));
    }
    leave_out_what_client_has(&http, &mut reply);
    exchange.settle(reply.body.len());
    // Read once, so that the body of the response and the header Connection agree.
    let stopping = shared.drain.is_stopping();
    if stopping && http.path() == pages::READY {
        reply = plain(503, "stopping");
    }
    let status = reply.status;
    shared.metrics.responded(status);
    let microseconds = microseconds(began.elapsed());
    // The query is not logged, because it may contain a token.
    macro_rules! log {
        ($level:ident, $message:literal) => {
            tracing::$level!(
                id = trace.id,
                method = &*quote(http.method().as_str()),
                path = &*quote(http.path()),
                status,
                operation = trace.operation(),
                code = reply.code,
                client = %client.address,
                login = trace.login(),
                microseconds,
                $message
            )
        };
    }
    match microseconds >= shared.slow.load(Ordering::Relaxed) {
        true => log!(warn, "slow request"),
        false => log!(info, "request"),
    }
    let mut response = HttpResponse::build(
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    );
    response.insert_header((REQUEST_ID, trace.id.as_str()));
    // No browser takes a response for a script or a page that is not declared as one.
    response.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if !reply.content_type.is_empty() {
        response.insert_header((header::CONTENT_TYPE, &*reply.content_type));
    }
    for (name, value) in &reply.headers {
        // Vary may be there twice.
        response.append_header((*name, value.as_str()));
    }
    // The connection is closed after an incompletely read body, whose rest would be parsed as the next
    // request.
    if stopping || closes {
        response.force_close();
        response.insert_header((header::CONNECTION, HeaderValue::from_static("close")));
        exchange.enter(Phase::Closing);
    } else {
        exchange.enter(Phase::Sending);
    }
    let Ok(mut response) = response.message_body(Pieces::new(reply.body, exchange)) else {
        // A front-end wrote a header with a line break.
        return Either::Right(HttpResponse::InternalServerError().finish());
    };
    if stopping {
        response
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    Either::Left(response)
}

/// Dispatches a request to its front-end, or to the pages. Returns the response, and whether the connection
/// must be closed after it.
async fn respond(
    http: &HttpRequest,
    payload: web::Payload,
    shared: &Shared,
    readers: &Readers,
    client: Forwarded,
    trace: &Arc<Trace>,
    exchange: &mut Exchange,
) -> (Reply, bool) {
    let path = http.path();
    let endpoint = shared.gateway.endpoint(path);
    let max = endpoint.map_or(0, |endpoint| endpoint.max_body());
    let timeout = shared.timeouts.request;
    let received = receive(payload, max_length(http), max, timeout, exchange).await;
    let closes = received.ends_connection();
    match received {
        Received::Broken => return (plain(400, "malformed_body: the body ended early"), closes),
        Received::Late => return (plain(408, "the body did not arrive in time"), closes),
        Received::Whole(_) | Received::TooLarge | Received::Refused => {}
    }
    exchange.enter(Phase::Calling);
    if endpoint.is_some_and(Endpoint::is_for_programs)
        && let Some(reply) = shared.origins.preflight(http)
    {
        return (reply, closes);
    }
    let base_url = shared.base_url_for(http, client);
    let Some(endpoint) = endpoint else {
        let reply = page(http, shared, readers, &base_url, trace).await;
        let admitted = exchange.charge(reply.body.len(), SMALL_RESPONSE);
        return match admitted {
            true => (reply, closes),
            false => (
                plain(503, "the service has no memory for this response"),
                true,
            ),
        };
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
        is_secure: base_url.starts_with("https:"),
        body: received.as_body(),
    };
    let client = Client {
        address: Some(client.address),
        base_url: base_url.clone(),
        trace: Arc::clone(trace),
    };
    let mut reply = shared
        .gateway
        .serve(readers, endpoint, &request, client, exchange)
        .await;
    reply.headers.extend(
        reply
            .code
            .and_then(|code| errors::help(description::service(), &base_url, code)),
    );
    (reply, closes)
}

/// Finds the page at an address.
async fn page(
    http: &HttpRequest,
    shared: &Shared,
    readers: &Readers,
    base_url: &str,
    trace: &Arc<Trace>,
) -> Reply {
    let path = http.path();
    let site = Site {
        service: description::service(),
        base_url,
        wire: shared.gateway.wire,
        dialects: &shared.gateway.served_dialects(),
        is_live: true,
    };
    let reply = match shared.gateway.beside(path) {
        Some(reply) => reply,
        None => pages::find(path, &site, &shared.gateway, readers, trace).await,
    };
    match *http.method() {
        Method::GET | Method::HEAD => reply,
        _ if reply.status == 404 => reply,
        _ => Reply {
            headers: vec![("Allow", "GET, HEAD".to_owned())],
            ..plain(405, "only GET and HEAD are served at this address")
        },
    }
}

impl Shared {
    /// Returns the client of a request.
    fn client(&self, http: &HttpRequest) -> Forwarded {
        let peer = http.peer_addr().map_or(LOCAL, |peer| peer.ip());
        let is_secure = self.identity.is_some();
        self.proxies.client(peer, is_secure, http.headers())
    }

    /// Returns the base URL of this service: the configured one, or else that of the request.
    fn base_url_for(&self, http: &HttpRequest, client: Forwarded) -> String {
        match &self.base_url {
            Some(url) => url.clone(),
            None => {
                let scheme = if client.is_secure { "https" } else { "http" };
                format!("{scheme}://{}", self.host(http))
            }
        }
    }

    /// Returns the host of a request, or else the one at which this service listens.
    fn host(&self, http: &HttpRequest) -> String {
        http.uri()
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
            .unwrap_or_else(|| self.host.clone())
    }
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
