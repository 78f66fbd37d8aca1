//! Runs calls: each in its one transaction, reads on a reader, changes on the writer.

use std::sync::Arc;

use trivium_storage::{AnyConnection, Database, connection};

use crate::operation::Bound;
use crate::throttle::Throttle;
use crate::{Caller, Context, Effect, Operation, Result, Settings};

/// The service over one database.
pub struct Service {
    /// Where the data is.
    pub database: Database,
    /// What the administrator has set.
    pub settings: Settings,
    /// What slows down guessing.
    pub throttle: Throttle,
}

impl Service {
    /// A service over an open database.
    pub fn new(database: Database, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            database,
            settings,
            throttle: Throttle::default(),
        })
    }

    /// Runs a call that looks, on this thread.
    ///
    /// # Errors
    /// What the operation answers, or the store's failure.
    pub fn read<R>(&self, action: &'static str, call: &dyn Bound<R>, caller: &Caller) -> Result<R> {
        self.database.read(|connection| {
            call.run(&mut self.context(connection, caller, Effect::Read, action))
        })
    }

    /// Queues a call that changes something; `reply` is called after its COMMIT.
    pub fn change<R: Send + 'static>(
        self: &Arc<Self>,
        action: &'static str,
        call: Box<dyn Bound<R>>,
        caller: Caller,
        reply: impl FnOnce(Result<R>) + Send + 'static,
    ) {
        let service = Arc::clone(self);
        self.database.change(
            move |connection| {
                call.run(&mut service.context(connection, &caller, Effect::Change, action))
            },
            reply,
        );
    }

    /// Runs a typed operation on this thread, from preparation to COMMIT.
    ///
    /// # Errors
    /// What the operation answers, or the store's failure.
    pub fn run<O: Operation>(
        self: &Arc<Self>,
        mut operation: O,
        caller: &Caller,
    ) -> Result<O::Output> {
        operation.prepare(self, caller)?;
        let (service, caller) = (Arc::clone(self), caller.clone());
        let run = move |connection: &mut AnyConnection| {
            Operation::run(
                &operation,
                &mut service.context(connection, &caller, O::EFFECT, O::NAME),
            )
        };
        match O::EFFECT {
            Effect::Read => self.database.read(run),
            Effect::Change => self.database.change_and_wait(run),
        }
    }

    pub(crate) fn context<'a>(
        &'a self,
        connection: &'a mut AnyConnection,
        caller: &'a Caller,
        effect: Effect,
        action: &'static str,
    ) -> Context<'a> {
        Context {
            connection,
            now: connection::now(),
            caller,
            actor: None,
            settings: &self.settings,
            throttle: &self.throttle,
            effect,
            action,
        }
    }
}
