//! Memberships: at most one row, hence one state, for each user and group.

use std::collections::HashMap;

use diesel::dsl::{auto_type, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use crate::connection::{AnyConnection, on_native};
use crate::groups::Group;
use crate::lists::Direction;
use crate::scalar::Scalar;
use crate::schema::{groups, memberships, users};
use crate::stored::stored_enum;
use crate::versions::Key;
use crate::{Connection, Page, Result, Seconds, holdings};

stored_enum! {
    /// The state of a user in a group.
    State {
        /// A request to join is pending.
        Requested = "requested",
        /// A member without further permissions.
        Member = "member",
        /// A member who moderates, or the owner.
        Moderator = "moderator",
        /// The user is banned.
        Banned = "banned",
    }
}

impl State {
    /// True if the user is a member.
    pub const fn is_member(self) -> bool {
        matches!(self, Self::Member | Self::Moderator)
    }
}

/// A user's membership, join request or ban in a group.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
// With the same columns every time, the statement is prepared only once.
#[diesel(table_name = memberships, treat_none_as_default_value = false)]
pub struct Membership {
    /// The group.
    pub group_id: i64,
    /// The user.
    pub user_id: i64,
    /// The state.
    pub state: State,
    /// When this state began.
    pub since: Seconds,
    /// The message of a request, or the reason of a ban.
    pub note: String,
    /// When a ban expires; never if `None`.
    pub until: Option<Seconds>,
    /// When a membership ends; never if `None`.
    pub ends_at: Option<Seconds>,
}

impl Membership {
    /// A row without a note and without an end.
    pub const fn new(group_id: i64, user_id: i64, state: State, since: Seconds) -> Self {
        Self {
            group_id,
            user_id,
            state,
            since,
            note: String::new(),
            until: None,
            ends_at: None,
        }
    }
}

/// A membership with its user.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct Person {
    /// The user's ID.
    pub user_id: i64,
    /// The user's login.
    #[diesel(select_expression = users::login)]
    pub login: String,
    /// May be empty.
    #[diesel(select_expression = users::first_name)]
    pub first_name: String,
    /// May be empty.
    #[diesel(select_expression = users::last_name)]
    pub last_name: String,
    /// See [`Membership::state`].
    pub state: State,
    /// See [`Membership::since`].
    pub since: Seconds,
    /// See [`Membership::ends_at`].
    pub ends_at: Option<Seconds>,
}

/// The keys of the membership of a user in a group.
const fn keys(group: i64, user: i64) -> [Key; 2] {
    [Key::Group(group), Key::MembershipsOf(user)]
}

/// Matches rows that have not ended by this time.
#[auto_type]
pub(crate) fn has_not_ended(now: Seconds) -> _ {
    memberships::ends_at
        .is_null()
        .or(memberships::ends_at.gt(now))
}

/// Matches members whose membership has not ended by this time.
// Not "member or moderator": if a bound value may equal the one in a partial index's WHERE, here 'requested',
// SQLite re-prepares the statement at each run.
#[auto_type]
pub(crate) fn is_member(now: Seconds) -> _ {
    let requested: State = State::Requested;
    let banned: State = State::Banned;
    let current: has_not_ended = has_not_ended(now);
    memberships::state
        .ne(requested)
        .and(memberships::state.ne(banned))
        .and(current)
}

/// Matches requests to join. A literal, so that their index applies.
pub(crate) fn is_request() -> SqlLiteral<Bool> {
    sql("memberships.state = 'requested'")
}

/// Finds the row of a user in a group; no row means the state "none". A membership that has ended may still have
/// its row.
pub fn find(connection: &mut Connection, group: i64, user: i64) -> Result<Option<Membership>> {
    let connection = connection.reads([Key::Group(group)]);
    let found = on_native!(connection, |connection| {
        let query = memberships::table.find((user, group));
        query.select(Membership::as_select()).get_result(connection)
    });
    Ok(found.optional()?)
}

