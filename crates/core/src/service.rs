//! Runs calls: each in one transaction, reads on a reader, changes on the writer.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use trivium_rpc::{Answer, Call, Credential, Effect, Error};
use trivium_storage::{Connection, Database, Dependencies, Seconds, TransactionError};

use crate::caller::{Credentials, Proof};
use crate::error::classify;
use crate::operation::{Prepared, PreparedOperation, Work};
use crate::throttle::Throttle;
use crate::types::{AuthToken, Password};
use crate::{Origin, Result, Session, Settings, catalog};

/// The service over one database.
pub struct Service {
    /// The database.
    pub database: Database,
    settings: RwLock<Arc<Settings>>,
    /// The limits on failed logins and unknown invitations.
    pub throttle: Throttle,
}

/// A call that the server is to run.
pub struct Job<A = Answer> {
    /// Its name in the audit log.
    pub action: &'static str,
    /// Its effect on the data.
    pub effect: Effect,
    /// The credentials that it presents.
    pub credentials: Credentials,
    /// The work to run.
    pub work: Box<dyn Work<A>>,
}

impl<A> Job<A> {
    /// The job of an operation.
    pub fn of<O: PreparedOperation<Output = A>>(operation: O, credentials: Credentials) -> Self {
        Self {
            action: O::DECLARATION.name,
            effect: O::DECLARATION.effect,
            credentials,
            work: Box::new(Prepared::new(operation)),
        }
    }

    /// True if it verifies or hashes a password before the transaction: that keeps a thread busy for long.
    pub fn hashes_password(&self) -> bool {
        self.credentials.is_password() || self.work.hashes_password()
    }
}

impl TryFrom<Call> for Job {
    type Error = Error;

    /// The job of a catalog's call.
    fn try_from(call: Call) -> Result<Self> {
        let Call {
            entry,
            arguments,
            credential,
        } = call;
        let credentials = match (entry.credential, credential) {
            (_, None) => Credentials::None,
            (Credential::AdminPassword, Some(secret)) => {
                Credentials::AdminPassword(Password(secret.0))
            }
            (_, Some(secret)) => Credentials::Token(AuthToken(secret.0)),
        };
        Ok(Self {
            action: entry.name(),
            effect: entry.declared.effect,
            credentials,
            work: catalog::bind(entry, arguments)?,
        })
    }
}

/// A job after its preparation.
pub struct Ready<A = Answer> {
    /// As [`Job::effect`].
    pub effect: Effect,
    action: &'static str,
    origin: Origin,
    proof: Proof,
    work: Box<dyn Work<A>>,
}

impl<A> Ready<A> {
    /// Runs the job in a transaction that has begun. A job that fails may have changed something: its changes must be
    /// undone.
    ///
    /// # Errors
    /// The operation's, or a failure of the store.
    pub fn run(&self, service: &Service, connection: &mut Connection) -> Result<A> {
        let mut session = service.session(connection, &self.origin, self.effect, self.action);
        let result = self.work.run(&self.proof, &mut session);
        let result = result.and_then(|result| session.end_changes().map(|()| result));
        session.connection.reads_until(session.ends.get());
        result.map_err(classify)
    }
}

impl Service {
    /// A service over an open database.
    pub fn new(database: Database, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            database,
            settings: RwLock::new(Arc::new(settings)),
            throttle: Throttle::default(),
        })
    }

    /// The settings at present.
    pub fn settings(&self) -> Arc<Settings> {
        let settings = self.settings.read();
        Arc::clone(&settings.unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the settings. Calls that have begun keep the former ones.
    pub fn configure(&self, settings: Settings) {
        let current = self.settings.write();
        *current.unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// Proves the credentials and prepares the work, before the transaction.
    ///
    /// # Errors
    /// Those of [`Credentials::prove`] and [`Work::prepare`].
    pub fn prepare<A>(&self, job: Job<A>, origin: Origin) -> Result<Ready<A>> {
        let Job {
            action,
            effect,
            credentials,
            mut work,
        } = job;
        let proof = credentials.prove(self, &origin).map_err(classify)?;
        work.prepare(self, &origin, &proof).map_err(classify)?;
        Ok(Ready {
            effect,
            action,
            origin,
            proof,
            work,
        })
    }

    /// Runs a read on this thread. Also returns what its result depends on, if that is known: then the
    /// call, made again, has the same result while [`Database::is_current`].
    ///
    /// # Errors
    /// The operation's, or a failure of the store.
    pub fn read<A>(&self, ready: &Ready<A>) -> Result<(A, Option<Dependencies>)> {
        self.database
            .read_noting(|connection| ready.run(self, connection).map_err(Failed))
            .map_err(|failed| failed.0)
    }

    /// Queues a change; `reply` is called after its COMMIT. It is not run after the deadline of its call.
    pub fn change<A: Send + 'static>(
        self: &Arc<Self>,
        ready: Ready<A>,
        reply: impl FnOnce(Result<A>) + Send + 'static,
    ) {
        let service = Arc::clone(self);
        self.database.change(
            ready.origin.deadline,
            move |connection| ready.run(&service, connection).map_err(Failed),
            |outcome| reply(outcome.map_err(|failed: Failed| failed.0)),
        );
    }

    /// Runs an operation on this thread, from its preparation to its COMMIT.
    ///
    /// # Errors
    /// The operation's, or a failure of the store.
    pub fn run<O: PreparedOperation>(
        self: &Arc<Self>,
        operation: O,
        credentials: Credentials,
        origin: Origin,
    ) -> Result<O::Output> {
        let ready = self.prepare(Job::of(operation, credentials), origin)?;
        match ready.effect {
            Effect::Read | Effect::Scan => self.read(&ready).map(|(result, _)| result),
            Effect::Change => {
                let service = Arc::clone(self);
                self.database
                    .change_and_wait(move |connection| {
                        ready.run(&service, connection).map_err(Failed)
                    })
                    .map_err(|failed: Failed| failed.0)
            }
        }
    }

    /// Reads in a transaction of its own, for what is prepared before that of an operation.
    ///
    /// # Errors
    /// Those of the function, or a failure of the store.
    pub(crate) fn read_with<T>(
        &self,
        origin: &Origin,
        read: impl FnOnce(&mut Session<'_>) -> Result<T>,
    ) -> Result<T> {
        self.database
            .read(|connection| {
                let mut session = self.session(connection, origin, Effect::Read, "");
                read(&mut session).map_err(|error| Failed(classify(error)))
            })
            .map_err(|failed| failed.0)
    }

    fn session<'a>(
        &'a self,
        connection: &'a mut Connection,
        origin: &'a Origin,
        effect: Effect,
        action: &'static str,
    ) -> Session<'a> {
        Session {
            connection,
            ends: Cell::new(Seconds::MAX),
            origin,
            settings: self.settings(),
            throttle: &self.throttle,
            effect,
            action,
            locked: BTreeMap::new(),
        }
    }
}

/// An error as it passes through the storage crate, which needs to see failures of its own.
struct Failed(Error);

impl From<trivium_storage::Error> for Failed {
    fn from(error: trivium_storage::Error) -> Self {
        Self(classify(error.into()))
    }
}

impl TransactionError for Failed {
    fn storage_error(&self) -> Option<&trivium_storage::Error> {
        self.0.cause()?.downcast_ref()
    }
}
