//! The HTTP server. Only this module uses actix-web.
//!
//! - [`handler`] takes a request to its front-end or to the pages; [`body`] has the bodies.
//! - [`connections`] limits what clients hold: each [`connection`], and each [`exchange`] of a request for a
//!   response. [`stream`] has the deadlines of connections.
//! - [`caching`] says who may keep a response, and answers conditional requests.
//! - [`cors`] permits web pages of other origins to make calls.
//! - [`listener`] is the port or the Unix socket of clients, and [`socket`] a connection to it, with TLS or without.
//! - [`management`] is the listener of administrators: metrics, and health checks with reasons.
//! - [`proxies`] finds the client behind trusted proxies.

mod body;
mod caching;
mod connection;
mod connections;
mod cors;
mod exchange;
mod handler;
mod listener;
mod management;
mod proxies;
mod socket;
mod stream;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{Extensions, HttpService, Protocol};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config,
};
use actix_web::dev::AppConfig;
use actix_web::{App, web};
use sd_notify::NotifyState;

pub(crate) use self::body::SMALL_RESPONSE;
pub(crate) use self::caching::Policy;
pub(crate) use self::connections::Limits;
use self::connections::{Connections, Refusals};
pub(crate) use self::cors::Origins;
pub(crate) use self::exchange::Exchange;
use self::listener::Listener;
pub(crate) use self::proxies::{ForwardedHeader, Proxies};
use self::socket::{Accepted, Socket};
use self::stream::Stream;
use crate::cures;
use crate::drain::Drain;
use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::metrics::{Limit, Metrics};
use crate::notify::notify;
use crate::options::Listen;
use crate::readers::Readers;
use crate::tls::Identity;

/// Connections that may be open beyond the limit, while others are being closed.
const OVERLAP: usize = 256;

/// Maximum time for which the rest of a rejected body is read and dropped, so that the client sees the response.
const LINGER: Duration = Duration::from_secs(5);

/// The address of a client of a Unix socket, which has none of its own.
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The time that actix-server gets to stop accepting before the listener is closed.
const PAUSE: Duration = Duration::from_millis(100);

/// The state that all requests share.
struct Shared {
    gateway: Gateway,
    connections: Arc<Connections>,
    proxies: Proxies,
    origins: Origins,
    drain: Drain,
    base_url: Option<String>,
    /// The host of a request that names none.
    host: String,
    /// The certificate to show, if clients use TLS.
    identity: Option<Identity>,
    timeouts: Timeouts,
    /// The first part of request ids, which differs between runs of the server.
    run: u32,
    requests: AtomicU64,
    metrics: Arc<Metrics>,
    /// The duration from which on a request is slow, in microseconds.
    slow: AtomicU64,
}

/// Time limits for clients.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// Maximum time for the head of a request, and for its body.
    pub(crate) request: Duration,
    /// Maximum time until the next request on an open connection.
    pub(crate) keep_alive: Duration,
    /// Maximum time from the signal to stop until the program ends.
    pub(crate) shutdown: Duration,
}

/// Numbers of threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Threads {
    /// Threads that serve connections.
    pub(crate) workers: usize,
    /// Threads that read the database, for each of these.
    pub(crate) readers: usize,
    /// Threads that scan the database, for each of these.
    pub(crate) scanners: usize,
}

/// The settings of the server.
#[derive(Clone)]
pub(crate) struct Settings {
    /// Where it listens.
    pub(crate) listen: Listen,
    /// The certificate to show, if clients use TLS.
    pub(crate) identity: Option<Identity>,
    /// The address of the management listener, if there is one.
    pub(crate) management: Option<SocketAddr>,
    pub(crate) threads: Threads,
    pub(crate) timeouts: Timeouts,
    /// Limits on what clients hold.
    pub(crate) limits: Limits,
    pub(crate) proxies: Proxies,
    /// The origins whose pages may make calls.
    pub(crate) origins: Origins,
    /// The public base URL, if it is not the one that is requested.
    pub(crate) base_url: Option<String>,
    /// The duration from which on a request is slow.
    pub(crate) slow: Duration,
}

/// The bounds that can change while the server runs.
#[derive(Clone)]
pub(crate) struct Bounds(Arc<Shared>);