/// Finds the rows of a user in a group, and in another if there is one. The statement is the same.
pub fn find_both(
    connection: &mut Connection,
    group: i64,
    other: Option<i64>,
    user: i64,
) -> Result<[Option<Membership>; 2]> {
    let keys = [group].into_iter().chain(other).map(Key::Group);
    let connection = connection.reads(keys);
    // IDs start at 1.
    let other = other.unwrap_or(0);
    let rows: Vec<Membership> = on_native!(connection, |connection| {
        let is_either = memberships::group_id
            .eq(group)
            .or(memberships::group_id.eq(other));
        memberships::table
            .filter(memberships::user_id.eq(user))
            .filter(is_either)
            .select(Membership::as_select())
            .load(connection)?
    });
    let mut found = [None, None];
    for row in rows {
        let [of_group, of_other] = &mut found;
        match row.group_id == group {
            true => *of_group = Some(row),
            false => *of_other = Some(row),
        }
    }
    Ok(found)
}

/// Returns the rows of these users in these groups, in any order.
pub fn find_all(
    connection: &mut Connection,
    groups: &[i64],
    users: &[i64],
) -> Result<Vec<Membership>> {
    let connection = connection.reads(groups.iter().copied().map(Key::Group));
    Ok(memberships::table
        .filter(memberships::group_id.eq_any(groups))
        .filter(memberships::user_id.eq_any(users))
        .select(Membership::as_select())
        .load(connection)?)
}

/// Inserts the row of a user.
///
/// # Errors
/// A unique violation if the user already has a row in the group.
pub fn insert(connection: &mut Connection, membership: &Membership) -> Result<()> {
    let connection = connection.writes(keys(membership.group_id, membership.user_id));
    let insertion = diesel::insert_into(memberships::table).values(membership);
    on_native!(connection, |connection| insertion.execute(connection))?;
    announce_end(connection, membership)
}

/// As [`insert`], if the user has fewer than `quota` [memberships](holdings::memberships) before; false if not.
///
/// # Errors
/// As there.
pub fn insert_within(
    connection: &mut Connection,
    membership: &Membership,
    quota: i64,
) -> Result<bool> {
    let now = connection.time();
    let connection = connection.writes(keys(membership.group_id, membership.user_id));
    let held = holdings::count_memberships(membership.user_id, now);
    let insertion = diesel::insert_into(memberships::table);
    let inserted = match connection {
        // A statement that counts rows of its table, too, would first write the new one to a temporary table.
        AnyConnection::Sqlite(sqlite) => {
            let held: i64 = held.get_result(sqlite)?;
            held < quota && insertion.values(membership).execute(sqlite)? > 0
        }
        // One statement saves a round trip.
        AnyConnection::Postgres(postgres) => {
            let row = diesel::select((
                membership.group_id.into_sql::<BigInt>(),
                membership.user_id.into_sql::<BigInt>(),
                membership.state.into_sql::<Text>(),
                membership.since.into_sql::<BigInt>(),
                (&membership.note).into_sql::<Text>(),
                membership.until.into_sql::<Nullable<BigInt>>(),
                membership.ends_at.into_sql::<Nullable<BigInt>>(),
            ))
            .filter(Scalar(held).lt(quota));
            let insertion = insertion.values(row);
            let insertion = insertion.into_columns(memberships::all_columns);
            insertion.execute(postgres)? > 0
        }
    };
    if inserted {
        announce_end(connection, membership)?;
    }
    Ok(inserted)
}

/// Moves a row from state `from` to its new state; false if it is no longer in state `from`.
pub fn update(connection: &mut Connection, from: State, to: &Membership) -> Result<bool> {
    let connection = connection.writes(keys(to.group_id, to.user_id));
    let updated = diesel::update(memberships::table.find((to.user_id, to.group_id)))
        .filter(memberships::state.eq(from))
        .set((
            memberships::state.eq(to.state),
            memberships::since.eq(to.since),
            memberships::note.eq(&to.note),
            memberships::until.eq(to.until),
            memberships::ends_at.eq(to.ends_at),
        ))
        .execute(connection)?;
    announce_end(connection, to)?;
    Ok(updated > 0)
}

