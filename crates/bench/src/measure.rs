//! The measurements, in alternating rounds of all subjects.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::calls::{Calls, Operation, Protocol};
use crate::data::{self, Census, Pairs, Scale, User};
use crate::failure::{Result, fail};
use crate::load::{self, Response, Times};
use crate::process::{Pinning, Server, Trivium, cpu_time, own_program, resident, sqlite};
use crate::stat::{Round, rate};

/// The size of the data, and number and length of the rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) scale: Scale,
    pub(crate) rounds: usize,
    pub(crate) length: Duration,
    pub(crate) starts: usize,
}

/// The subject of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// The service, without the cache of responses.
    Service(Operation, Protocol),
    /// The service with a cache that has all responses.
    Warm(Operation, Protocol),
    /// As `Service`, while somebody else requests lists.
    Disturbed(Operation, Protocol),
    /// The SQL of the service, without the service.
    Bare(Operation),
    /// A constant response of the same size.
    Static(Operation, Protocol),
}

impl Subject {
    /// Returns the subjects of a round of this operation.
    fn of(operation: Operation) -> Vec<Self> {
        let service = |protocol: &Protocol| Self::Service(operation, *protocol);
        let warm = |protocol: &Protocol| Self::Warm(operation, *protocol);
        let mut subjects: Vec<Self> = protocols(operation).iter().map(service).collect();
        subjects.extend(warm_protocols(operation).iter().map(warm));
        if operation == Operation::GetMyGroups {
            subjects.push(Self::Disturbed(operation, Protocol::Json));
        }
        if operation == Operation::CheckMemberships {
            subjects.insert(0, Self::Bare(operation));
        }
        if matches!(operation, Operation::GetMyGroups | Operation::JoinGroup) {
            subjects.insert(0, Self::Bare(operation));
            subjects.extend(COMPARED.map(|protocol| Self::Static(operation, protocol)));
        }
        subjects
    }
}

/// Returns the protocols that an operation is measured over, with the same work in each.
fn protocols(operation: Operation) -> &'static [Protocol] {
    match operation {
        Operation::GetMyGroups => &[
            Protocol::Json,
            Protocol::Xml,
            Protocol::XmlRpc,
            Protocol::Upcoming,
        ],
        Operation::JoinGroup => &[Protocol::Json, Protocol::XmlRpc, Protocol::Upcoming],
        Operation::JoinByInvitation => &[Protocol::Json, Protocol::Onezone],
        Operation::Mixed | Operation::CheckMemberships => &[Protocol::Json],
    }
}

/// Returns those that are measured with the cache of responses, too.
fn warm_protocols(operation: Operation) -> &'static [Protocol] {
    match operation {
        Operation::GetMyGroups => &[Protocol::Json, Protocol::Xml, Protocol::XmlRpc],
        Operation::Mixed => &[Protocol::Json],
        Operation::JoinGroup | Operation::JoinByInvitation | Operation::CheckMemberships => &[],
    }
}

/// The lists that a disturbing caller requests in turn.
const LISTS: &[&str] = &[
    "/api/json/peopleaggregator/getGroups",
    "/api/json/peopleaggregator/getGroups?page=500",
    "/api/json/peopleaggregator/getUserList",
    "/api/json/peopleaggregator/getUserList?page=50",
    "/api/json/peopleaggregator/getCategories",
];

/// The protocols that are also compared with a constant response.
const COMPARED: [Protocol; 2] = [Protocol::Json, Protocol::XmlRpc];

/// The results.
#[derive(Default)]
pub(crate) struct Measured {
    rounds: HashMap<Subject, Vec<Round>>,
    sizes: HashMap<(Operation, Protocol), usize>,
    /// The times of calls in the mix, with the cache.
    pub(crate) times: Times,
    /// Number of acknowledged joins, all found in the database afterwards.
    pub(crate) joins: u64,
    /// Seconds from the start of the process to ready.
    pub(crate) cold_starts: Vec<f64>,
    /// Resident memory of the idle server, in KiB.
    pub(crate) resident: f64,
    /// Size of the binary, in bytes.
    pub(crate) binary: u64,
}

