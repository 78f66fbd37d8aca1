//! Walks a document of XML-RPC, under the input limits.
//!
//! The walk is ours because a service must be stricter than a client library: dxr takes the last of
//! two members of one name, skips a DOCTYPE and text after the end, loses white space, and has no
//! limits.

use trivium_front::RawValue;
use trivium_front::limits::{self, Meter};
use trivium_front::xml::{self, Markup, Reader};

use crate::rejection::Rejection;
use crate::scalar::scalar;

/// A walk through a document.
pub(crate) struct Walk<'a> {
    pub(crate) reader: Reader<'a>,
    /// Counts the values of the current call.
    pub(crate) meter: Meter,
}

/// The type of a `<value>`.
pub(crate) enum Kind {
    /// Text without a type, which is a string.
    Untyped(String),
    /// The element of its type; its start was read.
    Typed(String),
}

/// A parameter of a call. The items of lists are not kept.
pub(crate) enum Param {
    /// The arguments of an operation, in order.
    Struct(Vec<(String, RawValue)>),
    /// Any other value.
    Other(RawValue),
}

impl<'a> Walk<'a> {
    pub(crate) fn new(document: &'a str) -> Result<Self, Rejection> {
        Ok(Self {
            reader: Reader::new(document)?,
            meter: Meter::default(),
        })
    }

    /// The next tag; only white space may precede it.
    fn markup(&mut self, reason: &'static str) -> Result<Markup, Rejection> {
        match self.reader.step()? {
            (text, markup) if xml::is_blank(&text) => Ok(markup),
            _ => Err(Rejection::NotMethodCall(reason)),
        }
    }

    pub(crate) fn start(&mut self, name: &str, reason: &'static str) -> Result<(), Rejection> {
        match self.markup(reason)? {
            Markup::Start(start) if start == name => Ok(()),
            _ => Err(Rejection::NotMethodCall(reason)),
        }
    }

    /// True for the start of `name`, false for the end of the enclosing element.
    pub(crate) fn start_or_end(
        &mut self,
        name: &str,
        reason: &'static str,
    ) -> Result<bool, Rejection> {
        match self.markup(reason)? {
            Markup::Start(start) if start == name => Ok(true),
            Markup::End => Ok(false),
            _ => Err(Rejection::NotMethodCall(reason)),
        }
    }

    pub(crate) fn end(&mut self, reason: &'static str) -> Result<(), Rejection> {
        match self.markup(reason)? {
            Markup::End => Ok(()),
            _ => Err(Rejection::NotMethodCall(reason)),
        }
    }

    /// The end of a value, after the end of its type.
    pub(crate) fn end_of_value(&mut self) -> Result<(), Rejection> {
        self.end("a <value> contains exactly one type")
    }

    /// The text of an element whose start was read, and its end.
    pub(crate) fn text(&mut self, reason: &'static str) -> Result<String, Rejection> {
        match self.reader.step()? {
            (text, Markup::End) => Ok(text),
            _ => Err(Rejection::NotMethodCall(reason)),
        }
    }

    /// A parameter, from after the start of its `<value>` to after its end. The struct of the
    /// arguments does not count as a value, as the object of a JSON body does not.
    pub(crate) fn param(&mut self) -> Result<Param, Rejection> {
        let kind = self.kind()?;
        if matches!(&kind, Kind::Typed(kind) if kind == "struct") {
            let members = self.arguments(0)?;
            self.end_of_value()?;
            return Ok(Param::Struct(members));
        }
        self.meter.value(1)?;
        Ok(Param::Other(self.value_of(kind, 1)?))
    }

    /// A value, from after its start to after its end.
    fn value(&mut self, depth: usize) -> Result<RawValue, Rejection> {
        self.meter.value(depth)?;
        let kind = self.kind()?;
        self.value_of(kind, depth)
    }

    pub(crate) fn kind(&mut self) -> Result<Kind, Rejection> {
        match self.reader.step()? {
            (text, Markup::End) => Ok(Kind::Untyped(text)),
            (text, Markup::Start(kind)) if xml::is_blank(&text) => Ok(Kind::Typed(kind)),
            _ => Err(Rejection::NotMethodCall(
                "a <value> contains exactly one type",
            )),
        }
    }

    /// The rest of a value whose type was read.
    pub(crate) fn value_of(&mut self, kind: Kind, depth: usize) -> Result<RawValue, Rejection> {
        let value = match kind {
            Kind::Untyped(text) => return Ok(RawValue::Text(text)),
            Kind::Typed(kind) if kind == "struct" => {
                self.arguments(depth)?;
                RawValue::Object
            }
            Kind::Typed(kind) if kind == "array" => {
                let mut values = Vec::new();
                self.items(|walk| {
                    values.push(walk.value(depth + 1)?);
                    Ok(())
                })?;
                RawValue::Array(values)
            }
            Kind::Typed(kind) => scalar(&kind, self.text("a scalar contains only text")?)?,
        };
        self.end_of_value()?;
        Ok(value)
    }

    fn arguments(&mut self, depth: usize) -> Result<Vec<(String, RawValue)>, Rejection> {
        let mut members = Vec::new();
        self.members(|walk, name| {
            let value = walk.value(depth + 1)?;
            members.push((name, value));
            Ok(())
        })?;
        Ok(members)
    }

    /// The members of a struct, to its end. `member` receives each name and reads the value, from
    /// after its start to after its end.
    pub(crate) fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, String) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        while self.start_or_end("member", "<struct> contains only <member>")? {
            self.start("name", "a <member> begins with its <name>")?;
            let name = self.text("<name> contains only text")?;
            limits::check_name(&name)?;
            self.start("value", "a <member> has exactly one <value>")?;
            member(self, name)?;
            self.end("a <member> has exactly one <value>")?;
        }
        Ok(())
    }

    /// The items of an array, to its end. `item` reads each, from after its start to after its end.
    pub(crate) fn items(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        self.start("data", "<array> contains exactly one <data>")?;
        while self.start_or_end("value", "<data> contains only <value>")? {
            item(self)?;
        }
        self.end("<array> contains exactly one <data>")
    }
}
