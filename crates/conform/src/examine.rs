//! An examination under way: it makes calls, and holds each answer against what is declared.

use std::io;

use serde_json::Value;
use trivium_front::{Profile, StatusRule};
use trivium_rpc::{Catalog, Code, Entry, codes};

use crate::answer::{self, Answer};
use crate::argument::{self, Arguments};
use crate::compare::difference;
use crate::expected;
use crate::report::Report;
use crate::wire::{Format, Request, Response, Server};

/// How often a look is repeated in all formats before it counts as different: others may have
/// changed something in between.
const LOOKS: usize = 3;

/// What a call was answered, as a value that all formats share.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The members of the result.
    Value(Value),
    /// The code of the failure.
    Code(String),
    /// The number of the fault.
    Fault(i64),
    /// Nothing that can be read; this is reported already.
    Unreadable,
}

/// An examination under way.
pub(crate) struct Examination<'a> {
    server: &'a dyn Server,
    pub(crate) catalog: &'static Catalog,
    profile: Profile,
    status: StatusRule,
    pub(crate) report: Report,
}

impl<'a> Examination<'a> {
    /// Finds out how the server is set, by a call of an operation that there is not.
    pub(crate) fn begin(server: &'a dyn Server, catalog: &'static Catalog) -> io::Result<Self> {
        let path = format!("/api/json/{}/noSuchOperation", catalog.namespace);
        let response = server.send(&argument::get(path))?;
        let body: Option<Value> = serde_json::from_slice(&response.body).ok();
        if !body.is_some_and(|body| body.is_object()) {
            let words = "this is no server of the PeopleAggregator API, or it is at another path";
            return Err(io::Error::other(words));
        }
        // Nothing but this profile writes JSON without spaces.
        let original = response.body.starts_with(b"{\"success\":f");
        Ok(Self {
            server,
            catalog,
            profile: match original {
                true => Profile::Original,
                false => Profile::Documented,
            },
            status: match response.status {
                404 => StatusRule::Http,
                _ => StatusRule::Ok,
            },
            report: Report {
                calls: 1,
                ..Report::default()
            },
        })
    }

    /// Sends a request.
    pub(crate) fn send(&mut self, request: &Request) -> io::Result<Response> {
        self.report.calls += 1;
        self.server.send(request)
    }

    fn read(
        &mut self,
        format: Format,
        entry: &'static Entry,
        with: &str,
        response: &Response,
    ) -> Outcome {
        match answer::read(format, &response.body) {
            Ok(Answer::Success(members)) => {
                let (value, wrong) = crate::schema::hold(format, entry.output.as_value(), members);
                for wrong in wrong {
                    self.add(entry, format, wrong);
                }
                if response.status != 200 {
                    let status = response.status;
                    self.add(
                        entry,
                        format,
                        format!("{with}it succeeds with status {status}"),
                    );
                }
                Outcome::Value(value)
            }
            Ok(Answer::Failure(code)) => Outcome::Code(code),
            Ok(Answer::Fault(number)) => Outcome::Fault(number),
            Err(words) => {
                self.add(
                    entry,
                    format,
                    format!("{with}its answer cannot be read: {words}"),
                );
                Outcome::Unreadable
            }
        }
    }

    /// Calls an operation, of which nothing is known but what it declares.
    pub(crate) fn call(
        &mut self,
        format: Format,
        entry: &'static Entry,
        arguments: &Arguments,
    ) -> io::Result<Outcome> {
        let response = self.send(&argument::call(self.catalog, format, entry, arguments))?;
        let outcome = self.read(format, entry, "", &response);
        if let Outcome::Code(code) = &outcome {
            let known = entry.errors.iter().chain(codes::COMMON);
            let statuses: Vec<u16> = known
                .filter(|known| {
                    let names = expected::names(self.profile, **known);
                    names.contains(&code.as_str())
                })
                .map(|code| self.status(format, *code))
                .collect();
            if statuses.is_empty() {
                let words = format!("it answers `{code}`, which it does not declare");
                self.add(entry, format, words);
            } else if !statuses.contains(&response.status) {
                let status = response.status;
                self.add(
                    entry,
                    format,
                    format!("it answers `{code}` with status {status}"),
                );
            }
        }
        Ok(outcome)
    }

