//! `system.multicall`: several calls of one document.

use std::vec::IntoIter;

use trivium_front::limits::{MAX_BATCH_RESULTS, batch_response_too_large};
use trivium_front::print::{Failure, Syntax, plain, print};
use trivium_front::{Batch, Reply};
use trivium_rpc::answer::{Printable, Printer, Unprintable};
use trivium_rpc::{Answer, Call, Outcome};

use crate::document::MethodCall;
use crate::rejection::Rejection;
use crate::syntax::{Envelope, XmlRpcSyntax};
use crate::{XmlRpc, reply, system};

/// A multicall in progress.
pub(crate) struct Multicall<'r> {
    front_end: &'r XmlRpc,
    /// The token of the request, for calls without one.
    bearer: Option<&'r str>,
    calls: IntoIter<Result<MethodCall, Rejection>>,
    syntax: XmlRpcSyntax,
    /// The methodResponse so far.
    body: Vec<u8>,
    /// True until the first result is written.
    empty: bool,
}

/// A call that was checked.
enum Checked {
    /// It is to be made.
    Call(Call),
    /// It needed none.
    Answer(Answer),
}

impl<'r> Multicall<'r> {
    pub(crate) fn new(
        front_end: &'r XmlRpc,
        bearer: Option<&'r str>,
        calls: Vec<Result<MethodCall, Rejection>>,
    ) -> Self {
        let (mut body, mut syntax) = XmlRpcSyntax::begin(front_end.profile, Envelope::Params);
        syntax.open_array(&mut body);
        Self {
            front_end,
            bearer,
            calls: calls.into_iter(),
            syntax,
            body,
            empty: true,
        }
    }

    /// Checks one of the calls, or responds to it if it is of a method of XML-RPC itself.
    fn check(&self, call: MethodCall) -> Result<Checked, Rejection> {
        if self.body.len() > MAX_BATCH_RESULTS {
            return Err(batch_response_too_large().into());
        }
        if let Some(method) = system::find(&call.name) {
            let answer = method.respond(self.front_end, &call.params)?;
            return Ok(Checked::Answer(answer));
        }
        let call = call.check(self.front_end.catalog, self.bearer)?;
        // One request is one guess at a password, and occupies at most one core.
        if call.entry.hashes_password {
            return Err(Rejection::InvalidParameters(
                "methods that take a password cannot be called in system.multicall".into(),
            ));
        }
        Ok(Checked::Call(call))
    }

    /// Appends a result, as an array of one item, or the struct of a failure or fault. The result of an operation
    /// has the member `success`.
    fn put(&mut self, outcome: Result<Answer, Rejection>, is_of_operation: bool) {
        let Self { syntax, body, .. } = self;
        let profile = self.front_end.profile;
        syntax.open_item(body);
        let start = body.len();
        let printed = outcome.and_then(|answer| {
            let printed = match is_of_operation {
                true => print(body, *syntax, profile, true, &Alone(&*answer)),
                false => plain(body, *syntax, profile, &Alone(&*answer)),
            };
            printed.map_err(Rejection::Failed)
        });
        if let Err(rejection) = printed {
            body.truncate(start);
            // Numbers and texts can always be printed.
            let _printed = match rejection.fault(profile) {
                Ok(fault) => plain(body, *syntax, profile, &fault),
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

/// An array of one item.
struct Alone<'a>(&'a dyn Printable);

impl Printable for Alone<'_> {
    fn print(&self, printer: &mut dyn Printer) -> Result<(), Unprintable> {
        printer.open_array();
        printer.open_item();
        self.0.print(printer)?;
        printer.close_item()?;
        printer.close_array();
        Ok(())
    }
}

impl Batch for Multicall<'_> {
    fn next(&mut self) -> Option<Call> {
        loop {
            let call = self.calls.next()?;
            match call.and_then(|call| self.check(call)) {
                Ok(Checked::Call(call)) => return Some(call),
                Ok(Checked::Answer(answer)) => self.put(Ok(answer), false),
                Err(rejection) => self.put(Err(rejection), true),
            }
        }
    }

    fn write(&mut self, outcome: Outcome) {
        self.put(outcome.map_err(Rejection::Failed), true);
    }

    fn size(&self) -> usize {
        self.body.capacity()
    }

    fn finish(mut self: Box<Self>) -> Reply {
        self.syntax.close_array(&mut self.body, self.empty);
        XmlRpcSyntax::end(&mut self.body, self.front_end.profile, Envelope::Params);
        reply(200, None, self.body)
    }
}
