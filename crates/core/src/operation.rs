//! What an operation is: a struct of arguments that can run.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::arguments::{Arguments, Rule, rules};
use crate::{Caller, Code, Context, Error, Result, Service, lint};

/// The verbs under which an operation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbs {
    /// It only looks.
    Get,
    /// It changes something, or its arguments are secrets.
    Post,
    /// Either will do.
    Any,
}

/// What an operation does to the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It looks: it runs on a reader.
    Read,
    /// It may change something: it runs on the writer.
    Change,
}

/// An operation: its fields are its arguments, in the order in which they are checked.
pub trait Operation: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Its name, without the service's.
    const NAME: &'static str;
    /// How it is asked for.
    const VERBS: Verbs;
    /// What it does.
    const EFFECT: Effect;
    /// The codes of its own that it may answer, beside [`Code::COMMON`].
    const ERRORS: &'static [Code];
    /// True when [`prepare`](Self::prepare) has work to do.
    const PREPARES: bool = false;
    /// What it answers.
    type Output: Serialize + JsonSchema + Send + 'static;

    /// Does what must not hold the writer, such as hashing a password, before the transaction.
    /// `run` checks again what this relied on.
    ///
    /// # Errors
    /// A refusal, or the store's failure.
    fn prepare(&mut self, _service: &Service, _caller: &Caller) -> Result<()> {
        Ok(())
    }

    /// Does it, in one transaction. May run again from a clean state.
    ///
    /// # Errors
    /// A refusal, or the store's failure; either way nothing is kept.
    fn run(&self, context: &mut Context<'_>) -> Result<Self::Output>;
}

/// The answer of an operation without a value of its own.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Done {}

/// A result that keeps its type until it is printed.
pub type Answer = Box<dyn erased_serde::Serialize + Send>;

/// What a call does, in its one transaction, where of its type only the answer's is known.
///
/// An [`Operation`] is one, with an [`Answer`] that any front-end prints. A dialect brings its
/// own, which run operations and answer in the dialect's types.
pub trait Bound<R = Answer>: Send + Sync {
    /// See [`Operation::prepare`].
    ///
    /// # Errors
    /// As there.
    fn prepare(&mut self, _: &Service, _: &Caller) -> Result<()> {
        Ok(())
    }

    /// See [`Operation::run`].
    ///
    /// # Errors
    /// As there.
    fn run(&self, context: &mut Context<'_>) -> Result<R>;
}

impl<O: Operation> Bound for O {
    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        Operation::prepare(self, service, caller).inspect_err(|e| declared::<O>(e))
    }

    fn run(&self, context: &mut Context<'_>) -> Result<Answer> {
        match Operation::run(self, context) {
            Ok(output) => Ok(Box::new(output)),
            Err(error) => {
                declared::<O>(&error);
                Err(error)
            }
        }
    }
}

/// In builds for tests, an operation that answers a code it did not declare is a fault.
fn declared<O: Operation>(error: &Error) {
    debug_assert!(
        O::ERRORS.contains(&error.code()) || Code::COMMON.contains(&error.code()),
        "{} answered {:?}, which it does not declare",
        O::NAME,
        error.code()
    );
}

/// A row of the catalog: all that any reader of the declaration needs.
pub struct Entry {
    /// The operation's name, without the service's.
    pub name: &'static str,
    /// What it is about, as the catalog says.
    pub subject: &'static str,
    /// How it is asked for.
    pub verbs: Verbs,
    /// What it does to the data.
    pub effect: Effect,
    /// True when it has work to do before its transaction.
    pub prepares: bool,
    /// The codes of its own that it may answer.
    pub errors: &'static [Code],
    /// The rules of its arguments, in order.
    pub arguments: Vec<Rule>,
    /// The schema of its arguments; its description is the operation's.
    pub input: Schema,
    /// The schema of its result, without `success`.
    pub output: Schema,
    bind: fn(Arguments) -> Result<Box<dyn Bound>>,
}

impl Entry {
    /// The row of an operation.
    ///
    /// # Panics
    /// In builds for tests, when a type of the operation cannot survive every format.
    pub fn of<O: Operation>() -> Self {
        let input = schemars::schema_for!(O);
        let settings = SchemaSettings::default().for_serialize();
        let output = settings
            .into_generator()
            .into_root_schema_for::<O::Output>();
        if cfg!(debug_assertions) {
            let refusals = lint::refusals(&input, &output);
            assert!(refusals.is_empty(), "{}: {refusals:#?}", O::NAME);
        }
        Self {
            name: O::NAME,
            subject: "",
            verbs: O::VERBS,
            effect: O::EFFECT,
            prepares: O::PREPARES,
            errors: O::ERRORS,
            arguments: rules(&input),
            input,
            output,
            bind: |arguments| Ok(Box::new(arguments.fill::<O>()?)),
        }
    }

    /// Makes a call of checked arguments.
    ///
    /// # Errors
    /// As [`Arguments::fill`].
    pub fn bind(&self, arguments: Arguments) -> Result<Box<dyn Bound>> {
        (self.bind)(arguments)
    }

    /// What it does, as its documentation says.
    pub fn description(&self) -> &str {
        let description = self.input.get("description");
        description.and_then(Json::as_str).unwrap_or_default()
    }

    /// The schema of an argument.
    pub fn argument(&self, name: &str) -> Option<&Json> {
        self.input.get("properties")?.get(name)
    }

    /// True when one of its arguments is called `name`.
    pub fn takes(&self, name: &str) -> bool {
        self.arguments.iter().any(|rule| rule.name == name)
    }
}

/// The catalog as it is built once.
pub type Catalog = LazyLock<Vec<Entry>>;