impl Measured {
    /// Returns the rounds of a subject.
    pub(crate) fn rounds(&self, subject: Subject) -> &[Round] {
        self.rounds.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// Returns the rates of the mix that its two operations have alone, without the cache.
    pub(crate) fn predicted(&self) -> Vec<Round> {
        let alone = |operation| self.rounds(Subject::Service(operation, Protocol::Json));
        alone(Operation::GetMyGroups)
            .iter()
            .zip(alone(Operation::JoinGroup))
            .map(|(read, join)| Round {
                rate: 1.0 / (0.9 / read.rate + 0.1 / join.rate),
                server: 0.9 * read.server + 0.1 * join.server,
                driver: 0.9 * read.driver + 0.1 * join.driver,
            })
            .collect()
    }

    /// Returns the size of a response body, in bytes.
    pub(crate) fn size(&self, operation: Operation, protocol: Protocol) -> usize {
        self.sizes
            .get(&(operation, protocol))
            .copied()
            .unwrap_or_default()
    }
}

/// Runs all measurements; calls `progress` at the start of each step.
pub(crate) fn measure(
    program: &Path,
    folder: &Path,
    pinning: &Pinning,
    plan: Plan,
    progress: &dyn Fn(&str),
) -> Result<Measured> {
    let trivium = Trivium {
        program,
        pinning,
        folder,
    };
    let mut measured = Measured {
        binary: std::fs::metadata(program)?.len(),
        ..Measured::default()
    };
    start_cold(&trivium, plan, &mut measured, progress)?;

    progress("generating the data");
    let [service, warm, bare] = ["service.db", "warm.db", "bare.db"].map(|name| folder.join(name));
    trivium.create(&sqlite(&service))?;
    data::fill(&service, plan.scale)?;
    data::copy(&service, &warm)?;
    data::copy(&service, &bare)?;
    let before = Census::take(&service)?;

    let mut bench = Bench::start(&trivium, plan, [&service, &warm, &bare])?;
    // Reads come first, because joins add to the 18 groups of the users.
    for operation in [
        Operation::GetMyGroups,
        Operation::CheckMemberships,
        Operation::Mixed,
        Operation::JoinGroup,
        Operation::JoinByInvitation,
    ] {
        progress("warming up");
        bench.prepare(operation, &mut measured)?;
        for subject in Subject::of(operation) {
            let length = match subject {
                // Each user once, and more.
                Subject::Warm(..) => plan.length * 5,
                _ => plan.length / 4,
            };
            bench.round(subject, length)?;
        }
        for number in 1..=plan.rounds {
            progress(&format!("{operation:?}: round {number} of {}", plan.rounds));
            let mut subjects = Subject::of(operation);
            if number % 2 == 0 {
                // So that a drift within a round affects both orders alike.
                subjects.reverse();
            }
            for subject in subjects {
                let (round, times) = bench.round(subject, plan.length)?;
                measured.rounds.entry(subject).or_default().push(round);
                if matches!(subject, Subject::Warm(Operation::Mixed, _)) {
                    measured.times.reads.extend(times.reads);
                    measured.times.joins.extend(times.joins);
                }
            }
        }
    }

    progress("counting the memberships");
    let Bench {
        joined,
        warm_joined,
        bare_joined,
        ..
    } = bench;
    measured.joins = joined + warm_joined;
    bench.kill()?;
    for (database, joins) in [
        (&service, joined),
        (&warm, warm_joined),
        (&bare, bare_joined),
    ] {
        let (after, expected) = (Census::take(database)?, before.plus(joins));
        if after != expected {
            return fail(format!(
                "{joins} joins were acknowledged: expected {expected:?}, found {after:?}"
            ));
        }
    }
    Ok(measured)
}

/// Measures cold starts on new databases, and the memory of an idle server.
fn start_cold(
    trivium: &Trivium<'_>,
    plan: Plan,
    measured: &mut Measured,
    progress: &dyn Fn(&str),
) -> Result<()> {
    progress("measuring cold starts");
    for number in 0..plan.starts {
        let database = trivium.folder.join(format!("cold-{number}.db"));
        let (spent, server) = trivium.cold_start(&sqlite(&database), await_ready)?;
        measured.cold_starts.push(spent.as_secs_f64());
        if number + 1 == plan.starts {
            // Give threads that end after the first request time to end.
            std::thread::sleep(Duration::from_millis(500));
            measured.resident = resident(server.id())?;
        }
        server.kill()?;
    }
    Ok(())
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

/// The processes and calls of the rounds.
struct Bench<'a> {
    pinning: &'a Pinning,
    scale: Scale,
    users: Rc<[User]>,
    server: Server,
    warm: Server,
    bare: Bare,
    /// Joins that are sent to the service.
    pairs: Rc<RefCell<Pairs>>,
    /// Joins that are sent to the service with the cache.
    warm_pairs: Rc<RefCell<Pairs>>,
    /// Joins that are sent to the constant servers, which do not execute them.
    spare: Rc<RefCell<Pairs>>,
    statics: HashMap<(Operation, Protocol), Server>,
    calls: HashMap<Subject, Rc<RefCell<Calls>>>,
    joined: u64,
    warm_joined: u64,
    bare_joined: u64,
}

impl<'a> Bench<'a> {
    fn start(trivium: &Trivium<'a>, plan: Plan, databases: [&Path; 3]) -> Result<Self> {
        let [service, warm, bare] = databases;
        let pairs = |stream| Pairs::new(service, plan.scale, stream).map(RefCell::new);
        Ok(Self {
            pinning: trivium.pinning,
            scale: plan.scale,
            users: data::users(plan.scale).into(),
            pairs: Rc::new(pairs(30)?),
            warm_pairs: Rc::new(pairs(32)?),
            spare: Rc::new(pairs(31)?),
            server: trivium.serve(&sqlite(service), "0")?,
            warm: trivium.serve(&sqlite(warm), "2GiB")?,
            bare: Bare::start(trivium.pinning, bare, plan.scale)?,
            statics: HashMap::new(),
            calls: HashMap::new(),
            joined: 0,
            warm_joined: 0,
            bare_joined: 0,
        })
    }

