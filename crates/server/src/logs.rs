//! The log on standard error.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::options::LogFormat;

/// Initializes logging. Must be called only once.
pub(crate) fn start(format: LogFormat, level: tracing::Level) {
    // Libraries log only warnings and errors: at lower levels, some log the data they read.
    let levels = Targets::new()
        .with_default(LevelFilter::WARN)
        // Malformed requests and broken connections are problems of the clients.
        .with_target("actix_http::h1", LevelFilter::OFF)
        .with_target("trivium", level)
        .with_target("trivium_core", level)
        .with_target("trivium_storage", level);
    let registry = tracing_subscriber::registry().with(levels);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Text => registry.with(layer.with_ansi(false)).init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).init(),
    }
}
