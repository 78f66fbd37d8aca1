//! The upper bound for the database: only the service's SQL, on the SQLite library.
//!
//! [`sql`] holds the statements, which a test compares with those that the service sends. The
//! loop runs in its own process, pinned to the server's core: [`run`] is that process, [`Bare`]
//! its handle. They communicate in lines: the command `join 2000` (run for 2000 ms) gets the
//! reply `48000 1999000000` (48000 joins in 1999000000 ns).

mod sql;

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use rusqlite::types::Null;
use rusqlite::{Connection, Params, Statement, params, params_from_iter};
use sha2::{Digest, Sha256};

use crate::calls::{CHECKED, Operation, checked};
use crate::data::{self, GROUPS_EACH, Pairs, Random, Scale, User};
use crate::failure::{Failure, Result, fail};
use crate::process::{Pinning, own_program};

/// Number of joins per COMMIT, as in the service's writer.
const BATCH: usize = 64;

/// The service's default quota of memberships.
const QUOTA: i64 = 10_000;

/// Options of the process.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// The database file
    #[arg(long)]
    database: PathBuf,
    #[command(flatten)]
    scale: Scale,
}

/// A handle of the process that runs the loops.
pub(crate) struct Bare {
    child: Child,
    commands: ChildStdin,
    replies: BufReader<ChildStdout>,
}

/// Returns the name of a loop in commands.
fn command(operation: Operation) -> &'static str {
    match operation {
        // A join by invitation and the mix are compared only with the service.
        Operation::JoinGroup | Operation::JoinByInvitation => "join",
        Operation::GetMyGroups | Operation::Mixed => "read",
        Operation::CheckMemberships => "check",
    }
}

impl Bare {
    /// Starts the process on the server's core.
    pub(crate) fn start(pinning: &Pinning, database: &Path, scale: Scale) -> Result<Self> {
        let mut child = pinning
            .on_server_core(&own_program()?)
            .args(["bare", "--database"])
            .arg(database)
            .args(["--groups", &scale.groups.to_string()])
            .args(["--users", &scale.users.to_string()])
            .args(["--seed", &scale.seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(commands), Some(replies)) => Ok(Self {
                child,
                commands,
                replies: BufReader::new(replies),
            }),
            _ => fail("cannot open standard input and output of the bare loop"),
        }
    }

    /// Returns the process ID.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Runs a loop and returns the number of calls and the time spent.
    pub(crate) fn run(
        &mut self,
        operation: Operation,
        length: Duration,
    ) -> Result<(u64, Duration)> {
        writeln!(
            self.commands,
            "{} {}",
            command(operation),
            length.as_millis()
        )?;
        let mut line = String::new();
        self.replies.read_line(&mut line)?;
        let (count, nanoseconds) = two(&line).ok_or_else(|| {
            // The process has printed its error on standard error.
            Failure::Message("the bare loop ended early".into())
        })?;
        Ok((
            count.parse().map_err(malformed)?,
            Duration::from_nanos(nanoseconds.parse().map_err(malformed)?),
        ))
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // The process has no state that needs an orderly shutdown.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn two(line: &str) -> Option<(&str, &str)> {
    line.trim().split_once(' ')
}

fn malformed(error: std::num::ParseIntError) -> Failure {
    Failure::Message(format!(
        "malformed number between driver and bare loop: {error}"
    ))
}

/// Runs the process: executes each line of standard input until the end of the input.
pub(crate) fn run(options: &Options) -> Result<()> {
    let connection = Connection::open(&options.database)?;
    connection.execute_batch(sql::PRAGMAS)?;
    let users = data::users(options.scale);
    let mut pairs = Pairs::new(&options.database, options.scale, 10)?;
    let mut random = Random::new(options.scale.seed, 11);
    let mut joins = Joins::prepare(&connection)?;
    let mut reads = Reads::prepare(&connection)?;
    let mut checks = Checks::prepare(&connection)?;
    for line in std::io::stdin().lines() {
        let line = line?;
        let Some((which, milliseconds)) = two(&line) else {
            return fail(format!("malformed command '{line}'"));
        };
        let length = Duration::from_millis(milliseconds.parse().map_err(malformed)?);
        let joining = which == command(Operation::JoinGroup);
        let checking = which == command(Operation::CheckMemberships);
        let (mut count, mut spent) = (0_u64, Duration::ZERO);
        while spent < length {
            // The choice of the rows is not part of the measurement.
            let batch: Vec<(&User, u32)> = (0..BATCH)
                .map(|_| {
                    let (number, group) = if joining {
                        let pair = pairs.next()?;
                        (pair.user, pair.group)
                    } else {
                        (random.up_to(options.scale.users), 0)
                    };
                    match users.get(number as usize - 1) {
                        Some(user) => Ok((user, group)),
                        None => fail("user number out of range"),
                    }
                })
                .collect::<Result<_>>()?;
            let started = Instant::now();
            if joining {
                joins.commit(&batch)?;
            } else if checking {
                for (user, _) in &batch {
                    checks.check(user, &mut random, options.scale)?;
                }
            } else {
                for (user, _) in &batch {
                    reads.my_groups(user)?;
                }
            }
            spent += started.elapsed();
            count += BATCH as u64;
        }
        println!("{count} {}", spent.as_nanos());
    }
    Ok(())
}

/// Runs a query, reads every column of every row, and returns the number of rows.
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

/// The prepared statements of `joinGroup`.
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
            count: connection.prepare(sql::END_CHANGE)?,
            audit: connection.prepare(sql::INSERT_AUDIT)?,
            release: connection.prepare(sql::RELEASE)?,
            commit: connection.prepare(sql::COMMIT)?,
        })
    }

    fn commit(&mut self, batch: &[(&User, u32)]) -> Result<()> {
        self.begin.execute([])?;
        for (user, group) in batch {
            self.savepoint.execute([])?;
            self.join(user, *group)?;
            self.release.execute([])?;
        }
        self.commit.execute([])?;
        Ok(())
    }

    fn join(&mut self, user: &User, group: u32) -> Result<()> {
        let now = data::now();
        let user_id: i64 = self
            .bearer
            .query_row(params![&user.hash[..]], |row| row.get(3))?;
        let last = self.group.column_count() - 1;
        let head = |row: &rusqlite::Row<'_>| {
            for column in 0..last - 1 {
                black_box(row.get_ref(column)?);
            }
            Ok((row.get(last - 1)?, row.get(last)?))
        };
        let (number, previous): (i64, Option<Vec<u8>>) =
            self.group.query_row(params![group], head)?;
        if read_all(&mut self.membership, params![user_id, group, 0])? != 0 {
            return fail(format!("{} cannot join group {group}", user.login));
        }
        self.insert.execute(params![
            group, user_id, "member", now, "", Null, Null, user_id, "banned", now, QUOTA
        ])?;
        // As many bytes as the service hashes, in one piece.
        let fields = format!("{group} {number} {now} {} joinGroup rest-json", user.login);
        let mut hasher = Sha256::new_with_prefix([0; 64]);
        hasher.update(fields);
        hasher.update(previous.unwrap_or_default());
        let (number, hash) = (number + 1, hasher.finalize().to_vec());
        self.audit.execute(params![
            now,
            group,
            user.login,
            "joinGroup",
            Null,
            Null,
            "rest-json",
            user_id,
            user_id,
            "member",
            Null,
            Null,
            number,
            hash
        ])?;
        self.count.execute(params![1, number, hash, group])?;
        Ok(())
    }
}

