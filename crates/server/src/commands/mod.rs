//! Carries out the commands. Standard output is the value alone.

mod group;
mod import;
mod print;
mod secret;
mod serve;
mod user;

use std::sync::Arc;

use trivium_core::{Service, Settings};
use trivium_storage::{Database, Options as Connections};

use crate::failure::Failure;
use crate::options::{Command, Global, Options};

/// Carries out a command.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let global = &options.global;
    match &options.command {
        Command::Serve(serve) => serve::run(global, serve),
        Command::User(user) => user::run(global, user),
        Command::Group(group) => group::run(global, group),
        Command::Import(import) => import::run(global, import),
    }
}

/// The service over the database that the options name, for one command beside a server.
fn open(global: &Global) -> Result<Arc<Service>, Failure> {
    let connections = Connections {
        readers: 1,
        writers: 1,
        ..Connections::default()
    };
    let database = Database::open(secret::database(global)?, &connections)?;
    Ok(Service::new(database, Settings::default()))
}
