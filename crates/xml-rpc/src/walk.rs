//! Walks a document of XML-RPC, under the input budget.
//!
//! The walk is ours, because a service must be stricter than a parser: dxr, which gives the
//! scalars their types, takes the last of two members of one name, passes over a DOCTYPE and
//! over text after the end, and loses white space.

use trivium_front::budget::{self, Meter};
use trivium_front::check::Given;
use trivium_front::xml::{self, Markup, Reader};

use crate::fault::Fault;
use crate::scalar::scalar;

/// A document under way.
pub(crate) struct Walk<'a> {
    pub(crate) reader: Reader<'a>,
    /// What the call under way has cost.
    pub(crate) meter: Meter,
}

/// What a `<value>` holds.
pub(crate) enum Kind {
    /// Text of no type, which is a string.
    Untyped(String),
    /// The element of its type, whose start was read.
    Typed(String),
}

/// A parameter of a call. Of lists it matters only that they are there.
pub(crate) enum Param {
    /// The arguments of an operation, in their order.
    Struct(Vec<(String, Given)>),
    /// Any other value.
    Other(Given),
}

impl<'a> Walk<'a> {
    pub(crate) fn new(document: &'a str) -> Result<Self, Fault> {
        Ok(Self {
            reader: Reader::new(document)?,
            meter: Meter::default(),
        })
    }

    /// The next tag, with nothing but white space before it.
    fn markup(&mut self, words: &'static str) -> Result<Markup, Fault> {
        match self.reader.step()? {
            (text, markup) if xml::is_blank(&text) => Ok(markup),
            _ => Err(Fault::NoCall(words)),
        }
    }

    pub(crate) fn start(&mut self, name: &str, words: &'static str) -> Result<(), Fault> {
        match self.markup(words)? {
            Markup::Start(start) if start == name => Ok(()),
            _ => Err(Fault::NoCall(words)),
        }
    }

    /// True for the start of `name`, false for the end of the element around it.
    pub(crate) fn start_or_end(&mut self, name: &str, words: &'static str) -> Result<bool, Fault> {
        match self.markup(words)? {
            Markup::Start(start) if start == name => Ok(true),
            Markup::End => Ok(false),
            _ => Err(Fault::NoCall(words)),
        }
    }

    pub(crate) fn end(&mut self, words: &'static str) -> Result<(), Fault> {
        match self.markup(words)? {
            Markup::End => Ok(()),
            _ => Err(Fault::NoCall(words)),
        }
    }

    /// The end of a value whose type has ended.
    pub(crate) fn end_of_value(&mut self) -> Result<(), Fault> {
        self.end("a <value> holds one type")
    }

    /// The text of an element whose start was read, and its end.
    pub(crate) fn text(&mut self, words: &'static str) -> Result<String, Fault> {
        match self.reader.step()? {
            (text, Markup::End) => Ok(text),
            _ => Err(Fault::NoCall(words)),
        }
    }

    /// A parameter, from behind the start of its `<value>` to behind its end. The struct of the
    /// arguments is no value of the budget, as the object of a JSON body is none.
    pub(crate) fn param(&mut self) -> Result<Param, Fault> {
        let kind = self.kind()?;
        if matches!(&kind, Kind::Typed(kind) if kind == "struct") {
            let members = self.arguments(0)?;
            self.end_of_value()?;
            return Ok(Param::Struct(members));
        }
        self.meter.value(1)?;
        Ok(Param::Other(self.value_of(kind, 1)?))
    }

    /// A value, from behind its start to behind its end.
    fn value(&mut self, level: usize) -> Result<Given, Fault> {
        self.meter.value(level)?;
        let kind = self.kind()?;
        self.value_of(kind, level)
    }

    pub(crate) fn kind(&mut self) -> Result<Kind, Fault> {
        match self.reader.step()? {
            (text, Markup::End) => Ok(Kind::Untyped(text)),
            (text, Markup::Start(kind)) if xml::is_blank(&text) => Ok(Kind::Typed(kind)),
            _ => Err(Fault::NoCall("a <value> holds one type")),
        }
    }

    /// The rest of a value, of which the kind was read.
    pub(crate) fn value_of(&mut self, kind: Kind, level: usize) -> Result<Given, Fault> {
        let given = match kind {
            Kind::Untyped(text) => return Ok(Given::Text(text)),
            Kind::Typed(kind) if kind == "struct" => {
                self.arguments(level)?;
                Given::Object
            }
            Kind::Typed(kind) if kind == "array" => {
                self.items(|walk| walk.value(level + 1).map(|_| ()))?;
                Given::Array
            }
            Kind::Typed(kind) => scalar(&kind, self.text("a scalar holds text alone")?)?,
        };
        self.end_of_value()?;
        Ok(given)
    }

    fn arguments(&mut self, level: usize) -> Result<Vec<(String, Given)>, Fault> {
        let mut members = Vec::new();
        self.members(|walk, name| {
            let value = walk.value(level + 1)?;
            members.push((name, value));
            Ok(())
        })?;
        Ok(members)
    }

    /// The members of a struct, to its end. `member` is given each name, and reads the value
    /// from behind its start to behind its end.
    pub(crate) fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, String) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        while self.start_or_end("member", "<struct> holds <member> alone")? {
            self.start("name", "a <member> begins with its <name>")?;
            let name = self.text("<name> holds text alone")?;
            budget::name(&name)?;
            self.start("value", "a <member> has one <value>")?;
            member(self, name)?;
            self.end("a <member> has one <value>")?;
        }
        Ok(())
    }

    /// The items of an array, to its end. `item` reads each from behind its start to behind
    /// its end.
    pub(crate) fn items(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.start("data", "<array> holds one <data>")?;
        while self.start_or_end("value", "<data> holds <value> alone")? {
            item(self)?;
        }
        self.end("<array> holds one <data>")
    }
}
