//! The list of a user's groups on the threads of one process, without a server: whether two threads read twice as
//! much as one.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use trivium_storage::{Database, Options as Connections, Page, groups};

use crate::data::{Random, Scale};
use crate::failure::{Failure, Result, fail};
use crate::worker::{Count, obey};

/// Options of the process.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// The database file
    #[arg(long)]
    database: PathBuf,
    #[command(flatten)]
    scale: Scale,
}

/// The most threads that read.
const MAX_THREADS: u32 = 2;

/// Runs the process: each command is a number of threads.
pub(crate) fn run(options: &Options) -> Result<()> {
    let url = crate::process::sqlite(&options.database);
    // As the server opens it without a cache of responses.
    let connections = Connections {
        readers: MAX_THREADS,
        page_cache: 64 * 1024 * 1024,
        ..Connections::default()
    };
    let database = Database::open(url.parse()?, &connections)?;
    let mut round = 0;
    obey(|threads, length| {
        let Ok(threads @ 1..=MAX_THREADS) = threads.parse() else {
            return fail(format!("'{threads}' is not a number of threads"));
        };
        round += 1;
        read(&database, options.scale, round, threads, length)
    })
}

fn read(
    database: &Database,
    scale: Scale,
    round: u64,
    threads: u32,
    length: Duration,
) -> Result<Count> {
    let started = Instant::now();
    let count = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..threads)
            .map(|thread| {
                let count = &count;
                scope.spawn(move || {
                    let stream = 100 + round * u64::from(MAX_THREADS) + u64::from(thread);
                    let mut random = Random::new(scale.seed, stream);
                    let mut own = 0;
                    while started.elapsed() < length {
                        list(database, scale, random.up_to(scale.users))?;
                        own += 1;
                    }
                    count.fetch_add(own, Ordering::Relaxed);
                    Ok::<_, Failure>(())
                })
            })
            .collect();
        for reader in readers {
            let panicked = |_| Failure::Message("a reader panicked".into());
            reader.join().map_err(panicked)??;
        }
        Ok::<_, Failure>(())
    })?;
    Ok((count.into_inner(), started.elapsed()))
}

fn list(database: &Database, scale: Scale, user: u32) -> Result<()> {
    let page = Page {
        offset: 0,
        limit: 100,
    };
    let (groups, _) =
        database.read(|connection| groups::list_of_member(connection, user.into(), page))?;
    match black_box(groups).len() == scale.each as usize {
        true => Ok(()),
        false => fail(format!("user {user} has another number of groups")),
    }
}
