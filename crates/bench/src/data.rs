//! The test data: users, groups and memberships that are generated from a seed.
//!
//! The measured binary creates the tables, and the SQLite library inserts the rows. All data is
//! derived from the seed, so that the driver can derive every token too.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Transaction, params};
use sha2::{Digest, Sha256};

use crate::failure::{Result, fail};

/// Number of groups per owner. The owners are additional users, so that the measured users are
/// plain members everywhere.
const GROUPS_OF_OWNER: u32 = 100;

/// The API key for calls of the Upcoming dialect.
pub(crate) const API_KEY: &str = "bench00000";

/// The size of the data, and its seed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Scale {
    /// Number of groups, all open
    #[arg(long, default_value_t = 100_000, value_name = "N", hide = true)]
    pub(crate) groups: u32,
    /// Number of users who call
    #[arg(long, default_value_t = 10_000, value_name = "N", hide = true)]
    pub(crate) users: u32,
    /// Number of groups that each of them is a member of: 18, as in Upcoming's documented response
    #[arg(long, default_value_t = 18, value_name = "N", hide = true)]
    pub(crate) each: u32,
    /// Number of further users, who are members of no group
    #[arg(skip)]
    pub(crate) newcomers: u32,
    /// Number of users who are members of the first group. Without any, it is like every other group
    #[arg(skip)]
    pub(crate) crowd: u32,
    /// The same for the second group
    #[arg(skip)]
    pub(crate) village: u32,
    /// The seed of the data and of the order of the calls
    #[arg(long, default_value_t = 20_261_121, value_name = "N")]
    pub(crate) seed: u64,
}

impl Scale {
    /// Adds the options to a command of this program.
    pub(crate) fn pass_to(self, mut command: Command) -> Command {
        for (option, value) in [
            ("--groups", u64::from(self.groups)),
            ("--users", self.users.into()),
            ("--each", self.each.into()),
            ("--seed", self.seed),
        ] {
            command.args([option, &value.to_string()]);
        }
        command
    }
}

/// A pseudo-random number generator: SplitMix64, the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    /// Creates a generator with a separate sequence for each `stream`.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self(seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 1 to `max`.
    pub(crate) fn up_to(&mut self, max: u32) -> u32 {
        // The high half times the range: the bias is negligible, unlike with modulo.
        let high = self.next() >> 32;
        1 + u32::try_from((high * u64::from(max)) >> 32).unwrap_or(0)
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let number = self.up_to(u32::try_from(words.len()).unwrap_or(1));
        words.get(number as usize - 1).copied().unwrap_or_default()
    }
}

/// The credentials of a user, and the columns that store them.
pub(crate) struct User {
    pub(crate) token: String,
    pub(crate) hash: [u8; 32],
    pub(crate) login: String,
}

/// Returns the user with this number.
fn user(seed: u64, number: u32) -> User {
    let digest = Sha256::digest(format!("{seed}:{number}"));
    let token: String = digest.iter().take(20).map(|b| format!("{b:02x}")).collect();
    User {
        hash: Sha256::digest(&token).into(),
        token,
        login: format!("user-{number}"),
    }
}

/// Returns the invitation to a group, for any user and without expiry.
pub(crate) fn invitation(seed: u64, group: u32) -> String {
    let hex = |text: &str, bytes: usize| -> String {
        let digest = Sha256::digest(text);
        digest
            .iter()
            .take(bytes)
            .map(|b| format!("{b:02x}"))
            .collect()
    };
    let body = format!("inv_{}", hex(&format!("{seed}:invitation:{group}"), 20));
    let check = hex(&body, 4);
    body + &check
}

/// Returns the users and newcomers; number N has the index N - 1.
pub(crate) fn users(scale: Scale) -> Vec<User> {
    let all = scale.users + owners(scale) + scale.newcomers;
    (1..=all).map(|number| user(scale.seed, number)).collect()
}

/// A stream of joins, each a new membership and without repetition.
pub(crate) struct Pairs {
    taken: HashSet<(u32, u32)>,
    random: Random,
    scale: Scale,
    /// The newcomer who is the next to join the first group.
    newcomer: u32,
}

/// The user and the group of a join.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

impl Pairs {
    /// Creates a stream of pairs that are not in the database, in a separate order for each `stream`. If the first
    /// group has a crowd, newcomers join it.
    pub(crate) fn new(database: &Path, scale: Scale, stream: u64) -> Result<Self> {
        let connection = Connection::open(database)?;
        let mut statement = connection.prepare("SELECT user_id, group_id FROM memberships")?;
        let taken = match scale.newcomers {
            0 => statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<std::result::Result<_, _>>()?,
            _ => HashSet::new(),
        };
        Ok(Self {
            taken,
            random: Random::new(scale.seed, stream),
            scale,
            newcomer: scale.users + owners(scale) + 1,
        })
    }

