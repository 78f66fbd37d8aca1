//! The state of an examination: makes calls, and compares each response with the catalog.

use std::io;

use serde_json::Value;
use trivium_front::{Profile, StatusRule};
use trivium_rpc::{Catalog, Code, Entry, codes};

use crate::argument::{self, ArgumentList};
use crate::compare::difference;
use crate::expected;
use crate::report::Report;
use crate::response::{self, ParsedResponse};
use crate::schema;
use crate::wire::{Format, Request, Response, Server};

/// The number of attempts to read in all formats before a difference is reported: another client may
/// change the data between two calls.
const READ_ATTEMPTS: usize = 3;

/// The observed outcome of a call, in a form that is the same in every format.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Observed {
    /// The members of the result.
    Value(Value),
    /// The code of the failure.
    Code(String),
    /// The number of the fault.
    Fault(i64),
    /// The response could not be parsed, which is reported already.
    Unreadable,
}

/// An examination of a server.
pub(crate) struct Examination<'a> {
    server: &'a dyn Server,
    pub(crate) catalog: &'static Catalog,
    profile: Profile,
    status_rule: StatusRule,
    pub(crate) report: Report,
}

impl<'a> Examination<'a> {
    /// Detects the profile and the status rule of the server, by calling an operation that does not
    /// exist.
    pub(crate) fn begin(server: &'a dyn Server, catalog: &'static Catalog) -> io::Result<Self> {
        let path = format!("/api/json/{}/noSuchOperation", catalog.namespace);
        let response = server.send(&argument::get(path))?;
        let body: Option<Value> = serde_json::from_slice(&response.body).ok();
        if !body.is_some_and(|body| body.is_object()) {
            let message = "this server does not serve the PeopleAggregator API at this path";
            return Err(io::Error::other(message));
        }
        // Only profile `original` writes JSON without spaces.
        let original = response.body.starts_with(b"{\"success\":f");
        Ok(Self {
            server,
            catalog,
            profile: match original {
                true => Profile::Original,
                false => Profile::Documented,
            },
            status_rule: match response.status {
                404 => StatusRule::Http,
                _ => StatusRule::Ok,
            },
            report: Report {
                calls: 1,
                ..Report::default()
            },
        })
    }

    fn send(&mut self, request: &Request) -> io::Result<Response> {
        self.report.calls += 1;
        self.server.send(request)
    }

    /// Parses a response and validates its result. `prefix` begins the sentences of the report.
    fn parse(
        &mut self,
        format: Format,
        entry: &'static Entry,
        prefix: &str,
        response: &Response,
    ) -> Observed {
        match response::parse(format, &response.body) {
            Ok(ParsedResponse::Success(members)) => {
                let output = entry.output.as_value();
                let (value, violations) = schema::validate(format, output, members);
                for violation in violations {
                    self.add(entry, format, violation);
                }
                if response.status != 200 {
                    let status = response.status;
                    let difference = format!("{prefix}it succeeded with status {status}");
                    self.add(entry, format, difference);
                }
                Observed::Value(value)
            }
            Ok(ParsedResponse::Failure(code)) => Observed::Code(code),
            Ok(ParsedResponse::Fault(number)) => Observed::Fault(number),
            Err(reason) => {
                let difference = format!("{prefix}its response is malformed: {reason}");
                self.add(entry, format, difference);
                Observed::Unreadable
            }
        }
    }

    /// Calls an operation whose outcome is not known in advance. A failure must have a code that
    /// the operation declares, and the status of this code.
    pub(crate) fn call(
        &mut self,
        format: Format,
        entry: &'static Entry,
        arguments: &ArgumentList,
    ) -> io::Result<Observed> {
        let response = self.send(&argument::call(self.catalog, format, entry, arguments))?;
        let observed = self.parse(format, entry, "", &response);
        if let Observed::Code(name) = &observed {
            let declared = entry.errors.iter().chain(codes::COMMON);
            let statuses: Vec<u16> = declared
                .filter(|code| expected::names(self.profile, **code).contains(&name.as_str()))
                .map(|code| self.status(format, *code))
                .collect();
            if statuses.is_empty() {
                let difference = format!("it returned `{name}`, which it does not declare");
                self.add(entry, format, difference);
            } else if !statuses.contains(&response.status) {
                let difference = format!("it returned `{name}` with status {}", response.status);
                self.add(entry, format, difference);
            }
        }
        Ok(observed)
    }

    /// The HTTP status of a failure in this format.
    fn status(&self, format: Format, code: Code) -> u16 {
        expected::status(self.status_rule, format, code)
    }

