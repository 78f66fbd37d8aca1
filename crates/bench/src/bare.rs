//! The raw limit: the service's own SQL through the SQLite library, and nothing else.
//!
//! [`sql`] holds the statements, which a test compares with what the service really sends.
//! The loop runs in a process of its own, pinned to the server's core: [`work`] is that process,
//! [`Bare`] its handle. They speak in lines: `join 2000` (for so many milliseconds), answered by
//! `48000 1999000000` (so many, in so many nanoseconds).

mod sql;

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use rusqlite::types::Null;
use rusqlite::{Connection, Params, Statement, params};

use crate::calls::Operation;
use crate::data::{self, GROUPS_EACH, Pairs, Person, Random, Scale};
use crate::failure::{Failure, Result, told};
use crate::process::{Pinning, own_program};

/// Joins that share a COMMIT, as in the service's writer.
const BATCH: usize = 64;

/// Everything the process must know.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// A database of its own
    #[arg(long)]
    database: PathBuf,
    #[command(flatten)]
    scale: Scale,
}

/// The process of the loops.
pub(crate) struct Bare {
    child: Child,
    orders: ChildStdin,
    counts: BufReader<ChildStdout>,
}

/// How an order names a loop.
fn word(operation: Operation) -> &'static str {
    match operation {
        // By invitation, a join is measured beside another front-end only.
        Operation::JoinGroup | Operation::JoinByInvitation => "join",
        Operation::GetMyGroups => "read",
    }
}

impl Bare {
    /// Starts it on the server's core.
    pub(crate) fn start(pinning: &Pinning, database: &Path, scale: Scale) -> Result<Self> {
        let mut child = pinning
            .on_servers_core(&own_program()?)
            .args(["bare", "--database"])
            .arg(database)
            .args(["--groups", &scale.groups.to_string()])
            .args(["--people", &scale.people.to_string()])
            .args(["--seed", &scale.seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(orders), Some(counts)) => Ok(Self {
                child,
                orders,
                counts: BufReader::new(counts),
            }),
            _ => told("the bare loop has no standard input and output"),
        }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Runs a loop: how often it went round, and how long that took.
    pub(crate) fn run(
        &mut self,
        operation: Operation,
        length: Duration,
    ) -> Result<(u64, Duration)> {
        writeln!(self.orders, "{} {}", word(operation), length.as_millis())?;
        let mut line = String::new();
        self.counts.read_line(&mut line)?;
        let (count, nanoseconds) = two(&line).ok_or_else(|| {
            // It has told why on standard error.
            Failure::Told("the bare loop has ended early".into())
        })?;
        Ok((
            count.parse().map_err(unreadable)?,
            Duration::from_nanos(nanoseconds.parse().map_err(unreadable)?),
        ))
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // It holds nothing that is worth an orderly end.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn two(line: &str) -> Option<(&str, &str)> {
    line.trim().split_once(' ')
}

fn unreadable(error: std::num::ParseIntError) -> Failure {
    Failure::Told(format!("no number between driver and bare loop: {error}"))
}

/// The process: does what each line of standard input says, until there are no more.
pub(crate) fn work(options: &Options) -> Result<()> {
    let connection = Connection::open(&options.database)?;
    connection.execute_batch(sql::PRAGMAS)?;
    let people = data::people(options.scale);
    let mut pairs = Pairs::new(&options.database, options.scale, 10)?;
    let mut random = Random::new(options.scale.seed, 11);
    let mut joins = Joins::prepare(&connection)?;
    let mut reads = Reads::prepare(&connection)?;
    for line in std::io::stdin().lines() {
        let line = line?;
        let Some((which, milliseconds)) = two(&line) else {
            return told(format!("'{line}' is no order"));
        };
        let length = Duration::from_millis(milliseconds.parse().map_err(unreadable)?);
        let joining = which == word(Operation::JoinGroup);
        let (mut count, mut spent) = (0_u64, Duration::ZERO);
        while spent < length {
            // Which rows it will be is the driver's work, not the loop's.
            let batch: Vec<(&Person, u32)> = (0..BATCH)
                .map(|_| {
                    let (number, group) = if joining {
                        let pair = pairs.next()?;
                        (pair.person, pair.group)
                    } else {
                        (random.up_to(options.scale.people), 0)
                    };
                    match people.get(number as usize - 1) {
                        Some(person) => Ok((person, group)),
                        None => told("a person without a number"),
                    }
                })
                .collect::<Result<_>>()?;
            let began = Instant::now();
            if joining {
                joins.commit(&batch)?;
            } else {
                for (person, _) in &batch {
                    reads.my_groups(person)?;
                }
            }
            spent += began.elapsed();
            count += BATCH as u64;
        }
        println!("{count} {}", spent.as_nanos());
    }
    Ok(())
}

/// Runs a query, looks at every column of every row, and counts the rows.
fn read_all(statement: &mut Statement<'_>, binds: impl Params) -> Result<usize> {
    let columns = statement.column_count();
    let mut rows = statement.query(binds)?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            black_box(row.get_ref(column)?);
        }
        count += 1;
    }
    Ok(count)
}

