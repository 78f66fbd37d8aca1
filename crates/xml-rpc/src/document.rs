//! The two shapes of a methodCall: one call, or the array of calls of `system.multicall`.

use std::borrow::Cow;

use trivium_front::check::{Input, check};
use trivium_front::limits::{self, MAX_BODY, MAX_CALLS, MAX_ENTRIES, Meter};
use trivium_front::xml::Markup;
use trivium_front::{RawValue, rest};
use trivium_rpc::{Call, Catalog, Error, codes};

use crate::rejection::Rejection;
use crate::system;
use crate::walk::{Kind, Param, Walk};

/// The content of a document.
pub(crate) enum Document {
    /// One call.
    Call(MethodCall),
    /// Several calls, malformed ones among them.
    Calls(Vec<Result<MethodCall, Rejection>>),
}

/// A call of a document.
pub(crate) struct MethodCall {
    pub(crate) name: String,
    pub(crate) params: Vec<Param>,
}

impl MethodCall {
    /// False for a method of XML-RPC itself.
    fn is_of_operation(&self) -> bool {
        system::find(&self.name).is_none()
    }

    /// Checks the arguments of the operation that it names.
    pub(crate) fn check(
        self,
        catalog: &'static Catalog,
        bearer: Option<&str>,
    ) -> Result<Call, Rejection> {
        let entry = catalog
            .find_qualified(&self.name)
            .ok_or_else(|| rest::unknown_method(&self.name))?;
        let Ok([Param::Struct(members)]) = <[Param; 1]>::try_from(self.params) else {
            return Err(Rejection::Failed(Error::new(
                codes::VALIDATION_REQUEST_WRAPPER,
                "Validation error (input to XML-RPC function): exactly one parameter, a struct, is required",
            )));
        };
        Ok(check(entry, members, bearer, Input::XmlRpc)?)
    }
}

impl Document {
    /// Parses a document; `bytes` is the size of its body.
    pub(crate) fn read(text: &str, bytes: usize) -> Result<Self, Rejection> {
        let mut walk = Walk::new(text)?;
        let name = walk.name();
        // Only a multicall may be larger.
        if bytes > MAX_BODY && !name.as_ref().is_ok_and(|name| name == system::MULTICALL) {
            return Err(Rejection::Failed(limits::body_too_large(MAX_BODY)));
        }
        let document = name.and_then(|name| walk.document(name));
        if !matches!(
            document,
            Err(Rejection::Unreadable(_) | Rejection::Failed(_))
        ) {
            // A malformed document is reported as such, even if it has other errors, too.
            while walk.reader.step()?.1 != Markup::Eof {}
        }
        document
    }
}

const IN_PARAMS: &str = "<params> contains only <param>";
const IN_PARAM: &str = "<param> contains exactly one <value>";

/// The rejection of other parameters of `system.multicall`.
const ONE_ARRAY: Rejection =
    Rejection::InvalidParameters(Cow::Borrowed("system.multicall takes one array of calls"));

/// The rejection of other calls in it.
const ONE_CALL: Rejection = Rejection::InvalidParameters(Cow::Borrowed(
    "a call is a struct of methodName, a string, and params, an array",
));

impl Walk<'_> {
    /// Reads up to the name of the method.
    fn name(&mut self) -> Result<String, Rejection> {
        self.start("methodCall", "the root element is not <methodCall>")?;
        self.start("methodName", "<methodName> is missing")?;
        let name = self.text("<methodName> contains only text")?;
        Ok(name.trim().to_owned())
    }

    /// Reads what follows the name, up to the end of `<methodCall>`.
    fn document(&mut self, name: String) -> Result<Document, Rejection> {
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

    /// Reads the calls in the parameter of `system.multicall`, each under limits of its own.
    fn calls(&mut self) -> Result<Vec<Result<MethodCall, Rejection>>, Rejection> {
        self.start("value", IN_PARAM)?;
        match self.kind()? {
            Kind::Typed(kind) if kind == "array" => {}
            _ => return Err(ONE_ARRAY),
        }
        let mut calls = Vec::new();
        let mut operations = 0;
        self.items(|walk| {
            if calls.len() == MAX_ENTRIES {
                return Err(Rejection::InvalidParameters(
                    "system.multicall takes at most 512 calls".into(),
                ));
            }
            walk.meter = Meter::default();
            let depth = walk.reader.depth();
            let call = match walk.inner() {
                // What follows cannot be parsed.
                Err(Rejection::Unreadable(problem)) => return Err(Rejection::Unreadable(problem)),
                Err(rejection) => {
                    walk.reader.skip(depth)?;
                    Err(rejection)
                }
                call => call,
            };
            if call.as_ref().is_ok_and(MethodCall::is_of_operation) {
                operations += 1;
            }
            if operations > MAX_CALLS {
                return Err(Rejection::InvalidParameters(
                    "system.multicall takes at most 64 calls of operations".into(),
                ));
            }
            calls.push(call);
            Ok(())
        })?;
        self.end_of_value()?;
        self.end(IN_PARAM)?;
        Ok(calls)
    }

    /// Reads one of several calls, from after the start of its `<value>` to after its end.
    fn inner(&mut self) -> Result<MethodCall, Rejection> {
        match self.kind()? {
            Kind::Typed(kind) if kind == "struct" => {}
            _ => return Err(ONE_CALL),
        }
        let (mut name, mut params) = (None, None);
        self.members(|walk, member| match member.as_str() {
            "methodName" if name.is_none() => {
                let kind = walk.kind()?;
                let RawValue::Text(text) = walk.value_of(kind, 1)? else {
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
