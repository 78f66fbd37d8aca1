//! Both databases have the same tables and reject the same rows.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::result::Error as Diesel;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use trivium_storage::{AnyConnection, Connection};
use trivium_test_support::{Backend, Scratch};

use crate::common::{alone, values};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Returns the columns in `schema.rs`, e.g. `users.email -> Nullable<Text>`.
fn columns_in_rust() -> Vec<String> {
    let mut columns = Vec::new();
    let mut table = "";
    for line in include_str!("../../src/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix(") {").and_then(|l| l.split_once(" (")) {
            table = name;
        } else if line.ends_with(',') && line.contains(" -> ") {
            columns.push(format!("{table}.{}", line.trim_end_matches(',')));
        }
    }
    columns.sort();
    columns
}

/// Returns the columns in the database, in the same format.
fn columns_in(connection: &mut Connection) -> Vec<String> {
    let query = match connection.any() {
        AnyConnection::Sqlite(_) => {
            "SELECT t.name || '.' || c.name || ' ' || c.\"notnull\" || ' ' || c.type AS value
             FROM pragma_table_list t JOIN pragma_table_info(t.name) c
             WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite@_%' ESCAPE '@'
               AND t.name NOT LIKE '@_@_%' ESCAPE '@'"
        }
        AnyConnection::Postgres(_) => {
            "SELECT table_name || '.' || column_name || ' '
                 || CASE is_nullable WHEN 'NO' THEN '1' ELSE '0' END || ' ' || data_type AS value
             FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name NOT LIKE '@_@_%' ESCAPE '@'"
        }
    };
    let mut columns: Vec<_> = values(connection, query)
        .iter()
        .map(|line| {
            let mut words = line.split(' ');
            let (column, not_null) = (words.next().unwrap(), words.next().unwrap() == "1");
            let kind = match words.next().unwrap() {
                "INTEGER" | "BIGINT" | "bigint" => "BigInt",
                "TEXT" | "text" => "Text",
                "BLOB" | "bytea" => "Binary",
                other => panic!("{column} has the type {other}"),
            };
            if not_null {
                format!("{column} -> {kind}")
            } else {
                format!("{column} -> Nullable<{kind}>")
            }
        })
        .collect();
    columns.sort();
    columns
}

/// Returns the names of the indexes that the migrations create explicitly.
fn indexes_in(connection: &mut Connection) -> Vec<String> {
    let query = match connection.any() {
        AnyConnection::Sqlite(_) => {
            "SELECT name AS value FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL
             ORDER BY name"
        }
        AnyConnection::Postgres(_) => {
            "SELECT c.relname::text AS value FROM pg_class c
             WHERE c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid)
             ORDER BY c.relname"
        }
    };
    values(connection, query)
}

#[test]
fn both_databases_have_the_tables_of_schema_rs() {
    let expected = columns_in_rust();
    assert!(expected.contains(&"users.email -> Nullable<Text>".to_owned()));
    let indexes = Backend::ALL.map(|backend| {
        let mut connection = alone(&Scratch::new(backend));
        assert_eq!(columns_in(&mut connection), expected, "{backend:?}");
        indexes_in(&mut connection)
    });
    assert!(!indexes[0].is_empty());
    assert_eq!(indexes[0], indexes[1]);
}

#[test]
fn migrations_can_be_reverted_and_reapplied() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let mut connection = alone(&scratch);
        match connection.any() {
            AnyConnection::Sqlite(sqlite) => sqlite.revert_all_migrations(SQLITE).map(drop),
            AnyConnection::Postgres(postgres) => postgres.revert_all_migrations(POSTGRES).map(drop),
        }
        .unwrap();
        assert!(columns_in(&mut connection).is_empty(), "{backend:?}");
        assert!(indexes_in(&mut connection).is_empty(), "{backend:?}");
        let mut again = alone(&scratch);
        assert_eq!(columns_in(&mut again), columns_in_rust(), "{backend:?}");
    }
}

#[test]
fn an_export_has_every_column() {
    let mut exported: Vec<String> = trivium_storage::export::columns().collect();
    exported.sort();
    let columns = columns_in_rust();
    let names = columns.iter().filter_map(|column| column.split(' ').next());
    assert_eq!(exported, names.collect::<Vec<_>>());
}

/// A statement that both databases reject, and a similar one that they accept.
struct Case {
    rejected: &'static str,
    kind: &'static str,
    accepted: &'static str,
}

