//! Rules that no constraint of the tables expresses: what breaks them, and how that is corrected.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::connection::{AnyConnection, on_native};
use crate::{Connection, Result, Seconds};

/// A rule of the data. Its statements run on both databases; `:now` in them is the time.
struct Rule {
    name: &'static str,
    /// What breaks it, after the number of rows.
    broken: &'static str,
    /// The condition of the rows that break it, with their table.
    rows: &'static str,
    /// The statement that corrects them, if that loses nothing.
    correction: Option<&'static str>,
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The name of the rule.
    pub rule: &'static str,
    /// How many rows break it, and how.
    pub finding: String,
    /// Whether [`correct`] corrects it.
    pub is_corrected: bool,
}

const RULES: &[Rule] = &[
    Rule {
        name: "counters",
        broken: "groups count fewer members than they have",
        rows: "groups WHERE member_count < (SELECT count(*) FROM memberships
                   WHERE group_id = groups.id AND state IN ('member', 'moderator'))",
        correction: Some(
            "UPDATE groups SET imported_members = 0, member_count = (SELECT count(*) FROM memberships
                 WHERE group_id = groups.id AND state IN ('member', 'moderator'))
             WHERE member_count < (SELECT count(*) FROM memberships
                 WHERE group_id = groups.id AND state IN ('member', 'moderator'))",
        ),
    },
    Rule {
        name: "counters",
        // The groups of an import may have more members than they have memberships.
        broken: "groups do not say how many of their members were imported without a membership",
        rows: "groups WHERE deleted_at IS NULL AND (SELECT count(*) FROM memberships
                   WHERE group_id = groups.id AND state IN ('member', 'moderator'))
                   BETWEEN 0 AND member_count AND member_count - imported_members <> (SELECT count(*)
                   FROM memberships WHERE group_id = groups.id AND state IN ('member', 'moderator'))",
        correction: Some(
            "UPDATE groups SET imported_members = member_count - (SELECT count(*) FROM memberships
                 WHERE group_id = groups.id AND state IN ('member', 'moderator'))
             WHERE deleted_at IS NULL AND member_count - imported_members <> (SELECT count(*)
                 FROM memberships WHERE group_id = groups.id AND state IN ('member', 'moderator'))",
        ),
    },
    Rule {
        name: "owners",
        broken: "groups have an owner who is no member of them",
        rows: "groups WHERE deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM memberships
                   WHERE group_id = groups.id AND user_id = owner_id AND state IN ('member', 'moderator'))",
        correction: None,
    },
    Rule {
        name: "owners",
        broken: "groups have an owner who was deleted",
        rows: "groups WHERE deleted_at IS NULL AND EXISTS (SELECT 1 FROM users
                   WHERE users.id = owner_id AND users.deleted_at IS NOT NULL)",
        correction: None,
    },
    Rule {
        name: "ends",
        broken: "memberships of owners have an end",
        rows: "memberships WHERE ends_at IS NOT NULL AND EXISTS (SELECT 1 FROM groups
                   WHERE groups.id = group_id AND owner_id = user_id)",
        correction: Some(
            "UPDATE memberships SET ends_at = NULL WHERE ends_at IS NOT NULL AND EXISTS (SELECT 1 FROM groups
                 WHERE groups.id = group_id AND owner_id = user_id)",
        ),
    },
    Rule {
        name: "ends",
        broken: "groups have memberships that end before the group's next_end",
        rows: "groups WHERE EXISTS (SELECT 1 FROM memberships
                   WHERE group_id = groups.id AND ends_at IS NOT NULL
                     AND (next_end IS NULL OR ends_at < next_end))",
        correction: Some(
            "UPDATE groups SET next_end = (SELECT min(ends_at) FROM memberships WHERE group_id = groups.id)
             WHERE EXISTS (SELECT 1 FROM memberships
                 WHERE group_id = groups.id AND ends_at IS NOT NULL
                   AND (next_end IS NULL OR ends_at < next_end))",
        ),
    },
    Rule {
        name: "orphans",
        broken: "memberships and requests are of groups that were deleted",
        rows: "memberships WHERE EXISTS (SELECT 1 FROM groups
                   WHERE groups.id = group_id AND groups.deleted_at IS NOT NULL)",
        correction: Some(
            "DELETE FROM memberships WHERE EXISTS (SELECT 1 FROM groups
                 WHERE groups.id = group_id AND groups.deleted_at IS NOT NULL)",
        ),
    },
    Rule {
        name: "orphans",
        broken: "memberships and requests are of users who were deleted",
        rows: "memberships WHERE EXISTS (SELECT 1 FROM users
                   WHERE users.id = user_id AND users.deleted_at IS NOT NULL)",
        correction: None,
    },
    Rule {
        name: "credentials",
        broken: "tokens are valid although their user is disabled or deleted",
        rows: "tokens WHERE revoked_at IS NULL AND expires_at > :now AND EXISTS (SELECT 1 FROM users
                   WHERE users.id = user_id AND (disabled_at IS NOT NULL OR deleted_at IS NOT NULL))",
        correction: Some(
            "UPDATE tokens SET revoked_at = :now
             WHERE revoked_at IS NULL AND expires_at > :now AND EXISTS (SELECT 1 FROM users
                 WHERE users.id = user_id AND (disabled_at IS NOT NULL OR deleted_at IS NOT NULL))",
        ),
    },
    Rule {
        name: "clock",
        broken: "audit entries are from a later time than now: the clock of this machine is or was wrong",
        rows: "audit_entries WHERE at > :now + 60",
        correction: None,
    },
];

