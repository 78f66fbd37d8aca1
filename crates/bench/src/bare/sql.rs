//! The statements of `joinGroup`, `getMyGroups` and `checkMemberships`, as Diesel sends them to SQLite.
//!
//! They are copies, so that the bare loop runs without Diesel. The test below fails if the
//! service sends other statements.

/// The pragmas of every connection of the service.
pub(super) const PRAGMAS: &str = "PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -65536;
    PRAGMA wal_autocheckpoint = 10000";

pub(super) const BEGIN_IMMEDIATE: &str = "BEGIN IMMEDIATE";
pub(super) const BEGIN_DEFERRED: &str = "BEGIN DEFERRED";
pub(super) const COMMIT: &str = "COMMIT";
pub(super) const ROLLBACK: &str = "ROLLBACK";
pub(super) const SAVEPOINT: &str = "SAVEPOINT change";
pub(super) const RELEASE: &str = "RELEASE change";

/// Finds a token and its user.
pub(super) const BEARER: &str = "SELECT `tokens`.`id`, `tokens`.`expires_at`, \
    `tokens`.`revoked_at`, `users`.`id`, `users`.`login`, `users`.`disabled_at`, \
    `users`.`deleted_at` FROM (`tokens` INNER JOIN `users` ON (`tokens`.`user_id` = `users`.`id`)) \
    WHERE (`tokens`.`hash` = ?)";

macro_rules! group_columns {
    () => {
        "`groups`.`id`, `groups`.`name`, `groups`.`description`, `groups`.`category_id`, \
         `groups`.`tags`, `groups`.`image`, `groups`.`access_type`, `groups`.`registration_type`, \
         `groups`.`moderation_type`, `groups`.`member_count`, `groups`.`topic_count`, \
         `groups`.`num_topics`, `groups`.`commercial_account_id`, `groups`.`owner_id`, \
         `groups`.`created_at`, `groups`.`deleted_at`, `groups`.`next_end`, \
         `groups`.`condition_kind`, `groups`.`condition_group_id`"
    };
}

/// Finds a group, and the head of its audit log.
pub(super) const GROUP: &str = concat!(
    "SELECT ",
    group_columns!(),
    ", `groups`.`audit_number`, `groups`.`audit_hash` FROM `groups` WHERE (`groups`.`id` = ?)"
);

macro_rules! all_memberships {
    () => {
        "SELECT `memberships`.`group_id`, `memberships`.`user_id`, `memberships`.`state`, \
         `memberships`.`since`, `memberships`.`note`, `memberships`.`until`, \
         `memberships`.`ends_at` FROM `memberships` "
    };
}

/// Finds the memberships of a user in a group, and in the group of its condition.
pub(super) const MEMBERSHIP: &str = concat!(
    all_memberships!(),
    "WHERE ((`memberships`.`user_id` = ?) AND \
     ((`memberships`.`group_id` = ?) OR (`memberships`.`group_id` = ?)))"
);

/// Finds this many groups.
pub(super) fn groups(count: usize) -> String {
    let columns = group_columns!();
    let values = places(count);
    format!("SELECT {columns} FROM `groups` WHERE (`groups`.`id` IN ({values}))")
}

/// Finds the memberships of this many users in this many groups.
pub(super) fn memberships(groups: usize, users: usize) -> String {
    let all = all_memberships!();
    let (groups, users) = (places(groups), places(users));
    format!(
        "{all}WHERE ((`memberships`.`group_id` IN ({groups})) AND (`memberships`.`user_id` IN ({users})))"
    )
}

fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Counts what the quota of memberships limits.
pub(super) const COUNT: &str = "SELECT COUNT(*) FROM `memberships` \
    WHERE (((`memberships`.`user_id` = ?) AND (`memberships`.`state` != ?)) AND \
    ((`memberships`.`ends_at` IS NULL) OR (`memberships`.`ends_at` > ?)))";

pub(super) const INSERT_MEMBERSHIP: &str = "INSERT INTO `memberships` \
    (`group_id`, `user_id`, `state`, `since`, `note`, `until`, `ends_at`) VALUES (?, ?, ?, ?, ?, ?, ?)";

pub(super) const END_CHANGE: &str = "UPDATE groups \
    SET member_count = member_count + ?, audit_number = ?, audit_hash = ? WHERE id = ?";

