//! Runs the commands. They write only their result to standard output.

mod about;
mod audit;
mod backup;
mod call;
mod call_as;
mod category;
mod config;
mod conform;
mod describe;
mod doctor;
mod group;
mod healthcheck;
mod import;
mod key;
mod limits;
mod membership;
mod migrate;
mod print;
mod secret;
mod serve;
mod user;

use std::sync::Arc;

use serde::Serialize;
use trivium_core::administration::users::ShowUser;
use trivium_core::types::{PageNumber, ResultsPerPage, UserRef};
use trivium_core::{Credentials, Origin, PreparedOperation, Service, Settings};
use trivium_storage::{Access, Database, DatabaseUrl, Options as Connections};

use crate::cures;
use crate::failure::Failure;
use crate::options::{Command, Global, Options};

/// Runs a command.
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
        Command::Export(export) => import::export(global, export),
        Command::Limits(quotas) => limits::run(global, *quotas),
        Command::Backup(backup) => backup::backup(global, backup),
        Command::Restore(restore) => backup::restore(global, restore),
        Command::Config(config) => config::run(global, &options.configuration, config),
        Command::Doctor(doctor) => doctor::run(global, &options.configuration, doctor),
        Command::Audit(audit) => audit::run(global, audit),
        Command::Migrate(migrate) => migrate::run(global, migrate),
        Command::Healthcheck(healthcheck) => healthcheck::run(healthcheck),
        Command::Call(call) => call::run(call),
        Command::Openapi(openapi) => describe::openapi(openapi),
        Command::Xsd(xsd) => describe::xsd(xsd),
        Command::Docs(docs) => describe::docs(docs),
        Command::Completions(completions) => about::completions(completions),
        Command::Man => about::man(),
        Command::Version => about::version(global),
        Command::Conform(conform) => conform::run(global, conform),
    }
}

/// Runs operations with the authority of the administrator, whether or not a server is running.
pub(crate) struct Administrator {
    pub(crate) service: Arc<Service>,
}

impl Administrator {
    /// Opens the database of the options, and creates it if it does not exist.
    fn open(global: &Global) -> Result<Self, Failure> {
        Self::open_for(global, Access::Command)
    }

    /// Opens the database of the options, which must exist, if a command only reads.
    fn open_to_read(global: &Global, reads: bool) -> Result<Self, Failure> {
        let access = if reads { Access::Read } else { Access::Command };
        Self::open_for(global, access)
    }

    fn open_for(global: &Global, access: Access) -> Result<Self, Failure> {
        Self::open_as(global.database.parse()?, access)
    }

    fn open_as(url: DatabaseUrl, access: Access) -> Result<Self, Failure> {
        let connections = Connections {
            access,
            readers: 1,
            writers: 1,
            ..Connections::default()
        };
        let database = Database::open(url.clone(), &connections);
        let database = database.map_err(|error| cures::database(&url, error))?;
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

    /// Finds the user with this login.
    fn user(&self, login: &str) -> Result<UserRef, Failure> {
        let login = login.to_owned();
        Ok(UserRef(self.run(ShowUser { login })?.id))
    }

    /// Reads all rows of a list, page by page.
    fn pages<O: PreparedOperation, R: Serialize>(
        &self,
        page_of: impl Fn(PageNumber, ResultsPerPage) -> O,
        rows: impl Fn(O::Output) -> Vec<R>,
    ) -> Result<Vec<serde_json::Value>, Failure> {
        let size = ResultsPerPage::default();
        let mut all = Vec::new();
        for page in 1.. {
            let rows = rows(self.run(page_of(PageNumber(page), size))?);
            let last = rows.len() < usize::try_from(size.0).unwrap_or(usize::MAX);
            all.extend(print::rows(&rows)?);
            if last {
                break;
            }
        }
        Ok(all)
    }
}