    /// The code of this name in the catalog.
    pub(crate) fn code(&self, name: &str) -> io::Result<Code> {
        let code = self.catalog.codes.iter().find(|code| code.name == name);
        code.copied()
            .ok_or_else(|| io::Error::other(format!("the catalog has no code {name}")))
    }

    /// The outcome of a call that is rejected with a code.
    pub(crate) fn rejected_with(&self, format: Format, code: Code) -> Observed {
        match (format, expected::fault(self.profile, code)) {
            (Format::XmlRpc, Some(number)) => Observed::Fault(number),
            _ => {
                let names = expected::names(self.profile, code);
                Observed::Code(names.first().copied().unwrap_or_default().to_owned())
            }
        }
    }

    /// Sends a request that must be rejected with `code`. `description` is a phrase for its defect.
    /// `later` is the code of a second defect, which must be checked after the first.
    pub(crate) fn expect_rejection(
        &mut self,
        format: Format,
        entry: &'static Entry,
        request: &Request,
        description: &str,
        (code, later): (Code, Option<Code>),
    ) -> io::Result<()> {
        let response = self.send(request)?;
        let observed = self.parse(format, entry, &format!("{description}, "), &response);
        let expected = self.rejected_with(format, code);
        if observed == expected {
            let status = self.status(format, code);
            if response.status != status {
                let difference = format!(
                    "{description}, it returned status {}, expected {status}",
                    response.status
                );
                self.add(entry, format, difference);
            }
        } else if observed != Observed::Unreadable {
            let order = match later {
                Some(later) if observed == self.rejected_with(format, later) => {
                    ": its checks are in another order"
                }
                _ => "",
            };
            let difference = format!(
                "{description}, it returned {}, expected {}{order}",
                observed.describe(),
                expected.describe()
            );
            self.add(entry, format, difference);
        }
        Ok(())
    }

    /// Sends two requests that make the same call, which reads, and reports a different outcome. `words` is a phrase
    /// for the second one.
    pub(crate) fn expect_equal(
        &mut self,
        format: Format,
        entry: &'static Entry,
        usual: &Request,
        other: &Request,
        words: &str,
    ) -> io::Result<()> {
        let mut difference = None;
        for _ in 0..READ_ATTEMPTS {
            let response = self.send(usual)?;
            let expected = self.parse(format, entry, "", &response);
            let response = self.send(other)?;
            let observed = self.parse(format, entry, &format!("{words}, "), &response);
            difference = expected.difference("in the usual form", &observed, words);
            if difference.is_none() {
                return Ok(());
            }
        }
        if let Some(difference) = difference {
            self.add(entry, format, difference);
        }
        Ok(())
    }

    /// Calls an operation that reads, in all formats, and reports a difference between them.
    /// Returns the outcome over REST (JSON).
    pub(crate) fn call_all_formats(
        &mut self,
        entry: &'static Entry,
        arguments: &ArgumentList,
    ) -> io::Result<Observed> {
        let mut attempt = 1;
        loop {
            let first = self.call(Format::Json, entry, arguments)?;
            let mut difference = None;
            for format in [Format::Xml, Format::XmlRpc] {
                let observed = self.call(format, entry, arguments)?;
                let [first_place, place] =
                    [Format::Json, format].map(|format| format!("over {}", format.name()));
                let found = first.difference(&first_place, &observed, &place);
                difference = difference.or(found);
            }
            match difference {
                Some(_) if attempt < READ_ATTEMPTS => attempt += 1,
                Some(difference) => {
                    self.report.add(entry.name(), None, difference);
                    return Ok(first);
                }
                None => return Ok(first),
            }
        }
    }

    /// Reports a difference between the server and the catalog.
    pub(crate) fn add(&mut self, entry: &'static Entry, format: Format, difference: String) {
        let format = Some(format.name());
        self.report.add(entry.name(), format, difference);
    }
}

impl Observed {
    /// Describes the outcome as it follows "it returned" in a sentence.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Value(_) => "success".to_owned(),
            Self::Code(name) => format!("`{name}`"),
            Self::Fault(number) => format!("fault {number}"),
            Self::Unreadable => "a malformed response".to_owned(),
        }
    }

    /// The difference from another outcome, as a sentence. Each place says which response it is:
    /// `over XML-RPC`.
    pub(crate) fn difference(
        &self,
        place: &str,
        other: &Self,
        other_place: &str,
    ) -> Option<String> {
        match (self, other) {
            (Self::Unreadable, _) | (_, Self::Unreadable) => None,
            (Self::Value(left), Self::Value(right)) => {
                difference((place, left), (other_place, right))
            }
            (left, right) if left == right => None,
            (left, right) => Some(format!(
                "it returned {} {place} and {} {other_place}",
                left.describe(),
                right.describe()
            )),
        }
    }
}
