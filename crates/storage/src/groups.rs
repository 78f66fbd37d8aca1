//! Groups.

use std::collections::HashMap;

use diesel::backend::Backend;
use diesel::connection::DefaultLoadingMode;
use diesel::dsl::{count_star, exists, min, sql, sum};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable};

use crate::audit::chain::Head;
use crate::connection::{AnyConnection, on_native};
use crate::lists::{Direction, Total};
use crate::locks::{self, Lock};
use crate::memberships::{State, is_member, is_request};
use crate::schema::{groups, memberships};
use crate::stored::stored_enum;
use crate::versions::Key;
use crate::{Connection, Error, Page, Result, Seconds};

stored_enum! {
    /// Who may read the content of a group.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Its members.
        Members = "members",
    }
}

stored_enum! {
    /// How users join a group.
    Registration {
        /// At once.
        Open = "open",
        /// By a request that a moderator approves.
        Moderated = "moderated",
        /// By invitation only.
        Invite = "invite",
    }
}

stored_enum! {
    /// Whether posts of members are moderated.
    Moderation {
        /// They appear at once.
        Direct = "direct",
        /// A moderator approves them.
        Moderated = "moderated",
    }
}

stored_enum! {
    /// What membership in another group means for those who would join.
    ConditionKind {
        /// Its members become members at once.
        MemberOf = "member_of",
        /// Only its members can join.
        OnlyMemberOf = "only_member_of",
    }
}

/// A group. The row of a deleted group remains, so that its ID is never reused.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = groups)]
pub struct Group {
    /// The N of `group:N`.
    pub id: i64,
    /// Unique among the owner's groups that are not deleted.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// The category.
    pub category_id: i64,
    /// May be empty.
    pub tags: String,
    /// The URL of a picture; may be empty.
    pub image: String,
    /// Who may read its content.
    pub access_type: Visibility,
    /// How users join it.
    pub registration_type: Registration,
    /// Whether posts of members are moderated.
    pub moderation_type: Moderation,
    /// A stored counter, updated by joins and leaves; an import sets it. Members whose membership has ended are
    /// subtracted, even if their rows remain.
    pub member_count: i64,
    /// The number of topics.
    pub topic_count: i64,
    /// Upcoming's second topic counter.
    pub num_topics: i64,
    /// Upcoming's commercial account ID.
    pub commercial_account_id: i64,
    /// The owner, who is also a member.
    pub owner_id: i64,
    /// When it was created.
    pub created_at: Seconds,
    /// When it was deleted.
    pub deleted_at: Option<Seconds>,
    /// No membership of the group ends before this time; none has an end if `None`.
    pub next_end: Option<Seconds>,
    /// The kind of the condition of joining, if there is one.
    pub condition_kind: Option<ConditionKind>,
    /// The other group of the condition.
    pub condition_group_id: Option<i64>,
}

/// A new group.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = groups)]
pub struct NewGroup {
    /// The ID, if an import sets it.
    pub id: Option<i64>,
    /// See [`Group::name`].
    pub name: String,
    /// The name in lower case, for [`search`].
    pub folded_name: String,
    /// See [`Group::description`].
    pub description: String,
    /// See [`Group::category_id`].
    pub category_id: i64,
    /// See [`Group::tags`].
    pub tags: String,
    /// See [`Group::image`].
    pub image: String,
    /// See [`Group::access_type`].
    pub access_type: Visibility,
    /// See [`Group::registration_type`].
    pub registration_type: Registration,
    /// See [`Group::moderation_type`].
    pub moderation_type: Moderation,
    /// See [`Group::member_count`].
    pub member_count: i64,
    /// The members among these that have no row, because an import counted them.
    pub imported_members: i64,
    /// See [`Group::topic_count`].
    pub topic_count: i64,
    /// See [`Group::num_topics`].
    pub num_topics: i64,
    /// See [`Group::commercial_account_id`].
    pub commercial_account_id: i64,
    /// See [`Group::owner_id`].
    pub owner_id: i64,
    /// See [`Group::created_at`].
    pub created_at: Seconds,
    /// See [`Group::condition_kind`].
    pub condition_kind: Option<ConditionKind>,
    /// See [`Group::condition_group_id`].
    pub condition_group_id: Option<i64>,
}

