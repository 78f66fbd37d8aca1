//! The upper bound for the database: only the service's SQL, on the SQLite library.
//!
//! [`sql`] holds the statements, which a test compares with those that the service sends. The loop runs in a
//! [worker](crate::worker) on the server's core.

mod sql;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::types::Null;
use rusqlite::{Connection, Params, Statement, params, params_from_iter};
use sha2::{Digest, Sha256};

use crate::calls::{CHECKED, Operation, checked};
use crate::data::{self, Pairs, Random, Scale, User};
use crate::failure::{Result, fail};
use crate::worker::obey;

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

/// Runs the process: each command is the name of an operation.
pub(crate) fn run(options: &Options) -> Result<()> {
    let scale = options.scale;
    let connection = Connection::open(&options.database)?;
    connection.execute_batch(sql::PRAGMAS)?;
    let users = data::users(scale);
    let mut pairs = Pairs::new(&options.database, scale, 10)?;
    let mut random = Random::new(scale.seed, 11);
    let mut joins = Joins::prepare(&connection)?;
    let mut reads = Reads::prepare(&connection, scale)?;
    let mut checks = Checks::prepare(&connection)?;
    obey(|what, length| {
        let joining = what == Operation::JoinGroup.name();
        let checking = what == Operation::CheckMemberships.name();
        let (mut count, mut spent) = (0_u64, Duration::ZERO);
        while spent < length {
            // The choice of the rows is not part of the measurement.
            let batch: Vec<(&User, u32)> = (0..BATCH)
                .map(|_| {
                    let (number, group) = if joining {
                        let pair = pairs.next()?;
                        (pair.user, pair.group)
                    } else {
                        (random.up_to(scale.users), 0)
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
                    checks.check(user, &mut random, scale)?;
                }
            } else {
                for (user, _) in &batch {
                    reads.my_groups(user)?;
                }
            }
            spent += started.elapsed();
            count += BATCH as u64;
        }
        Ok((count, spent))
    })
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
    count: Statement<'c>,
    insert: Statement<'c>,
    end: Statement<'c>,
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
            count: connection.prepare(sql::COUNT)?,
            insert: connection.prepare(sql::INSERT_MEMBERSHIP)?,
            end: connection.prepare(sql::END_CHANGE)?,
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
        let held: i64 = self
            .count
            .query_row(params![user_id, "banned", now], |row| row.get(0))?;
        if held >= QUOTA {
            return fail(format!("{} has {held} memberships", user.login));
        }
        self.insert
            .execute(params![group, user_id, "member", now, "", Null, Null])?;
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
        self.end.execute(params![1, number, hash, group])?;
        Ok(())
    }
}

/// The prepared statements of `getMyGroups`.
struct Reads<'c> {
    begin: Statement<'c>,
    bearer: Statement<'c>,
    groups: Statement<'c>,
    rollback: Statement<'c>,
    each: usize,
}

impl<'c> Reads<'c> {
    fn prepare(connection: &'c Connection, scale: Scale) -> Result<Self> {
        Ok(Self {
            each: scale.each as usize,
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
        if rows != self.each {
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
