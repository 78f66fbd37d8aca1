//! `make bench`: how fast the service is, beside what its parts could do at best.
//!
//! - [`mod@measure`] is the plan: which subjects, in alternating rounds.
//! - [`load`] drives a server over kept-alive connections; [`calls`] writes what it sends and
//!   checks every answer.
//! - [`bare`] runs the service's SQL without the service; [`fixed`] answers a constant.
//! - [`data`] makes people, groups and memberships from a seed; [`process`] starts and pins the
//!   parts; [`stat`] and [`table`] say what came out.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

mod bare;
mod calls;
mod data;
mod failure;
mod fixed;
mod load;
mod measure;
mod process;
mod stat;
mod table;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::data::Scale;
use crate::failure::{Result, told};
use crate::measure::{Plan, measure};
use crate::process::{Pinning, machine, own_program};
use crate::table::{Table, circumstances};

/// Measures the release binary of trivium beside bare SQL and a bare HTTP server.
///
/// Exits with 1 when a floor is missed, an answer was wrong, or an acknowledged join is not in
/// the database afterwards.
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
    part: Option<Part>,
}

#[derive(Debug, Args)]
struct Run {
    /// A few seconds on little data: everything is checked but the floors
    #[arg(long)]
    quick: bool,
    /// Also write the table, the machine and how it was measured, as Markdown
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// The binary to measure [default: trivium beside this program]
    #[arg(long, value_name = "FILE")]
    trivium: Option<PathBuf>,
    /// Where the databases are made and removed: a disk like the one to serve from [default:
    /// beside this program]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Rounds of each measurement
    #[arg(long, default_value_t = 15, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,
    /// How long each of them takes, in milliseconds
    #[arg(long, default_value_t = 1000, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(50..=600_000))]
    milliseconds: u64,
    #[command(flatten)]
    scale: Scale,
}

/// The processes that it starts beside itself.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
enum Part {
    #[command(hide = true)]
    Bare(bare::Options),
    #[command(hide = true)]
    Fixed(fixed::Fixed),
}

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match &options.part {
        Some(Part::Bare(options)) => bare::work(options).map(|()| true),
        Some(Part::Fixed(fixed)) => fixed::serve(fixed).map(|()| true),
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

/// Measures and tells. False when a floor was missed.
fn run(run: &Run) -> Result<bool> {
    let own = own_program()?;
    let beside = own.parent().unwrap_or(Path::new("."));
    let program = run
        .trivium
        .clone()
        .unwrap_or_else(|| beside.join("trivium"));
    let Ok(program) = program.canonicalize() else {
        return told(format!(
            "there is no {}: build it with cargo build --release --workspace",
            program.display()
        ));
    };
    let folder = tempfile::Builder::new()
        .prefix("trivium-bench-")
        .tempdir_in(run.folder.as_deref().unwrap_or(beside))?;
    let plan = plan(run);
    let pinning = Pinning::begin();
    let progress = std::io::stderr().is_terminal();
    let tell = |words: &str| {
        if progress {
            eprintln!("{words} …");
        }
    };
    let measured = measure(
        &program,
        &folder.path().canonicalize()?,
        &pinning,
        plan,
        &tell,
    )?;
    let table = Table::of(&measured, !run.quick);
    let circumstances = circumstances(&measured, plan, &pinning.words());
    println!("{table}\n\n{circumstances}");
    if let Some(path) = &run.write {
        std::fs::write(path, document(&table, &circumstances))?;
        println!("Written to {}.", path.display());
    }
    Ok(table.keeps_floors())
}

fn plan(run: &Run) -> Plan {
    if run.quick {
        return Plan {
            scale: Scale {
                groups: 2_000,
                people: 200,
                ..run.scale
            },
            rounds: 2,
            length: Duration::from_millis(300),
            starts: 3,
        };
    }
    Plan {
        scale: run.scale,
        rounds: run.rounds.into(),
        length: Duration::from_millis(run.milliseconds),
        starts: 7,
    }
}

/// The page that is kept beside the code.
fn document(table: &Table, circumstances: &str) -> String {
    let command: Vec<String> = std::env::args().skip(1).collect();
    format!(
        "# Benchmark\n\nThe last run of `make bench`, on {}: {}.\n\n    trivium-bench {}\n\n\
         {table}\n\n{}\nHow each row was measured:\n\n{}",
        jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        machine(),
        command.join(" "),
        circumstances
            .lines()
            .map(|line| format!("{line}  \n"))
            .collect::<String>(),
        table.how(),
    )
}