/// Changes to a group; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = groups)]
pub struct GroupChange {
    /// See [`Group::name`].
    pub name: Option<String>,
    /// The name in lower case, for [`search`].
    pub folded_name: Option<String>,
    /// See [`Group::description`].
    pub description: Option<String>,
    /// See [`Group::category_id`].
    pub category_id: Option<i64>,
    /// See [`Group::tags`].
    pub tags: Option<String>,
    /// See [`Group::image`].
    pub image: Option<String>,
    /// See [`Group::access_type`].
    pub access_type: Option<Visibility>,
    /// See [`Group::registration_type`].
    pub registration_type: Option<Registration>,
    /// See [`Group::moderation_type`].
    pub moderation_type: Option<Moderation>,
    /// See [`Group::owner_id`].
    pub owner_id: Option<i64>,
    /// See [`Group::deleted_at`].
    pub deleted_at: Option<Seconds>,
    /// See [`Group::condition_kind`].
    pub condition_kind: Option<Option<ConditionKind>>,
    /// See [`Group::condition_group_id`].
    pub condition_group_id: Option<Option<i64>>,
}

/// Inserts a group and returns its ID.
///
/// # Errors
/// A unique violation if the owner has a group of this name.
pub fn insert(connection: &mut Connection, group: &NewGroup) -> Result<i64> {
    let id = diesel::insert_into(groups::table)
        .values(group)
        .returning(groups::id)
        .get_result(connection.unrecorded())?;
    connection.writes([Key::Group(id)]);
    Ok(id)
}

/// Finds a group by ID, deleted or not.
pub fn find(connection: &mut Connection, id: i64) -> Result<Option<Group>> {
    let any = connection.reads([Key::Group(id)]);
    let found = on_native!(any, |connection| {
        let query = groups::table.find(id).select(Group::as_select());
        query.get_result(connection)
    });
    let mut found = found.optional()?;
    subtract_ended(connection, &mut found)?;
    Ok(found)
}

/// As [`find`], also the head of the audit log's chain, and locks the group: that serializes its changes.
pub fn find_and_lock(connection: &mut Connection, id: i64) -> Result<Option<(Group, Head)>> {
    locks::record(Lock::Group(id));
    let row = groups::table.find(id);
    let found = match connection.reads([Key::Group(id)]) {
        AnyConnection::Sqlite(sqlite) => row
            .select((Group::as_select(), Head::as_select()))
            .get_result(sqlite),
        AnyConnection::Postgres(postgres) => row
            .for_no_key_update()
            .select((Group::as_select(), Head::as_select()))
            .get_result(postgres),
    };
    let mut found: Option<(Group, Head)> = found.optional()?;
    subtract_ended(connection, found.iter_mut().map(|(group, _)| group))?;
    Ok(found)
}

/// Returns the ID of the group named `name` that `owner` has, unless it is deleted.
pub fn find_of_owner(connection: &mut Connection, owner: i64, name: &str) -> Result<Option<i64>> {
    let connection = connection.reads_more();
    Ok(groups::table
        .filter(groups::owner_id.eq(owner))
        .filter(groups::name.eq(name))
        .filter(groups::deleted_at.is_null())
        .select(groups::id)
        .get_result(connection)
        .optional()?)
}

/// Returns the groups of these IDs, in any order. Deleted groups are among them.
pub fn find_all(connection: &mut Connection, ids: &[i64]) -> Result<Vec<Group>> {
    let any = connection.reads(ids.iter().copied().map(Key::Group));
    let mut found: Vec<Group> = groups::table
        .filter(groups::id.eq_any(ids))
        .select(Group::as_select())
        .load(any)?;
    subtract_ended(connection, &mut found)?;
    Ok(found)
}

