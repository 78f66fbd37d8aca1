//! `make bench-large`: the rates of reads and joins over stores of several sizes, on both databases.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use clap::Args;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use trivium_test_support::{Cluster, Scratch};

use crate::calls::{Calls, Operation, Protocol};
use crate::data::{self, GROUPS_EACH, Pairs, Scale};
use crate::failure::{Result, fail};
use crate::measure::await_ready;
use crate::process::{Pinning, Server, Trivium, machine, resident, sqlite};
use crate::stat::{Ratio, Round, median, rate};
use crate::table::thousands;
use crate::{Place, load, progress};

/// The smallest part of the rate over the smallest store that the rate over the largest one may be, on SQLite.
const FLOOR: f64 = 0.7;

/// Number of users for each group.
const USERS_PER_GROUP: u32 = 10;

/// Fewer groups would have room for few joins.
const MIN_GROUPS: u32 = 1000;

/// Measures reads and joins over stores of several sizes, without a cache of responses.
///
/// Exits with 1 if a rate over the largest store of SQLite is less than 0.7 of that over the smallest.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Numbers of memberships, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "N")]
    #[arg(default_values_t = [180_000, 1_000_000, 10_000_000])]
    #[arg(value_parser = clap::value_parser!(u32).range(18_000..=100_000_000))]
    memberships: Vec<u32>,
    /// Also write the results, the machine and the method to a Markdown file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Number of rounds per measurement
    #[arg(long, default_value_t = 9, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// Duration of a round in milliseconds
    #[arg(long, default_value_t = 1000, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(50..=600_000))]
    milliseconds: u64,
    #[command(flatten)]
    place: Place,
}

/// A server over a store of one size, and what was measured.
struct Store {
    database: &'static str,
    memberships: u32,
    server: Server,
    /// The time from the start of the server to ready.
    ready: Duration,
    bytes: u64,
    reads: Rc<RefCell<Calls>>,
    joins: Rc<RefCell<Calls>>,
    read_rounds: Vec<Round>,
    join_rounds: Vec<Round>,
}

/// Runs the benchmark; false if a floor was missed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let (program, folder) = options.place.find()?;
    // Before this program is pinned, because it would be pinned with it.
    let cluster = Cluster::durable();
    let pinning = Pinning::begin();
    let trivium = Trivium {
        program: &program,
        pinning: &pinning,
        folder: &folder.path().canonicalize()?,
    };
    let mut stores = Vec::new();
    for &memberships in &options.memberships {
        let scale = scale(memberships);
        let file = trivium.folder.join(format!("{memberships}.db"));
        progress(&format!("generating {memberships} memberships"));
        trivium.create(&sqlite(&file))?;
        data::fill(&file, scale)?;
        progress("moving them to Postgres");
        let postgres = Scratch::on(&cluster).url;
        let bytes = copy(&trivium, &file, &postgres, &cluster)?;
        for (database, url, bytes) in [
            ("SQLite", sqlite(&file), std::fs::metadata(&file)?.len()),
            ("Postgres", postgres, bytes),
        ] {
            let users = data::users(scale).into();
            let pairs = Rc::new(RefCell::new(Pairs::new(&file, scale, 30)?));
            let (ready, server) = trivium.cold_start(&url, await_ready)?;
            let reads = Calls::my_groups(Protocol::Json, Rc::clone(&users), scale);
            let joins = Calls::joins(Operation::JoinGroup, Protocol::Json, users, scale, pairs);
            stores.push(Store {
                database,
                memberships,
                server,
                ready,
                bytes,
                reads: Rc::new(RefCell::new(reads)),
                joins: Rc::new(RefCell::new(joins)),
                read_rounds: Vec::new(),
                join_rounds: Vec::new(),
            });
        }
    }
    let length = Duration::from_millis(options.milliseconds);
    // Reads come first, because joins add to the groups of the users.
    for operation in [Operation::GetMyGroups, Operation::JoinGroup] {
        for number in 0..=options.rounds {
            progress(&format!(
                "{operation:?}: round {number} of {}",
                options.rounds
            ));
            for store in &mut stores {
                let round = store.round(operation, length)?;
                // The first one warms up.
                if number > 0 {
                    store.rounds_mut(operation).push(round);
                }
            }
        }
    }
    let floors = Floors::of(&stores)?;
    let report = report(&stores, options, &pinning.description(), &floors)?;
    println!("{report}");
    if let Some(path) = &options.write {
        std::fs::write(path, document(&report))?;
        println!("Written to {}.", path.display());
    }
    Ok(floors.are_kept())
}

/// The rates over the largest store of SQLite, over those over the smallest.
struct Floors {
    reads: f64,
    joins: f64,
}

impl Floors {
    fn of(stores: &[Store]) -> Result<Self> {
        let mut sqlite = stores.iter().filter(|it| it.database == "SQLite");
        let Some(small) = sqlite.next() else {
            return fail("there is no size to measure");
        };
        let large = sqlite.next_back().unwrap_or(small);
        Ok(Self {
            reads: Ratio::of(&large.read_rounds, &small.read_rounds).median,
            joins: Ratio::of(&large.join_rounds, &small.join_rounds).median,
        })
    }