    /// Sends one request over each protocol, and starts constant servers with responses of the
    /// same size.
    fn prepare(&mut self, operation: Operation, measured: &mut Measured) -> Result<()> {
        for &protocol in protocols(operation) {
            let calls = |pairs: &Rc<RefCell<Pairs>>| {
                let (users, pairs) = (Rc::clone(&self.users), Rc::clone(pairs));
                match operation {
                    Operation::JoinGroup | Operation::JoinByInvitation => {
                        Calls::joins(operation, protocol, users, self.scale, pairs)
                    }
                    Operation::GetMyGroups => Calls::my_groups(protocol, users, self.scale),
                    Operation::CheckMemberships => Calls::checks(users, self.scale),
                    Operation::Mixed => Calls::mixed(users, self.scale, pairs),
                }
            };
            let [mut real, disturbed, warm, spare] =
                [&self.pairs, &self.pairs, &self.warm_pairs, &self.spare].map(calls);
            let response = self.example(operation, &mut real)?;
            let (kind, bytes) = ((operation, protocol), response.body.len());
            measured.sizes.insert(kind, bytes);
            let subjects = Subject::of(operation);
            if subjects.contains(&Subject::Static(operation, protocol)) {
                let server = start_static(self.pinning, &response)?;
                self.statics.insert(kind, server);
            }
            for (subject, calls) in [
                (Subject::Service(operation, protocol), real),
                (Subject::Warm(operation, protocol), warm),
                (Subject::Disturbed(operation, protocol), disturbed),
                (Subject::Static(operation, protocol), spare.expecting(bytes)),
            ] {
                self.calls.insert(subject, Rc::new(RefCell::new(calls)));
            }
        }
        Ok(())
    }