/// Counts the groups that a user owns, without the deleted ones.
pub fn count_of_owner(connection: &mut Connection, owner: i64) -> Result<i64> {
    let connection = connection.reads_more();
    Ok(groups::table
        .filter(groups::owner_id.eq(owner))
        .filter(groups::deleted_at.is_null())
        .count()
        .get_result(connection)?)
}

/// Matches the listed groups: those that are neither deleted nor by invitation only. A literal, so that their index
/// applies.
fn is_listed() -> SqlLiteral<Bool> {
    sql("groups.deleted_at IS NULL AND groups.registration_type <> 'invite'")
}

/// Matches the groups that are not deleted.
fn is_undeleted() -> SqlLiteral<Bool> {
    sql("groups.deleted_at IS NULL")
}

/// Returns a page of the listed groups, newest first, and the total count.
///
/// A group is listed if it is neither deleted nor by invitation only.
pub fn list_listed(connection: &mut Connection, page: Page) -> Result<(Vec<Group>, i64)> {
    list_newest(connection, Total::ListedGroups, is_listed, page)
}

/// Returns a page of all groups that are not deleted, newest first, and the total count.
pub fn list_all(connection: &mut Connection, page: Page) -> Result<(Vec<Group>, i64)> {
    list_newest(connection, Total::Groups, is_undeleted, page)
}

/// Returns a page of the groups that match a condition, newest first, and their total count.
fn list_newest(
    connection: &mut Connection,
    total: Total,
    matches: fn() -> SqlLiteral<Bool>,
    page: Page,
) -> Result<(Vec<Group>, i64)> {
    let any = connection.reads_more();
    let matching = || groups::table.filter(matches());
    let total = total.read(any, |postgres| matching().count().get_result(postgres))?;
    let mut rows: Vec<Group> = page.read(total, |page, direction| {
        let query = matching().select(Group::as_select()).into_boxed();
        let query = match direction {
            Direction::Forward => query.order(groups::id.desc()),
            Direction::Backward => query.order(groups::id.asc()),
        };
        query.limit(page.limit).offset(page.offset).load(any)
    })?;
    subtract_ended(connection, &mut rows)?;
    Ok((rows, total))
}

/// Returns ID and name of up to 100 listed groups that a user owns, newest first.
pub fn list_listed_of_owner(connection: &mut Connection, owner: i64) -> Result<Vec<(i64, String)>> {
    let connection = connection.reads_more();
    Ok(groups::table
        .filter(groups::owner_id.eq(owner))
        .filter(groups::deleted_at.is_null())
        .filter(groups::registration_type.ne(Registration::Invite))
        .order(groups::id.desc())
        .limit(100)
        .select((groups::id, groups::name))
        .load(connection)?)
}

/// Finds up to `limit` listed groups whose name contains `part`, ignoring case, newest first.
pub fn search(connection: &mut Connection, part: &str, limit: i64) -> Result<Vec<(i64, String)>> {
    let connection = connection.reads_more();
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    // LIKE folds only ASCII in SQLite, and does not fold case at all in Postgres.
    for character in part.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Ok(groups::table
        .filter(is_listed())
        .filter(groups::folded_name.like(pattern).escape('\\'))
        .order(groups::id.desc())
        .limit(limit)
        .select((groups::id, groups::name))
        .load(connection)?)
}

/// A group that a user is a member of.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct JoinedGroup {
    /// The group.
    #[diesel(embed)]
    pub group: Group,
    /// `Member` or `Moderator`.
    pub state: State,
    /// When the user joined.
    pub since: Seconds,
    /// When the membership ends; never if `None`.
    pub ends_at: Option<Seconds>,
}

