//! Runs the subjects of the rows in alternating rounds.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use crate::calls::{Calls, Operation, Protocol, World};
use crate::data::{self, Census, Pairs, Scale, User};
use crate::failure::{Failure, Result, fail};
use crate::figures::Setting;
use crate::load::{self, CONNECTIONS, Response, Times};
use crate::postgres::Postgres;
use crate::process::{Cores, Pinning, Server, Serving, Trivium, cpu_time, own_program, sqlite};
use crate::rows::{self, ROWS, Site, Subject, What};
use crate::stat::{Round, percentiles, rate};
use crate::worker::Worker;
use crate::{peer, progress};

/// The size of the data, and number and length of the rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) scale: Scale,
    /// The size of the store with one large group.
    pub(crate) crowd: Scale,
    pub(crate) rounds: usize,
    pub(crate) length: Duration,
    pub(crate) starts: usize,
}

/// The results.
#[derive(Default)]
pub(crate) struct Measured {
    rounds: HashMap<Subject, Vec<Round>>,
    /// What must be installed to measure a subject.
    pub(crate) missing: HashMap<Subject, String>,
    /// Sizes of the response bodies, in bytes.
    sizes: HashMap<(Operation, Protocol), usize>,
    /// The times of calls in the mix, with the cache.
    pub(crate) times: Times,
    /// Number of acknowledged joins, all found in the databases afterwards.
    pub(crate) joins: u64,
    /// The values of figures, by name.
    pub(crate) figures: HashMap<&'static str, Vec<f64>>,
}

impl Measured {
    /// Returns the rounds of a subject.
    pub(crate) fn rounds(&self, subject: Subject) -> Vec<Round> {
        match subject {
            Subject::Predicted => self.predicted(),
            _ => self.rounds.get(&subject).cloned().unwrap_or_default(),
        }
    }

    fn predicted(&self) -> Vec<Round> {
        let alone = |operation| {
            self.rounds(Subject::Calls(Site::Plain, operation, Protocol::Json))
                .into_iter()
        };
        alone(Operation::GetMyGroups)
            .zip(alone(Operation::JoinGroup))
            .map(|(read, join)| Round {
                server: 0.9 * read.server + 0.1 * join.server,
                driver: 0.9 * read.driver + 0.1 * join.driver,
                ..Round::of_rate(1.0 / (0.9 / read.rate + 0.1 / join.rate))
            })
            .collect()
    }

    /// Returns the size of the constant response, in bytes, if the subject is one.
    pub(crate) fn size(&self, subject: Subject) -> usize {
        let size = match subject {
            Subject::Static(operation, protocol) => self.sizes.get(&(operation, protocol)),
            _ => None,
        };
        size.copied().unwrap_or_default()
    }
}

/// Runs all measurements.
pub(crate) fn measure(trivium: &Trivium<'_>, plan: Plan) -> Result<Measured> {
    let mut measured = Measured::default();
    progress("generating the data");
    let mut bench = Bench::new(trivium, plan)?;
    measure_figures(&bench, &mut measured)?;
    for phase in rows::phases() {
        progress(&format!("{phase:?}: warming up"));
        let mut ready = Vec::new();
        for subject in rows::subjects(phase) {
            match bench.warm_up(subject, &mut measured) {
                Ok(()) => ready.push(subject),
                Err(Failure::Missing(what)) => {
                    measured.missing.insert(subject, what);
                }
                Err(error) => return Err(error),
            }
        }
        for number in 1..=plan.rounds {
            progress(&format!("{phase:?}: round {number} of {}", plan.rounds));
            for &subject in &ready {
                let (round, times) = bench.round(subject, plan.length)?;
                measured.rounds.entry(subject).or_default().push(round);
                if subject == Subject::Calls(Site::Cached, Operation::Mixed, Protocol::Json) {
                    measured.times.reads.extend(times.reads);
                    measured.times.joins.extend(times.joins);
                }
            }
            // So that a drift within a round affects both orders alike.
            ready.reverse();
        }
    }
    progress("counting the memberships");
    measured.joins = bench.finish()?;
    Ok(measured)
}