/// Finds the rules that are broken at this time.
///
/// # Errors
/// A failure of the database.
pub fn examine(connection: &mut Connection, now: Seconds) -> Result<Vec<Broken>> {
    let connection = connection.reads_more();
    let mut broken = Vec::new();
    for rule in RULES {
        let query = at(now, rule.rows);
        let query = sql::<BigInt>(&format!("SELECT count(*) FROM {query}"));
        let rows: i64 = on_native!(connection, |connection| query.get_result(connection))?;
        if rows > 0 {
            broken.push(Broken {
                rule: rule.name,
                finding: format!("{rows} {}", rule.broken),
                is_corrected: rule.correction.is_some(),
            });
        }
    }
    Ok(broken)
}

/// Corrects what can be corrected without a loss.
///
/// # Errors
/// A failure of the database.
pub fn correct(connection: &mut Connection, now: Seconds) -> Result<()> {
    let connection = connection.writes_more();
    for correction in RULES.iter().filter_map(|rule| rule.correction) {
        let statement = diesel::sql_query(at(now, correction));
        on_native!(connection, |connection| statement.execute(connection))?;
    }
    Ok(())
}

/// Checks the structure of an SQLite file and its references. Postgres checks both itself.
///
/// # Errors
/// A failure of the database, which damage may cause, too.
pub fn damage(connection: &mut Connection) -> Result<Vec<String>> {
    let AnyConnection::Sqlite(sqlite) = connection.reads_more() else {
        return Ok(Vec::new());
    };
    let structure = "SELECT integrity_check FROM pragma_integrity_check";
    let mut found: Vec<String> = sql::<Text>(structure).load(sqlite)?;
    found.retain(|line| line != "ok");
    let references = "SELECT \"table\" || coalesce(' ' || rowid, '') || ' refers to a row of ' || parent || ' that does not exist'
                      FROM pragma_foreign_key_check";
    found.extend(sql::<Text>(references).load::<String>(sqlite)?);
    Ok(found)
}

/// The time of the machine of a Postgres database.
///
/// # Errors
/// A failure of the database.
pub fn postgres_time(connection: &mut Connection) -> Result<Option<Seconds>> {
    match connection.unrecorded() {
        AnyConnection::Sqlite(_) => Ok(None),
        AnyConnection::Postgres(postgres) => {
            let time = sql::<BigInt>("SELECT extract(epoch FROM clock_timestamp())::bigint");
            Ok(Some(time.get_result(postgres)?))
        }
    }
}

fn at(now: Seconds, text: &str) -> String {
    text.replace(":now", &now.to_string())
}