    /// Returns the first response of the service, which sets the size of the constant response.
    fn example(&mut self, operation: Operation, calls: &mut Calls) -> Result<Response> {
        let mut request = Vec::new();
        calls.write(&mut request)?;
        let response = load::send(self.server.address, &request)?;
        if !matches!(response.status, 200 | 201) || !calls.is_correct(&response.body) {
            return fail(format!(
                "{operation:?}: unexpected response {}: {}",
                response.status,
                load::excerpt(&response.body)
            ));
        }
        match operation {
            Operation::JoinGroup | Operation::JoinByInvitation => self.joined += 1,
            Operation::GetMyGroups | Operation::Mixed | Operation::CheckMemberships => {}
        }
        Ok(response)
    }

    /// Runs one measurement.
    fn round(&mut self, subject: Subject, length: Duration) -> Result<(Round, Times)> {
        let (process, address) = match subject {
            Subject::Bare(operation) => {
                return Ok((self.bare_round(operation, length)?, Times::default()));
            }
            Subject::Service(..) | Subject::Disturbed(..) => {
                (self.server.id(), self.server.address)
            }
            Subject::Warm(..) => (self.warm.id(), self.warm.address),
            Subject::Static(operation, protocol) => {
                match self.statics.get(&(operation, protocol)) {
                    Some(server) => (server.id(), server.address),
                    None => return fail(format!("no server for {subject:?}")),
                }
            }
        };
        let Some(calls) = self.calls.get(&subject) else {
            return fail(format!("no calls for {subject:?}"));
        };
        let driver = std::process::id();
        let before = (cpu_time(process)?, cpu_time(driver)?);
        let disturbance = match subject {
            Subject::Disturbed(..) => LISTS,
            _ => &[],
        };
        let tally = load::drive(address, calls, disturbance, length)?;
        let after = (cpu_time(process)?, cpu_time(driver)?);
        if tally.wrong > 0 {
            return fail(format!(
                "{subject:?}: {} of {} responses were wrong, e.g. {}",
                tally.wrong,
                tally.wrong + tally.correct,
                tally.example
            ));
        }
        let mixed = std::mem::take(&mut calls.borrow_mut().joined);
        match subject {
            Subject::Service(Operation::JoinGroup | Operation::JoinByInvitation, _) => {
                self.joined += tally.correct;
            }
            Subject::Service(..) => self.joined += mixed,
            Subject::Warm(..) => self.warm_joined += mixed,
            Subject::Bare(_) | Subject::Static(..) | Subject::Disturbed(..) => {}
        }
        let share = |spent: Duration| spent.as_secs_f64() / tally.elapsed.as_secs_f64();
        let round = Round {
            rate: rate(tally.correct, tally.elapsed),
            server: share(after.0.saturating_sub(before.0)),
            driver: share(after.1.saturating_sub(before.1)),
        };
        Ok((round, tally.times))
    }

    fn bare_round(&mut self, operation: Operation, length: Duration) -> Result<Round> {
        let before = cpu_time(self.bare.id())?;
        let (count, elapsed) = self.bare.run(operation, length)?;
        let spent = cpu_time(self.bare.id())?.saturating_sub(before);
        if operation == Operation::JoinGroup {
            self.bare_joined += count;
        }
        Ok(Round {
            rate: rate(count, elapsed),
            server: spent.as_secs_f64() / elapsed.as_secs_f64(),
            driver: 0.0,
        })
    }

    /// Kills the processes, so that they cannot write anything more.
    fn kill(self) -> Result<()> {
        self.server.kill()?;
        self.warm.kill()
    }
}

/// Starts a server of a constant response of the same size and media type.
fn start_static(pinning: &Pinning, response: &Response) -> Result<Server> {
    let mut command = pinning.on_server_core(&own_program()?);
    command
        .args(["fixed", "--bytes", &response.body.len().to_string()])
        .args(["--content-type", &response.content_type]);
    Server::start(command)
}