/// Returns a page of the groups that a user is a member of, highest ID first, and the total
/// count.
pub fn list_of_member(
    connection: &mut Connection,
    user: i64,
    page: Page,
) -> Result<(Vec<JoinedGroup>, i64)> {
    let now = connection.time();
    let of_user = || memberships::user_id.eq(user).and(is_member(now));
    let joined = memberships::table
        .inner_join(groups::table)
        .filter(of_user())
        .order(memberships::group_id.desc());
    let any = connection.reads([Key::MembershipsOf(user)]);
    let mut rows: Vec<JoinedGroup> = match any {
        // SQLite would prepare a statement with a bound LIMIT at each run. It reads a row when it is taken.
        AnyConnection::Sqlite(sqlite) if page.offset == 0 => {
            let query = joined.select(JoinedGroup::as_select());
            let rows = query.load_iter::<JoinedGroup, DefaultLoadingMode>(sqlite)?;
            let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
            rows.take(limit).collect::<QueryResult<_>>()?
        }
        _ => on_native!(any, |connection| {
            joined
                .select(JoinedGroup::as_select())
                .limit(page.limit)
                .offset(page.offset)
                .load(connection)?
        }),
    };
    let total = page.total(rows.len(), || {
        let count = memberships::table.filter(of_user()).count();
        on_native!(any, |connection| count.get_result(connection))
    })?;
    note_joined(connection, &mut rows, total, &[user])?;
    Ok((rows, total))
}

/// Returns a page of the groups that two users are members of, highest ID first, with the row of the first
/// user, and the total count.
pub fn list_in_common(
    connection: &mut Connection,
    user: i64,
    other: i64,
    page: Page,
) -> Result<(Vec<JoinedGroup>, i64)> {
    let now = connection.time();
    let theirs = diesel::alias!(memberships as theirs);
    let in_common = || {
        let of_other = theirs
            .filter(
                theirs
                    .field(memberships::group_id)
                    .eq(memberships::group_id),
            )
            .filter(theirs.field(memberships::user_id).eq(other))
            .filter(theirs.field(memberships::state).ne(State::Requested))
            .filter(theirs.field(memberships::state).ne(State::Banned))
            .filter(
                theirs
                    .field(memberships::ends_at)
                    .is_null()
                    .or(theirs.field(memberships::ends_at).gt(now)),
            );
        memberships::user_id
            .eq(user)
            .and(is_member(now))
            .and(exists(of_other))
    };
    let any = connection.reads([Key::MembershipsOf(user), Key::MembershipsOf(other)]);
    let mut rows: Vec<JoinedGroup> = on_native!(any, |connection| {
        memberships::table
            .inner_join(groups::table)
            .filter(in_common())
            .order(memberships::group_id.desc())
            .select(JoinedGroup::as_select())
            .limit(page.limit)
            .offset(page.offset)
            .load(connection)?
    });
    let total = page.total(rows.len(), || {
        let count = memberships::table.filter(in_common()).count();
        on_native!(any, |connection| count.get_result(connection))
    })?;
    note_joined(connection, &mut rows, total, &[user, other])?;
    Ok((rows, total))
}

/// Completes the rows of a list of the groups of these users, and notes what it depends on.
fn note_joined(
    connection: &mut Connection,
    rows: &mut [JoinedGroup],
    total: i64,
    users: &[i64],
) -> Result<()> {
    connection.found(rows.iter().map(|row| Key::Group(row.group.id)));
    // The rows of the list note when their memberships end; other pages change this one, too.
    if connection.is_noted() && i64::try_from(rows.len()) != Ok(total) {
        let now = connection.time();
        let next: Option<Seconds> = memberships::table
            .filter(memberships::user_id.eq_any(users))
            .filter(memberships::ends_at.gt(now))
            .select(min(memberships::ends_at))
            .get_result(connection.reads([]))?;
        if let Some(next) = next {
            connection.reads_until(next);
        }
    }
    subtract_ended(connection, rows.iter_mut().map(|row| &mut row.group))
}

