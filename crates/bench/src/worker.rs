//! Processes that run this program to repeat something without a server, on cores of their own.
//!
//! Driver and worker communicate in lines: the command `joinGroup 2000` (run for 2000 ms) gets the reply
//! `48000 1999000000` (48000 joins in 1999000000 ns).

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::failure::{Failure, Result, fail};

/// The number of repetitions, and the time spent.
pub(crate) type Count = (u64, Duration);

/// A handle of the process.
pub(crate) struct Worker {
    child: Child,
    commands: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts the process.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(commands), Some(replies)) => Ok(Self {
                child,
                commands,
                replies: BufReader::new(replies),
            }),
            _ => fail("cannot open standard input and output of a worker"),
        }
    }

    /// Returns the process ID.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Repeats something for this long.
    pub(crate) fn run(&mut self, what: &str, length: Duration) -> Result<Count> {
        writeln!(self.commands, "{what} {}", length.as_millis())?;
        let mut line = String::new();
        self.replies.read_line(&mut line)?;
        let numbers = line.trim().split_once(' ').and_then(|(count, time)| {
            Some((
                count.parse().ok()?,
                Duration::from_nanos(time.parse().ok()?),
            ))
        });
        // The process has printed its error on standard error.
        numbers.ok_or_else(|| Failure::Message("a worker ended early".into()))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // The process has no state that needs an orderly shutdown.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Runs the process: does each line of standard input until the end of the input.
pub(crate) fn obey(mut work: impl FnMut(&str, Duration) -> Result<Count>) -> Result<()> {
    for line in std::io::stdin().lines() {
        let line = line?;
        let command = line.split_once(' ');
        let command = command.and_then(|(what, time)| Some((what, time.parse().ok()?)));
        let Some((what, milliseconds)) = command else {
            return fail(format!("malformed command '{line}'"));
        };
        let (count, spent) = work(what, Duration::from_millis(milliseconds))?;
        println!("{count} {}", spent.as_nanos());
    }
    Ok(())
}
