//! The statements that the service sends, for the tests that compare them with the copies of this crate.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use trivium_core::types::AuthToken;
use trivium_core::{Credentials, Operation, Origin, Service, Settings, Via, demonstration};
use trivium_storage::{Database, Options};

static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The recordings of two tests would be mixed.
static TURN: Mutex<()> = Mutex::new(());

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records every statement that Diesel sends, without the bound values.
fn record() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let statement = query.to_string();
            let text = statement.split(" -- binds: ").next().unwrap_or_default();
            lock(&SENT).push(text.to_owned());
        }
    }))
}

/// A service with the demonstration data.
pub(crate) struct Recorded {
    service: Arc<Service>,
    /// The statements with which the database was opened.
    pub(crate) opening: Vec<String>,
    _turn: MutexGuard<'static, ()>,
}

impl Recorded {
    pub(crate) fn open(url: &str) -> Result<Self, Box<dyn Error>> {
        let turn = lock(&TURN);
        set_default_instrumentation(record)?;
        lock(&SENT).clear();
        let options = Options {
            page_cache: 64 * 1024 * 1024,
            ..Options::default()
        };
        let database = Database::open(url.parse()?, &options)?;
        let opening = lock(&SENT).clone();
        let service = Service::new(database, Settings::default());
        demonstration::install(&service, Vec::new()).map_err(|error| error.to_string())?;
        Ok(Self {
            service,
            opening,
            _turn: turn,
        })
    }

    /// Returns the statements of one call.
    pub(crate) fn statements_of<O: Operation>(&self, call: O) -> Result<Vec<String>, String> {
        let origin = Origin {
            via: Via("rest-json"),
            ..Origin::command_line()
        };
        let token = AuthToken(demonstration::MEMBER.2.into());
        lock(&SENT).clear();
        self.service
            .run(call, Credentials::Token(token), origin)
            .map_err(|error| error.to_string())?;
        let mut statements = std::mem::take(&mut *lock(&SENT));
        // The pool may open further connections during the call.
        let opens = |text: &str| text.starts_with("PRAGMA") || text.starts_with("SET ");
        statements.retain(|statement| !opens(statement));
        Ok(statements)
    }
}