fn measure_figures(bench: &Bench<'_>, measured: &mut Measured) -> Result<()> {
    let setting = Setting {
        trivium: bench.trivium,
        filled: &bench.filled,
        scale: bench.plan.scale,
        length: bench.plan.length,
    };
    for row in ROWS {
        if let What::Figure(figure) = row.what {
            progress(figure.name);
            let times = if figure.repeats { bench.plan.starts } else { 1 };
            let values = (0..times).map(|number| (figure.measure)(&setting, number));
            let values = values.collect::<Result<_>>()?;
            measured.figures.insert(figure.name, values);
        }
    }
    Ok(())
}

/// A process that is measured, with its database.
struct Running {
    process: Process,
    database: Database,
    world: World,
    before: Census,
    /// The joins that were acknowledged.
    joined: u64,
}

enum Process {
    Server(Server),
    Worker(Worker),
}

impl Process {
    fn id(&self) -> u32 {
        match self {
            Self::Server(server) => server.id(),
            Self::Worker(worker) => worker.id(),
        }
    }

    /// Returns the lookups in its cache of responses so far, if it has one.
    fn cache_lookups(&self) -> Result<Option<[f64; 2]>> {
        match self {
            Self::Server(server) => server.cache_lookups(),
            Self::Worker(_) => Ok(None),
        }
    }
}

/// Where a store is.
enum Database {
    File(PathBuf),
    Postgres(Postgres),
}

impl Database {
    fn census(&self) -> Result<Census> {
        match self {
            Self::File(file) => Census::take(file),
            Self::Postgres(postgres) => Census::parse(&postgres.sql(Census::QUERY)),
        }
    }
}

/// The processes and calls of the rounds. A process starts when its first subject is warmed up.
struct Bench<'a> {
    trivium: &'a Trivium<'a>,
    plan: Plan,
    /// Filled databases, which are copied for each process.
    filled: PathBuf,
    crowded: PathBuf,
    users: Rc<[User]>,
    crowd: Rc<[User]>,
    running: HashMap<String, Running>,
    calls: HashMap<Subject, Rc<RefCell<Calls>>>,
}

impl Subject {
    /// Returns the name of its process, which the subjects of a site share.
    fn process(self) -> String {
        match self {
            Self::Calls(site, ..) => format!("{site:?}"),
            Self::Beside(_) => format!("{:?}", Site::Crowd),
            Self::Pgbench(_) => format!("{:?}", Site::Postgres),
            Self::Bare(_) => "Bare".to_owned(),
            Self::Threads(_) => "Threads".to_owned(),
            Self::Static(..) | Self::Predicted => format!("{self:?}"),
        }
    }

    /// Returns the calls that it is sent, if any.
    fn calls(self) -> Option<(Operation, Protocol)> {
        match self {
            Self::Calls(_, operation, protocol) | Self::Static(operation, protocol) => {
                Some((operation, protocol))
            }
            Self::Beside(_) => Some((Operation::GetMyGroups, Protocol::Json)),
            Self::Bare(_) | Self::Threads(_) | Self::Pgbench(_) | Self::Predicted => None,
        }
    }

    fn is_crowded(self) -> bool {
        matches!(
            self,
            Self::Beside(_) | Self::Calls(Site::Crowd | Site::CrowdCached, ..)
        )
    }
}

impl<'a> Bench<'a> {
    fn new(trivium: &'a Trivium<'a>, plan: Plan) -> Result<Self> {
        let fill = |name, scale| -> Result<PathBuf> {
            let file = trivium.folder.join(name);
            trivium.create(&sqlite(&file))?;
            data::fill(&file, scale)?;
            Ok(file)
        };
        Ok(Self {
            trivium,
            plan,
            filled: fill("filled.db", plan.scale)?,
            crowded: fill("crowded.db", plan.crowd)?,
            users: data::users(plan.scale).into(),
            crowd: data::users(plan.crowd).into(),
            running: HashMap::new(),
            calls: HashMap::new(),
        })
    }

    /// Starts what a subject needs, and runs it for a while.
    fn warm_up(&mut self, subject: Subject, measured: &mut Measured) -> Result<()> {
        let name = subject.process();
        if !self.running.contains_key(&name) {
            let running = self.start(subject, &name, measured)?;
            self.running.insert(name.clone(), running);
        }
        let Some(running) = self.running.get(&name) else {
            return fail(format!("no process for {subject:?}"));
        };
        if let Some((operation, protocol)) = subject.calls() {
            let calls = Calls::new(operation, protocol, &running.world);
            let calls = match subject {
                Subject::Static(..) => calls.expecting(measured.size(subject)),
                _ => calls,
            };
            self.calls.insert(subject, Rc::new(RefCell::new(calls)));
        }
        let length = match subject {
            // Each user once, and more.
            Subject::Calls(Site::Cached, ..) => self.plan.length * 5,
            // Until JavaScript is compiled.
            Subject::Calls(Site::Fastify, ..) => self.plan.length * 2,
            _ => self.plan.length / 4,
        };
        self.round(subject, length)?;
        Ok(())
    }

