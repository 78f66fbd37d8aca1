//! What the server measures, for monitoring, in the text format of Prometheus.

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};
use trivium_core::codes;
use trivium_storage::{Measures, PoolState};

use crate::failure::Failure;

/// The upper bounds of the durations of calls, in seconds: from a read out of memory to the time limit of a call.
const DURATIONS: [f64; 12] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0, 10.0,
];

/// The operation of a request that was rejected before it was a call of a known one. Names that clients made up
/// would have no end.
const UNKNOWN: &str = "unknown";

/// The outcome of a call without a failure.
const SUCCESS: &str = "success";

/// The measures of a server.
pub(crate) struct Metrics {
    registry: Registry,
    calls: IntCounterVec,
    durations: HistogramVec,
    requests: IntCounterVec,
    /// Those with the status 200, which is nearly every one.
    ok: IntCounter,
    refusals: IntCounterVec,
    cache: IntCounterVec,
    connections: IntGauge,
    held: IntGauge,
    budget: IntGauge,
    pool: IntGaugeVec,
    database: IntGauge,
    /// Without a value if there is no certificate.
    certificate: IntGaugeVec,
}

/// Counts the successful calls of one operation in one format. It looks up no label, so that a response in the
/// cache is not delayed.
#[derive(Clone)]
pub(crate) struct Meter {
    calls: IntCounter,
    durations: Histogram,
}

impl Meter {
    /// Counts a call.
    pub(crate) fn called(&self, duration: Duration) {
        self.calls.inc();
        self.durations.observe(duration.as_secs_f64());
    }
}

/// What is measured when it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// Open connections of clients.
    pub(crate) connections: usize,
    /// The bytes that they hold.
    pub(crate) held: usize,
    /// The bytes that they may hold.
    pub(crate) budget: usize,
    pub(crate) pool: PoolState,
    /// The size of the database in bytes, if it can be read.
    pub(crate) database: Option<u64>,
    /// When the certificate ends, in seconds since 1970, if there is one.
    pub(crate) certificate: Option<u64>,
}

/// A limit at which the server refuses something.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    /// A connection was closed, because there were too many.
    Connections,
    /// A body or a response did not fit into the memory budget.
    Memory,
}

impl Metrics {
    /// The measures of a server and of the writer of its database.
    ///
    /// # Errors
    /// If two have the same name.
    pub(crate) fn new(writer: &Measures) -> Result<Self, Failure> {
        Self::build(writer).map_err(|error| Failure::Failed(error.to_string()))
    }

    fn build(writer: &Measures) -> prometheus::Result<Self> {
        let counters = |name: &str, help: &str, labels: &[&str]| {
            IntCounterVec::new(Opts::new(name, help), labels)
        };
        let gauge = |name: &str, help: &str| IntGauge::new(name, help);
        let requests = counters(
            "trivium_requests_total",
            "HTTP requests, pages and health checks included, by HTTP status.",
            &["status"],
        )?;
        let metrics = Self {
            registry: Registry::new(),
            ok: requests.with_label_values(&["200"]),
            calls: counters(
                "trivium_calls_total",
                "Calls of operations, by operation, format and outcome: success, or the code of the failure.",
                &["operation", "format", "outcome"],
            )?,
            durations: HistogramVec::new(
                HistogramOpts::new(
                    "trivium_call_duration_seconds",
                    "Duration of a call, from when its request was read until its response could be written.",
                )
                .buckets(DURATIONS.to_vec()),
                &["operation"],
            )?,
            requests,
            refusals: counters(
                "trivium_refusals_total",
                "What was refused at a limit: quota, attempts, capacity, memory or connections.",
                &["limit"],
            )?,
            cache: counters(
                "trivium_response_cache_lookups_total",
                "Requests that may have a response in the cache, by result: hit or miss.",
                &["result"],
            )?,
            connections: gauge("trivium_connections", "Open connections of clients.")?,
            held: gauge(
                "trivium_memory_held_bytes",
                "Bytes of request bodies and of responses that are not sent yet.",
            )?,
            budget: gauge("trivium_memory_budget_bytes", "The setting memory_budget.")?,
            pool: IntGaugeVec::new(
                Opts::new(
                    "trivium_database_connections",
                    "Connections to the database, by state: busy or idle.",
                ),
                &["state"],
            )?,
            database: gauge(
                "trivium_database_bytes",
                "Size of the database, with -wal on SQLite.",
            )?,
            certificate: IntGaugeVec::new(
                Opts::new(
                    "trivium_tls_certificate_expiry_timestamp_seconds",
                    "When the certificate of tls_certificate ends, in seconds since 1970.",
                ),
                &[],
            )?,
        };
        let version = Opts::new("trivium_build_info", "The version, as a label.")
            .const_label("version", env!("CARGO_PKG_VERSION"));
        let version = IntGauge::with_opts(version)?;
        version.set(1);
        let collectors: [Box<dyn Collector>; 12] = [
            Box::new(metrics.calls.clone()),
            Box::new(metrics.durations.clone()),
            Box::new(metrics.requests.clone()),
            Box::new(metrics.refusals.clone()),
            Box::new(metrics.cache.clone()),
            Box::new(metrics.connections.clone()),
            Box::new(metrics.held.clone()),
            Box::new(metrics.budget.clone()),
            Box::new(metrics.pool.clone()),
            Box::new(metrics.database.clone()),
            Box::new(metrics.certificate.clone()),
            Box::new(version),
        ];
        for collector in collectors.into_iter().chain(writer.collectors()) {
            metrics.registry.register(collector)?;
        }
        let process = prometheus::process_collector::ProcessCollector::for_self();
        metrics.registry.register(Box::new(process))?;
        // A limit that was never reached is 0, not absent.
        for limit in ["quota", "attempts", "capacity", "memory", "connections"] {
            metrics.refusals.with_label_values(&[limit]);
        }
        Ok(metrics)
    }

