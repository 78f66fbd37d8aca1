//! Thousands of users, for tests that need many.
//!
//! Their rows are written straight into the database, because creating an account over the service
//! hashes a password. All of them share one password.

use std::sync::Mutex;

use trivium_core::secrets;
use trivium_storage::memberships::Membership;
use trivium_storage::{
    Connection, Database, Error, Options, connection, groups, memberships, tokens, users,
};

use trivium_test_support::Scratch;

use super::gateway::Gateway;

/// The password of every user in a crowd.
pub(crate) const PASSWORD: &str = "the password of the whole crowd";

/// How many users one transaction creates.
const BATCH: usize = 250;

/// A user of a crowd.
#[derive(Clone, Debug)]
pub(crate) struct Someone {
    /// `user:N`.
    pub(crate) id: String,
    /// Their login.
    pub(crate) login: String,
    /// Two of their tokens.
    pub(crate) tokens: [String; 2],
}

/// A supply of users who are in no group.
pub(crate) struct Crowd {
    database: Database,
    password_hash: Option<String>,
    waiting: Mutex<Vec<Someone>>,
}

impl Crowd {
    /// Creates a crowd in the database of this gateway.
    pub(crate) fn new(gateway: &Gateway) -> Self {
        gateway.command(&["user", "add", "first", "--password-stdin"], PASSWORD);
        let mut crowd = Self::without_password(&gateway.scratch);
        let first = crowd
            .database
            .read::<_, Error>(|connection| users::find_by_login(connection, "first"))
            .expect("a query")
            .expect("the first of the crowd");
        crowd.password_hash = first.password_hash;
        crowd
    }

    /// Creates a crowd in this database, whose users have no password.
    pub(crate) fn without_password(scratch: &Scratch) -> Self {
        let options = Options {
            readers: 1,
            writers: 1,
            ..Options::default()
        };
        let url = scratch.url.parse().expect("the address of a database");
        Self {
            database: Database::open(url, &options).expect("the database"),
            password_hash: None,
            waiting: Mutex::default(),
        }
    }

    /// Returns this many unused users.
    pub(crate) fn people(&self, count: usize) -> Vec<Someone> {
        let mut waiting = self.waiting.lock().expect("the crowd");
        while waiting.len() < count {
            waiting.extend(self.create_batch());
        }
        let rest = waiting.len() - count;
        waiting.split_off(rest)
    }

    /// Returns unused users as an array.
    pub(crate) fn some<const N: usize>(&self) -> [Someone; N] {
        self.people(N).try_into().expect("N users")
    }

    /// The membership rows of a user: group and state.
    pub(crate) fn rows_of(&self, person: &Someone) -> Vec<(i64, String)> {
        let number = person
            .id
            .trim_start_matches("user:")
            .parse()
            .expect("user:N");
        self.database
            .read::<_, Error>(|connection| memberships::list_of_user(connection, number))
            .expect("a query")
            .into_iter()
            .map(|row| (row.group_id, row.state.as_str().to_owned()))
            .collect()
    }

    /// Moves the end of a membership into the past, but not that of an owner.
    pub(crate) fn end_membership(&self, group: i64, person: i64) {
        self.database
            .change_and_wait(move |connection| end_membership(connection, group, person))
            .expect("a change");
    }

    /// Creates a batch of users.
    fn create_batch(&self) -> Vec<Someone> {
        let password_hash = self.password_hash.clone();
        self.database
            .change_and_wait::<_, Error, _>(move |connection| {
                let last = users::list(connection, FIRST)?
                    .0
                    .first()
                    .map_or(0, |user| user.id);
                (1..=BATCH)
                    .map(|number| one(connection, &format!("p{last}-{number}"), &password_hash))
                    .collect()
            })
            .expect("a crowd")
    }
}

/// Moves the end of a membership into the past, but not that of an owner.
#[expect(clippy::disallowed_methods, reason = "the owner decides")]
pub(crate) fn end_membership(
    connection: &mut Connection,
    group: i64,
    person: i64,
) -> Result<(), Error> {
    let found = groups::find(connection, group)?;
    if let Some(row) = memberships::find(connection, group, person)?
        && row.state.is_member()
        && found.is_some_and(|found| found.owner_id != person)
    {
        let ends_at = Some(1);
        let to = Membership { ends_at, ..row };
        memberships::update(connection, to.state, &to)?;
    }
    Ok(())
}

const FIRST: trivium_storage::Page = trivium_storage::Page {
    offset: 0,
    limit: 1,
};

fn one(
    connection: &mut Connection,
    login: &str,
    password_hash: &Option<String>,
) -> Result<Someone, Error> {
    let now = connection::now();
    let account = users::NewUser {
        login: login.to_owned(),
        password_hash: password_hash.clone(),
        created_at: now,
        ..users::NewUser::default()
    };
    let user_id = users::insert(connection, &account)?;
    let known = ["first", "second"].map(|which| format!("the {which} token of {login}"));
    for token in &known {
        tokens::insert(
            connection,
            &tokens::NewToken {
                user_id,
                hash: secrets::hash(token),
                prefix: token[..8].to_owned(),
                created_at: now,
                expires_at: now + 1_000_000,
                key_id: None,
            },
        )?;
    }
    Ok(Someone {
        id: format!("user:{user_id}"),
        login: login.to_owned(),
        tokens: known,
    })
}
