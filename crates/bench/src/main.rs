//! `make bench`: the throughput of the service, compared with upper bounds for its parts, with itself, and with a
//! peer.
//!
//! - [`rows`] declares what is compared, with its floor; [`figures`] the rows of one value. [`bench`](mod@bench) runs
//!   them in alternating rounds.
//! - [`load`] drives a server over kept-alive connections; [`calls`] and [`lists`] write the
//!   requests, and every response is checked.
//! - The baselines: [`bare`] runs the service's SQL without the service, and [`postgres`] that of Postgres;
//!   [`reading`] calls the storage on several threads; [`fixed`] serves a constant response; [`peer`] is a server in
//!   JavaScript. Those that are this program again are a [`worker`].
//! - [`large`] compares stores of several sizes, for `make bench-large`.
//! - [`data`] generates users, groups and memberships from a seed; [`process`] starts and pins
//!   the processes; [`stat`], [`table`] and [`plot`] compute and present the results.

#![expect(clippy::print_stdout, reason = "the program prints a table")]

mod bare;
mod bench;
mod calls;
mod data;
mod failure;
mod figures;
mod fixed;
mod large;
mod lists;
mod load;
mod peer;
mod plot;
mod postgres;
mod process;
mod reading;
#[cfg(test)]
mod recorded;
mod rows;
mod stat;
mod table;
mod worker;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tempfile::TempDir;

use crate::bench::{Plan, measure};
use crate::data::Scale;
use crate::failure::{Result, fail};
use crate::process::{Pinning, Trivium, machine, own_program};
use crate::table::{Table, circumstances};

/// Benchmarks the release binary of trivium against bare SQL, a bare HTTP server and a peer.
///
/// Exits with 1 if a floor is missed or cannot be measured, a response is wrong, or an acknowledged join is not in the
/// database afterwards.
#[derive(Debug, Parser)]
#[command(
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  cargo build --release --workspace && target/release/trivium-bench
  target/release/trivium-bench --write docs/BENCHMARK.md
  target/release/trivium-bench --quick"
)]
struct Options {
    #[command(flatten)]
    run: Run,
    #[command(subcommand)]
    other: Option<Other>,
}

#[derive(Debug, Args)]
struct Run {
    /// Run for a few seconds on little data, and check everything but the floors
    #[arg(long)]
    quick: bool,
    /// Also write the results, the machine and the method to a Markdown file, and a picture of them beside it
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Number of rounds per measurement
    #[arg(long, default_value_t = 11, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// Duration of a round in milliseconds
    #[arg(long, default_value_t = 1000, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(50..=600_000))]
    milliseconds: u64,
    #[command(flatten)]
    scale: Scale,
}

/// What is measured, and where.
#[derive(Debug, Args)]
struct Place {
    /// The binary to measure [default: trivium in the folder of this program]
    #[arg(long, value_name = "FILE")]
    trivium: Option<PathBuf>,
    /// The folder for the temporary databases, on a disk like that of a server [default: the
    /// folder of this program]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl Place {
    /// Returns the binary, and a folder for the databases, which is removed when it is dropped.
    fn find(&self) -> Result<(PathBuf, TempDir)> {
        let own = own_program()?;
        let own_folder = own.parent().unwrap_or(Path::new("."));
        let program = self
            .trivium
            .clone()
            .unwrap_or_else(|| own_folder.join("trivium"));
        let Ok(program) = program.canonicalize() else {
            return fail(format!(
                "cannot find {}; build it with cargo build --release --workspace",
                program.display()
            ));
        };
        let folder = tempfile::Builder::new()
            .prefix("trivium-bench-")
            .tempdir_in(self.folder.as_deref().unwrap_or(own_folder))?;
        Ok((program, folder))
    }
}

/// Reports a step on the terminal.
fn progress(message: &str) {
    if std::io::stderr().is_terminal() {
        eprintln!("{message} …");
    }
}

/// Another benchmark, and the processes that a benchmark starts from its own binary.
#[derive(Debug, Subcommand)]
enum Other {
    Large(large::Options),
    #[command(hide = true)]
    Bare(bare::Options),
    #[command(hide = true)]
    Read(reading::Options),
    #[command(hide = true)]
    Fixed(fixed::Fixed),
}

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match &options.other {
        Some(Other::Large(options)) => large::run(options),
        Some(Other::Bare(options)) => bare::run(options).map(|()| true),
        Some(Other::Read(options)) => reading::run(options).map(|()| true),
        Some(Other::Fixed(fixed)) => fixed::serve(fixed).map(|()| true),
        None => run(&options.run),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("trivium-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the benchmark; false if a floor was missed.
fn run(run: &Run) -> Result<bool> {
    let (program, folder) = run.place.find()?;
    let plan = plan(run);
    let pinning = Pinning::begin();
    let trivium = Trivium {
        program: &program,
        pinning: &pinning,
        folder: &folder.path().canonicalize()?,
    };
    let measured = measure(&trivium, plan)?;
    let table = Table::of(&measured, !run.quick);
    let circumstances = circumstances(&measured, plan, &pinning.description());
    println!("{table}\n\n{circumstances}");
    if let Some(path) = &run.write {
        let picture = path.with_file_name(PICTURE);
        std::fs::write(path, document(&table, &circumstances))?;
        std::fs::write(&picture, plot::svg(&table)?)?;
        println!("Written to {} and {}.", path.display(), picture.display());
    }
    Ok(table.keeps_floors())
}

fn plan(run: &Run) -> Plan {
    let (rounds, length, starts) = match run.quick {
        true => (2, Duration::from_millis(300), 3),
        false => (
            run.rounds.into(),
            Duration::from_millis(run.milliseconds),
            7,
        ),
    };
    let scale = match run.quick {
        true => Scale {
            groups: 2_000,
            users: 200,
            ..run.scale
        },
        false => run.scale,
    };
    // Ten times as many users, all members of the first group, and enough others who join it.
    let users = scale.users * 10;
    let seconds = length.as_secs_f64() * (rounds + 1) as f64;
    let crowd = Scale {
        users,
        each: 10,
        crowd: users,
        newcomers: 2_000 + (seconds * JOINS_PER_SECOND) as u32,
        ..scale
    };
    Plan {
        scale,
        crowd,
        rounds,
        length,
        starts,
    }
}

/// The file name of the picture, beside the Markdown file.
const PICTURE: &str = "benchmark.svg";

/// More than a server acknowledges among nine times as many reads.
const JOINS_PER_SECOND: f64 = 10_000.0;

/// Returns the text of `docs/BENCHMARK.md`.
fn document(table: &Table, circumstances: &str) -> String {
    let command: Vec<String> = std::env::args().skip(1).collect();
    format!(
        "# Benchmark\n\nThe last run of `make bench`, on {}: {}.\n\n    trivium-bench {}\n\n\
         ![Each result divided by its floor]({PICTURE})\n\n{table}\n\n{}\nHow each row was measured:\n\n{}",
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        machine(),
        command.join(" "),
        circumstances
            .lines()
            .map(|line| format!("{line}  \n"))
            .collect::<String>(),
        table.methods(),
    )
}