/// Notes in the row of the group that a membership ends.
fn announce_end(connection: &mut AnyConnection, membership: &Membership) -> Result<()> {
    if let Some(end) = membership.ends_at {
        diesel::update(groups::table.find(membership.group_id))
            .filter(groups::next_end.is_null().or(groups::next_end.gt(end)))
            .set(groups::next_end.eq(end))
            .execute(connection)?;
    }
    Ok(())
}

/// Deletes the row of a user; false if it is no longer in state `from`.
pub fn delete(connection: &mut Connection, group: i64, user: i64, from: State) -> Result<bool> {
    let connection = connection.writes(keys(group, user));
    let deleted = diesel::delete(memberships::table.find((user, group)))
        .filter(memberships::state.eq(from))
        .execute(connection)?;
    Ok(deleted > 0)
}

/// Deletes all rows of a group.
pub fn delete_of_group(connection: &mut Connection, group: i64) -> Result<()> {
    let connection = connection.writes_more();
    diesel::delete(memberships::table.filter(memberships::group_id.eq(group)))
        .execute(connection)?;
    Ok(())
}

/// Returns the rows of memberships that have ended, of one group, earliest first.
pub fn ended_of_group(
    connection: &mut Connection,
    group: i64,
    limit: i64,
) -> Result<Vec<Membership>> {
    let now = connection.time();
    let connection = connection.reads_more();
    Ok(memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::ends_at.le(now))
        .order((memberships::ends_at, memberships::user_id))
        .limit(limit)
        .select(Membership::as_select())
        .load(connection)?)
}

/// Returns a page of the members of a group whose membership ends by a time, earliest first, and the total count.
pub fn list_ending(
    connection: &mut Connection,
    group: i64,
    by: Seconds,
    page: Page,
) -> Result<(Vec<Person>, i64)> {
    let now = connection.time();
    let connection = connection.reads_more();
    let ending = || {
        memberships::table
            .filter(memberships::group_id.eq(group))
            .filter(memberships::ends_at.gt(now))
            .filter(memberships::ends_at.le(by))
    };
    let rows: Vec<Person> = ending()
        .inner_join(users::table)
        .order((memberships::ends_at, memberships::user_id))
        .limit(page.limit)
        .offset(page.offset)
        .select(Person::as_select())
        .load(connection)?;
    let total = page.total(rows.len(), || ending().count().get_result(connection))?;
    Ok((rows, total))
}

/// Returns all rows of a user.
pub fn list_of_user(connection: &mut Connection, user: i64) -> Result<Vec<Membership>> {
    let connection = connection.reads([Key::MembershipsOf(user)]);
    Ok(memberships::table
        .filter(memberships::user_id.eq(user))
        .order(memberships::group_id)
        .select(Membership::as_select())
        .load(connection)?)
}

/// Returns all pending join requests of a group, oldest first.
pub fn requests_of_group(connection: &mut Connection, group: i64) -> Result<Vec<Membership>> {
    let connection = connection.reads([Key::Group(group)]);
    Ok(memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(is_request())
        .order((memberships::since, memberships::user_id))
        .select(Membership::as_select())
        .load(connection)?)
}

/// The order of a member list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberOrder {
    /// By the time the state began, earliest first.
    #[default]
    Joining,
    /// By the time the state began, latest first.
    JoiningDescending,
    /// By login.
    Login,
    /// By login, descending.
    LoginDescending,
}

