//! The definition of an operation: a struct of arguments, the caller that it requires, and its work in
//! one transaction.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use trivium_rpc::{Answer, Arguments, Declaration, Entry, Error, codes};

use crate::caller::{Caller, Proof};
use crate::cases::{Access, Cases, Cause, Example};
use crate::{Origin, Result, Service, Session};

/// An operation. Its fields are its arguments, in the order in which they are checked.
///
/// It cannot run without the caller that it declares, and only [`Caller::identify`] creates one:
///
/// ```compile_fail
/// use trivium_core::groups::leave::LeaveGroup;
/// use trivium_core::types::GroupRef;
/// use trivium_core::{Operation, Session};
///
/// fn leave(session: &mut Session<'_>) {
///     let _left = LeaveGroup { id: GroupRef(1) }.run(session);
/// }
/// ```
pub trait Operation: Send + Sync + 'static {
    /// The declaration: name, effect, verbs and codes.
    const DECLARATION: &'static Declaration;

    /// The caller that it requires.
    type Caller: Caller;

    /// Its result.
    type Output: Send + 'static;

    /// Runs the operation in one transaction. It may run again from a clean state.
    ///
    /// # Errors
    /// A rejection, or a failure of the store; in either case no change is stored.
    fn run(&self, caller: &Self::Caller, session: &mut Session<'_>) -> Result<Self::Output>;
}

/// An operation that works before its transaction, such as hashing a password, which must not hold the
/// writer. Every [`Operation`] is one, with nothing to prepare.
pub trait PreparedOperation: Send + Sync + 'static {
    /// As [`Operation::DECLARATION`].
    const DECLARATION: &'static Declaration;

    /// As [`Operation::Caller`].
    type Caller: Caller;

    /// True if the preparation verifies or hashes a password, which keeps a thread busy for long.
    const HASHES_PASSWORD: bool = true;

    /// What the preparation computes.
    type Prepared: Send + Sync;

    /// As [`Operation::Output`].
    type Output: Send + 'static;

    /// Works before the transaction. `run` must check again what this relied on.
    ///
    /// # Errors
    /// A rejection, or a failure of the store.
    fn prepare(&self, service: &Service, origin: &Origin, proof: &Proof) -> Result<Self::Prepared>;

    /// As [`Operation::run`], with what was prepared.
    ///
    /// # Errors
    /// As there.
    fn run(
        &self,
        prepared: &Self::Prepared,
        caller: &Self::Caller,
        session: &mut Session<'_>,
    ) -> Result<Self::Output>;
}

/// An operation of the catalog: besides what it does, it declares what documents show and tests try.
pub trait PublicOperation:
    PreparedOperation<Output: Serialize + JsonSchema> + DeserializeOwned + JsonSchema
{
    /// An example call, which succeeds on the demonstration data.
    const EXAMPLE: Example;

    /// Who may call it.
    const ACCESS: Access;

    /// A call for each declared code that is neither in [`ACCESS`](Self::ACCESS) nor an error of the
    /// credential.
    const CAUSES: &'static [Cause] = &[];
}

impl<O: Operation> PreparedOperation for O {
    const DECLARATION: &'static Declaration = O::DECLARATION;
    const HASHES_PASSWORD: bool = false;
    type Caller = O::Caller;
    type Prepared = ();
    type Output = O::Output;

    fn prepare(&self, _: &Service, _: &Origin, _: &Proof) -> Result<()> {
        Ok(())
    }

    fn run(&self, _: &(), caller: &O::Caller, session: &mut Session<'_>) -> Result<O::Output> {
        Operation::run(self, caller, session)
    }
}

/// Work for the server, with its types erased: an operation of the catalog, or the call of a dialect.
pub trait Work<A>: Send + Sync {
    /// As [`PreparedOperation::HASHES_PASSWORD`].
    fn hashes_password(&self) -> bool {
        false
    }

    /// Works before the transaction; see [`PreparedOperation::prepare`].
    ///
    /// # Errors
    /// As there.
    fn prepare(&mut self, _: &Service, _: &Origin, _: &Proof) -> Result<()> {
        Ok(())
    }

    /// Runs in the transaction; see [`PreparedOperation::run`].
    ///
    /// # Errors
    /// As there.
    fn run(&self, proof: &Proof, session: &mut Session<'_>) -> Result<A>;
}

/// An operation with what it prepared.
pub(crate) struct Prepared<O: PreparedOperation> {
    operation: O,
    prepared: Option<O::Prepared>,
}

impl<O: PreparedOperation> Prepared<O> {
    pub(crate) const fn new(operation: O) -> Self {
        Self {
            operation,
            prepared: None,
        }
    }
}

impl<O: PreparedOperation> Work<O::Output> for Prepared<O> {
    fn hashes_password(&self) -> bool {
        O::HASHES_PASSWORD
    }

    fn prepare(&mut self, service: &Service, origin: &Origin, proof: &Proof) -> Result<()> {
        self.prepared = Some(self.operation.prepare(service, origin, proof)?);
        Ok(())
    }

    fn run(&self, proof: &Proof, session: &mut Session<'_>) -> Result<O::Output> {
        let unprepared = || Error::internal("the operation was not prepared");
        let prepared = self.prepared.as_ref().ok_or_else(unprepared)?;
        let caller = O::Caller::identify(proof, session)?;
        self.operation.run(prepared, &caller, session)
    }
}

/// An operation of the catalog, with its result erased.
struct Erased<O: PreparedOperation>(Prepared<O>);

impl<O: PreparedOperation<Output: Serialize>> Work<Answer> for Erased<O> {
    fn hashes_password(&self) -> bool {
        self.0.hashes_password()
    }

    fn prepare(&mut self, service: &Service, origin: &Origin, proof: &Proof) -> Result<()> {
        self.0
            .prepare(service, origin, proof)
            .inspect_err(declared::<O>)
    }

    fn run(&self, proof: &Proof, session: &mut Session<'_>) -> Result<Answer> {
        let output = self.0.run(proof, session).inspect_err(declared::<O>)?;
        Ok(Box::new(output))
    }
}

/// In debug builds, an operation that fails with a code that it does not declare is a bug.
fn declared<O: PreparedOperation>(error: &Error) {
    let code = error.code();
    debug_assert!(
        O::DECLARATION.errors.contains(&code)
            || O::Caller::CREDENTIAL.errors.contains(&code)
            || codes::COMMON.contains(&code),
        "{} failed with {code:?}, which it does not declare",
        O::DECLARATION.name,
    );
}

/// Makes the work of an operation from its arguments.
pub(crate) type Bind = fn(Arguments) -> Result<Box<dyn Work<Answer>>>;

/// A row of the catalog: the entry for front-ends, the function that runs the operation, and the cases
/// for its tests.
pub struct Row {
    pub(crate) entry: Entry,
    pub(crate) bind: Bind,
    pub(crate) cases: Cases,
}

/// The row of an operation.
pub fn row<O: PublicOperation>() -> Row {
    let entry = Entry::of::<O, O::Output>(O::DECLARATION, O::Caller::CREDENTIAL);
    Row {
        entry: Entry {
            hashes_password: O::HASHES_PASSWORD || entry.hashes_password,
            example: Some(O::EXAMPLE.resolve()),
            ..entry
        },
        bind: |arguments| Ok(Box::new(Erased(Prepared::new(arguments.fill::<O>()?)))),
        cases: Cases {
            access: O::ACCESS,
            causes: O::CAUSES,
        },
    }
}