/// Subtracts from the counters of these groups the members whose membership has ended and whose row remains. Notes
/// when the next membership in the others ends.
fn subtract_ended<'g>(
    connection: &mut Connection,
    groups: impl IntoIterator<Item = &'g mut Group>,
) -> Result<()> {
    let now = connection.time();
    let mut ended = HashMap::new();
    for group in groups {
        match group.next_end {
            Some(end) if end <= now => {
                ended.insert(group.id, group);
            }
            Some(end) => connection.reads_until(end),
            None => {}
        }
    }
    if ended.is_empty() {
        return Ok(());
    }
    // The result is not kept: when the next membership ends is known only when the sweep has been here.
    let ids: Vec<i64> = ended.keys().copied().collect();
    let counts: Vec<(i64, i64)> = memberships::table
        .filter(memberships::group_id.eq_any(ids))
        .filter(memberships::ends_at.le(now))
        .group_by(memberships::group_id)
        .select((memberships::group_id, count_star()))
        .load(connection.reads_more())?;
    for (id, count) in counts {
        if let Some(group) = ended.get_mut(&id) {
            group.member_count = group.member_count.saturating_sub(count).max(0);
        }
    }
    Ok(())
}

/// Returns the IDs of groups with memberships that may have ended, at most `limit`.
pub fn list_ended(connection: &mut Connection, limit: i64) -> Result<Vec<i64>> {
    let now = connection.time();
    Ok(groups::table
        .filter(groups::next_end.le(now))
        .order(groups::next_end)
        .limit(limit)
        .select(groups::id)
        .load(connection.reads_more())?)
}

/// Stores when the next membership of a group ends.
pub fn set_next_end(connection: &mut Connection, id: i64) -> Result<()> {
    let any = connection.writes([Key::Group(id)]);
    let next: Option<Seconds> = memberships::table
        .filter(memberships::group_id.eq(id))
        .filter(memberships::ends_at.is_not_null())
        .select(min(memberships::ends_at))
        .get_result(any)?;
    diesel::update(groups::table.find(id))
        .set(groups::next_end.eq(next))
        .execute(any)?;
    Ok(())
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The length of a text in bytes.
    fn octet_length(text: diesel::sql_types::Text) -> diesel::sql_types::Integer;
}

/// Returns the size of the descriptions, tags and images of the groups that a user is a member of, in bytes.
pub fn text_size_of_member(connection: &mut Connection, user: i64) -> Result<i64> {
    let now = connection.time();
    let connection = connection.reads_more();
    on_native!(connection, |connection| {
        let size: Option<i64> = memberships::table
            .inner_join(groups::table)
            .filter(memberships::user_id.eq(user))
            .filter(is_member(now))
            .select(sum(octet_length(groups::description)
                + octet_length(groups::tags)
                + octet_length(groups::image)))
            .get_result(connection)?;
        Ok(size.unwrap_or(0))
    })
}