    /// Counts a call: of an operation, if it is known, with the code of its failure, if it failed.
    pub(crate) fn called(
        &self,
        operation: Option<&'static str>,
        format: &'static str,
        code: Option<&'static str>,
        duration: Duration,
    ) {
        let operation = operation.unwrap_or(UNKNOWN);
        let outcome = code.unwrap_or(SUCCESS);
        self.calls
            .with_label_values(&[operation, format, outcome])
            .inc();
        self.durations
            .with_label_values(&[operation])
            .observe(duration.as_secs_f64());
        let limit = match code {
            Some(code) if code == codes::QUOTA_EXCEEDED.name => "quota",
            Some(code) if code == codes::RATE_LIMITED.name => "attempts",
            Some(code) if code == codes::TEMPORARILY_UNAVAILABLE.name => "capacity",
            _ => return,
        };
        self.refusals.with_label_values(&[limit]).inc();
    }

    /// A meter of successful calls.
    pub(crate) fn meter(&self, operation: Option<&'static str>, format: &'static str) -> Meter {
        let operation = operation.unwrap_or(UNKNOWN);
        Meter {
            calls: self.calls.with_label_values(&[operation, format, SUCCESS]),
            durations: self.durations.with_label_values(&[operation]),
        }
    }

    /// Counts a request by the status of its response.
    pub(crate) fn responded(&self, status: u16) {
        if status == 200 {
            return self.ok.inc();
        }
        let text = status.to_string();
        self.requests.with_label_values(&[text.as_str()]).inc();
    }

    /// The counter of what is refused at a limit.
    pub(crate) fn refusals(&self, limit: Limit) -> IntCounter {
        self.refusals.with_label_values(&[match limit {
            Limit::Connections => "connections",
            Limit::Memory => "memory",
        }])
    }

    /// The counters of responses that were found in the cache, and of those that were not.
    pub(crate) fn cache(&self) -> [IntCounter; 2] {
        ["hit", "miss"].map(|result| self.cache.with_label_values(&[result]))
    }

    /// All measures as text.
    ///
    /// # Errors
    /// If they cannot be printed.
    pub(crate) fn text(&self, state: State) -> prometheus::Result<String> {
        let set = |gauge: &IntGauge, value: usize| gauge.set(i64::try_from(value).unwrap_or(0));
        set(&self.connections, state.connections);
        set(&self.held, state.held);
        set(&self.budget, state.budget);
        let busy = state.pool.open.saturating_sub(state.pool.idle);
        for (name, connections) in [("busy", busy), ("idle", state.pool.idle)] {
            let gauge = self.pool.with_label_values(&[name]);
            gauge.set(connections.into());
        }
        if let Some(bytes) = state.database {
            self.database.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        if let Some(ends) = state.certificate {
            let gauge = self.certificate.with_label_values::<&str>(&[]);
            gauge.set(i64::try_from(ends).unwrap_or(i64::MAX));
        }
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// The content type of [`Metrics::text`].
pub(crate) const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;
