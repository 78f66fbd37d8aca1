//! Prints a typed result in the syntax of a format.
//!
//! The outermost struct gets `success` as its first member. In profile `documented` members are
//! sorted by name, in `original` they keep their order. A format supplies its [`Syntax`].

use std::fmt::{Display, Write};
use std::ops::Range;

use erased_serde::Serialize as Erased;
use serde::ser::{
    Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};
use trivium_rpc::{DateTime, Error, codes};

use crate::contract::{Profile, wire_name};
use crate::limits::MAX_RESULTS;

/// The syntax of a format. Each method appends to `out`.
pub trait Syntax {
    /// The separator between two members or two items.
    fn separator(&self) -> &'static str;

    /// A text.
    fn text(&self, out: &mut Vec<u8>, text: &str);
    /// A whole number.
    fn integer(&self, out: &mut Vec<u8>, number: i64);
    /// True or false.
    fn boolean(&self, out: &mut Vec<u8>, truth: bool);
    /// A time, given as `2006-08-11T13:38:44Z`.
    fn date_time(&self, out: &mut Vec<u8>, text: &str);
    /// Before the members of a struct.
    fn open_struct(&mut self, out: &mut Vec<u8>);
    /// Before the value of a member.
    fn open_member(&mut self, out: &mut Vec<u8>, name: &str);
    /// After the value of a member.
    fn close_member(&mut self, out: &mut Vec<u8>, name: &str);
    /// After the members of a struct.
    fn close_struct(&mut self, out: &mut Vec<u8>, empty: bool);
    /// Before the items of a list.
    fn open_array(&mut self, out: &mut Vec<u8>);
    /// Before an item.
    fn open_item(&mut self, out: &mut Vec<u8>);
    /// After an item.
    fn close_item(&mut self, out: &mut Vec<u8>);
    /// After the items of a list.
    fn close_array(&mut self, out: &mut Vec<u8>, empty: bool);
}

/// Appends a result to `out`, with `success` before its members. A failure is printed whatever its size.
///
/// # Errors
/// `response_too_large` if `out` would have more than [`MAX_RESULTS`]. A value that no format can represent: null,
/// a float, bytes, a map, or an enum variant with data. A result type that contains one is a bug in its
/// declaration.
pub fn print<S: Syntax>(
    out: &mut Vec<u8>,
    syntax: S,
    profile: Profile,
    success: bool,
    result: &dyn Erased,
) -> Result<(), Error> {
    let limit = if success { MAX_RESULTS } else { usize::MAX };
    put(out, limit, syntax, profile, Some(success), result)
}

/// Appends a value to `out` as it is, without `success`.
///
/// # Errors
/// As [`print()`].
pub fn plain<S: Syntax>(
    out: &mut Vec<u8>,
    syntax: S,
    profile: Profile,
    value: &dyn Erased,
) -> Result<(), Error> {
    put(out, usize::MAX, syntax, profile, None, value)
}

fn put<S: Syntax>(
    out: &mut Vec<u8>,
    limit: usize,
    syntax: S,
    profile: Profile,
    success: Option<bool>,
    value: &dyn Erased,
) -> Result<(), Error> {
    out.reserve(1024);
    let mut printer = Printer {
        out,
        limit,
        syntax,
        sorted: profile == Profile::Documented,
        success,
        time: false,
        members: Vec::new(),
        scratch: Vec::new(),
        text: String::new(),
    };
    Serialize::serialize(value, &mut printer).map_err(|error| match error {
        Unprintable::TooLarge => codes::RESPONSE_TOO_LARGE.into(),
        error @ Unprintable::Value(_) => error.into(),
    })
}

/// The body of a failed call.
#[derive(serde::Serialize)]
pub struct Failure<'a> {
    /// The code.
    pub code: &'static str,
    /// The message.
    pub msg: &'a str,
}