/// The prepared statements of `getMyGroups`.
struct Reads<'c> {
    begin: Statement<'c>,
    bearer: Statement<'c>,
    groups: Statement<'c>,
    rollback: Statement<'c>,
}

impl<'c> Reads<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self> {
        Ok(Self {
            begin: connection.prepare(sql::BEGIN_DEFERRED)?,
            bearer: connection.prepare(sql::BEARER)?,
            groups: connection.prepare(sql::MINE)?,
            rollback: connection.prepare(sql::ROLLBACK)?,
        })
    }

    fn my_groups(&mut self, user: &User) -> Result<()> {
        self.begin.execute([])?;
        let user_id: i64 = self
            .bearer
            .query_row(params![&user.hash[..]], |row| row.get(3))?;
        let now = data::now();
        let rows = read_all(
            &mut self.groups,
            params![user_id, "requested", "banned", now],
        )?;
        self.rollback.execute([])?;
        if rows != GROUPS_EACH {
            return fail(format!("{} is in {rows} groups", user.login));
        }
        Ok(())
    }
}

/// The prepared statements of `checkMemberships`.
struct Checks<'c> {
    begin: Statement<'c>,
    bearer: Statement<'c>,
    groups: Statement<'c>,
    own: Statement<'c>,
    memberships: Statement<'c>,
    rollback: Statement<'c>,
}

impl<'c> Checks<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self> {
        let count = CHECKED as usize;
        Ok(Self {
            begin: connection.prepare(sql::BEGIN_DEFERRED)?,
            bearer: connection.prepare(sql::BEARER)?,
            groups: connection.prepare(&sql::groups(count))?,
            own: connection.prepare(&sql::memberships(count, 1))?,
            memberships: connection.prepare(&sql::memberships(count, count))?,
            rollback: connection.prepare(sql::ROLLBACK)?,
        })
    }

    fn check(&mut self, user: &User, random: &mut Random, scale: Scale) -> Result<()> {
        let users = checked(random, scale.users);
        let groups = checked(random, scale.groups);
        self.begin.execute([])?;
        let user_id: u32 = self
            .bearer
            .query_row(params![&user.hash[..]], |row| row.get(3))?;
        let found = read_all(&mut self.groups, params_from_iter(&groups))?;
        let own = groups.iter().chain([&user_id]);
        read_all(&mut self.own, params_from_iter(own))?;
        let all = groups.iter().chain(&users);
        read_all(&mut self.memberships, params_from_iter(all))?;
        self.rollback.execute([])?;
        match found == CHECKED as usize {
            true => Ok(()),
            false => fail(format!("{found} groups are found")),
        }
    }
}
