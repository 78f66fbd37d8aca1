//! A query of one number within another query.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

/// A query of one number, as a value.
///
/// Diesel's `single_value` adds a LIMIT with a bound value, and SQLite re-prepares such a statement at each run.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct Scalar<Q>(pub(crate) Q);

impl<Q: Query<SqlType = BigInt>> Expression for Scalar<Q> {
    type SqlType = BigInt;
}

impl<Q, Table> AppearsOnTable<Table> for Scalar<Q> where Self: Expression {}

impl<Q, GroupBy> ValidGrouping<GroupBy> for Scalar<Q> {
    type IsAggregate = is_aggregate::Never;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Scalar<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}