impl<'a> Failure<'a> {
    /// The failure as this profile reports an error.
    pub fn of(profile: Profile, error: &'a Error) -> Self {
        Self {
            code: wire_name(profile, error.code()),
            msg: error.message(),
        }
    }
}

struct Printer<'a, S> {
    out: &'a mut Vec<u8>,
    /// The maximum length of the output.
    limit: usize,
    syntax: S,
    sorted: bool,
    /// The value of `success`, until it is printed.
    success: Option<bool>,
    /// True if the next text is a time.
    time: bool,
    /// The members of the open structs, with their positions in the output.
    members: Vec<(&'static str, Range<usize>)>,
    scratch: Vec<u8>,
    text: String,
}

/// Why a value is not printed.
#[derive(Debug, thiserror::Error)]
enum Unprintable {
    /// The output would exceed its limit.
    #[error("the output is too large")]
    TooLarge,
    /// No format can represent the value.
    #[error("{0} cannot be represented on the wire")]
    Value(String),
}

impl serde::ser::Error for Unprintable {
    fn custom<T: Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }
}

fn no<T>(what: &str) -> Result<T, Unprintable> {
    Err(Unprintable::Value(what.to_owned()))
}

impl<'p, 'a, S: Syntax> Serializer for &'p mut Printer<'a, S> {
    type Ok = ();
    type Error = Unprintable;
    type SerializeSeq = Items<'p, 'a, S>;
    type SerializeTuple = Items<'p, 'a, S>;
    type SerializeTupleStruct = Impossible<(), Unprintable>;
    type SerializeTupleVariant = Impossible<(), Unprintable>;
    type SerializeMap = Impossible<(), Unprintable>;
    type SerializeStruct = Members<'p, 'a, S>;
    type SerializeStructVariant = Impossible<(), Unprintable>;

