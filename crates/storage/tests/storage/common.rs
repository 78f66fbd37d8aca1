//! Databases with a few rows, and plain SQL where the crate has no function.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{RunQueryDsl, sql_query};
use trivium_storage::audit::chain::Head;
use trivium_storage::groups::{Group, Moderation, NewGroup, Registration, Visibility};
use trivium_storage::users::NewUser;
use trivium_storage::{
    AnyConnection, Connection, Database, DatabaseUrl, Error, Options, Page, Result, groups, users,
};
use trivium_test_support::Scratch;

/// A page large enough for every list in these tests.
pub(crate) const EVERYTHING: Page = Page {
    offset: 0,
    limit: 1_000,
};

/// Returns the URL of a scratch database.
pub(crate) fn url(scratch: &Scratch) -> DatabaseUrl {
    scratch.url.parse().unwrap()
}

/// The default options, with a longer timeout for busy machines.
pub(crate) fn options() -> Options {
    Options {
        pool_timeout: Duration::from_secs(60),
        ..Options::default()
    }
}

/// Opens and migrates a database.
pub(crate) fn open(scratch: &Scratch) -> Database {
    Database::open(url(scratch), &options()).unwrap()
}

/// Opens a connection outside the pool of the database under test.
pub(crate) fn second(scratch: &Scratch) -> Connection {
    url(scratch).connect().unwrap()
}

/// Opens the only connection to a migrated database.
pub(crate) fn alone(scratch: &Scratch) -> Connection {
    open(scratch).close();
    second(scratch)
}

/// Runs statements.
pub(crate) fn sql(connection: &mut Connection, statements: &str) -> Result<()> {
    connection
        .any()
        .batch_execute(statements)
        .map_err(Error::Query)
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Returns the column `value` of a query's rows.
pub(crate) fn values(connection: &mut Connection, query: &str) -> Vec<String> {
    let rows = match connection.any() {
        AnyConnection::Sqlite(sqlite) => sql_query(query).load::<Row>(sqlite),
        AnyConnection::Postgres(postgres) => sql_query(query).load::<Row>(postgres),
    };
    rows.unwrap().into_iter().map(|row| row.value).collect()
}

/// Inserts a user.
pub(crate) fn user(connection: &mut Connection, login: &str) -> i64 {
    let user = NewUser {
        login: login.into(),
        ..NewUser::default()
    };
    users::insert(connection, &user).unwrap()
}

/// Returns the values of an open group in the first category.
pub(crate) fn new_group(owner: i64, name: &str) -> NewGroup {
    NewGroup {
        id: None,
        name: name.into(),
        folded_name: name.to_lowercase(),
        description: String::new(),
        category_id: 1,
        tags: String::new(),
        image: String::new(),
        access_type: Visibility::Public,
        registration_type: Registration::Open,
        moderation_type: Moderation::Direct,
        member_count: 0,
        imported_members: 0,
        condition_kind: None,
        condition_group_id: None,
        topic_count: 0,
        num_topics: 0,
        commercial_account_id: 0,
        owner_id: owner,
        created_at: 0,
    }
}

/// Inserts an open group.
pub(crate) fn group(connection: &mut Connection, owner: i64, name: &str) -> i64 {
    groups::insert(connection, &new_group(owner, name)).unwrap()
}

/// Returns a group.
#[expect(clippy::disallowed_methods, reason = "a test of the query")]
pub(crate) fn found_group(connection: &mut Connection, id: i64) -> Group {
    groups::find(connection, id).unwrap().unwrap()
}

/// Adds to the number of members of a group.
pub(crate) fn add_members(connection: &mut Connection, group: i64, by: i64) -> Result<()> {
    groups::end_change(connection, group, by, &Head::default())
}
