//! Reads a methodCall.
//!
//! The document is walked here, under the input budget, because a service must be stricter
//! than a parser: dxr, which gives the scalars their types, takes the last of two members of
//! one name, passes over a DOCTYPE and over text after the end, and loses white space.

use trivium_core::types::DateTime;
use trivium_core::{Code, Error, catalog};
use trivium_front::budget::{self, Meter};
use trivium_front::check::{Given, Input, check};
use trivium_front::xml::{self, Markup, Reader};
use trivium_front::{Call, Request, rest};

use crate::fault::Fault;

/// Reads the call that a request to the XML-RPC address asks for.
///
/// # Errors
/// A [`Fault`], or the error of an argument.
pub fn read(request: &Request<'_>) -> Result<Call, Fault> {
    if request.method != "POST" {
        return Err(Fault::Refused(Error::new(
            Code::InvalidRequestMethod,
            format!(
                "Request method {} is incorrect for this function; POST is required.",
                trivium_front::text::quote(request.method)
            ),
        )));
    }
    let body = rest::body(request)?;
    let content_type = request.content_type.unwrap_or("text/xml");
    match &*rest::media_type(content_type) {
        "" | "text/xml" | "application/xml" => {}
        kind => return Err(Fault::Refused(rest::unsupported(kind))),
    }
    let document = xml::decode(body, request.content_type)?;
    let call = MethodCall::read(&document)?;
    let entry = call
        .name
        .strip_prefix(catalog::NAMESPACE)
        .and_then(|name| name.strip_prefix('.'))
        .and_then(catalog::find)
        .ok_or_else(|| rest::unknown_method(&call.name))?;
    let Ok([Param::Struct(members)]) = <[Param; 1]>::try_from(call.params) else {
        return Err(Fault::Refused(Error::new(
            Code::ValidationRequestWrapper,
            "Validation error (input to XML-RPC function): exactly one parameter, a struct, is required",
        )));
    };
    let arguments = check(entry, members, request.bearer(), Input::XmlRpc)?;
    Ok(Call::of(entry, arguments)?)
}

/// A methodCall as it stands in the document.
struct MethodCall {
    name: String,
    params: Vec<Param>,
}

/// A parameter. Only a struct has a use; its members are kept in their order.
enum Param {
    Struct(Vec<(String, Given)>),
    Other,
}

impl MethodCall {
    fn read(document: &str) -> Result<Self, Fault> {
        let mut walk = Walk {
            reader: Reader::new(document)?,
            meter: Meter::default(),
        };
        let call = walk.call();
        if matches!(call, Ok(_) | Err(Fault::NoCall(_))) {
            // Well-formed to the last byte, or it does not even count as something else.
            while walk.reader.step()?.1 != Markup::Eof {}
        }
        call
    }
}

struct Walk<'a> {
    reader: Reader<'a>,
    meter: Meter,
}

