//! Carries out the commands. Standard output is the value alone.

mod call;
mod category;
mod conform;
mod describe;
mod group;
mod import;
mod key;
mod membership;
mod print;
mod secret;
mod serve;
mod user;

use std::sync::Arc;

use serde::Serialize;
use trivium_core::administration::users::ShowUser;
use trivium_core::types::{PageNumber, ResultsPerPage, UserRef};
use trivium_core::{Credentials, Origin, PreparedOperation, Service, Settings};
use trivium_storage::{Database, Options as Connections};

use crate::failure::Failure;
use crate::options::{Command, Global, Options};

/// Carries out a command.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let global = &options.global;
    match &options.command {
        Command::Serve(serve) => serve::run(options, serve),
        Command::User(user) => user::run(global, user),
        Command::Token(token) => user::token(global, token),
        Command::Key(key) => key::run(global, key),
        Command::Group(group) => group::run(global, group),
        Command::Member(member) => membership::member(global, member),
        Command::Request(request) => membership::request(global, request),
        Command::Invite(invite) => membership::invite(global, invite),
        Command::Category(category) => category::run(global, category),
        Command::Import(import) => import::run(global, import),
        Command::Call(call) => call::run(call),
        Command::Openapi(openapi) => describe::openapi(openapi),
        Command::Xsd(xsd) => describe::xsd(xsd),
        Command::Docs(docs) => describe::docs(docs),
        Command::Conform(conform) => conform::run(global, conform),
    }
}

/// The administrator at the command line: the operations of the service, run with their
/// authority beside whatever server runs.
pub(crate) struct Administrator {
    pub(crate) service: Arc<Service>,
}

impl Administrator {
    /// Opens the database that the options name, creating and migrating it first.
    fn open(global: &Global) -> Result<Self, Failure> {
        let connections = Connections {
            readers: 1,
            writers: 1,
            ..Connections::default()
        };
        let database = Database::open(global.database.parse()?, &connections)?;
        Ok(Self {
            service: Service::new(database, Settings::default()),
        })
    }

    /// Runs an operation.
    fn run<O: PreparedOperation>(&self, operation: O) -> Result<O::Output, Failure> {
        let origin = Origin::command_line();
        Ok(self
            .service
            .run(operation, Credentials::Administrator, origin)?)
    }

    /// Runs an operation on behalf of a user.
    fn run_as<O: PreparedOperation>(
        &self,
        user: UserRef,
        operation: O,
    ) -> Result<O::Output, Failure> {
        let origin = Origin::command_line();
        Ok(self
            .service
            .run(operation, Credentials::ActingFor(user), origin)?)
    }

    /// The user of this login.
    fn user(&self, login: &str) -> Result<UserRef, Failure> {
        let login = login.to_owned();
        Ok(UserRef(self.run(ShowUser { login })?.id))
    }

    /// All rows of a list, page by page.
    fn pages<O: PreparedOperation, R: Serialize>(
        &self,
        ask: impl Fn(PageNumber, ResultsPerPage) -> O,
        rows: impl Fn(O::Output) -> Vec<R>,
    ) -> Result<Vec<serde_json::Value>, Failure> {
        let size = ResultsPerPage::default();
        let mut all = Vec::new();
        for page in 1.. {
            let answer = rows(self.run(ask(PageNumber(page), size))?);
            let last = answer.len() < usize::try_from(size.0).unwrap_or(usize::MAX);
            all.extend(print::rows(&answer)?);
            if last {
                break;
            }
        }
        Ok(all)
    }
}
