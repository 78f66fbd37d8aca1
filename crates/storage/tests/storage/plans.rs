//! How SQLite finds the rows of a list: in their order, without a sort.

use std::sync::{Arc, Mutex};

use diesel::RunQueryDsl;
use diesel::connection::{Connection as _, Instrumentation, InstrumentationEvent};
use trivium_storage::memberships::{self, MemberOrder, State};
use trivium_storage::{AnyConnection, Connection, Page, groups, users};
use trivium_test_support::{Backend, Scratch};

use crate::common::{add_members, alone, found_group, group, user};

/// Keeps the statements of a connection.
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let statement = query.to_string();
            let text = statement.split(" -- binds: ").next().unwrap();
            self.0.lock().unwrap().push(text.to_owned());
        }
    }
}

#[test]
fn pages_are_read_in_the_order_of_an_index() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let mut connection = alone(&Scratch::new(Backend::Sqlite));
    let anna = user(&mut connection, "anna");
    let chess = group(&mut connection, anna, "Chess");
    add_members(&mut connection, chess, 10).unwrap();
    let chess = found_group(&mut connection, chess);
    connection
        .any()
        .set_instrumentation(Recorder(Arc::clone(&sent)));
    type Read<'r> = &'r dyn Fn(&mut Connection, Page);
    let members = |order| {
        let chess = &chess;
        move |c: &mut Connection, page| {
            drop(memberships::list_members(c, chess, order, page).unwrap());
        }
    };
    let reads: &[(Read<'_>, &str)] = &[
        (
            &members(MemberOrder::Joining),
            "COVERING INDEX memberships_group (group_id=?)",
        ),
        (
            &members(MemberOrder::JoiningDescending),
            "COVERING INDEX memberships_group (group_id=?)",
        ),
        (
            &|c, page| drop(memberships::list_requests(c, chess.id, page).unwrap()),
            "INDEX memberships_requests (group_id=?)",
        ),
        (
            &|c, _| drop(memberships::longest_standing(c, chess.id, State::Moderator, 9).unwrap()),
            "COVERING INDEX memberships_group (group_id=?)",
        ),
        (
            &|c, page| drop(groups::list_listed(c, page).unwrap()),
            "SCAN groups USING INDEX groups_listed",
        ),
        (
            &|c, page| drop(groups::list_all(c, page).unwrap()),
            "SCAN groups",
        ),
        (
            &|c, page| drop(users::list(c, page).unwrap()),
            "SCAN users USING INDEX users_listed",
        ),
        (
            &|c, _| drop(groups::search(c, "chess", 9).unwrap()),
            "SCAN groups USING COVERING INDEX groups_listed",
        ),
        (
            &|c, page| drop(groups::list_of_member(c, anna, page).unwrap()),
            "SEARCH memberships USING PRIMARY KEY (user_id=?)",
        ),
    ];
    for (read, expected) in reads {
        // From either end of the list.
        for offset in [0, 9] {
            sent.lock().unwrap().clear();
            read(&mut connection, Page { offset, limit: 1 });
            let statements = std::mem::take(&mut *sent.lock().unwrap());
            let plans: Vec<String> = statements
                .iter()
                .filter(|statement| !statement.contains("__totals"))
                .flat_map(|statement| plan(&mut connection, statement))
                .collect();
            let is_sorted = plans.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(!is_sorted, "{statements:?}: {plans:?}");
            let is_expected = plans.iter().any(|step| step.contains(expected));
            // A page behind the last row is not read.
            assert!(
                is_expected || plans.is_empty(),
                "{expected}: {statements:?}: {plans:?}"
            );
            assert!(!plans.is_empty() || offset > 0, "{expected}");
        }
    }
}

/// Returns the steps of SQLite's plan for a statement.
fn plan(connection: &mut Connection, statement: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Step {
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
    }
    let AnyConnection::Sqlite(sqlite) = connection.any() else {
        panic!("a plan of Postgres");
    };
    let steps = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load::<Step>(sqlite);
    steps.unwrap().into_iter().map(|step| step.detail).collect()
}