pub(super) const INSERT_AUDIT: &str = "INSERT INTO `audit_entries` \
    (`at`, `group_id`, `actor`, `action`, `subject`, `reason`, `via`, `user_id`, `actor_id`, `standing`, \
    `invitation_id`, `ends_at`, `number`, `hash`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub(super) const MINE: &str = concat!(
    "SELECT ",
    group_columns!(),
    ", `memberships`.`state`, `memberships`.`since`, `memberships`.`ends_at` \
     FROM (`memberships` INNER JOIN `groups` ON (`memberships`.`group_id` = `groups`.`id`)) \
     WHERE ((`memberships`.`user_id` = ?) AND (((`memberships`.`state` != ?) AND (`memberships`.`state` != ?)) AND \
     ((`memberships`.`ends_at` IS NULL) OR (`memberships`.`ends_at` > ?)))) \
     ORDER BY `memberships`.`group_id` DESC"
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::error::Error;

    use trivium_core::groups::check_memberships::CheckMemberships;
    use trivium_core::groups::get_my_groups::GetMyGroups;
    use trivium_core::groups::join::JoinGroup;
    use trivium_core::types::{GroupRef, PageNumber, ResultsPerPage, UserRef};

    use super::*;
    use crate::recorded::Recorded;

    /// Returns the pragmas among the statements.
    fn pragmas(statements: &str) -> BTreeSet<String> {
        let pragmas = statements.split(';').map(str::trim);
        pragmas
            .filter(|statement| statement.starts_with("PRAGMA"))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn statements_equal_those_of_the_service() -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let service = Recorded::open(&url)?;
        let pragmas: BTreeSet<String> = service
            .opening
            .iter()
            .flat_map(|sent| pragmas(sent))
            .collect();
        // The service makes the checkpoints itself that SQLite makes for the bare subject; only its readers have
        // the large cache.
        let mut own = self::pragmas(PRAGMAS);
        own.remove("PRAGMA wal_autocheckpoint = 10000");
        own.insert("PRAGMA wal_autocheckpoint = 0".to_owned());
        own.insert("PRAGMA cache_size = -8192".to_owned());
        assert_eq!(pragmas, own);

        let join = JoinGroup {
            id: GroupRef(1234),
            message: None,
            invitation: None,
        };
        assert_eq!(
            service.statements_of(join)?,
            [
                BEGIN_IMMEDIATE,
                SAVEPOINT,
                BEARER,
                GROUP,
                MEMBERSHIP,
                COUNT,
                INSERT_MEMBERSHIP,
                INSERT_AUDIT,
                END_CHANGE,
                RELEASE,
                COMMIT
            ]
        );

        let mine = GetMyGroups {
            page: PageNumber::default(),
            results_per_page: ResultsPerPage::default(),
        };
        assert_eq!(
            service.statements_of(mine)?,
            [BEGIN_DEFERRED, BEARER, MINE, ROLLBACK]
        );

        let check = CheckMemberships {
            users: vec![UserRef(2), UserRef(3), UserRef(4)],
            groups: vec![GroupRef(1234), GroupRef(1237)],
        };
        assert_eq!(
            service.statements_of(check)?,
            [
                BEGIN_DEFERRED.to_owned(),
                BEARER.to_owned(),
                groups(2),
                memberships(2, 1),
                memberships(2, 3),
                ROLLBACK.to_owned()
            ]
        );
        Ok(())
    }

    #[test]
    fn queries_are_not_re_prepared_at_each_run() -> Result<(), Box<dyn Error>> {
        let connection = rusqlite::Connection::open_in_memory()?;
        connection.execute_batch(concat!(
            include_str!("../../../../migrations/sqlite/2026-11-21-000000_group_service/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-29-000000_speed/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-000002_membership_ends/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-11-30-000003_join_condition/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-12-01-000000_audit_chain/up.sql"),
            include_str!("../../../../migrations/sqlite/2026-12-01-000001_list_order/up.sql")
        ))?;
        for query in [BEARER, GROUP, MEMBERSHIP, COUNT, MINE] {
            let mut statement = connection.prepare(query)?;
            for _ in 0..2 {
                for bind in 1..=statement.parameter_count() {
                    statement.raw_bind_parameter(bind, "requested")?;
                }
                let mut rows = statement.raw_query();
                while rows.next()?.is_some() {}
            }
            let re_prepared = statement.get_status(rusqlite::StatementStatus::RePrepare);
            assert_eq!(re_prepared, 0, "{query}");
        }
        Ok(())
    }
}