    /// Starts the process of a subject on a database of its own.
    fn start(&mut self, subject: Subject, name: &str, measured: &mut Measured) -> Result<Running> {
        let (filled, users, scale) = match subject.is_crowded() {
            true => (&self.crowded, &self.crowd, self.plan.crowd),
            false => (&self.filled, &self.users, self.plan.scale),
        };
        let world = World {
            users: Rc::clone(users),
            scale,
            pairs: Rc::new(RefCell::new(Pairs::new(filled, scale, 30)?)),
        };
        let copy = || -> Result<PathBuf> {
            let file = self.trivium.folder.join(format!("{name}.db"));
            data::copy(filled, &file)?;
            Ok(file)
        };
        let pinning = self.trivium.pinning;
        let (process, database) = match subject {
            Subject::Static(operation, protocol) => {
                let response = self.example(operation, protocol)?;
                let size = response.body.len();
                measured.sizes.insert((operation, protocol), size);
                let server = start_static(pinning, &response)?;
                // It does nothing with it.
                (Process::Server(server), Database::File(self.filled.clone()))
            }
            Subject::Calls(Site::Postgres, ..) | Subject::Pgbench(_) => {
                let postgres = Postgres::start(self.trivium, filled, scale)?;
                let server = self.trivium.serve(postgres.url(), Serving::PINNED)?;
                (Process::Server(server), Database::Postgres(postgres))
            }
            Subject::Calls(Site::Fastify, ..) => {
                let file = copy()?;
                let server = peer::serve(pinning, &file)?;
                (Process::Server(server), Database::File(file))
            }
            Subject::Calls(site, ..) => {
                let file = copy()?;
                let server = self.trivium.serve(&sqlite(&file), site.serving())?;
                (Process::Server(server), Database::File(file))
            }
            Subject::Beside(_) => {
                let file = copy()?;
                let server = self.trivium.serve(&sqlite(&file), Site::Crowd.serving())?;
                (Process::Server(server), Database::File(file))
            }
            Subject::Threads(_) => {
                let file = copy()?;
                let worker = worker(
                    "read",
                    pinning.on(Cores::All, &own_program()?),
                    &file,
                    scale,
                )?;
                (Process::Worker(worker), Database::File(file))
            }
            Subject::Bare(_) | Subject::Predicted => {
                let file = copy()?;
                let command = pinning.on(Cores::Server, &own_program()?);
                let worker = worker("bare", command, &file, scale)?;
                (Process::Worker(worker), Database::File(file))
            }
        };
        Ok(Running {
            before: database.census()?,
            process,
            database,
            world,
            joined: 0,
        })
    }

    /// Returns a response of the service, which sets the size of the constant response.
    fn example(&mut self, operation: Operation, protocol: Protocol) -> Result<Response> {
        let plain = Subject::Calls(Site::Plain, operation, protocol);
        let Some(Running {
            process: Process::Server(server),
            world,
            joined,
            ..
        }) = self.running.get_mut(&plain.process())
        else {
            return fail(format!("{plain:?} is measured after its copy"));
        };
        let mut calls = Calls::new(operation, protocol, world);
        let mut request = Vec::new();
        calls.write(&mut request)?;
        let response = load::send(server.address, &request)?;
        if !matches!(response.status, 200 | 201) || !calls.is_correct(&response.body) {
            let excerpt = load::excerpt(&response.body);
            return fail(format!(
                "{plain:?}: unexpected response {}: {excerpt}",
                response.status
            ));
        }
        *joined += u64::from(operation.is_join());
        Ok(response)
    }

