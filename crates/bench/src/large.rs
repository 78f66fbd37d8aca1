//! `make bench-large`: the rates of reads and joins over stores of several sizes, on both databases.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use clap::Args;
use comfy_table::CellAlignment;
use comfy_table::presets::ASCII_MARKDOWN;

use crate::calls::{Calls, Operation, Protocol, World};
use crate::data::{self, Pairs, Scale};
use crate::failure::{Result, fail};
use crate::figures::await_ready;
use crate::lists::{List, Place};
use crate::load::{self, CONNECTIONS};
use crate::process::{Pinning, Server, Serving, Trivium, machine, resident, sqlite};
use crate::rows::Floor;
use crate::stat::{Ratio, Round, median, rate};
use crate::table::{Line, Table, thousands};
use crate::{Place as Locations, postgres, progress};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Load {
    Calls(Operation),
    List(List),
}

/// What a rate over the largest store is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Baseline {
    /// The same over the smallest store.
    Smallest,
    /// Another one over the same store.
    Of(Load),
}

/// A row of the table of floors, for each database.
struct Row {
    load: Load,
    baseline: Baseline,
    /// The smallest ratio, on SQLite.
    floor: f64,
    method: &'static str,
}

/// Reads come first, because joins add to the groups of the users.
const ROWS: &[Row] = &[
    Row {
        load: Load::Calls(Operation::GetMyGroups),
        baseline: Baseline::Smallest,
        floor: 0.7,
        method: "GETs by random users, each with a response of 10 groups",
    },
    Row {
        load: Load::List(List::Users),
        baseline: Baseline::Smallest,
        floor: 0.5,
        method: "GETs of the first page, by 2 callers",
    },
    Row {
        load: Load::List(List::Groups),
        baseline: Baseline::Smallest,
        floor: 0.5,
        method: "GETs of the first page, by 2 callers",
    },
    Row {
        load: Load::List(List::Members(Place::First)),
        baseline: Baseline::Of(Load::List(List::FewMembers(Place::First))),
        floor: 0.5,
        method: "GETs by 2 callers; all users are members of the large group, and a thousand of the small one",
    },
    Row {
        load: Load::List(List::Members(Place::Last)),
        baseline: Baseline::Of(Load::List(List::FewMembers(Place::Last))),
        floor: 0.5,
        method: "GETs by 2 callers; all users are members of the large group, and a thousand of the small one",
    },
    Row {
        load: Load::Calls(Operation::JoinGroup),
        baseline: Baseline::Smallest,
        floor: 0.7,
        method: "form-encoded POSTs, each a new membership of a random user in a random open group",
    },
];

/// The longest time from the start of a server to ready, in seconds.
const READY: f64 = 1.0;

/// Number of groups of each user: the same at each size, so that the responses are equally long.
const EACH: u32 = 10;

/// Number of users for each group.
const USERS_PER_GROUP: u32 = 10;

/// Members of the second group.
const VILLAGE: u32 = 1_000;

/// Callers of a list, which a server reads on one thread.
const LIST_CALLERS: usize = 2;

/// A slow list has a low rate, not an error.
const SERVING: Serving = Serving {
    call_timeout: "1m",
    ..Serving::PINNED
};

/// Measures reads and joins over stores of several sizes, without a cache of responses.
///
/// Exits with 1 if a floor is missed over the largest store.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Numbers of memberships, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "N")]
    #[arg(default_values_t = [100_000, 1_000_000, 10_000_000])]
    #[arg(value_parser = clap::value_parser!(u32).range(20_000..=100_000_000))]
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
    place: Locations,
}

/// A server over a store of one size, and what was measured.
struct Store {
    database: &'static str,
    memberships: u32,
    server: Server,
    /// The time from the start of the server to ready.
    ready: Duration,
    bytes: u64,
    world: World,
    calls: HashMap<Load, Rc<RefCell<Calls>>>,
    rounds: HashMap<Load, Vec<Round>>,
}

/// Runs the benchmark; false if a floor was missed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let (program, folder) = options.place.find()?;
    let pinning = Pinning::begin();
    let trivium = Trivium {
        program: &program,
        pinning: &pinning,
        folder: &folder.path().canonicalize()?,
    };
    let cluster = postgres::cluster(&pinning)?;
    let mut stores = Vec::new();
    for &memberships in &options.memberships {
        let scale = scale(memberships);
        let file = trivium.folder.join(format!("{memberships}.db"));
        progress(&format!("generating {memberships} memberships"));
        trivium.create(&sqlite(&file))?;
        data::fill(&file, scale)?;
        progress("moving them to Postgres");
        let copy = postgres::copy(&trivium, &file, &cluster)?;
        let bytes = postgres::settle(&cluster, &copy)?;
        let users: Rc<[_]> = data::users(scale).into();
        for (database, url, bytes) in [
            ("SQLite", sqlite(&file), std::fs::metadata(&file)?.len()),
            ("Postgres", copy, bytes),
        ] {
            let pairs = Rc::new(RefCell::new(Pairs::new(&file, scale, 30)?));
            let (ready, server) = trivium.cold_start(&url, SERVING, await_ready)?;
            stores.push(Store {
                database,
                memberships,
                server,
                ready,
                bytes,
                world: World {
                    users: Rc::clone(&users),
                    scale,
                    pairs,
                },
                calls: HashMap::new(),
                rounds: HashMap::new(),
            });
        }
    }
    let length = Duration::from_millis(options.milliseconds);
    for row in ROWS {
        for number in 0..=options.rounds {
            let load = row.load;
            progress(&format!("{load:?}: round {number} of {}", options.rounds));
            for store in &mut stores {
                let is_largest = options.memberships.last() == Some(&store.memberships);
                let loads = match row.baseline {
                    Baseline::Smallest => vec![load],
                    Baseline::Of(other) if is_largest => vec![load, other],
                    Baseline::Of(_) => vec![],
                };
                for load in loads {
                    let round = store.round(load, length)?;
                    // The first one warms up.
                    if number > 0 {
                        store.rounds.entry(load).or_default().push(round);
                    }
                }
            }
        }
    }
    let floors = floors(&stores)?;
    let report = report(&stores, options, &pinning.description(), &floors)?;
    println!("{report}");
    if let Some(path) = &options.write {
        std::fs::write(path, document(&report, &floors))?;
        println!("Written to {}.", path.display());
    }
    Ok(floors.keeps_floors())
}

