//! If COMMIT fails, the outcome is unknown, and the error says so.

use trivium_storage::{AnyConnection, Error, users};
use trivium_test_support::Backend;

use super::{Denied, NONE, Step, Then, check, ok, step, succeed};
use crate::common::sql;

#[test]
fn failed_commit_is_an_unknown_outcome() {
    // The foreign key is checked at COMMIT.
    let dangling: Then = |c| {
        if matches!(c.any(), AnyConnection::Sqlite(_)) {
            sql(c, "PRAGMA defer_foreign_keys = ON")?;
        }
        Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?)
    };
    for (backend, preparation) in [
        (Backend::Sqlite, NONE),
        (
            Backend::Postgres,
            "ALTER TABLE audit_entries
                ALTER CONSTRAINT audit_entries_group_id_fkey DEFERRABLE INITIALLY DEFERRED",
        ),
    ] {
        let steps = [
            Step {
                mark: "anna",
                then: succeed,
                outcomes: ["unknown", "ok"],
            },
            step("bert", dangling, "unknown"),
            Step {
                mark: "carl",
                then: succeed,
                outcomes: ["unknown", "ok"],
            },
        ];
        assert_eq!(check(backend, preparation, &steps), [1, 1, 1]);
    }
}

#[test]
fn failed_commit_of_a_single_change_does_not_affect_others() {
    // The second change breaks up the batch, so each has its own COMMIT.
    let steps = [
        ok("anna"),
        step(
            "bert",
            |_| Err(Error::Corrupt("strange".into()).into()),
            "strange",
        ),
        step(
            "carl",
            |c| {
                sql(c, "PRAGMA defer_foreign_keys = ON")?;
                Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?)
            },
            "unknown",
        ),
        ok("dora"),
    ];
    assert_eq!(check(Backend::Sqlite, NONE, &steps), [2, 2, 1, 1]);
}

#[test]
fn rejection_based_on_uncommitted_rows_is_not_returned() {
    // It is based on another change of its batch, which is lost if COMMIT fails.
    let reject_after_anna: Then = |c| match users::find_by_login(c, "anna")? {
        Some(_) => Err(Denied::Rule("anna is here")),
        None => Ok(()),
    };
    let dangling: Then = |c| {
        sql(c, "PRAGMA defer_foreign_keys = ON")?;
        Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?)
    };
    let steps = [
        step("anna", succeed, "unknown"),
        step("bert", reject_after_anna, "unknown"),
        step("carl", dangling, "unknown"),
    ];
    assert_eq!(check(Backend::Sqlite, NONE, &steps), [1, 1, 1]);
}

#[test]
fn connection_lost_at_commit_is_an_unknown_outcome() {
    let preparation = "
        CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.login = 'bert') EXECUTE FUNCTION hang_up();";
    let steps = [ok("anna"), step("bert", succeed, "unknown"), ok("carl")];
    assert_eq!(
        check(Backend::Postgres, preparation, &steps),
        [1, 1, 1],
        "a change with an unknown outcome must not run again"
    );
}
