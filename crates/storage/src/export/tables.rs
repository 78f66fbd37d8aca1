//! The tables, and the statements that read and insert their rows as JSON.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;

use crate::connection::AnyConnection;
use crate::{Connection, Result};

/// The form of a column in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    /// Hexadecimal digits.
    Bytes,
}

use Kind::{Bytes, Number as N, Text as T};

/// A table: its name, whether its rows have IDs that are counted up, its key, and its columns.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) has_ids: bool,
    key: &'static [&'static str],
    columns: &'static [(&'static str, Kind)],
}

const fn table(
    name: &'static str,
    has_ids: bool,
    key: &'static [&'static str],
    columns: &'static [(&'static str, Kind)],
) -> Table {
    Table {
        name,
        has_ids,
        key,
        columns,
    }
}

/// All tables. A test compares them with the database.
pub(super) const TABLES: &[Table] = &[
    table(
        "users",
        true,
        &["id"],
        &[
            ("id", N),
            ("login", T),
            ("first_name", T),
            ("last_name", T),
            ("email", T),
            ("password_hash", T),
            ("created_at", N),
            ("disabled_at", N),
            ("deleted_at", N),
        ],
    ),
    table(
        "api_keys",
        true,
        &["id"],
        &[
            ("id", N),
            ("key", T),
            ("name", T),
            ("callback", T),
            ("created_at", N),
            ("revoked_at", N),
        ],
    ),
    table("categories", true, &["id"], &[("id", N), ("name", T)]),
    table(
        "groups",
        true,
        &["id"],
        &[
            ("id", N),
            ("name", T),
            ("folded_name", T),
            ("description", T),
            ("category_id", N),
            ("tags", T),
            ("image", T),
            ("access_type", T),
            ("registration_type", T),
            ("moderation_type", T),
            ("member_count", N),
            ("topic_count", N),
            ("num_topics", N),
            ("commercial_account_id", N),
            ("owner_id", N),
            ("created_at", N),
            ("deleted_at", N),
            ("onezone_type", T),
            ("next_end", N),
            ("condition_kind", T),
            ("condition_group_id", N),
            ("audit_number", N),
            ("audit_hash", Bytes),
            ("audit_removed_number", N),
            ("audit_removed_hash", Bytes),
            ("imported_members", N),
        ],
    ),
    table(
        "memberships",
        false,
        &["user_id", "group_id"],
        &[
            ("group_id", N),
            ("user_id", N),
            ("state", T),
            ("since", N),
            ("note", T),
            ("until", N),
            ("ends_at", N),
        ],
    ),
    table(
        "tokens",
        true,
        &["id"],
        &[
            ("id", N),
            ("user_id", N),
            ("hash", Bytes),
            ("prefix", T),
            ("created_at", N),
            ("expires_at", N),
            ("revoked_at", N),
            ("key_id", N),
        ],
    ),
    table(
        "frobs",
        false,
        &["hash"],
        &[
            ("hash", Bytes),
            ("key_id", N),
            ("user_id", N),
            ("expires_at", N),
        ],
    ),
    table(
        "invitations",
        true,
        &["id"],
        &[
            ("id", N),
            ("group_id", N),
            ("issuer_id", N),
            ("hash", Bytes),
            ("prefix", T),
            ("role", T),
            ("created_at", N),
            ("expires_at", N),
            ("usage_limit", N),
            ("uses", N),
            ("revoked_at", N),
            ("orphaned_at", N),
            ("member_until", N),
        ],
    ),
    table(
        "named_tokens",
        false,
        &["user_id", "name"],
        &[
            ("user_id", N),
            ("name", T),
            ("token_id", N),
            ("invitation_id", N),
            ("custom", T),
        ],
    ),
    table(
        "audit_entries",
        true,
        &["id"],
        &[
            ("id", N),
            ("at", N),
            ("group_id", N),
            ("actor", T),
            ("action", T),
            ("subject", T),
            ("reason", T),
            ("via", T),
            ("number", N),
            ("hash", Bytes),
            ("user_id", N),
            ("actor_id", N),
            ("standing", T),
            ("invitation_id", N),
            ("ends_at", N),
        ],
    ),
];

/// Lists all columns, such as `users.id`.
pub fn columns() -> impl Iterator<Item = String> {
    TABLES.iter().flat_map(|table| {
        let columns = table.columns.iter();
        columns.map(|(column, _)| format!("{}.{column}", table.name))
    })
}