const fn case(kind: &'static str, rejected: &'static str, accepted: &'static str) -> Case {
    Case {
        rejected,
        kind,
        accepted,
    }
}

/// Three users and three groups, one of each deleted, and one row in every other table. `{32}`,
/// `{other 32}` and `{31}` are placeholders for that many bytes.
const ROWS: &str = "
    INSERT INTO users (id, login, email, created_at, deleted_at) VALUES
        (1, 'anna', 'anna@example.org', 0, NULL),
        (2, 'bert', 'bert@example.org', 0, NULL),
        (3, 'carl', 'carl@example.org', 0, 7);
    INSERT INTO categories (id, name) VALUES (2, 'Games');
    INSERT INTO groups (id, name, folded_name, description, category_id, access_type,
        registration_type, moderation_type, owner_id, created_at, deleted_at) VALUES
        (1, 'Chess', 'chess', '', 1, 'public', 'open', 'direct', 1, 0, NULL),
        (2, 'Go', 'go', '', 1, 'public', 'open', 'direct', 1, 0, NULL),
        (3, 'Whist', 'whist', '', 1, 'public', 'open', 'direct', 1, 0, 7);
    INSERT INTO memberships (group_id, user_id, state, since) VALUES (1, 1, 'member', 0);
    INSERT INTO tokens (id, user_id, hash, prefix, created_at, expires_at)
        VALUES (1, 1, {32}, '', 0, 0);
    INSERT INTO invitations (id, group_id, issuer_id, hash, prefix, role, created_at, usage_limit,
        uses) VALUES (1, 1, 1, {32}, '', 'member', 0, 3, 2);
    INSERT INTO api_keys (id, key, name, created_at) VALUES (1, 'demo0demo0', 'demo', 0);
    INSERT INTO frobs (hash, key_id, user_id, expires_at) VALUES ({32}, 1, 1, 0);
    INSERT INTO named_tokens (user_id, name, token_id, custom) VALUES (1, 'laptop', 1, '{}');
    INSERT INTO named_tokens (user_id, name, invitation_id, custom) VALUES (1, 'spring', 1, '{}');
    INSERT INTO audit_entries (id, at, group_id, actor, action, via)
        VALUES (1, 0, 1, 'anna', 'test', 'test');
    INSERT INTO audit_entries (id, at, actor, action, via) VALUES (7, 0, 'anna', 'login', 'test');";

const UNIQUE: &str = "UniqueViolation";
const CHECK: &str = "CheckViolation";
const REFERENCE: &str = "ForeignKeyViolation";
const NOT_NULL: &str = "NotNullViolation";