    /// Returns the next pair, or an error if so many are taken that a search would be slow.
    pub(crate) fn next(&mut self) -> Result<Pair> {
        if self.scale.newcomers > 0 {
            let user = self.newcomer;
            self.newcomer += 1;
            return match user <= self.scale.users + owners(self.scale) + self.scale.newcomers {
                true => Ok(Pair { user, group: 1 }),
                false => fail("all newcomers have joined; use fewer or shorter rounds"),
            };
        }
        let all = u64::from(self.scale.users) * u64::from(self.scale.groups);
        if self.taken.len() as u64 > all / 2 {
            return fail("half of all possible memberships exist; raise --groups");
        }
        loop {
            let user = self.random.up_to(self.scale.users);
            let group = self.random.up_to(self.scale.groups);
            if self.taken.insert((user, group)) {
                return Ok(Pair { user, group });
            }
        }
    }
}

/// Inserts the data into a database with empty tables.
pub(crate) fn fill(database: &Path, scale: Scale) -> Result<()> {
    let mut connection = Connection::open(database)?;
    // The file need not be durable before it is complete.
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")?;
    let transaction = connection.transaction()?;
    let now = now();
    insert_users(&transaction, scale, now)?;
    insert_groups(&transaction, scale, now)?;
    insert_memberships(&transaction, scale, now)?;
    insert_invitations(&transaction, scale, now)?;
    transaction.execute_batch(
        // Their logs have begun.
        "UPDATE groups SET audit_number = 1, audit_hash = zeroblob(32), member_count =
            (SELECT count(*) FROM memberships WHERE memberships.group_id = groups.id)",
    )?;
    transaction.commit()?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(connection);
    // Otherwise the system would write the file during the first rounds.
    Ok(std::fs::File::open(database)?.sync_all()?)
}

/// Copies a filled database.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to)?;
    Ok(std::fs::File::open(to)?.sync_all()?)
}

fn insert_users(transaction: &Transaction<'_>, scale: Scale, now: i64) -> Result<()> {
    let mut insert_user = transaction.prepare(
        "INSERT INTO users (id, login, first_name, last_name, created_at) VALUES (?, ?, ?, ?, ?)",
    )?;
    let mut insert_token = transaction.prepare(
        "INSERT INTO tokens (user_id, hash, prefix, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
    )?;
    let mut random = Random::new(scale.seed, 1);
    for number in 1..=scale.users + owners(scale) + scale.newcomers {
        let user = user(scale.seed, number);
        let (first, last) = (random.one_of(FIRST_NAMES), random.one_of(LAST_NAMES));
        insert_user.execute(params![number, user.login, first, last, now])?;
        let prefix: String = user.token.chars().take(8).collect();
        insert_token.execute(params![number, user.hash, prefix, now, now + 30 * 86_400])?;
    }
    Ok(())
}

/// Returns the number of owners, who come after the users.
fn owners(scale: Scale) -> u32 {
    scale.groups.div_ceil(GROUPS_OF_OWNER)
}

fn owner(scale: Scale, group: u32) -> u32 {
    scale.users + 1 + (group - 1) / GROUPS_OF_OWNER
}

fn insert_groups(transaction: &Transaction<'_>, scale: Scale, now: i64) -> Result<()> {
    let mut insert = transaction.prepare(
        "INSERT INTO groups (id, name, folded_name, description, category_id, tags, image,
            access_type, registration_type, moderation_type, topic_count, owner_id, created_at)
         VALUES (?, ?, ?, ?, 1, ?, ?, 'public', 'open', 'direct', ?, ?, ?)",
    )?;
    let mut random = Random::new(scale.seed, 2);
    for number in 1..=scale.groups {
        let (subject, place) = (random.one_of(SUBJECTS), random.one_of(PLACES));
        let name = format!("{place} {subject} {number}");
        let description = format!(
            "{subject} in and around {place}: we meet {}, and everybody is welcome.",
            random.one_of(TIMES)
        );
        insert.execute(params![
            number,
            name,
            name.to_lowercase(),
            description,
            format!("{}, {}", subject.to_lowercase(), place.to_lowercase()),
            format!("https://pictures.example/groups/{number}.png"),
            random.up_to(200),
            owner(scale, number),
            now - i64::from(random.up_to(300_000_000)),
        ])?;
    }
    Ok(())
}

fn insert_memberships(transaction: &Transaction<'_>, scale: Scale, now: i64) -> Result<()> {
    let mut insert = transaction.prepare(
        "INSERT INTO memberships (group_id, user_id, state, since) VALUES (?, ?, 'member', ?)",
    )?;
    let mut random = Random::new(scale.seed, 3);
    for group in 1..=scale.groups {
        insert.execute(params![group, owner(scale, group), now])?;
    }
    let large = [(1, scale.crowd), (2, scale.village)];
    let is_large = |group| large.iter().any(|it| it.0 == group && it.1 > 0);
    for user in 1..=scale.users {
        let joins = large.iter().filter(|(_, members)| user <= *members);
        let mut joined: Vec<u32> = joins.map(|(group, _)| *group).collect();
        while joined.len() < scale.each as usize {
            let group = random.up_to(scale.groups);
            if !is_large(group) && !joined.contains(&group) {
                joined.push(group);
            }
        }
        for group in joined {
            let since = now - i64::from(random.up_to(100_000_000));
            insert.execute(params![group, user, since])?;
        }
    }
    Ok(())
}