#[derive(QueryableByName)]
pub(super) struct Line {
    #[diesel(sql_type = Text)]
    pub(super) line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Table {
    /// The statement that reads all rows as JSON, by key.
    pub(super) fn select(&self, is_sqlite: bool) -> String {
        let values = self.columns.iter().map(|(column, kind)| match kind {
            // Of NULL, hex makes an empty text.
            Bytes if is_sqlite => {
                format!("'{column}', iif(\"{column}\" IS NULL, NULL, lower(hex(\"{column}\")))")
            }
            Bytes => format!("'{column}', encode(\"{column}\", 'hex')"),
            N | T => format!("'{column}', \"{column}\""),
        });
        let values: Vec<String> = values.collect();
        let kind = |name: &str| self.columns.iter().find(|(column, _)| *column == name);
        let key = self.key.iter().map(|column| match kind(column) {
            // The order of bytes, which SQLite has by itself.
            Some((_, T)) if !is_sqlite => format!("\"{column}\" COLLATE \"C\""),
            _ => format!("\"{column}\""),
        });
        let key: Vec<String> = key.collect();
        let function = match is_sqlite {
            true => "json_object",
            false => "json_build_object",
        };
        let (values, name, key) = (values.join(", "), self.name, key.join(", "));
        let text = if is_sqlite { "" } else { "::text" };
        format!("SELECT {function}({values}){text} AS line FROM \"{name}\" ORDER BY {key}")
    }

    /// The statement that inserts rows, which are an array in JSON.
    fn insert(&self, is_sqlite: bool) -> String {
        let names = self
            .columns
            .iter()
            .map(|(column, _)| format!("\"{column}\""));
        let names: Vec<String> = names.collect();
        let values = self.columns.iter().map(|(column, kind)| match kind {
            Bytes if is_sqlite => format!("unhex(json_extract(value, '$.{column}'))"),
            N | T if is_sqlite => format!("json_extract(value, '$.{column}')"),
            N => format!("(value->>'{column}')::bigint"),
            T => format!("value->>'{column}'"),
            Bytes => format!("decode(value->>'{column}', 'hex')"),
        });
        let values: Vec<String> = values.collect();
        let (name, names, values) = (self.name, names.join(", "), values.join(", "));
        let rows = match is_sqlite {
            true => "json_each(?)",
            false => "json_array_elements($1::json)",
        };
        format!("INSERT INTO \"{name}\" ({names}) SELECT {values} FROM {rows}")
    }

    pub(super) fn insert_rows(
        &self,
        connection: &mut Connection,
        rows: &mut Vec<Value>,
    ) -> Result<()> {
        let array = Value::from(std::mem::take(rows)).to_string();
        match connection.unrecorded() {
            AnyConnection::Sqlite(sqlite) => diesel::sql_query(self.insert(true))
                .bind::<Text, _>(array)
                .execute(sqlite)?,
            AnyConnection::Postgres(postgres) => diesel::sql_query(self.insert(false))
                .bind::<Text, _>(array)
                .execute(postgres)?,
        };
        Ok(())
    }

    pub(super) fn count(&self, connection: &mut Connection) -> Result<i64> {
        let count = format!("SELECT count(*) AS number FROM \"{}\"", self.name);
        let Count { number } = match connection.unrecorded() {
            AnyConnection::Sqlite(sqlite) => diesel::sql_query(count).get_result(sqlite)?,
            AnyConnection::Postgres(postgres) => diesel::sql_query(count).get_result(postgres)?,
        };
        Ok(number)
    }

    /// The highest ID that a row has had.
    pub(super) fn highest_id(&self, connection: &mut Connection) -> Result<i64> {
        let found: Option<Count> = match connection.reads_more() {
            AnyConnection::Sqlite(sqlite) => {
                diesel::sql_query("SELECT seq AS number FROM sqlite_sequence WHERE name = ?")
                    .bind::<Text, _>(self.name)
                    .get_result(sqlite)
                    .optional()?
            }
            AnyConnection::Postgres(postgres) => diesel::sql_query(format!(
                "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS number FROM \"{}_id_seq\"",
                self.name
            ))
            .get_result(postgres)
            .optional()?,
        };
        Ok(found.map_or(0, |found| found.number))
    }

    pub(super) fn set_highest_id(&self, connection: &mut Connection, id: i64) -> Result<()> {
        match connection.unrecorded() {
            AnyConnection::Sqlite(sqlite) => {
                diesel::sql_query("DELETE FROM sqlite_sequence WHERE name = ?")
                    .bind::<Text, _>(self.name)
                    .execute(sqlite)?;
                diesel::sql_query("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)")
                    .bind::<Text, _>(self.name)
                    .bind::<BigInt, _>(id)
                    .execute(sqlite)?;
            }
            AnyConnection::Postgres(_) if id == 0 => {}
            AnyConnection::Postgres(postgres) => {
                diesel::sql_query(format!("SELECT setval('\"{}_id_seq\"', $1)", self.name))
                    .bind::<BigInt, _>(id)
                    .execute(postgres)?;
            }
        }
        Ok(())
    }
}
