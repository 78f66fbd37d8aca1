//! A change with its caller, whatever their types.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::threads::has_passed;
use crate::{Connection, Error, Result, TransactionError, locks};

/// The result of one run of a change.
pub(super) enum Attempt {
    /// The change is ready for COMMIT.
    Succeeded,
    /// The change must be rolled back; the transaction can continue.
    Rejected,
    /// The database failed; the transaction may have ended.
    Broken,
    /// The change may succeed if it runs again.
    Retry,
}

/// A type-erased change, so that changes of different types share a queue.
pub(super) trait Job: Send {
    /// True if the deadline of its call has passed.
    fn has_expired(&self) -> bool;
    /// Runs the change and stores its outcome.
    fn attempt(&mut self, connection: &mut Connection) -> Attempt;
    /// True if the last attempt succeeded.
    fn succeeded(&self) -> bool;
    /// Returns the failure of the database in the stored outcome.
    fn storage_error(&self) -> Option<&Error>;
    /// Replies to the caller with the stored outcome, or with the error in `committed`.
    fn settle(self: Box<Self>, committed: Result<()>);
}

pub(super) struct Change<T, E, C, R> {
    pub(super) deadline: Option<Instant>,
    pub(super) change: C,
    pub(super) outcome: Option<Result<T, E>>,
    pub(super) reply: R,
}

impl<T, E, C, R> Job for Change<T, E, C, R>
where
    T: Send,
    E: TransactionError,
    C: Fn(&mut Connection) -> Result<T, E> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn has_expired(&self) -> bool {
        has_passed(self.deadline)
    }

    fn attempt(&mut self, connection: &mut Connection) -> Attempt {
        locks::begin();
        connection.begin_now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.change)(connection)))
            .unwrap_or_else(|panic| Err(Error::Panicked(panic_message(&*panic)).into()))
            .map_err(|error| connection.explain(error));
        let attempt = match &outcome {
            Ok(_) => Attempt::Succeeded,
            Err(error) => match error.storage_error() {
                None | Some(Error::Panicked(_)) => Attempt::Rejected,
                Some(error) if error.is_constraint() => Attempt::Rejected,
                Some(error) if error.wants_retry() => Attempt::Retry,
                Some(_) => Attempt::Broken,
            },
        };
        self.outcome = Some(outcome);
        attempt
    }

    fn succeeded(&self) -> bool {
        matches!(self.outcome, Some(Ok(_)))
    }

    fn storage_error(&self) -> Option<&Error> {
        match &self.outcome {
            Some(Err(error)) => error.storage_error(),
            _ => None,
        }
    }

    fn settle(self: Box<Self>, committed: Result<()>) {
        let Self {
            change,
            outcome,
            reply,
            ..
        } = *self;
        // Drop the change before the reply: the caller may rely on owning the last reference to
        // what the change owned, such as the database.
        if catch_unwind(AssertUnwindSafe(|| drop(change))).is_err() {
            tracing::error!("dropping a change panicked");
        }
        let outcome = match committed {
            Ok(()) => outcome.unwrap_or_else(|| Err(Error::Closed.into())),
            // This replaces a rejection too: it may depend on other changes of the batch.
            Err(error) => Err(error.into()),
        };
        // A panic in the caller's callback must not end the writer.
        if catch_unwind(AssertUnwindSafe(|| reply(outcome))).is_err() {
            tracing::error!("the reply to a change panicked");
        }
    }
}

/// Returns the message of a panic.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}
