//! The plan: what is measured beside what, in alternating rounds.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::calls::{Calls, Operation, Protocol};
use crate::data::{self, Census, Pairs, Person, Scale};
use crate::failure::{Result, told};
use crate::load::{self, Answer};
use crate::process::{Pinning, Server, Trivium, computed, own_program, resident};
use crate::stat::{Round, rate};

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) scale: Scale,
    pub(crate) rounds: usize,
    pub(crate) length: Duration,
    pub(crate) starts: usize,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// The service.
    Service(Operation, Protocol),
    /// The same SQL without it.
    Bare(Operation),
    /// A constant answer of the same size.
    Static(Operation, Protocol),
}

impl Subject {
    /// All that a round of an operation has.
    fn of(operation: Operation) -> Vec<Self> {
        let service = |protocol: &Protocol| Self::Service(operation, *protocol);
        let mut subjects: Vec<Self> = protocols(operation).iter().map(service).collect();
        if operation != Operation::JoinByInvitation {
            subjects.insert(0, Self::Bare(operation));
            subjects.extend(COMPARED.map(|protocol| Self::Static(operation, protocol)));
        }
        subjects
    }
}

/// Over which an operation is measured: for the same work in each.
fn protocols(operation: Operation) -> &'static [Protocol] {
    match operation {
        Operation::GetMyGroups | Operation::JoinGroup => {
            &[Protocol::Json, Protocol::XmlRpc, Protocol::Upcoming]
        }
        Operation::JoinByInvitation => &[Protocol::Json, Protocol::Onezone],
    }
}

/// Those that are also held against a constant answer.
const COMPARED: [Protocol; 2] = [Protocol::Json, Protocol::XmlRpc];

/// What came out.
#[derive(Default)]
pub(crate) struct Measured {
    rounds: HashMap<Subject, Vec<Round>>,
    sizes: HashMap<(Operation, Protocol), usize>,
    /// Joins that were acknowledged, and found in the database afterwards.
    pub(crate) joins: u64,
    /// Seconds from nothing to ready.
    pub(crate) cold_starts: Vec<f64>,
    /// KiB of the idle server.
    pub(crate) resident: f64,
    /// Bytes of the binary.
    pub(crate) binary: u64,
}

impl Measured {
    /// The rounds of a subject.
    pub(crate) fn rounds(&self, subject: Subject) -> &[Round] {
        self.rounds.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// Bytes of an answer's body.
    pub(crate) fn size(&self, operation: Operation, protocol: Protocol) -> usize {
        self.sizes
            .get(&(operation, protocol))
            .copied()
            .unwrap_or_default()
    }
}

/// Measures everything in one run; `tell` hears what is under way.
pub(crate) fn measure(
    program: &Path,
    folder: &Path,
    pinning: &Pinning,
    plan: Plan,
    tell: &dyn Fn(&str),
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
    start_cold(&trivium, plan, &mut measured, tell)?;

    tell("making the data");
    let (ours, theirs) = (folder.join("service.db"), folder.join("bare.db"));
    trivium.create(&ours)?;
    data::fill(&ours, plan.scale)?;
    data::copy(&ours, &theirs)?;
    let before = Census::take(&ours)?;

    let mut bench = Bench::start(&trivium, plan, &ours, &theirs)?;
    // Reads come first: joins give people more than their 18 groups.
    for operation in [
        Operation::GetMyGroups,
        Operation::JoinGroup,
        Operation::JoinByInvitation,
    ] {
        tell("warming up");
        bench.prepare(operation, &mut measured)?;
        for subject in Subject::of(operation) {
            bench.round(subject, plan.length / 4)?;
        }
        for number in 1..=plan.rounds {
            tell(&format!("{operation:?}: round {number} of {}", plan.rounds));
            let mut subjects = Subject::of(operation);
            if number % 2 == 0 {
                // What drifts within a round then drifts both ways.
                subjects.reverse();
            }
            for subject in subjects {
                let round = bench.round(subject, plan.length)?;
                measured.rounds.entry(subject).or_default().push(round);
            }
        }
    }

    tell("counting the memberships");
    measured.joins = bench.joined;
    let (joined, bare_joined) = (bench.joined, bench.bare_joined);
    bench.kill()?;
    for (database, joins) in [(&ours, joined), (&theirs, bare_joined)] {
        let (after, promised) = (Census::take(database)?, before.plus(joins));
        if after != promised {
            return told(format!(
                "{joins} joins were acknowledged, which makes {promised:?}; found was {after:?}"
            ));
        }
    }
    Ok(measured)
}

/// Cold starts on new databases, and the memory of a server that has nothing to do.
fn start_cold(
    trivium: &Trivium<'_>,
    plan: Plan,
    measured: &mut Measured,
    tell: &dyn Fn(&str),
) -> Result<()> {
    tell("starting cold");
    for number in 0..plan.starts {
        let database = trivium.folder.join(format!("cold-{number}.db"));
        let (spent, server) = trivium.cold_start(&database, await_ready)?;
        measured.cold_starts.push(spent.as_secs_f64());
        if number + 1 == plan.starts {
            // Threads that end after the first request have ended.
            std::thread::sleep(Duration::from_millis(500));
            measured.resident = resident(server.id())?;
        }
        server.kill()?;
    }
    Ok(())
}

fn await_ready(address: SocketAddr) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        let answer = load::ask(address, b"GET /ready HTTP/1.1\r\nHost: trivium\r\n\r\n")?;
        if answer.status == 200 {
            return Ok(());
        }
    }
    told("/ready does not answer 200")
}