/// Returns a page of the members of a group, and their total count.
pub fn list_members(
    connection: &mut Connection,
    group: &Group,
    order: MemberOrder,
    page: Page,
) -> Result<(Vec<Person>, i64)> {
    // The group was read, too, which noted when the next membership in it ends.
    let now = connection.time();
    let any = connection.reads([Key::Group(group.id)]);
    let imported: i64 = groups::table
        .find(group.id)
        .select(groups::imported_members)
        .get_result(any)?;
    let total = group.member_count.saturating_sub(imported);
    let members = || {
        memberships::table
            .filter(memberships::group_id.eq(group.id))
            .filter(is_member(now))
    };
    let rows = page.read(total, |page, direction| {
        use MemberOrder::{Joining, JoiningDescending, Login, LoginDescending};
        let by_joining = members().select(Place::as_select()).into_boxed();
        let by_login = members().inner_join(users::table);
        let by_login = by_login.select(Person::as_select()).into_boxed();
        let (by_joining, by_login) = match (order, direction) {
            (Joining, Direction::Forward) | (JoiningDescending, Direction::Backward) => {
                let order = (memberships::since, memberships::user_id);
                (Some(by_joining.order(order)), by_login)
            }
            (JoiningDescending, Direction::Forward) | (Joining, Direction::Backward) => {
                let order = (memberships::since.desc(), memberships::user_id.desc());
                (Some(by_joining.order(order)), by_login)
            }
            (Login, Direction::Forward) | (LoginDescending, Direction::Backward) => {
                (None, by_login.order(users::login))
            }
            (LoginDescending, Direction::Forward) | (Login, Direction::Backward) => {
                (None, by_login.order(users::login.desc()))
            }
        };
        match by_joining {
            // The users of the rows before the page are not looked up.
            Some(places) => {
                let places = places.limit(page.limit).offset(page.offset).load(any)?;
                with_users(any, places)
            }
            None => by_login.limit(page.limit).offset(page.offset).load(any),
        }
    })?;
    connection.found(rows.iter().map(|row| Key::User(row.user_id)));
    Ok((rows, total))
}

/// What the index in the order of joining has of a membership.
#[derive(Queryable, Selectable)]
#[diesel(table_name = memberships)]
struct Place {
    user_id: i64,
    state: State,
    since: Seconds,
    ends_at: Option<Seconds>,
}

/// Adds the users of memberships, in the same order.
fn with_users(any: &mut AnyConnection, places: Vec<Place>) -> QueryResult<Vec<Person>> {
    let ids = places.iter().map(|place| place.user_id);
    let users: Vec<(i64, (String, String, String))> = users::table
        .filter(users::id.eq_any(ids))
        .select((
            users::id,
            (users::login, users::first_name, users::last_name),
        ))
        .load(any)?;
    let mut users: HashMap<_, _> = users.into_iter().collect();
    let persons = places.into_iter().filter_map(|place| {
        let (login, first_name, last_name) = users.remove(&place.user_id)?;
        Some(Person {
            user_id: place.user_id,
            login,
            first_name,
            last_name,
            state: place.state,
            since: place.since,
            ends_at: place.ends_at,
        })
    });
    Ok(persons.collect())
}

/// Returns a page of those who requested to join a group, with their messages, oldest first, and the total count.
pub fn list_requests(
    connection: &mut Connection,
    group: i64,
    page: Page,
) -> Result<(Vec<(Person, String)>, i64)> {
    let any = connection.reads([Key::Group(group)]);
    let requests = || {
        memberships::table
            .filter(memberships::group_id.eq(group))
            .filter(is_request())
    };
    let rows: Vec<(Person, String)> = requests()
        .inner_join(users::table)
        .order((memberships::since, memberships::user_id))
        .limit(page.limit)
        .offset(page.offset)
        .select((Person::as_select(), memberships::note))
        .load(any)?;
    let total = page.total(rows.len(), || requests().count().get_result(any))?;
    connection.found(rows.iter().map(|(person, _)| Key::User(person.user_id)));
    Ok((rows, total))
}

/// Returns the IDs of the users who are in this state in a group, longest-standing first, at most `limit`.
pub fn longest_standing(
    connection: &mut Connection,
    group: i64,
    state: State,
    limit: i64,
) -> Result<Vec<i64>> {
    let now = connection.time();
    let any = connection.reads([Key::Group(group)]);
    Ok(memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::state.eq(state))
        .filter(has_not_ended(now))
        .order((memberships::since, memberships::user_id))
        .limit(limit)
        .select(memberships::user_id)
        .load(any)?)
}