/// Compares the largest store of each database.
fn floors(stores: &[Store]) -> Result<Table> {
    let mut lines = Vec::new();
    for database in ["SQLite", "Postgres"] {
        let mut own = stores.iter().filter(|it| it.database == database);
        let Some(small) = own.next() else {
            return fail("there is no size to measure");
        };
        let large = own.next_back().unwrap_or(small);
        for row in ROWS {
            let (name, baseline, others) = match row.baseline {
                Baseline::Smallest => {
                    let memberships = thousands(small.memberships.into());
                    let name = format!("{memberships} memberships");
                    (row.load.name(), name, small.rounds(row.load))
                }
                Baseline::Of(load) => (row.load.name(), load.name(), large.rounds(load)),
            };
            let (line, ratio) = Line::of_rates(large.rounds(row.load), others);
            let floor = (database == "SQLite").then_some(Floor::AtLeast(row.floor));
            lines.push(Line {
                subject: format!("{name}, {database}"),
                baseline,
                method: row.method,
                ..line.judged(ratio, "", floor, true)
            });
        }
        let ready = large.ready.as_secs_f64();
        let line = Line {
            subject: format!("ready, {database}"),
            value: format!("{:.0} ms", ready * 1e3),
            method: "from the start of the process to 200 from `/ready`",
            ..Line::default()
        };
        lines.push(line.judged(Some(ready), "s", Some(Floor::AtMost(READY)), true));
    }
    Ok(Table { lines })
}

impl Load {
    fn name(self) -> String {
        match self {
            Self::Calls(operation) => operation.name().to_owned(),
            Self::List(list) => list.name(),
        }
    }
}

/// The scale of a store with this many memberships.
fn scale(memberships: u32) -> Scale {
    let users = memberships / EACH;
    Scale {
        groups: users / USERS_PER_GROUP,
        users,
        each: EACH,
        newcomers: 0,
        crowd: users,
        village: VILLAGE,
        seed: 20_261_130,
    }
}

impl Store {
    fn rounds(&self, load: Load) -> &[Round] {
        self.rounds.get(&load).map_or(&[], Vec::as_slice)
    }

    /// Runs one measurement.
    fn round(&mut self, load: Load, length: Duration) -> Result<Round> {
        let new = || match load {
            Load::Calls(operation) => Calls::new(operation, Protocol::Json, &self.world),
            Load::List(list) => Calls::list(list, &self.world),
        };
        let calls = self.calls.entry(load);
        let calls = calls.or_insert_with(|| Rc::new(RefCell::new(new())));
        let connections = match load {
            Load::Calls(_) => CONNECTIONS,
            Load::List(_) => LIST_CALLERS,
        };
        let tally = load::drive(self.server.address, calls, connections, None, length)?;
        tally.check(&format!("{load:?}, {}", self.database))?;
        Ok(Round::of_rate(rate(tally.correct, tally.elapsed)))
    }
}

/// Returns the results as tables, with how they were measured.
fn report(stores: &[Store], options: &Options, pinning: &str, floors: &Table) -> Result<String> {
    let mut table = comfy_table::Table::new();
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
        let mut cells = vec![
            store.database.to_owned(),
            thousands(store.memberships.into()),
            format!("{} MB", thousands(store.bytes as f64 / 1e6)),
            format!("{:.0} ms", store.ready.as_secs_f64() * 1e3),
            format!("{:.0} MiB", resident(store.server.id())? / 1024.0),
        ];
        for operation in [Operation::GetMyGroups, Operation::JoinGroup] {
            let rounds = |store: &Store| store.rounds(Load::Calls(operation)).to_vec();
            let rate = median(rounds(store).iter().map(|it| it.rate));
            let ratio = Ratio::of(&rounds(store), &rounds(smallest)).median;
            cells.extend([format!("{}/s", thousands(rate)), format!("{ratio:.2}")]);
        }
        table.add_row(cells);
    }
    for column in 1..9 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Ok(format!(
        "{table}\n\nThe largest stores, with their floors:\n\n{floors}\n\n\
         {} rounds of {:.1} s for each rate, the stores in alternation; ratios are the median of the rounds', to the \
         smallest store of the same database.\n\
         Each user has {EACH} groups, there is a group for {USERS_PER_GROUP} users, and random users call in JSON over \
         {CONNECTIONS} kept-alive connections. Responses are not kept.\n\
         Pinned: {pinning}; Postgres is on all.",
        options.rounds,
        Duration::from_millis(options.milliseconds).as_secs_f64(),
    ))
}

/// Returns the text of `docs/BENCHMARK-LARGE.md`.
fn document(report: &str, floors: &Table) -> String {
    format!(
        "# Benchmark of large stores\n\nThe last run of `make bench-large`, on {}: {}. \
         [MACHINES.md](MACHINES.md#how-far-does-this-go) says what follows from it.\n\n{report}\n\n\
         - **size**: of the database after it was filled.\n\
         - **memory**: resident memory of the server (`VmRSS`) at the end.\n\
         {}",
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        machine(),
        floors.methods(),
    )
}
