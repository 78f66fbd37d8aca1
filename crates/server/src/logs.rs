//! The log on standard error.
//!
//! A thread of its own writes it. If its reader stalls, the next lines wait up to a limit, and further ones are
//! dropped, so that no request waits.

use std::io::BufWriter;
use std::panic::PanicHookInfo;
use std::thread;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload::{self, Handle};
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::Failure;
use crate::options::{LogFormat, LogLevel};

/// Maximum number of lines that wait to be written: about 2 MiB.
const MAX_WAITING: usize = 8_192;

/// The time between two checks for dropped lines.
const CHECK: Duration = Duration::from_secs(1);

/// The log. The waiting lines are written when this is dropped.
pub(crate) struct Log {
    pub(crate) levels: Levels,
    _writer: WorkerGuard,
}

/// The levels of the log, which can change.
#[derive(Clone)]
pub(crate) struct Levels(Handle<Targets, Registry>);

impl Levels {
    /// Sets the level of this program's lines.
    pub(crate) fn set(&self, level: LogLevel) {
        // The log lives as long as the server.
        let _ended = self.0.reload(targets(level));
    }
}

fn targets(level: LogLevel) -> Targets {
    let level = tracing::Level::from(level);
    // Libraries log only warnings and errors: at lower levels, some log the data they read.
    Targets::new()
        .with_default(LevelFilter::WARN)
        // Malformed requests and broken connections are problems of the clients.
        .with_target("actix_http::h1", LevelFilter::OFF)
        .with_target("trivium", level)
        .with_target("trivium_core", level)
        .with_target("trivium_storage", level)
}

/// Initializes logging. Must be called only once.
///
/// # Errors
/// If a thread cannot be started.
pub(crate) fn start(format: LogFormat, level: LogLevel) -> Result<Log, Failure> {
    let (levels, handle) = reload::Layer::new(targets(level));
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(MAX_WAITING)
        .thread_name("log")
        // The thread flushes when no line waits.
        .finish(BufWriter::new(std::io::stderr()));
    let dropped = writer.error_counter();
    let registry = tracing_subscriber::registry().with(levels);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => registry.with(layer).init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).init(),
    }
    std::panic::set_hook(Box::new(log_panic));
    thread::Builder::new()
        .name("log-check".to_owned())
        .spawn(move || report_dropped(&dropped))?;
    Ok(Log {
        levels: Levels(handle),
        _writer: guard,
    })
}

/// Logs a panic like any other event, so that it does not wait for the reader of the log either.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let reason = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(tracing::field::display);
    let thread = thread::current();
    tracing::error!(thread = thread.name(), place, reason, "a thread panicked");
}

/// Logs from time to time how many lines were dropped.
fn report_dropped(dropped: &ErrorCounter) {
    let mut reported = 0;
    loop {
        thread::sleep(CHECK);
        let lines = dropped.dropped_lines();
        if lines > reported {
            // This line may be dropped too. Then the next check finds one more missing.
            reported = lines;
            tracing::warn!(
                lines,
                "log lines were dropped since the start, because nobody read the log fast enough"
            );
        }
    }
}
