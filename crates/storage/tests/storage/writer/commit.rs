//! A COMMIT that fails: nobody knows whether the change was made, and is told so.

use trivium_storage::{AnyConnection, Error, users};
use trivium_test_support::Backend;

use super::{Denied, NONE, Step, Then, check, keep, kept, step};
use crate::common::sql;

#[test]
fn a_failed_commit_is_an_unknown_outcome() {
    // The foreign key is looked at when the transaction commits.
    let dangling: Then = |c| {
        if matches!(c, AnyConnection::Sqlite(_)) {
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
                then: keep,
                answers: ["unknown", "kept"],
            },
            step("bert", dangling, "unknown"),
            Step {
                mark: "carl",
                then: keep,
                answers: ["unknown", "kept"],
            },
        ];
        assert_eq!(check(backend, preparation, &steps), [1, 1, 1]);
    }
}

#[test]
fn a_commit_that_fails_alone_is_that_of_its_change_only() {
    // The second change breaks the batch up, so each has a COMMIT of its own.
    let steps = [
        kept("anna"),
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
        kept("dora"),
    ];
    assert_eq!(check(Backend::Sqlite, NONE, &steps), [2, 2, 1, 1]);
}

#[test]
fn a_refusal_for_what_was_never_committed_is_not_given() {
    // It has seen what another change of its batch did, and that is lost with the COMMIT.
    let refuse_beside_anna: Then = |c| match users::find_by_login(c, "anna")? {
        Some(_) => Err(Denied::Rule("anna is here")),
        None => Ok(()),
    };
    let dangling: Then = |c| {
        sql(c, "PRAGMA defer_foreign_keys = ON")?;
        Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?)
    };
    let steps = [
        step("anna", keep, "unknown"),
        step("bert", refuse_beside_anna, "unknown"),
        step("carl", dangling, "unknown"),
    ];
    assert_eq!(check(Backend::Sqlite, NONE, &steps), [1, 1, 1]);
}

#[test]
fn a_connection_lost_at_commit_is_an_unknown_outcome() {
    let preparation = "
        CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.login = 'bert') EXECUTE FUNCTION hang_up();";
    let steps = [kept("anna"), step("bert", keep, "unknown"), kept("carl")];
    assert_eq!(
        check(Backend::Postgres, preparation, &steps),
        [1, 1, 1],
        "a change whose outcome is unknown is not run again"
    );
}
