//! Several calls of one document, as `system.multicall` asks for them.

use std::vec::IntoIter;

use trivium_core::{Answer, Error};
use trivium_front::budget::{ANSWERS, answers_too_large};
use trivium_front::print::{Failure, Syntax, plain, print};
use trivium_front::{Call, Outcome, Profile, Reply, Several};

use crate::document::MethodCall;
use crate::fault::Fault;
use crate::syntax::{Envelope, XmlRpcSyntax};
use crate::{reply, system};

/// Calls under way.
pub(crate) struct Multicall {
    profile: Profile,
    /// The token of the request, for calls without one.
    bearer: Option<String>,
    calls: IntoIter<Result<MethodCall, Fault>>,
    syntax: XmlRpcSyntax,
    /// The methodResponse so far.
    body: Vec<u8>,
    /// True before the first answer.
    empty: bool,
}

impl Multicall {
    pub(crate) fn new(
        profile: Profile,
        bearer: Option<&str>,
        calls: Vec<Result<MethodCall, Fault>>,
    ) -> Self {
        let (mut body, mut syntax) = XmlRpcSyntax::begin(profile, Envelope::Params);
        syntax.open_array(&mut body);
        Self {
            profile,
            bearer: bearer.map(str::to_owned),
            calls: calls.into_iter(),
            syntax,
            body,
            empty: true,
        }
    }

    /// The call to make, if it is one that may be made here.
    fn call(&self, call: MethodCall) -> Result<Call, Fault> {
        if self.body.len() > ANSWERS {
            return Err(Fault::Refused(answers_too_large()));
        }
        if system::find(&call.name).is_some() {
            return Err(Fault::Parameters(
                "no method of system is called in system.multicall".into(),
            ));
        }
        let call = call.bind(self.bearer.as_deref())?;
        // One request is one guess at a password, and holds one core at the most.
        if call.prepares {
            return Err(Fault::Parameters(
                "no method that takes a password is called in system.multicall".into(),
            ));
        }
        Ok(call)
    }

    fn put(&mut self, outcome: Result<Answer, Fault>) {
        let Self {
            profile,
            syntax,
            body,
            ..
        } = self;
        let profile = *profile;
        syntax.open_item(body);
        let start = body.len();
        let printed = outcome.and_then(|answer| {
            print(body, *syntax, profile, true, &[answer])
                .map_err(|error| Fault::Refused(Error::unforeseen(&error)))
        });
        if let Err(fault) = printed {
            body.truncate(start);
            // Numbers and texts always have a form.
            let _printed = match fault.told(profile) {
                Ok(told) => plain(body, *syntax, profile, &told),
                Err(error) => {
                    let failure = Failure::of(profile, error);
                    print(body, *syntax, profile, false, &[failure])
                }
            };
        }
        syntax.close_item(body);
        self.empty = false;
    }
}

impl Several for Multicall {
    fn next(&mut self) -> Option<Call> {
        loop {
            let call = self.calls.next()?;
            match call.and_then(|call| self.call(call)) {
                Ok(call) => return Some(call),
                Err(fault) => self.put(Err(fault)),
            }
        }
    }

    fn write(&mut self, outcome: Outcome) {
        self.put(outcome.map_err(Fault::Refused));
    }

    fn reply(mut self: Box<Self>) -> Reply {
        self.syntax.close_array(&mut self.body, self.empty);
        self.syntax.end(&mut self.body, Envelope::Params);
        reply(200, None, self.body)
    }
}