impl Bounds {
    /// Sets the memory for what clients hold, and the duration from which on a request is slow. Drops the kept
    /// responses, which other settings may have shaped.
    pub(crate) fn set(&self, memory: usize, slow: Duration) {
        self.0.gateway.responses.clear();
        self.0.connections.limit_memory(memory);
        self.0.slow.store(microseconds(slow), Ordering::Relaxed);
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A server that listens but does not run yet.
pub(crate) struct Server {
    shared: Arc<Shared>,
    server: actix_server::Server,
    listener: Listener,
    /// Where it listens.
    pub(crate) place: Listen,
    /// The address of the management listener.
    pub(crate) management: Option<SocketAddr>,
}

/// Listens.
///
/// # Errors
/// If that fails.
pub(crate) fn bind(
    gateway: Gateway,
    metrics: Arc<Metrics>,
    settings: Settings,
) -> Result<Server, Failure> {
    let Settings {
        listen,
        identity,
        management,
        threads,
        timeouts,
        limits,
        proxies,
        origins,
        base_url,
        slow,
    } = settings;
    let cannot = |error: std::io::Error| cures::listening(&listen, &error);
    let listener = Listener::bind(&listen).map_err(cannot)?;
    let place = listener.place(&listen).map_err(cannot)?;
    let mut run = [0_u8; 4];
    getrandom::fill(&mut run).map_err(|e| Failure::Failed(e.to_string()))?;
    let refusals = Refusals {
        connections: metrics.refusals(Limit::Connections),
        memory: metrics.refusals(Limit::Memory),
    };
    let shared = Arc::new(Shared {
        gateway,
        connections: Arc::new(Connections::new(limits, refusals)),
        proxies,
        origins,
        drain: Drain::default(),
        base_url: base_url.map(|url| url.trim_end_matches('/').to_owned()),
        host: match &place {
            Listen::Tcp(address) => address.to_string(),
            Listen::Unix(_) => "localhost".to_owned(),
        },
        identity,
        timeouts,
        run: u32::from_be_bytes(run),
        requests: AtomicU64::new(0),
        metrics,
        slow: AtomicU64::new(microseconds(slow)),
    });
    let management = match management {
        Some(listen) => Some(management::start(listen, &shared)?),
        None => None,
    };
    // The same as `actix_web::HttpServer`, but with a wrapper around each stream.
    let builder = actix_server::Server::build()
        .workers(threads.workers)
        // A limit of actix-web's stops accepting, so the oldest clients would keep new ones out.
        .max_concurrent_connections((limits.connections + OVERLAP).div_ceil(threads.workers))
        .disable_signals()
        .shutdown_timeout(1);
    let accepting = listener.try_clone().map_err(cannot)?;
    let data = web::Data::from(Arc::clone(&shared));
    let builder = match accepting {
        Listener::Tcp(tcp) => builder.listen("trivium", tcp, move || worker(&data, threads)),
        Listener::Unix(unix) => builder.listen_uds("trivium", unix, move || worker(&data, threads)),
    };
    let server = builder.map_err(cannot)?.run();
    Ok(Server {
        shared,
        server,
        listener,
        place,
        management,
    })
}

/// Returns what a thread that serves connections does with each of them.
fn worker<S: Accepted>(
    shared: &web::Data<Shared>,
    threads: Threads,
) -> impl ServiceFactory<S, Config = (), Response = (), Error = DispatchError, InitError = ()> + use<S>
{
    let readers = Readers::new(
        &shared.gateway.service.database,
        threads.readers,
        threads.scanners,
    );
    let app = App::new()
        .app_data(shared.clone())
        .app_data(web::Data::new(readers))
        .default_service(web::to(handler::serve))
        .into_factory()
        .map_err(|error: actix_web::Error| error.error_response());
    let timeouts = shared.timeouts;
    let http = HttpService::build()
        .keep_alive(timeouts.keep_alive)
        .client_request_timeout(timeouts.request)
        .client_disconnect_timeout(timeouts.request.min(LINGER))
        // Otherwise it would take two pieces at once, and keep a buffer for both.
        .h1_write_buffer_size(body::PIECE)
        .on_connect_ext(|stream: &Stream<Socket>, data: &mut Extensions| {
            data.insert(stream.connection());
        })
        .finish(map_config(app, |()| AppConfig::default()));
    let shared = shared.clone();
    fn_service(move |accepted: S| {
        let shared = shared.clone();
        async move {
            let (socket, peer) = accepted.into_socket(shared.identity.as_ref());
            let address = peer.map_or(LOCAL, |peer| peer.ip());
            let is_proxy = shared.proxies.trusts(address);
            let stream = Stream::new(socket, shared.connections.open(address, is_proxy));
            Ok::<_, DispatchError>((stream, Protocol::Http1, peer))
        }
    })
    .and_then(http)
}

impl Server {
    /// Returns the bounds that can change.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds(Arc::clone(&self.shared))
    }

    /// Serves until SIGTERM or SIGINT, then completes the accepted requests and returns.
    ///
    /// # Errors
    /// If the server fails.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let handle = self.server.handle();
        let shared = Arc::clone(&self.shared);
        let listener = self.listener;
        let timeout = self.shared.timeouts.shutdown;
        let stop = actix_web::rt::spawn(async move {
            match signal().await {
                Ok(name) => tracing::info!(signal = name, "stopping"),
                Err(error) => tracing::error!(%error, "cannot listen for signals"),
            }
            notify(NotifyState::Stopping);
            // New connections are refused, so that clients find another server at once. actix-server's thread
            // still accepts some until it sees the pause.
            handle.pause().await;
            tokio::time::sleep(PAUSE).await;
            if let Err(error) = listener.refuse() {
                tracing::debug!(%error, "the listener stays open until the server ends");
            }
            let is_complete = shared.drain.wait(timeout).await;
            handle.stop(is_complete).await;
        });
        self.server.await?;
        stop.abort();
        let gateway = &self.shared.gateway;
        if let Some((hits, misses)) = gateway.responses.counts() {
            tracing::info!(hits, misses, "served from the cache of responses");
        }
        let service = Arc::clone(&gateway.service);
        let by = self.shared.drain.ends_by(timeout);
        // The writer commits its pending changes before the program ends. Threads that are stuck end with
        // the program.
        let close = move || service.database.close_by(by);
        let closed = actix_web::rt::task::spawn_blocking(close).await;
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
