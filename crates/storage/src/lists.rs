//! Pages of lists, and the lengths of the lists of everything.

use diesel::prelude::*;
use diesel::{PgConnection, QueryResult};

use crate::connection::AnyConnection;

/// One page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Number of rows to skip.
    pub offset: i64,
    /// Maximum number of rows to return.
    pub limit: i64,
}

/// The order in which a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// That of the list.
    Forward,
    /// The opposite one.
    Backward,
}

impl Page {
    /// The number of rows of the list, of which this page has `rows`. They need not be counted if it is the last
    /// page.
    pub(crate) fn total(
        self,
        rows: usize,
        count: impl FnOnce() -> QueryResult<i64>,
    ) -> QueryResult<i64> {
        match i64::try_from(rows) {
            Ok(rows) if rows < self.limit && (rows > 0 || self.offset == 0) => {
                Ok(self.offset.saturating_add(rows))
            }
            _ => count(),
        }
    }

    /// Reads the rows of this page of a list of `total` rows from the end of the list that is nearer, because the
    /// database passes over all rows before those that it returns. `read` gets the page in the order in which it reads.
    pub(crate) fn read<T>(
        self,
        total: i64,
        read: impl FnOnce(Self, Direction) -> QueryResult<Vec<T>>,
    ) -> QueryResult<Vec<T>> {
        let end = total.min(self.offset.saturating_add(self.limit));
        let limit = end.saturating_sub(self.offset);
        if limit <= 0 {
            return Ok(Vec::new());
        }
        let behind = total.saturating_sub(end);
        if self.offset <= behind {
            return read(Self { limit, ..self }, Direction::Forward);
        }
        let page = Self {
            offset: behind,
            limit,
        };
        let mut rows = read(page, Direction::Backward)?;
        rows.reverse();
        Ok(rows)
    }
}

diesel::table! {
    /// The lengths of lists, which triggers of SQLite keep.
    #[sql_name = "__totals"]
    totals (list) {
        list -> Text,
        total -> BigInt,
    }
}

/// A list of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Total {
    /// The users who are not deleted.
    Users,
    /// The groups that are not deleted.
    Groups,
    /// The listed groups.
    ListedGroups,
}

impl Total {
    /// Reads the length of the list: SQLite keeps it, Postgres counts.
    pub(crate) fn read(
        self,
        any: &mut AnyConnection,
        count: impl FnOnce(&mut PgConnection) -> QueryResult<i64>,
    ) -> QueryResult<i64> {
        let name = match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::ListedGroups => "listed_groups",
        };
        match any {
            AnyConnection::Sqlite(sqlite) => {
                let total = totals::table.find(name).select(totals::total);
                total.get_result(sqlite)
            }
            AnyConnection::Postgres(postgres) => count(postgres),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every page of lists of a few rows is what a reader from the start would find.
    #[test]
    fn a_page_is_the_same_from_either_end() {
        for total in 0..9 {
            let list: Vec<i64> = (0..total).collect();
            for offset in 0..11 {
                for limit in 0..5 {
                    let mut passed = 0;
                    let page = Page { offset, limit };
                    let read = page.read(total, |page, direction| {
                        passed = page.offset;
                        let rows: Box<dyn Iterator<Item = &i64>> = match direction {
                            Direction::Forward => Box::new(list.iter()),
                            Direction::Backward => Box::new(list.iter().rev()),
                        };
                        let skipped = usize::try_from(page.offset).unwrap_or(usize::MAX);
                        let taken = usize::try_from(page.limit).unwrap_or(0);
                        Ok(rows.skip(skipped).take(taken).copied().collect())
                    });
                    let expected: Vec<i64> = (offset..offset + limit)
                        .filter(|row| *row < total)
                        .collect();
                    assert_eq!(read, Ok(expected), "{page:?} of {total}");
                    assert!(
                        passed <= total / 2,
                        "{page:?} of {total} passes {passed} rows"
                    );
                }
            }
        }
    }
}