/// Everything that runs during the rounds.
struct Bench<'a> {
    pinning: &'a Pinning,
    scale: Scale,
    people: Rc<[Person]>,
    server: Server,
    bare: Bare,
    /// Joins that the service has not been asked for yet.
    pairs: Rc<RefCell<Pairs>>,
    /// Joins for who answers without making them.
    spare: Rc<RefCell<Pairs>>,
    statics: HashMap<(Operation, Protocol), Server>,
    calls: HashMap<Subject, Rc<RefCell<Calls>>>,
    joined: u64,
    bare_joined: u64,
}

impl<'a> Bench<'a> {
    fn start(trivium: &Trivium<'a>, plan: Plan, ours: &Path, theirs: &Path) -> Result<Self> {
        let pairs = |stream| Pairs::new(ours, plan.scale, stream).map(RefCell::new);
        Ok(Self {
            pinning: trivium.pinning,
            scale: plan.scale,
            people: data::people(plan.scale).into(),
            pairs: Rc::new(pairs(30)?),
            spare: Rc::new(pairs(31)?),
            server: trivium.serve(ours)?,
            bare: Bare::start(trivium.pinning, theirs, plan.scale)?,
            statics: HashMap::new(),
            calls: HashMap::new(),
            joined: 0,
            bare_joined: 0,
        })
    }

    /// Looks at one answer over each protocol, and starts the servers that answer as much.
    fn prepare(&mut self, operation: Operation, measured: &mut Measured) -> Result<()> {
        for &protocol in protocols(operation) {
            let calls = |pairs: &Rc<RefCell<Pairs>>| {
                let (people, pairs) = (Rc::clone(&self.people), Rc::clone(pairs));
                match operation {
                    Operation::JoinGroup | Operation::JoinByInvitation => {
                        Calls::joins(operation, protocol, people, self.scale, pairs)
                    }
                    Operation::GetMyGroups => Calls::my_groups(protocol, people, self.scale),
                }
            };
            let (mut real, spare) = (calls(&self.pairs), calls(&self.spare));
            let answer = self.example(operation, &mut real)?;
            let (kind, bytes) = ((operation, protocol), answer.body.len());
            measured.sizes.insert(kind, bytes);
            if COMPARED.contains(&protocol) && operation != Operation::JoinByInvitation {
                let server = start_static(self.pinning, &answer)?;
                self.statics.insert(kind, server);
            }
            for (subject, calls) in [
                (Subject::Service(operation, protocol), real),
                (
                    Subject::Static(operation, protocol),
                    spare.answered_with(bytes),
                ),
            ] {
                self.calls.insert(subject, Rc::new(RefCell::new(calls)));
            }
        }
        Ok(())
    }

    /// The first answer of the service, whose size the constant answer gets.
    fn example(&mut self, operation: Operation, calls: &mut Calls) -> Result<Answer> {
        let mut request = Vec::new();
        calls.write(&mut request)?;
        let answer = load::ask(self.server.address, &request)?;
        if !matches!(answer.status, 200 | 201) || !calls.is_right(&answer.body) {
            return told(format!(
                "{operation:?} answers {}: {}",
                answer.status,
                load::begin(&answer.body)
            ));
        }
        if operation != Operation::GetMyGroups {
            self.joined += 1;
        }
        Ok(answer)
    }

    /// One measurement.
    fn round(&mut self, subject: Subject, length: Duration) -> Result<Round> {
        let (process, address) = match subject {
            Subject::Bare(operation) => return self.bare_round(operation, length),
            Subject::Service(..) => (self.server.id(), self.server.address),
            Subject::Static(operation, protocol) => {
                match self.statics.get(&(operation, protocol)) {
                    Some(server) => (server.id(), server.address),
                    None => return told(format!("{subject:?} was not started")),
                }
            }
        };
        let Some(calls) = self.calls.get(&subject) else {
            return told(format!("{subject:?} has no calls"));
        };
        let myself = std::process::id();
        let before = (computed(process)?, computed(myself)?);
        let seen = load::drive(address, calls, length)?;
        let after = (computed(process)?, computed(myself)?);
        if seen.wrong > 0 {
            return told(format!(
                "{subject:?}: {} of {} answers were wrong, such as {}",
                seen.wrong,
                seen.wrong + seen.right,
                seen.example
            ));
        }
        if matches!(
            subject,
            Subject::Service(Operation::JoinGroup | Operation::JoinByInvitation, _)
        ) {
            self.joined += seen.right;
        }
        let share = |spent: Duration| spent.as_secs_f64() / seen.elapsed.as_secs_f64();
        Ok(Round {
            rate: rate(seen.right, seen.elapsed),
            server: share(after.0.saturating_sub(before.0)),
            driver: share(after.1.saturating_sub(before.1)),
        })
    }

    fn bare_round(&mut self, operation: Operation, length: Duration) -> Result<Round> {
        let before = computed(self.bare.id())?;
        let (count, elapsed) = self.bare.run(operation, length)?;
        let spent = computed(self.bare.id())?.saturating_sub(before);
        if operation == Operation::JoinGroup {
            self.bare_joined += count;
        }
        Ok(Round {
            rate: rate(count, elapsed),
            server: spent.as_secs_f64() / elapsed.as_secs_f64(),
            driver: 0.0,
        })
    }

    /// Ends everything, without giving anybody time to tidy up.
    fn kill(self) -> Result<()> {
        self.server.kill()
    }
}

/// A server of the same answer.
fn start_static(pinning: &Pinning, answer: &Answer) -> Result<Server> {
    let mut command = pinning.on_servers_core(&own_program()?);
    command
        .args(["fixed", "--bytes", &answer.body.len().to_string()])
        .args(["--content-type", &answer.content_type]);
    Server::start(command)
}