    fn serialize_bool(self, truth: bool) -> Result<(), Unprintable> {
        self.syntax.boolean(self.out, truth);
        Ok(())
    }
    fn serialize_i8(self, n: i8) -> Result<(), Unprintable> {
        self.serialize_i64(n.into())
    }
    fn serialize_i16(self, n: i16) -> Result<(), Unprintable> {
        self.serialize_i64(n.into())
    }
    fn serialize_i32(self, n: i32) -> Result<(), Unprintable> {
        self.serialize_i64(n.into())
    }
    fn serialize_i64(self, n: i64) -> Result<(), Unprintable> {
        self.syntax.integer(self.out, n);
        Ok(())
    }
    fn serialize_u8(self, n: u8) -> Result<(), Unprintable> {
        self.serialize_i64(n.into())
    }
    fn serialize_u16(self, n: u16) -> Result<(), Unprintable> {
        self.serialize_i64(n.into())
    }
    fn serialize_u32(self, n: u32) -> Result<(), Unprintable> {
        self.serialize_i64(n.into())
    }
    fn serialize_u64(self, n: u64) -> Result<(), Unprintable> {
        i64::try_from(n).map_or_else(|_| no("a number beyond 63 bits"), |n| self.serialize_i64(n))
    }
    fn serialize_f32(self, _: f32) -> Result<(), Unprintable> {
        no("a float")
    }
    fn serialize_f64(self, _: f64) -> Result<(), Unprintable> {
        no("a float")
    }
    fn serialize_char(self, c: char) -> Result<(), Unprintable> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, text: &str) -> Result<(), Unprintable> {
        if std::mem::take(&mut self.time) {
            self.syntax.date_time(self.out, text);
        } else {
            self.syntax.text(self.out, text);
        }
        Ok(())
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Unprintable> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        // Writing into memory cannot fail.
        let _written = write!(text, "{value}");
        self.serialize_str(&text)?;
        self.text = text;
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unprintable> {
        no("bytes")
    }
    fn serialize_none(self) -> Result<(), Unprintable> {
        no("null")
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unprintable> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Unprintable> {
        no("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unprintable> {
        no("null")
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unprintable> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unprintable> {
        self.time = name == DateTime::NAME;
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unprintable> {
        no("a variant with data")
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Unprintable> {
        self.syntax.open_array(self.out);
        Ok(Items {
            printer: self,
            empty: true,
        })
    }
    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, Unprintable> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Unprintable> {
        no("a tuple")
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unprintable> {
        no("a variant with data")
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unprintable> {
        no("a map")
    }
    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, Unprintable> {
        self.syntax.open_struct(self.out);
        let success = self.success.take();
        let mut members = Members {
            first: self.members.len(),
            printer: self,
        };
        if let Some(success) = success {
            members.serialize_field("success", &success)?;
        }
        Ok(members)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unprintable> {
        no("a variant with data")
    }
}

struct Items<'p, 'a, S> {
    printer: &'p mut Printer<'a, S>,
    empty: bool,
}

impl<S: Syntax> SerializeSeq for Items<'_, '_, S> {
    type Ok = ();
    type Error = Unprintable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unprintable> {
        if !std::mem::take(&mut self.empty) {
            let separator = self.printer.syntax.separator();
            self.printer.out.extend_from_slice(separator.as_bytes());
        }
        self.printer.syntax.open_item(self.printer.out);
        value.serialize(&mut *self.printer)?;
        self.printer.syntax.close_item(self.printer.out);
        self.printer.check_length()
    }

    fn end(self) -> Result<(), Unprintable> {
        self.printer
            .syntax
            .close_array(self.printer.out, self.empty);
        Ok(())
    }
}

impl<S: Syntax> SerializeTuple for Items<'_, '_, S> {
    type Ok = ();
    type Error = Unprintable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unprintable> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), Unprintable> {
        SerializeSeq::end(self)
    }
}

/// The members of a struct: those of the printer from `first` on.
struct Members<'p, 'a, S> {
    printer: &'p mut Printer<'a, S>,
    first: usize,
}

impl<S: Syntax> SerializeStruct for Members<'_, '_, S> {
    type Ok = ();
    type Error = Unprintable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unprintable> {
        let printer = &mut *self.printer;
        let start = printer.out.len();
        printer.syntax.open_member(printer.out, name);
        value.serialize(&mut *printer)?;
        printer.syntax.close_member(printer.out, name);
        // Every member ends with a separator, so that members can be sorted.
        let separator = printer.syntax.separator();
        printer.out.extend_from_slice(separator.as_bytes());
        printer.members.push((name, start..printer.out.len()));
        printer.check_length()
    }

    fn end(self) -> Result<(), Unprintable> {
        let printer = self.printer;
        let empty = printer.members.len() == self.first;
        if printer.sorted {
            printer.sort(self.first);
        }
        printer.members.truncate(self.first);
        if !empty {
            let end = printer.out.len() - printer.syntax.separator().len();
            printer.out.truncate(end);
        }
        printer.syntax.close_struct(printer.out, empty);
        Ok(())
    }
}

impl<S> Printer<'_, S> {
    /// Stops early at the limit. A member or an item is small beside it, or has members or items itself.
    fn check_length(&self) -> Result<(), Unprintable> {
        match self.out.len() > self.limit {
            true => Err(Unprintable::TooLarge),
            false => Ok(()),
        }
    }

    /// Sorts the members from `first` on, which are the end of the output, by name.
    fn sort(&mut self, first: usize) {
        let members = self.members.get_mut(first..).unwrap_or_default();
        let Some((_, Range { start, .. })) = members.first().cloned() else {
            return;
        };
        if members.is_sorted_by_key(|(name, _)| *name) {
            return;
        }
        members.sort_unstable_by_key(|(name, _)| *name);
        self.scratch.clear();
        for (_, range) in members {
            let member = self.out.get(range.clone()).unwrap_or_default();
            self.scratch.extend_from_slice(member);
        }
        self.out.truncate(start);
        self.out.extend_from_slice(&self.scratch);
    }
}
