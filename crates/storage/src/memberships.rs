//! What a person is to a group: one row, one state.

use diesel::prelude::*;

use crate::schema::{memberships, users};
use crate::{AnyConnection, Page, Result, Seconds};

/// The state of a person towards a group.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
// A statement of always the same columns is prepared once.
#[diesel(table_name = memberships, treat_none_as_default_value = false)]
pub struct Membership {
    /// Which group.
    pub group_id: i64,
    /// Which person.
    pub user_id: i64,
    /// `requested`, `member`, `moderator` or `banned`.
    pub state: String,
    /// When this state began.
    pub since: Seconds,
    /// What the request says, or why the ban was made.
    pub note: String,
    /// When a ban ends by itself.
    pub until: Option<Seconds>,
}

/// A membership with its person.
#[derive(Clone, Debug, Queryable)]
pub struct Person {
    /// The person's number.
    pub user_id: i64,
    /// Their login.
    pub login: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// See [`Membership::state`].
    pub state: String,
    /// See [`Membership::since`].
    pub since: Seconds,
    /// See [`Membership::note`].
    pub note: String,
}

/// The row of a person and a group; none is the state "none".
pub fn find(connection: &mut AnyConnection, group: i64, user: i64) -> Result<Option<Membership>> {
    Ok(memberships::table
        .find((group, user))
        .select(Membership::as_select())
        .get_result(connection)
        .optional()?)
}

/// Adds the row of a person who had none.
///
/// # Errors
/// A unique violation when there is one.
pub fn insert(connection: &mut AnyConnection, membership: &Membership) -> Result<()> {
    diesel::insert_into(memberships::table)
        .values(membership)
        .execute(connection)?;
    Ok(())
}

/// Gives an existing row its new state. False when the row is no longer in state `from`.
pub fn update(connection: &mut AnyConnection, from: &str, to: &Membership) -> Result<bool> {
    let updated = diesel::update(memberships::table.find((to.group_id, to.user_id)))
        .filter(memberships::state.eq(from))
        .set((
            memberships::state.eq(&to.state),
            memberships::since.eq(to.since),
            memberships::note.eq(&to.note),
            memberships::until.eq(to.until),
        ))
        .execute(connection)?;
    Ok(updated > 0)
}

/// Removes the row of a person. False when it is no longer in state `from`.
pub fn delete(connection: &mut AnyConnection, group: i64, user: i64, from: &str) -> Result<bool> {
    let deleted = diesel::delete(memberships::table.find((group, user)))
        .filter(memberships::state.eq(from))
        .execute(connection)?;
    Ok(deleted > 0)
}

/// Removes every row of a group.
pub fn delete_of_group(connection: &mut AnyConnection, group: i64) -> Result<()> {
    diesel::delete(memberships::table.filter(memberships::group_id.eq(group)))
        .execute(connection)?;
    Ok(())
}

/// Every row of a user.
pub fn list_of_user(connection: &mut AnyConnection, user: i64) -> Result<Vec<Membership>> {
    Ok(memberships::table
        .filter(memberships::user_id.eq(user))
        .order(memberships::group_id)
        .select(Membership::as_select())
        .load(connection)?)
}

/// Every waiting request of a group, oldest first.
pub fn requests_of_group(connection: &mut AnyConnection, group: i64) -> Result<Vec<Membership>> {
    Ok(memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::state.eq("requested"))
        .order((memberships::since, memberships::user_id))
        .select(Membership::as_select())
        .load(connection)?)
}

/// In which order people are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberOrder {
    /// As the states began: the first to join is first.
    #[default]
    Joining,
    /// The last to join is first.
    JoiningDescending,
    /// By login.
    Login,
    /// By login, from the end of the alphabet.
    LoginDescending,
}

/// The people of a group in any of these states, and how many there are.
pub fn list(
    connection: &mut AnyConnection,
    group: i64,
    states: &[&str],
    order: MemberOrder,
    page: Page,
) -> Result<(Vec<Person>, i64)> {
    let total = memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::state.eq_any(states))
        .count()
        .get_result(connection)?;
    let people = memberships::table
        .inner_join(users::table)
        .filter(memberships::group_id.eq(group))
        .filter(memberships::state.eq_any(states))
        .into_boxed();
    let people = match order {
        MemberOrder::Joining => people.order((memberships::since, memberships::user_id)),
        MemberOrder::JoiningDescending => {
            people.order((memberships::since.desc(), memberships::user_id.desc()))
        }
        MemberOrder::Login => people.order(users::login),
        MemberOrder::LoginDescending => people.order(users::login.desc()),
    };
    let rows = people
        .limit(page.limit)
        .offset(page.offset)
        .select((
            users::id,
            users::login,
            users::first_name,
            users::last_name,
            memberships::state,
            memberships::since,
            memberships::note,
        ))
        .load(connection)?;
    Ok((rows, total))
}