const CASES: &[Case] = &[
    // users
    case(
        UNIQUE,
        "INSERT INTO users (id, login, created_at) VALUES (1, 'dora', 0)",
        "INSERT INTO users (id, login, created_at) VALUES (9, 'dora', 0)",
    ),
    case(
        CHECK,
        "UPDATE users SET login = '' WHERE id = 1",
        "UPDATE users SET login = ' ' WHERE id = 1",
    ),
    case(
        UNIQUE,
        "UPDATE users SET login = 'bert' WHERE id = 1",
        "UPDATE users SET login = 'Bert' WHERE id = 1",
    ),
    // A deleted user's login remains taken, the e-mail address does not.
    case(
        UNIQUE,
        "UPDATE users SET login = 'carl' WHERE id = 1",
        "UPDATE users SET email = 'carl@example.org' WHERE id = 1",
    ),
    case(
        UNIQUE,
        "UPDATE users SET email = 'bert@example.org' WHERE id = 1",
        "UPDATE users SET email = NULL",
    ),
    case(
        UNIQUE,
        "UPDATE users SET email = 'bert@example.org', deleted_at = NULL WHERE id = 3",
        "UPDATE users SET email = 'bert@example.org' WHERE id = 3",
    ),
    case(
        CHECK,
        "UPDATE users SET email = '' WHERE id = 1",
        "UPDATE users SET email = NULL WHERE id = 1",
    ),
    case(
        NOT_NULL,
        "UPDATE users SET login = NULL WHERE id = 1",
        "UPDATE users SET password_hash = NULL WHERE id = 1",
    ),
    case(
        REFERENCE,
        "DELETE FROM users WHERE id = 1",
        "DELETE FROM users WHERE id = 2",
    ),
    // tokens
    case(
        UNIQUE,
        "INSERT INTO tokens (id, user_id, hash, prefix, created_at, expires_at)
            VALUES (1, 1, {other 32}, '', 0, 0)",
        "INSERT INTO tokens (id, user_id, hash, prefix, created_at, expires_at)
            VALUES (2, 1, {other 32}, '', 0, 0)",
    ),
    case(
        UNIQUE,
        "INSERT INTO tokens (id, user_id, hash, prefix, created_at, expires_at)
            VALUES (2, 1, {32}, '', 0, 0)",
        "INSERT INTO tokens (id, user_id, hash, prefix, created_at, expires_at)
            VALUES (2, 1, {other 32}, '', 0, 0)",
    ),
    case(
        CHECK,
        "UPDATE tokens SET hash = {31}",
        "UPDATE tokens SET hash = {other 32}",
    ),
    case(
        REFERENCE,
        "UPDATE tokens SET user_id = 99",
        "UPDATE tokens SET user_id = 2",
    ),
    case(
        REFERENCE,
        "UPDATE tokens SET key_id = 99",
        "UPDATE tokens SET key_id = 1",
    ),
    case(
        NOT_NULL,
        "UPDATE tokens SET expires_at = NULL",
        "UPDATE tokens SET revoked_at = NULL",
    ),
    // categories
    case(
        UNIQUE,
        "INSERT INTO categories (id, name) VALUES (1, 'Music')",
        "INSERT INTO categories (id, name) VALUES (3, 'Music')",
    ),
    case(
        UNIQUE,
        "UPDATE categories SET name = 'General' WHERE id = 2",
        "UPDATE categories SET name = 'general' WHERE id = 2",
    ),
    case(
        CHECK,
        "UPDATE categories SET name = '' WHERE id = 2",
        "UPDATE categories SET name = 'Music' WHERE id = 2",
    ),
    case(
        REFERENCE,
        "DELETE FROM categories WHERE id = 1",
        "DELETE FROM categories WHERE id = 2",
    ),
    // groups
    case(
        UNIQUE,
        "UPDATE groups SET id = 2 WHERE id = 3",
        "UPDATE groups SET id = 4 WHERE id = 3",
    ),
    case(
        CHECK,
        "UPDATE groups SET name = '' WHERE id = 2",
        "UPDATE groups SET name = 'Bridge' WHERE id = 2",
    ),
    // A deleted group's name is available again.
    case(
        UNIQUE,
        "UPDATE groups SET name = 'Chess' WHERE id = 2",
        "UPDATE groups SET name = 'Whist' WHERE id = 2",
    ),
    case(
        UNIQUE,
        "UPDATE groups SET name = 'Chess', deleted_at = NULL WHERE id = 3",
        "UPDATE groups SET name = 'Chess', deleted_at = NULL, owner_id = 2 WHERE id = 3",
    ),
    case(
        CHECK,
        "UPDATE groups SET access_type = 'private'",
        "UPDATE groups SET access_type = 'members'",
    ),
    case(
        CHECK,
        "UPDATE groups SET registration_type = 'closed'",
        "UPDATE groups SET registration_type = 'invite'",
    ),
    case(
        CHECK,
        "UPDATE groups SET moderation_type = 'none'",
        "UPDATE groups SET moderation_type = 'moderated'",
    ),
    case(
        CHECK,
        "UPDATE groups SET member_count = member_count - 1 WHERE id = 1",
        "UPDATE groups SET member_count = member_count + 1 WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET imported_members = -1",
        "UPDATE groups SET imported_members = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET topic_count = -1",
        "UPDATE groups SET topic_count = 0",
    ),
    case(
        CHECK,
        "UPDATE groups SET num_topics = -1",
        "UPDATE groups SET num_topics = 0",
    ),
    case(
        CHECK,
        "UPDATE groups SET condition_kind = 'member_of' WHERE id = 1",
        "UPDATE groups SET condition_kind = 'member_of', condition_group_id = 2 WHERE id = 1",
    ),
    case(
        REFERENCE,
        "UPDATE groups SET condition_kind = 'member_of', condition_group_id = 99 WHERE id = 1",
        "UPDATE groups SET condition_kind = 'member_of', condition_group_id = 2 WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET condition_kind = 'friend_of', condition_group_id = 2 WHERE id = 1",
        "UPDATE groups SET condition_kind = 'only_member_of', condition_group_id = 2 WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET condition_kind = 'member_of', condition_group_id = 1 WHERE id = 1",
        "UPDATE groups SET condition_kind = 'member_of', condition_group_id = 3 WHERE id = 1",
    ),
    case(
        REFERENCE,
        "UPDATE groups SET owner_id = 99 WHERE id = 1",
        "UPDATE groups SET owner_id = 2 WHERE id = 1",
    ),
    case(
        REFERENCE,
        "UPDATE groups SET category_id = 99 WHERE id = 1",
        "UPDATE groups SET category_id = 2 WHERE id = 1",
    ),
    case(
        REFERENCE,
        "DELETE FROM groups WHERE id = 1",
        "DELETE FROM groups WHERE id = 2",
    ),
    // memberships
    case(
        UNIQUE,
        "INSERT INTO memberships (group_id, user_id, state, since) VALUES (1, 1, 'banned', 0)",
        "INSERT INTO memberships (group_id, user_id, state, since) VALUES (1, 2, 'banned', 0)",
    ),
    case(
        CHECK,
        "UPDATE memberships SET state = 'owner'",
        "UPDATE memberships SET state = 'requested'",
    ),
    case(
        CHECK,
        "UPDATE memberships SET until = 9",
        "UPDATE memberships SET state = 'banned', until = 9",
    ),
    case(
        CHECK,
        "UPDATE memberships SET state = 'requested', ends_at = 9",
        "UPDATE memberships SET state = 'moderator', ends_at = 9",
    ),
    case(
        CHECK,
        "UPDATE memberships SET state = 'banned', ends_at = 9",
        "UPDATE memberships SET state = 'member', ends_at = 9",
    ),
    case(
        REFERENCE,
        "UPDATE memberships SET group_id = 99",
        "UPDATE memberships SET group_id = 2",
    ),
    case(
        REFERENCE,
        "UPDATE memberships SET user_id = 99",
        "UPDATE memberships SET user_id = 2",
    ),
    case(
        NOT_NULL,
        "UPDATE memberships SET user_id = NULL",
        "UPDATE memberships SET until = NULL",
    ),
    // invitations
    case(
        UNIQUE,
        "INSERT INTO invitations (id, group_id, issuer_id, hash, prefix, role, created_at)
            VALUES (1, 1, 1, {other 32}, '', 'member', 0)",
        "INSERT INTO invitations (id, group_id, issuer_id, hash, prefix, role, created_at)
            VALUES (2, 1, 1, {other 32}, '', 'moderator', 0)",
    ),
    case(
        UNIQUE,
        "INSERT INTO invitations (id, group_id, issuer_id, hash, prefix, role, created_at)
            VALUES (2, 1, 1, {32}, '', 'member', 0)",
        "INSERT INTO invitations (id, group_id, issuer_id, hash, prefix, role, created_at)
            VALUES (2, 1, 1, {other 32}, '', 'member', 0)",
    ),
    case(
        CHECK,
        "UPDATE invitations SET hash = {31}",
        "UPDATE invitations SET hash = {other 32}",
    ),
    case(
        CHECK,
        "UPDATE invitations SET role = 'banned'",
        "UPDATE invitations SET role = 'moderator'",
    ),
    case(
        CHECK,
        "UPDATE invitations SET usage_limit = 0, uses = 0",
        "UPDATE invitations SET usage_limit = NULL, uses = 0",
    ),
    case(
        CHECK,
        "UPDATE invitations SET uses = uses + 2",
        "UPDATE invitations SET uses = uses + 1",
    ),
    case(
        CHECK,
        "UPDATE invitations SET uses = -1, usage_limit = NULL",
        "UPDATE invitations SET uses = 1000, usage_limit = NULL",
    ),
    case(
        REFERENCE,
        "UPDATE invitations SET group_id = 99",
        "UPDATE invitations SET group_id = 2",
    ),
    case(
        REFERENCE,
        "UPDATE invitations SET issuer_id = 99",
        "UPDATE invitations SET issuer_id = 2",
    ),
    case(
        CHECK,
        "UPDATE groups SET onezone_type = 'band'",
        "UPDATE groups SET onezone_type = 'unit'",
    ),
    // api_keys
    case(
        UNIQUE,
        "INSERT INTO api_keys (id, key, name, created_at) VALUES (1, 'demo0demo1', '2', 0)",
        "INSERT INTO api_keys (id, key, name, created_at) VALUES (2, 'demo0demo1', '2', 0)",
    ),
    case(
        UNIQUE,
        "INSERT INTO api_keys (id, key, name, created_at) VALUES (2, 'demo0demo0', '2', 0)",
        "INSERT INTO api_keys (id, key, name, created_at) VALUES (2, 'demo0demo1', '2', 0)",
    ),
    case(
        CHECK,
        "UPDATE api_keys SET name = ''",
        "UPDATE api_keys SET name = 'demo'",
    ),
    case(
        CHECK,
        "UPDATE api_keys SET key = 'short'",
        "UPDATE api_keys SET key = 'ten0letter'",
    ),
    case(
        CHECK,
        "UPDATE api_keys SET callback = ''",
        "UPDATE api_keys SET callback = NULL",
    ),
    // frobs
    case(
        UNIQUE,
        "INSERT INTO frobs (hash, key_id, user_id, expires_at) VALUES ({32}, 1, 1, 0)",
        "INSERT INTO frobs (hash, key_id, user_id, expires_at) VALUES ({other 32}, 1, 1, 0)",
    ),
    case(
        CHECK,
        "UPDATE frobs SET hash = {31}",
        "UPDATE frobs SET hash = {other 32}",
    ),
    case(
        REFERENCE,
        "UPDATE frobs SET key_id = 99",
        "UPDATE frobs SET key_id = 1",
    ),
    case(
        REFERENCE,
        "UPDATE frobs SET user_id = 99",
        "UPDATE frobs SET user_id = 2",
    ),
    // named_tokens
    case(
        UNIQUE,
        "UPDATE named_tokens SET name = 'spring' WHERE token_id = 1",
        "UPDATE named_tokens SET name = 'desk' WHERE token_id = 1",
    ),
    case(
        UNIQUE,
        "INSERT INTO named_tokens (user_id, name, token_id, custom) VALUES (2, 'spring', 1, '{}')",
        "UPDATE named_tokens SET user_id = 2 WHERE token_id = 1",
    ),
    case(
        UNIQUE,
        "INSERT INTO named_tokens (user_id, name, invitation_id, custom) VALUES (2, 'x', 1, '{}')",
        "UPDATE named_tokens SET user_id = 2 WHERE invitation_id = 1",
    ),
    case(
        CHECK,
        "UPDATE named_tokens SET name = '' WHERE token_id = 1",
        "UPDATE named_tokens SET name = ' ' WHERE token_id = 1",
    ),
    case(
        CHECK,
        "UPDATE named_tokens SET token_id = NULL",
        "DELETE FROM tokens WHERE id = 1",
    ),
    case(
        REFERENCE,
        "UPDATE named_tokens SET token_id = 99 WHERE token_id = 1",
        "UPDATE named_tokens SET token_id = 1 WHERE token_id = 1",
    ),
    case(
        REFERENCE,
        "UPDATE named_tokens SET invitation_id = 99 WHERE invitation_id = 1",
        "DELETE FROM invitations WHERE id = 1",
    ),
    case(
        REFERENCE,
        "UPDATE named_tokens SET user_id = 99",
        "UPDATE named_tokens SET user_id = 2",
    ),
    // audit_entries
    case(
        UNIQUE,
        "INSERT INTO audit_entries (id, at, actor, action, via) VALUES (1, 0, '', '', '')",
        "INSERT INTO audit_entries (id, at, actor, action, via) VALUES (2, 0, '', '', '')",
    ),
    case(
        REFERENCE,
        "UPDATE audit_entries SET group_id = 99",
        "UPDATE audit_entries SET group_id = NULL",
    ),
    // The chains of audit entries.
    case(
        CHECK,
        "UPDATE audit_entries SET number = 1, hash = {31} WHERE id = 1",
        "UPDATE audit_entries SET number = 1, hash = {32} WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET number = 1 WHERE id = 1",
        "UPDATE audit_entries SET number = NULL WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET hash = {32} WHERE id = 1",
        "UPDATE audit_entries SET hash = NULL WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET number = 0, hash = {32} WHERE id = 1",
        "UPDATE audit_entries SET number = 9, hash = {32} WHERE id = 1",
    ),
    // An entry of no group is in no chain.
    case(
        CHECK,
        "UPDATE audit_entries SET number = 1, hash = {32} WHERE id = 7",
        "UPDATE audit_entries SET actor_id = 99 WHERE id = 7",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET user_id = 1, standing = 'disabled' WHERE id = 1",
        "UPDATE audit_entries SET user_id = 99, standing = 'owner' WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET user_id = 1 WHERE id = 1",
        "UPDATE audit_entries SET user_id = 1, standing = 'none' WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET standing = 'none' WHERE id = 1",
        "UPDATE audit_entries SET standing = NULL WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET invitation_id = 1 WHERE id = 1",
        "UPDATE audit_entries SET user_id = 1, standing = 'member', invitation_id = 99 WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE audit_entries SET ends_at = 7 WHERE id = 1",
        "UPDATE audit_entries SET user_id = 1, standing = 'banned', ends_at = 7 WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET audit_number = 1 WHERE id = 1",
        "UPDATE groups SET audit_number = 1, audit_hash = {32} WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET audit_hash = {32} WHERE id = 1",
        "UPDATE groups SET audit_number = 0, audit_hash = NULL WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET audit_number = -1, audit_hash = {32} WHERE id = 1",
        "UPDATE groups SET audit_number = 9, audit_hash = {other 32} WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET audit_removed_number = 1, audit_removed_hash = {31} WHERE id = 1",
        "UPDATE groups SET audit_removed_number = 1, audit_removed_hash = {32} WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET audit_removed_number = 1 WHERE id = 1",
        "UPDATE groups SET audit_removed_number = 0 WHERE id = 1",
    ),
    case(
        CHECK,
        "UPDATE groups SET audit_removed_number = -1, audit_removed_hash = {32} WHERE id = 1",
        "UPDATE groups SET audit_removed_number = 9, audit_removed_hash = {32} WHERE id = 1",
    ),
    case(
        NOT_NULL,
        "UPDATE groups SET audit_number = NULL WHERE id = 1",
        "UPDATE groups SET audit_hash = NULL WHERE id = 1",
    ),
];