    /// Runs one measurement.
    fn round(&mut self, subject: Subject, length: Duration) -> Result<(Round, Times)> {
        let pinning = self.trivium.pinning;
        let Some(running) = self.running.get_mut(&subject.process()) else {
            return fail(format!("no process for {subject:?}"));
        };
        let process = running.process.id();
        let lookups = running.process.cache_lookups()?;
        let before = (cpu_time(process)?, cpu_time(std::process::id())?);
        let ((count, elapsed), joined, times) = match (subject, &mut running.process) {
            (Subject::Pgbench(operation), _) => {
                let Database::Postgres(postgres) = &running.database else {
                    return fail("pgbench needs Postgres");
                };
                let count = postgres.pgbench(pinning, operation, self.plan.scale, length)?;
                let joined = if operation.is_join() { count.0 } else { 0 };
                (count, joined, Times::default())
            }
            (Subject::Threads(threads), Process::Worker(worker)) => {
                let count = worker.run(&threads.to_string(), length)?;
                (count, 0, Times::default())
            }
            (Subject::Bare(operation), Process::Worker(worker)) => {
                let count = worker.run(operation.name(), length)?;
                let joined = if operation.is_join() { count.0 } else { 0 };
                (count, joined, Times::default())
            }
            (_, Process::Server(server)) => {
                let Some(calls) = self.calls.get(&subject) else {
                    return fail(format!("no calls for {subject:?}"));
                };
                let disturbance = match subject {
                    Subject::Beside(list) => Some(list.request(&running.world)),
                    _ => None,
                };
                let drive = || load::drive(server.address, calls, CONNECTIONS, disturbance, length);
                let tally = match subject {
                    Subject::Calls(Site::Workers(_), ..) => pinning.unpinned(drive),
                    _ => drive(),
                }?;
                tally.check(&format!("{subject:?}"))?;
                let mixed = std::mem::take(&mut calls.borrow_mut().joined);
                let joined = match subject {
                    Subject::Static(..) => 0,
                    Subject::Calls(_, operation, _) if operation.is_join() => tally.correct,
                    _ => mixed,
                };
                ((tally.correct, tally.elapsed), joined, tally.times)
            }
            (_, Process::Worker(_)) => return fail(format!("{subject:?} needs a server")),
        };
        running.joined += joined;
        let share = |before: Duration, process| -> Result<f64> {
            let spent = cpu_time(process)?.saturating_sub(before);
            Ok(spent.as_secs_f64() / elapsed.as_secs_f64())
        };
        let all = [times.reads.as_slice(), &times.joins].concat();
        let [median, slow] = percentiles(all, [50, 99]);
        let looked_up = running.process.cache_lookups()?;
        let hits = lookups.zip(looked_up).map(|(before, after)| {
            let [hits, misses] = [after[0] - before[0], after[1] - before[1]];
            hits / (hits + misses).max(1.0)
        });
        let round = Round {
            hits,
            rate: rate(count, elapsed),
            server: share(before.0, process)?,
            driver: share(before.1, std::process::id())?,
            median: median.as_secs_f64(),
            slow: slow.as_secs_f64(),
        };
        Ok((round, times))
    }

    /// Kills the processes, so that they cannot write anything more, and looks for every acknowledged join. Returns
    /// how many the servers acknowledged.
    fn finish(self) -> Result<u64> {
        let mut total = 0;
        for (name, running) in self.running {
            if let Process::Server(server) = running.process {
                total += running.joined;
                server.kill()?;
            } else {
                drop(running.process);
            }
            let after = running.database.census()?;
            if let Err(difference) = after.expect(running.before.plus(running.joined)) {
                return fail(format!("{name}: {difference}"));
            }
        }
        Ok(total)
    }
}

impl Site {
    /// Returns the settings of its server.
    fn serving(self) -> Serving {
        match self {
            Self::Cached | Self::CrowdCached => Serving {
                cache: "2GiB",
                has_metrics: true,
                ..Serving::PINNED
            },
            Self::Workers(workers) => Serving {
                workers,
                cores: Cores::All,
                ..Serving::PINNED
            },
            Self::Plain | Self::Crowd | Self::Postgres | Self::Fastify => Serving::PINNED,
        }
    }
}

/// Starts a worker on a database.
fn worker(name: &str, mut command: Command, database: &Path, scale: Scale) -> Result<Worker> {
    command.arg(name).arg("--database").arg(database);
    Worker::start(scale.pass_to(command))
}

/// Starts a server of a constant response of the same size and media type.
fn start_static(pinning: &Pinning, response: &Response) -> Result<Server> {
    let mut command = pinning.on(Cores::Server, &own_program()?);
    command
        .args(["fixed", "--bytes", &response.body.len().to_string()])
        .args(["--content-type", &response.content_type]);
    Server::start(command)
}