    fn are_kept(&self) -> bool {
        self.reads >= FLOOR && self.joins >= FLOOR
    }
}

impl std::fmt::Display for Floors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let judge = |ratio: f64| match ratio >= FLOOR {
            true => "ok",
            false => "MISSED",
        };
        let (reads, joins) = (judge(self.reads), judge(self.joins));
        write!(
            f,
            "Floor of the last ratios of SQLite: at least {FLOOR}; getMyGroups {reads}, joinGroup {joins}."
        )
    }
}

/// The scale of a store with this many memberships.
fn scale(memberships: u32) -> Scale {
    let users = memberships / u32::try_from(GROUPS_EACH).unwrap_or(u32::MAX);
    Scale {
        groups: (users / USERS_PER_GROUP).max(MIN_GROUPS),
        users,
        seed: 20_261_130,
    }
}

/// Copies a database from SQLite to Postgres, and returns its size there, in bytes.
fn copy(trivium: &Trivium<'_>, from: &Path, to: &str, cluster: &Cluster) -> Result<u64> {
    let file = trivium.folder.join("export.jsonl");
    let export = file.to_string_lossy();
    trivium.run(&sqlite(from), &["export", &export])?;
    trivium.run(to, &["import", &export])?;
    std::fs::remove_file(&file)?;
    let name = to.rsplit('/').next().unwrap_or_default();
    cluster.sql(name, "VACUUM ANALYZE");
    cluster.sql(name, "CHECKPOINT");
    let size = cluster.sql(name, &format!("SELECT pg_database_size('{name}')"));
    size.parse()
        .or_else(|_| fail("the size of a database is not a number"))
}

impl Store {
    fn rounds_mut(&mut self, operation: Operation) -> &mut Vec<Round> {
        match operation {
            Operation::GetMyGroups => &mut self.read_rounds,
            _ => &mut self.join_rounds,
        }
    }

    /// Runs one measurement.
    fn round(&self, operation: Operation, length: Duration) -> Result<Round> {
        let calls = match operation {
            Operation::GetMyGroups => &self.reads,
            _ => &self.joins,
        };
        let tally = load::drive(self.server.address, calls, &[], length)?;
        if tally.wrong > 0 {
            return fail(format!("wrong responses, e.g. {}", tally.example));
        }
        Ok(Round {
            rate: rate(tally.correct, tally.elapsed),
            server: 0.0,
            driver: 0.0,
        })
    }
}

/// Returns the results as a table, with how they were measured.
fn report(stores: &[Store], options: &Options, pinning: &str, floors: &Floors) -> Result<String> {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header([
        "database",
        "memberships",
        "size",
        "ready",
        "memory",
        "getMyGroups",
        "ratio",
        "joinGroup",
        "ratio",
    ]);
    for store in stores {
        let smallest = stores.iter().find(|it| it.database == store.database);
        let smallest = smallest.unwrap_or(store);
        let per_second =
            |rounds: &[Round]| format!("{}/s", thousands(median(rounds.iter().map(|it| it.rate))));
        let ratio = |one: &[Round], other: &[Round]| format!("{:.2}", Ratio::of(one, other).median);
        table.add_row([
            store.database.to_owned(),
            thousands(store.memberships.into()),
            format!("{} MB", thousands(store.bytes as f64 / 1e6)),
            format!("{:.0} ms", store.ready.as_secs_f64() * 1e3),
            format!("{:.0} MiB", resident(store.server.id())? / 1024.0),
            per_second(&store.read_rounds),
            ratio(&store.read_rounds, &smallest.read_rounds),
            per_second(&store.join_rounds),
            ratio(&store.join_rounds, &smallest.join_rounds),
        ]);
    }
    for column in 1..9 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Ok(format!(
        "{table}\n\n\
         {} rounds of {:.1} s for each rate, the stores in alternation; ratios are the median of the rounds', to the \
         smallest store of the same database.\n\
         Each user has {GROUPS_EACH} groups, there is a group for {USERS_PER_GROUP} users, and random users call in \
         JSON over {} kept-alive connections. Responses are not kept.\n\
         Pinned: {pinning}; Postgres is on both.\n\
         {floors}",
        options.rounds,
        Duration::from_millis(options.milliseconds).as_secs_f64(),
        load::CONNECTIONS,
    ))
}

/// Returns the text of `docs/BENCHMARK-LARGE.md`.
fn document(report: &str) -> String {
    format!(
        "# Benchmark of large stores\n\nThe last run of `make bench-large`, on {}: {}. \
         [MACHINES.md](MACHINES.md#how-far-does-this-go) says what follows from it.\n\n{report}\n\n\
         - **size**: of the database after it was filled.\n\
         - **ready**: from the start of the process to 200 from `/ready`.\n\
         - **memory**: resident memory of the server (`VmRSS`) at the end.\n",
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        machine(),
    )
}