/// Runs a query whose first column of its first row is a number.
fn read_number(statement: &mut Statement<'_>, binds: impl Params) -> Result<i64> {
    Ok(statement.query_row(binds, |row| row.get(0))?)
}

/// The statements of `joinGroup`, each prepared once.
struct Joins<'c> {
    begin: Statement<'c>,
    savepoint: Statement<'c>,
    bearer: Statement<'c>,
    group: Statement<'c>,
    membership: Statement<'c>,
    insert: Statement<'c>,
    count: Statement<'c>,
    audit: Statement<'c>,
    release: Statement<'c>,
    commit: Statement<'c>,
}

impl<'c> Joins<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self> {
        Ok(Self {
            begin: connection.prepare(sql::BEGIN_IMMEDIATE)?,
            savepoint: connection.prepare(sql::SAVEPOINT)?,
            bearer: connection.prepare(sql::BEARER)?,
            group: connection.prepare(sql::GROUP)?,
            membership: connection.prepare(sql::MEMBERSHIP)?,
            insert: connection.prepare(sql::INSERT_MEMBERSHIP)?,
            count: connection.prepare(sql::ADD_MEMBER)?,
            audit: connection.prepare(sql::INSERT_AUDIT)?,
            release: connection.prepare(sql::RELEASE)?,
            commit: connection.prepare(sql::COMMIT)?,
        })
    }

    fn commit(&mut self, batch: &[(&Person, u32)]) -> Result<()> {
        self.begin.execute([])?;
        for (person, group) in batch {
            self.savepoint.execute([])?;
            self.join(person, *group)?;
            self.release.execute([])?;
        }
        self.commit.execute([])?;
        Ok(())
    }

    fn join(&mut self, person: &Person, group: u32) -> Result<()> {
        let now = data::now();
        let user: i64 = self
            .bearer
            .query_row(params![&person.hash[..]], |row| row.get(3))?;
        let found = read_all(&mut self.group, params![group])?;
        let member = read_all(&mut self.membership, params![group, user])?;
        if (found, member) != (1, 0) {
            return told(format!("{} cannot join group {group}", person.login));
        }
        self.insert
            .execute(params![group, user, "member", now, "", Null])?;
        self.count.execute(params![1, group])?;
        self.audit.execute(params![
            now,
            group,
            person.login,
            "joinGroup",
            Null,
            Null,
            "rest-json"
        ])?;
        Ok(())
    }
}

/// The statements of `getMyGroups`, each prepared once.
struct Reads<'c> {
    begin: Statement<'c>,
    bearer: Statement<'c>,
    total: Statement<'c>,
    groups: Statement<'c>,
    rollback: Statement<'c>,
}

impl<'c> Reads<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self> {
        Ok(Self {
            begin: connection.prepare(sql::BEGIN_DEFERRED)?,
            bearer: connection.prepare(sql::BEARER)?,
            total: connection.prepare(sql::COUNT_MINE)?,
            groups: connection.prepare(sql::MINE)?,
            rollback: connection.prepare(sql::ROLLBACK)?,
        })
    }

    fn my_groups(&mut self, person: &Person) -> Result<()> {
        self.begin.execute([])?;
        let user: i64 = self
            .bearer
            .query_row(params![&person.hash[..]], |row| row.get(3))?;
        let total = read_number(&mut self.total, params![user, "requested", "banned"])?;
        let rows = read_all(&mut self.groups, params![user, "requested", "banned"])?;
        self.rollback.execute([])?;
        if rows != GROUPS_EACH || i64::try_from(rows) != Ok(total) {
            return told(format!("{} is in {rows} groups", person.login));
        }
        Ok(())
    }
}