/// Returns a page of the groups that a user is a member of and that are disclosed to a viewer, highest
/// ID first, and their total count.
///
/// Of the groups by invitation, those are disclosed that the viewer is a member of, too, or whose condition admits them.
pub fn list_disclosed_of_member(
    connection: &mut Connection,
    user: i64,
    viewer: Option<i64>,
    page: Page,
) -> Result<(Vec<Group>, i64)> {
    let now = connection.time();
    let any = connection.reads_more();
    let own = diesel::alias!(memberships as own);
    let bans = diesel::alias!(memberships as bans);
    // IDs start at 1.
    let viewer = viewer.unwrap_or(0);
    let (mut rows, total) = on_native!(any, |connection| {
        let disclosed = || {
            let of_viewer = own
                .filter(own.field(memberships::user_id).eq(viewer))
                .filter(own.field(memberships::state).ne(State::Requested))
                .filter(own.field(memberships::state).ne(State::Banned))
                .filter(
                    own.field(memberships::ends_at)
                        .is_null()
                        .or(own.field(memberships::ends_at).gt(now)),
                )
                .select(own.field(memberships::group_id));
            let has_banned = bans
                .filter(bans.field(memberships::user_id).eq(viewer))
                .filter(bans.field(memberships::state).eq(State::Banned))
                .filter(
                    bans.field(memberships::until)
                        .is_null()
                        .or(bans.field(memberships::until).gt(now)),
                )
                .select(bans.field(memberships::group_id));
            memberships::table
                .inner_join(groups::table)
                .filter(memberships::user_id.eq(user))
                .filter(is_member(now))
                .filter(
                    groups::registration_type
                        .ne(Registration::Invite)
                        .or(groups::id.eq_any(of_viewer))
                        .or(groups::condition_kind
                            .eq(ConditionKind::MemberOf)
                            .and(groups::condition_group_id.eq_any(of_viewer.nullable()))
                            .and(groups::id.ne_all(has_banned))
                            .assume_not_null()),
                )
        };
        let rows: Vec<Group> = disclosed()
            .order(memberships::group_id.desc())
            .limit(page.limit)
            .offset(page.offset)
            .select(Group::as_select())
            .load(connection)?;
        let total = page.total(rows.len(), || disclosed().count().get_result(connection))?;
        (rows, total)
    });
    subtract_ended(connection, &mut rows)?;
    Ok((rows, total))
}

/// Counts the pending join requests per group; groups without requests are omitted.
pub fn count_requests(connection: &mut Connection, groups: &[i64]) -> Result<HashMap<i64, i64>> {
    let connection = connection.reads(groups.iter().map(|id| Key::Group(*id)));
    if groups.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, i64)> = memberships::table
        .filter(is_request())
        .filter(memberships::group_id.eq_any(groups))
        .group_by(memberships::group_id)
        .select((memberships::group_id, count_star()))
        .load(connection)?;
    Ok(rows.into_iter().collect())
}

/// Updates a group.
///
/// # Errors
/// A unique violation if the owner has another group of the new name.
pub fn update(connection: &mut Connection, id: i64, change: &GroupChange) -> Result<()> {
    let connection = connection.writes([Key::Group(id)]);
    match diesel::update(groups::table.find(id))
        .set(change)
        .execute(connection)
    {
        Ok(_) | Err(diesel::result::Error::QueryBuilderError(_)) => Ok(()),
        Err(error) => Err(Error::Query(error)),
    }
}

/// Stores the head of the audit log's chain at the end of a change, and adds to the number of members, in one statement.
///
/// No result of a read shows the head, but the audit log, which is not kept.
pub fn end_change(connection: &mut Connection, id: i64, members: i64, head: &Head) -> Result<()> {
    let connection = match members {
        0 => connection.unrecorded(),
        _ => connection.writes([Key::Group(id)]),
    };
    let update = EndChange {
        id,
        members,
        number: head.number,
        hash: head.hash.as_deref(),
    };
    on_native!(connection, |connection| update.execute(connection))?;
    Ok(())
}

/// The UPDATE of [`end_change`], with the same SQL each time. Diesel prepares an UPDATE of its own anew at each run,
/// because others leave out what does not change.
struct EndChange<'a> {
    id: i64,
    members: i64,
    number: i64,
    hash: Option<&'a [u8]>,
}

impl QueryId for EndChange<'_> {
    type QueryId = EndChange<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<DB> QueryFragment<DB> for EndChange<'_>
where
    DB: Backend,
    i64: ToSql<BigInt, DB>,
    for<'a> Option<&'a [u8]>: ToSql<Nullable<Binary>, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE groups SET member_count = member_count + ");
        out.push_bind_param::<BigInt, _>(&self.members)?;
        out.push_sql(", audit_number = ");
        out.push_bind_param::<BigInt, _>(&self.number)?;
        out.push_sql(", audit_hash = ");
        out.push_bind_param::<Nullable<Binary>, _>(&self.hash)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<BigInt, _>(&self.id)
    }
}

impl<C> RunQueryDsl<C> for EndChange<'_> {}