fn insert_invitations(transaction: &Transaction<'_>, scale: Scale, now: i64) -> Result<()> {
    transaction.execute(
        "INSERT INTO api_keys (key, name, created_at) VALUES (?, 'bench', ?)",
        params![API_KEY, now],
    )?;
    let mut insert = transaction.prepare(
        "INSERT INTO invitations (group_id, issuer_id, hash, prefix, role, created_at)
         VALUES (?, ?, ?, ?, 'member', ?)",
    )?;
    for group in 1..=scale.groups {
        let secret = invitation(scale.seed, group);
        let hash: [u8; 32] = Sha256::digest(&secret).into();
        let prefix: String = secret.chars().take(8).collect();
        insert.execute(params![group, owner(scale, group), hash, prefix, now])?;
    }
    Ok(())
}

/// Row counts and counters that every join increments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Census {
    pub(crate) memberships: i64,
    pub(crate) audit_entries: i64,
    pub(crate) members_counted: i64,
}

impl Census {
    /// The query of the counts, in one text.
    pub(crate) const QUERY: &str = "SELECT (SELECT count(*) FROM memberships) || ' ' ||
        (SELECT count(*) FROM audit_entries) || ' ' || (SELECT sum(member_count) FROM groups)";

    /// Counts the rows of a file.
    pub(crate) fn take(database: &Path) -> Result<Self> {
        let counts: String =
            Connection::open(database)?.query_row(Self::QUERY, [], |row| row.get(0))?;
        Self::parse(&counts)
    }

    /// Parses the result of the query.
    pub(crate) fn parse(counts: &str) -> Result<Self> {
        let mut counts = counts.split(' ').map(str::parse);
        match [counts.next(), counts.next(), counts.next()] {
            [
                Some(Ok(memberships)),
                Some(Ok(audit_entries)),
                Some(Ok(members_counted)),
            ] => Ok(Self {
                memberships,
                audit_entries,
                members_counted,
            }),
            _ => fail("the rows cannot be counted"),
        }
    }

    /// Fails unless the counts are these.
    pub(crate) fn expect(self, expected: Self) -> Result<()> {
        match self == expected {
            true => Ok(()),
            false => fail(format!(
                "joins were acknowledged: expected {expected:?}, found {self:?}"
            )),
        }
    }

    /// Returns the counts after this many further joins.
    pub(crate) fn plus(self, joins: u64) -> Self {
        let joins = i64::try_from(joins).unwrap_or(i64::MAX);
        Self {
            memberships: self.memberships + joins,
            audit_entries: self.audit_entries + joins,
            members_counted: self.members_counted + joins,
        }
    }
}

/// Returns the current time in whole seconds.
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0))
}

const FIRST_NAMES: &[&str] = &[
    "Ada", "Björn", "Chen", "Dunja", "Emeka", "Fátima", "Grace", "Håkon", "Inés", "Jun",
];
const LAST_NAMES: &[&str] = &[
    "Almeida",
    "Berg",
    "Castro",
    "Dubois",
    "Eze",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ito",
    "Jovanović",
];
const SUBJECTS: &[&str] = &[
    "Cyclists",
    "Beekeepers",
    "Microformats",
    "Chess Players",
    "Jazz Listeners",
    "Photographers",
    "Gardeners",
    "Translators",
    "Night Swimmers",
    "Board Games",
    "Astronomers",
    "Bread Bakers",
];
const PLACES: &[&str] = &[
    "Lisbon",
    "San Francisco",
    "Zürich",
    "Kraków",
    "Nairobi",
    "Montréal",
    "Kyoto",
    "Porto Alegre",
    "Leeds",
    "Tallinn",
];
const TIMES: &[&str] = &[
    "on the first Monday of the month",
    "every other Thursday after work",
    "whenever the weather allows",
    "on Sundays at the old station",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_cover_their_range() {
        let mut random = Random::new(1, 1);
        let seen: HashSet<u32> = (0..1000).map(|_| random.up_to(6)).collect();
        assert_eq!(seen, (1..=6).collect());
    }

    #[test]
    fn users_are_derived_from_the_seed() {
        let (one, other) = (user(7, 1), user(7, 2));
        assert_eq!(one.token.len(), 40);
        assert_ne!(one.token, other.token);
        assert_eq!(one.token, user(7, 1).token);
        assert_ne!(one.token, user(8, 1).token);
    }
}
