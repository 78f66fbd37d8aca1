//! `trivium completions`, `man` and `version`: what the program says about itself.

use std::io::Write;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use serde_json::json;
use trivium_storage::migrations;

use super::print;
use crate::failure::Failure;
use crate::options::{Completions, Global, Options};

pub(crate) fn completions(completions: &Completions) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(
        completions.shell,
        &mut Options::command(),
        "trivium",
        &mut text,
    );
    write(&text)
}

/// Prints a manual page of the program and of all its commands.
pub(crate) fn man() -> Result<(), Failure> {
    let mut command = Options::command();
    command.build();
    let mut text = Vec::new();
    let page = Man::new(command.clone());
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    sections(&command, "trivium", &mut text)?;
    page.render_extra_section(&mut text)?;
    page.render_version_section(&mut text)?;
    write(&text)
}

/// Appends a section for each command below this one.
fn sections(command: &Command, name: &str, text: &mut Vec<u8>) -> Result<(), Failure> {
    for below in command
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
    {
        let name = format!("{name} {}", below.get_name());
        writeln!(text, ".SH \"{}\"", name.to_uppercase())?;
        let page = Man::new(below.clone());
        for render in [
            Man::render_synopsis_section,
            Man::render_description_section,
            Man::render_options_section,
        ] {
            let mut section = Vec::new();
            render(&page, &mut section)?;
            // Sections of one command are parts of its section here.
            text.extend(
                String::from_utf8_lossy(&section)
                    .replace("\n.SH ", "\n.SS ")
                    .bytes(),
            );
        }
        sections(below, &name, text)?;
    }
    Ok(())
}

pub(crate) fn version(global: &Global) -> Result<(), Failure> {
    let version = env!("CARGO_PKG_VERSION");
    if !global.json {
        return print::line(&format!("trivium {version}"));
    }
    let record = json!({
        "version": version,
        "tables": migrations::program(),
        "postgresTls": cfg!(feature = "postgres-tls"),
    });
    print::record(global, &record)
}

fn write(text: &[u8]) -> Result<(), Failure> {
    print::line(String::from_utf8_lossy(text).trim_end())
}