    /// The HTTP status of a failure in this format.
    fn status(&self, format: Format, code: Code) -> u16 {
        expected::status(self.status, format, code)
    }

    /// The code of this name.
    pub(crate) fn code(&self, name: &str) -> io::Result<Code> {
        let code = self.catalog.codes.iter().find(|code| code.name == name);
        code.copied()
            .ok_or_else(|| io::Error::other(format!("the catalog has no code {name}")))
    }

    /// The outcome that reports a code in this format.
    pub(crate) fn outcome_of(&self, format: Format, code: Code) -> Outcome {
        match (format, expected::fault(self.profile, code)) {
            (Format::XmlRpc, Some(number)) => Outcome::Fault(number),
            _ => {
                let names = expected::names(self.profile, code);
                Outcome::Code(names.first().copied().unwrap_or_default().to_owned())
            }
        }
    }

    /// Holds that a request is refused with this code. `with` says what is wrong with it;
    /// `later` are the codes of what is wrong too, and must be found later.
    pub(crate) fn refused(
        &mut self,
        format: Format,
        entry: &'static Entry,
        request: &Request,
        with: &str,
        (code, later): (Code, Option<Code>),
    ) -> io::Result<()> {
        let response = self.send(request)?;
        let outcome = self.read(format, entry, &format!("{with}, "), &response);
        let expected = self.outcome_of(format, code);
        if outcome == expected {
            let status = self.status(format, code);
            if response.status != status {
                let words = format!(
                    "{with}, it answers with status {} and not {status}",
                    response.status
                );
                self.add(entry, format, words);
            }
        } else if outcome != Outcome::Unreadable {
            let order = match later {
                Some(later) if outcome == self.outcome_of(format, later) => {
                    ": its checks are in another order"
                }
                _ => "",
            };
            let words = format!(
                "{with}, it answers {} and not {}{order}",
                outcome.words(),
                expected.words()
            );
            self.add(entry, format, words);
        }
        Ok(())
    }

    /// Looks in all formats, and holds that they say the same.
    pub(crate) fn same(
        &mut self,
        entry: &'static Entry,
        arguments: &Arguments,
    ) -> io::Result<Outcome> {
        for look in 1.. {
            let first = self.call(Format::Json, entry, arguments)?;
            let mut different = None;
            for format in [Format::Xml, Format::XmlRpc] {
                let outcome = self.call(format, entry, arguments)?;
                let [mine, theirs] = [Format::Json, format].map(|f| format!("over {}", f.name()));
                let found = first.difference(&outcome, &mine, &theirs);
                different = different.or(found);
            }
            match different {
                Some(words) if look == LOOKS => {
                    self.report.add(entry.name(), None, words);
                    return Ok(first);
                }
                Some(_) => {}
                None => return Ok(first),
            }
        }
        Ok(Outcome::Unreadable)
    }

    /// Reports a difference.
    pub(crate) fn add(&mut self, entry: &'static Entry, format: Format, words: String) {
        self.report.add(entry.name(), Some(format.name()), words);
    }
}

impl Outcome {
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Value(_) => "with success".to_owned(),
            Self::Code(code) => format!("`{code}`"),
            Self::Fault(number) => format!("fault {number}"),
            Self::Unreadable => "what cannot be read".to_owned(),
        }
    }

    /// How this outcome differs from another: `mine` and `theirs` say of
    /// which is which.
    pub(crate) fn difference(&self, other: &Self, mine: &str, theirs: &str) -> Option<String> {
        match (self, other) {
            (Self::Unreadable, _) | (_, Self::Unreadable) => None,
            (Self::Value(one), Self::Value(other)) => difference((mine, one), (theirs, other)),
            (one, other) if one == other => None,
            (one, other) => Some(format!(
                "it answers {} {mine} and {} {theirs}",
                one.words(),
                other.words()
            )),
        }
    }
}
