//! The rows of one value: what it is, its limit, and how it is measured.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::calls::{Calls, Operation, Protocol, World};
use crate::data::{self, Census, Pairs, Scale};
use crate::failure::{Result, fail};
use crate::load;
use crate::process::{Serving, Trivium, resident, sqlite};

/// A value, the limit that it must keep, and its measurement.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) decimals: usize,
    /// At most this.
    pub(crate) limit: f64,
    /// Measures once, with a number that names new files.
    pub(crate) measure: fn(&Setting<'_>, usize) -> Result<f64>,
    /// Whether it is measured repeatedly. The value is the median.
    pub(crate) repeats: bool,
    pub(crate) method: &'static str,
}

/// What the measurements need.
pub(crate) struct Setting<'a> {
    pub(crate) trivium: &'a Trivium<'a>,
    /// A filled database to copy.
    pub(crate) filled: &'a Path,
    pub(crate) scale: Scale,
    /// The duration of a round.
    pub(crate) length: Duration,
}

pub(crate) const WAL_PER_JOIN: Figure = Figure {
    name: "WAL bytes per join",
    unit: "KiB",
    decimals: 1,
    limit: 18.0,
    measure: wal_per_join,
    repeats: false,
    method: "growth of the file `-wal` while 64 callers join, divided by the acknowledged joins; the server leaves \
        checkpoints to another program, so that the file only grows",
};

pub(crate) const COLD_START: Figure = Figure {
    name: "cold start",
    unit: "ms",
    decimals: 0,
    limit: 150.0,
    measure: cold_start,
    repeats: true,
    method: "time from the start of the process, on a database that does not exist yet, to 200 from `/ready`; the \
        median of several starts",
};

pub(crate) const IDLE_MEMORY: Figure = Figure {
    name: "idle memory",
    unit: "MiB",
    decimals: 1,
    limit: 20.0,
    measure: idle_memory,
    repeats: false,
    method: "resident memory (`VmRSS`) half a second after `/ready`, on an empty database",
};

pub(crate) const BINARY_SIZE: Figure = Figure {
    name: "binary size",
    unit: "MB",
    decimals: 1,
    limit: 25.0,
    measure: |setting, _| Ok(std::fs::metadata(setting.trivium.program)?.len() as f64 / 1e6),
    repeats: false,
    method: "size of the file, with both databases built in",
};

/// The default of the server.
const SERVING: Serving = Serving {
    cache: "64MiB",
    ..Serving::PINNED
};

fn cold_start(setting: &Setting<'_>, number: usize) -> Result<f64> {
    let database = setting.trivium.folder.join(format!("cold-{number}.db"));
    let database = sqlite(&database);
    let (spent, server) = setting
        .trivium
        .cold_start(&database, SERVING, await_ready)?;
    server.kill()?;
    Ok(spent.as_secs_f64() * 1e3)
}

fn idle_memory(setting: &Setting<'_>, _: usize) -> Result<f64> {
    let database = sqlite(&setting.trivium.folder.join("idle.db"));
    let (_, server) = setting
        .trivium
        .cold_start(&database, SERVING, await_ready)?;
    // Give threads that end after the first request time to end.
    std::thread::sleep(Duration::from_millis(500));
    Ok(resident(server.id())? / 1024.0)
}

pub(crate) fn await_ready(address: SocketAddr) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        let response = load::send(address, b"GET /ready HTTP/1.1\r\nHost: trivium\r\n\r\n")?;
        if response.status == 200 {
            return Ok(());
        }
    }
    fail("/ready does not respond with 200")
}

fn wal_per_join(setting: &Setting<'_>, _: usize) -> Result<f64> {
    let file = setting.trivium.folder.join("wal.db");
    data::copy(setting.filled, &file)?;
    let pairs = Pairs::new(&file, setting.scale, 40)?;
    let world = World {
        users: data::users(setting.scale).into(),
        scale: setting.scale,
        pairs: Rc::new(RefCell::new(pairs)),
    };
    let before = Census::take(&file)?;
    let serving = Serving {
        checkpoints: "external",
        ..SERVING
    };
    let server = setting.trivium.serve(&sqlite(&file), serving)?;
    let wal = setting.trivium.folder.join("wal.db-wal");
    let size = || std::fs::metadata(&wal).map_or(0, |wal| wal.len());
    let start = size();
    let calls = Calls::new(Operation::JoinGroup, Protocol::Json, &world);
    let calls = Rc::new(RefCell::new(calls));
    let tally = load::drive(
        server.address,
        &calls,
        load::CONNECTIONS,
        None,
        setting.length,
    )?;
    tally.check("joins beside external checkpoints")?;
    let grown = size().saturating_sub(start);
    server.kill()?;
    Census::take(&file)?.expect(before.plus(tally.correct))?;
    Ok(grown as f64 / tally.correct.max(1) as f64 / 1024.0)
}