/// Runs statements, with the placeholders replaced for this database.
fn run(connection: &mut Connection, statements: &str) -> Result<(), Diesel> {
    let [one, other, short] = match connection.any() {
        AnyConnection::Sqlite(_) => [
            "zeroblob(32)",
            "CAST(hex(zeroblob(16)) AS BLOB)",
            "zeroblob(31)",
        ],
        AnyConnection::Postgres(_) => [
            "decode(repeat('00', 32), 'hex')",
            "decode(repeat('30', 32), 'hex')",
            "decode(repeat('00', 31), 'hex')",
        ],
    };
    let statements = statements
        .replace("{32}", one)
        .replace("{other 32}", other)
        .replace("{31}", short);
    connection.any().batch_execute(&statements)
}

#[test]
fn both_databases_reject_the_same_rows() {
    for backend in Backend::ALL {
        let mut connection = alone(&Scratch::new(backend));
        run(&mut connection, ROWS).unwrap();
        let mut violated = BTreeSet::new();
        for case in CASES {
            run(&mut connection, "BEGIN").unwrap();
            // Some references are checked at the end of a transaction.
            let rejected = run(&mut connection, case.rejected);
            match rejected.and_then(|()| run(&mut connection, "COMMIT")) {
                Err(Diesel::DatabaseError(kind, information)) => {
                    assert_eq!(
                        format!("{kind:?}"),
                        case.kind,
                        "{backend:?}: {}",
                        case.rejected
                    );
                    violated.extend(information.constraint_name().map(str::to_owned));
                }
                other => panic!("{backend:?}: {}: {other:?}", case.rejected),
            }
            run(&mut connection, "ROLLBACK; BEGIN").unwrap();
            if let Err(error) = run(&mut connection, case.accepted) {
                panic!("{backend:?}: {}: {error}", case.accepted);
            }
            run(&mut connection, "ROLLBACK").unwrap();
        }
        if backend == Backend::Postgres {
            // Postgres names the violated constraint, so that every constraint must have a case.
            let all = values(
                &mut connection,
                "SELECT conname::text AS value FROM pg_constraint
                 WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')
                   AND conrelid::regclass::text NOT LIKE '@_@_%' ESCAPE '@'
                 UNION
                 SELECT indexrelid::regclass::text FROM pg_index
                 WHERE indisunique AND indpred IS NOT NULL",
            );
            let all: BTreeSet<_> = all.into_iter().collect();
            assert_eq!(violated, all);
        }
    }
}