impl Walk<'_> {
    /// The whole document but for what follows its element.
    fn call(&mut self) -> Result<MethodCall, Fault> {
        self.start("methodCall", "its element is not <methodCall>")?;
        self.start("methodName", "<methodName> is missing")?;
        let name = self.text("<methodName> holds text alone")?;
        let mut params = Vec::new();
        if self.start_or_end("params", "only <params> may follow <methodName>")? {
            while self.start_or_end("param", "<params> holds <param> alone")? {
                self.start("value", "<param> holds one <value>")?;
                params.push(self.param()?);
                self.end("<param> holds one <value>")?;
            }
            self.end("nothing may follow <params>")?;
        }
        Ok(MethodCall {
            name: name.trim().to_owned(),
            params,
        })
    }

    /// The next tag, with nothing but white space before it.
    fn markup(&mut self, words: &'static str) -> Result<Markup, Fault> {
        match self.reader.step()? {
            (text, markup) if xml::is_blank(&text) => Ok(markup),
            _ => Err(Fault::NoCall(words)),
        }
    }

    fn start(&mut self, name: &str, words: &'static str) -> Result<(), Fault> {
        match self.markup(words)? {
            Markup::Start(start) if start == name => Ok(()),
            _ => Err(Fault::NoCall(words)),
        }
    }

    /// True for the start of `name`, false for the end of the element around it.
    fn start_or_end(&mut self, name: &str, words: &'static str) -> Result<bool, Fault> {
        match self.markup(words)? {
            Markup::Start(start) if start == name => Ok(true),
            Markup::End => Ok(false),
            _ => Err(Fault::NoCall(words)),
        }
    }

    fn end(&mut self, words: &'static str) -> Result<(), Fault> {
        match self.markup(words)? {
            Markup::End => Ok(()),
            _ => Err(Fault::NoCall(words)),
        }
    }

    /// The text of an element whose start was read, and its end.
    fn text(&mut self, words: &'static str) -> Result<String, Fault> {
        match self.reader.step()? {
            (text, Markup::End) => Ok(text),
            _ => Err(Fault::NoCall(words)),
        }
    }

    /// A parameter, from behind the start of its `<value>` to behind its end. The struct of the
    /// arguments is no value of the budget, as the object of a JSON body is none.
    fn param(&mut self) -> Result<Param, Fault> {
        let kind = match self.kind()? {
            Kind::Typed(kind) if kind == "struct" => {
                let members = self.members(0)?;
                self.end("a <value> holds one type")?;
                return Ok(Param::Struct(members));
            }
            other => other,
        };
        self.meter.value(1)?;
        if let Kind::Typed(kind) = kind {
            self.typed(&kind, 1)?;
        }
        Ok(Param::Other)
    }

    /// A value, from behind its start to behind its end.
    fn value(&mut self, level: usize) -> Result<Given, Fault> {
        self.meter.value(level)?;
        match self.kind()? {
            Kind::Untyped(text) => Ok(Given::Text(text)),
            Kind::Typed(kind) => self.typed(&kind, level),
        }
    }

    /// What a `<value>` holds: text of no type, which is a string, or the start of its type.
    fn kind(&mut self) -> Result<Kind, Fault> {
        match self.reader.step()? {
            (text, Markup::End) => Ok(Kind::Untyped(text)),
            (text, Markup::Start(kind)) if xml::is_blank(&text) => Ok(Kind::Typed(kind)),
            _ => Err(Fault::NoCall("a <value> holds one type")),
        }
    }

    fn typed(&mut self, kind: &str, level: usize) -> Result<Given, Fault> {
        let given = match kind {
            "struct" => {
                self.members(level)?;
                Given::Object
            }
            "array" => {
                self.items(level)?;
                Given::Array
            }
            _ => scalar(kind, self.text("a scalar holds text alone")?)?,
        };
        self.end("a <value> holds one type")?;
        Ok(given)
    }

    fn members(&mut self, level: usize) -> Result<Vec<(String, Given)>, Fault> {
        let mut members = Vec::new();
        while self.start_or_end("member", "<struct> holds <member> alone")? {
            self.start("name", "a <member> begins with its <name>")?;
            let name = self.text("<name> holds text alone")?;
            budget::name(&name)?;
            self.start("value", "a <member> has one <value>")?;
            let value = self.value(level + 1)?;
            members.push((name, value));
            self.end("a <member> has one <value>")?;
        }
        Ok(members)
    }

    fn items(&mut self, level: usize) -> Result<(), Fault> {
        self.start("data", "<array> holds one <data>")?;
        while self.start_or_end("value", "<data> holds <value> alone")? {
            self.value(level + 1)?;
        }
        self.end("<array> holds one <data>")
    }
}

enum Kind {
    Untyped(String),
    Typed(String),
}

/// The value of a scalar. dxr gives it its type, but for texts, which are taken as they are,
/// and for what dxr does not know: `true` and `false`, and times with separators.
fn scalar(kind: &str, text: String) -> Result<Given, Fault> {
    let text = match kind {
        "string" => return Ok(Given::Text(text)),
        "nil" if text.is_empty() => return Ok(Given::Null),
        "boolean" if text.trim() == "true" => return Ok(Given::Boolean(true)),
        "boolean" if text.trim() == "false" => return Ok(Given::Boolean(false)),
        "dateTime.iso8601" => {
            let time: DateTime = text
                .trim()
                .parse()
                .map_err(|_| Fault::NoCall("a <dateTime.iso8601> is none"))?;
            return Ok(Given::DateTime(time));
        }
        "int" | "i4" | "i8" | "boolean" | "double" => text.trim(),
        "base64" => return Ok(Given::Object),
        _ => {
            return Err(Fault::NoCall(
                "a value has a type that XML-RPC does not have",
            ));
        }
    };
    // Nothing here is markup, or dxr would read another document than was sent.
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let value = (!text.is_empty() && text.bytes().all(plain))
        .then(|| dxr::Value::from_xml(&format!("<value><{kind}>{text}</{kind}></value>")))
        .and_then(Result::ok);
    match value {
        Some(dxr::Value::Integer(number)) => Ok(Given::Integer(number.into())),
        Some(dxr::Value::Long(number)) => Ok(Given::Integer(number)),
        Some(dxr::Value::Boolean(truth)) => Ok(Given::Boolean(truth)),
        Some(dxr::Value::Double(_)) => Ok(Given::Double),
        _ => Err(Fault::NoCall("a number or a boolean is none")),
    }
}
