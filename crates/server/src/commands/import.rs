//! `trivium import`.

use trivium_core::import::ImportGroups;

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Global, Import};
use trivium_upcoming::file;

pub(crate) fn run(global: &Global, command: &Import) -> Result<(), Failure> {
    let Import::Upcoming { file, member } = command;
    let name = file.display();
    let document =
        std::fs::read_to_string(file).map_err(|error| Failure::Data(format!("{name}: {error}")))?;
    let groups = file::read(&document)
        .map_err(|message| Failure::Data(format!("{name}: {message}: nothing was imported")))?;
    let administrator = Administrator::open(global)?;
    let member = match member {
        Some(login) => Some(administrator.user(login)?),
        None => None,
    };
    let count = administrator.run(ImportGroups { groups, member })?;
    print::value(global, "groups", count)
}
