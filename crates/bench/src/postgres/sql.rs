//! The statements of `joinGroup` and `getMyGroups`, as Diesel sends them to Postgres.
//!
//! They are copies for `pgbench`. The test below fails if the service sends other statements.

/// A statement, with what `pgbench` sends in place of each bound value.
pub(super) struct Statement {
    text: &'static str,
    values: &'static [&'static str],
}

const fn statement(text: &'static str, values: &'static [&'static str]) -> Statement {
    Statement { text, values }
}

/// The hash of the second token of a user.
const HASH: &str = "decode(lpad(to_hex(:user::bigint), 64, '0'), 'hex')";

macro_rules! bearer_columns {
    () => {
        "\"tokens\".\"id\", \"tokens\".\"expires_at\", \"tokens\".\"revoked_at\", \"users\".\"id\", \
         \"users\".\"login\", \"users\".\"disabled_at\", \"users\".\"deleted_at\""
    };
}

macro_rules! group_columns {
    () => {
        "\"groups\".\"id\", \"groups\".\"name\", \"groups\".\"description\", \"groups\".\"category_id\", \
         \"groups\".\"tags\", \"groups\".\"image\", \"groups\".\"access_type\", \"groups\".\"registration_type\", \
         \"groups\".\"moderation_type\", \"groups\".\"member_count\", \"groups\".\"topic_count\", \
         \"groups\".\"num_topics\", \"groups\".\"commercial_account_id\", \"groups\".\"owner_id\", \
         \"groups\".\"created_at\", \"groups\".\"deleted_at\", \"groups\".\"next_end\", \
         \"groups\".\"condition_kind\", \"groups\".\"condition_group_id\""
    };
}

pub(super) const GET_MY_GROUPS: &[Statement] = &[
    statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", &[]),
    // Finds a token and its user.
    statement(
        concat!(
            "SELECT ",
            bearer_columns!(),
            " FROM (\"tokens\" INNER JOIN \"users\" ON (\"tokens\".\"user_id\" = \"users\".\"id\")) \
             WHERE (\"tokens\".\"hash\" = $1)"
        ),
        &[HASH],
    ),
    statement(
        concat!(
            "SELECT ",
            group_columns!(),
            ", \"memberships\".\"state\", \"memberships\".\"since\", \"memberships\".\"ends_at\" \
             FROM (\"memberships\" INNER JOIN \"groups\" ON (\"memberships\".\"group_id\" = \"groups\".\"id\")) \
             WHERE ((\"memberships\".\"user_id\" = $1) AND (((\"memberships\".\"state\" != $2) AND \
             (\"memberships\".\"state\" != $3)) AND ((\"memberships\".\"ends_at\" IS NULL) OR \
             (\"memberships\".\"ends_at\" > $4)))) ORDER BY \"memberships\".\"group_id\" DESC LIMIT $5 OFFSET $6"
        ),
        &[":user", "'requested'", "'banned'", ":now", "100", "0"],
    ),
    statement("ROLLBACK", &[]),
];

pub(super) const JOIN_GROUP: &[Statement] = &[
    statement("BEGIN", &[]),
    // Locks both.
    statement(
        concat!(
            "SELECT ",
            bearer_columns!(),
            " FROM (\"users\" INNER JOIN \"tokens\" ON (\"tokens\".\"user_id\" = \"users\".\"id\")) \
             WHERE (\"tokens\".\"hash\" = $1) FOR SHARE"
        ),
        &[HASH],
    ),
    statement(
        concat!(
            "SELECT ",
            group_columns!(),
            ", \"groups\".\"audit_number\", \"groups\".\"audit_hash\" FROM \"groups\" \
             WHERE (\"groups\".\"id\" = $1) FOR NO KEY UPDATE"
        ),
        &[":group"],
    ),
    statement(
        "SELECT \"memberships\".\"group_id\", \"memberships\".\"user_id\", \"memberships\".\"state\", \
         \"memberships\".\"since\", \"memberships\".\"note\", \"memberships\".\"until\", \
         \"memberships\".\"ends_at\" FROM \"memberships\" WHERE ((\"memberships\".\"user_id\" = $1) AND \
         ((\"memberships\".\"group_id\" = $2) OR (\"memberships\".\"group_id\" = $3)))",
        &[":user", ":group", "0"],
    ),
    // Within the quota of memberships.
    statement(
        "INSERT INTO \"memberships\" (\"group_id\", \"user_id\", \"state\", \"since\", \"note\", \"until\", \
         \"ends_at\") SELECT $1, $2, $3, $4, $5, $6, $7 WHERE ((SELECT COUNT(*) FROM \"memberships\" \
         WHERE (((\"memberships\".\"user_id\" = $8) AND (\"memberships\".\"state\" != $9)) AND \
         ((\"memberships\".\"ends_at\" IS NULL) OR (\"memberships\".\"ends_at\" > $10)))) < $11)",
        &[
            ":group::bigint",
            ":user::bigint",
            "'member'",
            ":now::bigint",
            "''",
            "NULL",
            "NULL",
            ":user",
            "'banned'",
            ":now",
            "10000",
        ],
    ),
    statement(
        "INSERT INTO \"audit_entries\" (\"at\", \"group_id\", \"actor\", \"action\", \"subject\", \"reason\", \
         \"via\", \"user_id\", \"actor_id\", \"standing\", \"invitation_id\", \"ends_at\", \"number\", \"hash\") \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            ":now",
            ":group",
            "'newcomer'",
            "'joinGroup'",
            "NULL",
            "NULL",
            "'rest-json'",
            ":user",
            ":user",
            "'member'",
            "NULL",
            "NULL",
            "2",
            HASH,
        ],
    ),
    statement(
        "UPDATE groups SET member_count = member_count + $1, audit_number = $2, audit_hash = $3 WHERE id = $4",
        &["1", "2", HASH, ":group"],
    ),
    statement(COMMIT, &[]),
];

/// The SELECT finds out whether a statement has failed. It has no round trip of its own, which it would have in
/// `pgbench`.
const COMMIT: &str = "SELECT 1; COMMIT";

/// Returns the statements with their values, for the script of `pgbench`.
pub(super) fn script(statements: &[Statement]) -> String {
    let lines = statements.iter().map(|statement| {
        let mut text = match statement.text {
            COMMIT => "COMMIT".to_owned(),
            text => text.to_owned(),
        };
        // The highest number first, because $1 is a part of $10.
        for (place, value) in statement.values.iter().enumerate().rev() {
            text = text.replace(&format!("${}", place + 1), value);
        }
        text + ";\n"
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use trivium_core::groups::get_my_groups::GetMyGroups;
    use trivium_core::groups::join::JoinGroup;
    use trivium_core::types::{GroupRef, PageNumber, ResultsPerPage};
    use trivium_test_support::{Backend, Scratch};

    use super::*;
    use crate::recorded::Recorded;

    fn texts(statements: &[Statement]) -> Vec<&str> {
        statements.iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn statements_equal_those_of_the_service() -> Result<(), Box<dyn Error>> {
        let scratch = Scratch::new(Backend::Postgres);
        let service = Recorded::open(&scratch.url)?;
        let join = JoinGroup {
            id: GroupRef(1234),
            message: None,
            invitation: None,
        };
        assert_eq!(service.statements_of(join)?, texts(JOIN_GROUP));
        let mine = GetMyGroups {
            page: PageNumber::default(),
            results_per_page: ResultsPerPage::default(),
        };
        assert_eq!(service.statements_of(mine)?, texts(GET_MY_GROUPS));
        Ok(())
    }
}
