//! The two shapes of a methodCall: one call, or the array of calls of `system.multicall`.

use std::borrow::Cow;

use trivium_core::{Code, Error, catalog};
use trivium_front::budget::{self, BODY, CALLS, Meter};
use trivium_front::check::{Given, Input, check};
use trivium_front::xml::Markup;
use trivium_front::{Call, rest};

use crate::fault::Fault;
use crate::system;
use crate::walk::{Kind, Param, Walk};

/// What a document asks for.
pub(crate) enum Document {
    /// One call.
    Call(MethodCall),
    /// Several; and what stands in the place of one and is none.
    Calls(Vec<Result<MethodCall, Fault>>),
}

/// A call as it stands in a document.
pub(crate) struct MethodCall {
    pub(crate) name: String,
    pub(crate) params: Vec<Param>,
}

impl MethodCall {
    /// The call of the operation that it names.
    pub(crate) fn bind(self, bearer: Option<&str>) -> Result<Call, Fault> {
        let entry =
            catalog::find_qualified(&self.name).ok_or_else(|| rest::unknown_method(&self.name))?;
        let Ok([Param::Struct(members)]) = <[Param; 1]>::try_from(self.params) else {
            return Err(Fault::Refused(Error::new(
                Code::ValidationRequestWrapper,
                "Validation error (input to XML-RPC function): exactly one parameter, a struct, is required",
            )));
        };
        let arguments = check(entry, members, bearer, Input::XmlRpc)?;
        Ok(Call::of(entry, arguments)?)
    }
}

impl Document {
    /// Reads a document, which came in a body of so many bytes.
    pub(crate) fn read(text: &str, bytes: usize) -> Result<Self, Fault> {
        let mut walk = Walk::new(text)?;
        let name = walk.name();
        // Several calls may have so much, and nothing else.
        if bytes > BODY && !name.as_ref().is_ok_and(|name| name == system::MULTICALL) {
            return Err(Fault::Refused(budget::body_too_large(BODY)));
        }
        let document = name.and_then(|name| walk.document(name));
        if !matches!(document, Err(Fault::Unreadable(_) | Fault::Refused(_))) {
            // Well-formed to the last byte, or it does not even count as something else.
            while walk.reader.step()?.1 != Markup::Eof {}
        }
        document
    }
}

const IN_PARAMS: &str = "<params> holds <param> alone";
const IN_PARAM: &str = "<param> holds one <value>";

/// What `system.multicall` is given, if not this.
const ONE_ARRAY: Fault =
    Fault::Parameters(Cow::Borrowed("system.multicall takes one array of calls"));

/// What such a call is, if not this.
const ONE_CALL: Fault = Fault::Parameters(Cow::Borrowed(
    "a call is a struct of methodName, a string, and params, an array",
));

impl Walk<'_> {
    /// The document up to the name of the method.
    fn name(&mut self) -> Result<String, Fault> {
        self.start("methodCall", "its element is not <methodCall>")?;
        self.start("methodName", "<methodName> is missing")?;
        let name = self.text("<methodName> holds text alone")?;
        Ok(name.trim().to_owned())
    }

    /// What follows the name, but for what follows the document's element.
    fn document(&mut self, name: String) -> Result<Document, Fault> {
        let several = name == system::MULTICALL;
        let more = self.start_or_end("params", "only <params> may follow <methodName>")?;
        let document = if several {
            if !more || !self.start_or_end("param", IN_PARAMS)? {
                return Err(ONE_ARRAY);
            }
            let calls = self.calls()?;
            if self.start_or_end("param", IN_PARAMS)? {
                return Err(ONE_ARRAY);
            }
            Document::Calls(calls)
        } else {
            let mut params = Vec::new();
            while more && self.start_or_end("param", IN_PARAMS)? {
                self.start("value", IN_PARAM)?;
                params.push(self.param()?);
                self.end(IN_PARAM)?;
            }
            Document::Call(MethodCall { name, params })
        };
        if more {
            self.end("nothing may follow <params>")?;
        }
        Ok(document)
    }

    /// The calls in the parameter of `system.multicall`, each with a budget of its own.
    fn calls(&mut self) -> Result<Vec<Result<MethodCall, Fault>>, Fault> {
        self.start("value", IN_PARAM)?;
        match self.kind()? {
            Kind::Typed(kind) if kind == "array" => {}
            _ => return Err(ONE_ARRAY),
        }
        let mut calls = Vec::new();
        self.items(|walk| {
            if calls.len() == CALLS {
                return Err(Fault::Parameters(
                    "system.multicall takes 64 calls at the most".into(),
                ));
            }
            walk.meter = Meter::default();
            let depth = walk.reader.depth();
            let call = match walk.inner() {
                // Nothing can be told of what follows.
                Err(Fault::Unreadable(problem)) => return Err(Fault::Unreadable(problem)),
                Err(fault) => {
                    walk.reader.leave(depth)?;
                    Err(fault)
                }
                call => call,
            };
            calls.push(call);
            Ok(())
        })?;
        self.end_of_value()?;
        self.end(IN_PARAM)?;
        Ok(calls)
    }

    /// One of several calls, from behind the start of its `<value>` to behind its end.
    fn inner(&mut self) -> Result<MethodCall, Fault> {
        match self.kind()? {
            Kind::Typed(kind) if kind == "struct" => {}
            _ => return Err(ONE_CALL),
        }
        let (mut name, mut params) = (None, None);
        self.members(|walk, member| match member.as_str() {
            "methodName" if name.is_none() => {
                let kind = walk.kind()?;
                let Given::Text(text) = walk.value_of(kind, 1)? else {
                    return Err(ONE_CALL);
                };
                name = Some(text.trim().to_owned());
                Ok(())
            }
            "params" if params.is_none() => {
                match walk.kind()? {
                    Kind::Typed(kind) if kind == "array" => {}
                    _ => return Err(ONE_CALL),
                }
                let mut values = Vec::new();
                walk.items(|walk| {
                    values.push(walk.param()?);
                    Ok(())
                })?;
                params = Some(values);
                walk.end_of_value()
            }
            _ => Err(ONE_CALL),
        })?;
        self.end_of_value()?;
        match (name, params) {
            (Some(name), Some(params)) => Ok(MethodCall { name, params }),
            _ => Err(ONE_CALL),
        }
    }
}
