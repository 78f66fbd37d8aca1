//! The differences that an examination found.

use std::fmt;

use serde::Serialize;

/// A difference between a server and the catalog, or between two formats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The operation.
    pub operation: &'static str,
    /// The format; `None` if two formats differ from each other.
    pub format: Option<&'static str>,
    /// A sentence without its full stop.
    pub difference: String,
}

/// The result of an examination.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The number of calls.
    pub calls: usize,
    /// The differences in the order of their discovery, without duplicates.
    pub differences: Vec<Difference>,
}

impl Report {
    /// Adds a difference, if it is new.
    pub(crate) fn add(
        &mut self,
        operation: &'static str,
        format: Option<&'static str>,
        difference: String,
    ) {
        let difference = Difference {
            operation,
            format,
            difference,
        };
        if !self.differences.contains(&difference) {
            self.differences.push(difference);
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        if let Some(format) = self.format {
            write!(f, " over {format}")?;
        }
        write!(f, ": {}.", self.difference)
    }
}
