//! The result of an operation: its type is erased until a front-end prints it.
//!
//! A result describes itself to a [`Printer`], value by value. This is [`serde`]'s data model without what no format
//! can represent, behind one trait object: a [`Serialize`] result calls the printer of its format directly.

use std::fmt::Display;

use serde::ser::{
    Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

use crate::time::DateTime;

/// The result of an operation.
pub type Answer = Box<dyn Printable + Send>;

/// Prints values in a format. Methods that may exceed the limit of the output fail.
pub trait Printer {
    /// A text.
    fn text(&mut self, text: &str);
    /// A text that is made while it is printed.
    fn display(&mut self, text: &dyn Display);
    /// A whole number.
    fn integer(&mut self, number: i64);
    /// True or false.
    fn boolean(&mut self, truth: bool);
    /// A point in time, as `2006-08-11T13:38:44Z`.
    fn date_time(&mut self, time: &dyn Display);
    /// Before the members of a struct.
    fn open_struct(&mut self);
    /// Before the value of a member.
    fn open_member(&mut self, name: &'static str);
    /// After the value of a member.
    ///
    /// # Errors
    /// [`Unprintable::TooLarge`].
    fn close_member(&mut self, name: &'static str) -> Result<(), Unprintable>;
    /// After the members of a struct.
    fn close_struct(&mut self);
    /// Before the items of a list.
    fn open_array(&mut self);
    /// Before an item.
    fn open_item(&mut self);
    /// After an item.
    ///
    /// # Errors
    /// [`Unprintable::TooLarge`].
    fn close_item(&mut self) -> Result<(), Unprintable>;
    /// After the items of a list.
    fn close_array(&mut self);
}

/// A value that a [`Printer`] can print.
pub trait Printable {
    /// Prints the value.
    ///
    /// # Errors
    /// If the output is too large, and for a value that no format can represent: null, a float, bytes, a map, or an
    /// enum variant with data. A result type that contains one is a bug in its declaration.
    fn print(&self, printer: &mut dyn Printer) -> Result<(), Unprintable>;
}

impl<T: Serialize + ?Sized> Printable for T {
    fn print(&self, printer: &mut dyn Printer) -> Result<(), Unprintable> {
        self.serialize(Values {
            printer,
            is_time: false,
        })
    }
}

/// Why a value is not printed.
#[derive(Debug, thiserror::Error)]
pub enum Unprintable {
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

/// Passes values to the printer.
struct Values<'p> {
    printer: &'p mut dyn Printer,
    /// True if the next text is a time.
    is_time: bool,
}

impl<'p> Serializer for Values<'p> {
    type Ok = ();
    type Error = Unprintable;
    type SerializeSeq = Items<'p>;
    type SerializeTuple = Items<'p>;
    type SerializeTupleStruct = Impossible<(), Unprintable>;
    type SerializeTupleVariant = Impossible<(), Unprintable>;
    type SerializeMap = Impossible<(), Unprintable>;
    type SerializeStruct = Members<'p>;
    type SerializeStructVariant = Impossible<(), Unprintable>;

    fn serialize_bool(self, truth: bool) -> Result<(), Unprintable> {
        self.printer.boolean(truth);
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
        self.printer.integer(n);
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
        match self.is_time {
            true => self.printer.date_time(&text),
            false => self.printer.text(text),
        }
        Ok(())
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Unprintable> {
        match self.is_time {
            true => self.printer.date_time(&value),
            false => self.printer.display(&value),
        }
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
        value.serialize(Self {
            is_time: name == DateTime::NAME,
            ..self
        })
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
        self.printer.open_array();
        Ok(Items(self.printer))
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
        self.printer.open_struct();
        Ok(Members(self.printer))
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

/// The items of a list.
struct Items<'p>(&'p mut dyn Printer);

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Unprintable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unprintable> {
        self.0.open_item();
        value.print(self.0)?;
        self.0.close_item()
    }

    fn end(self) -> Result<(), Unprintable> {
        self.0.close_array();
        Ok(())
    }
}

impl SerializeTuple for Items<'_> {
    type Ok = ();
    type Error = Unprintable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unprintable> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), Unprintable> {
        SerializeSeq::end(self)
    }
}

/// The members of a struct.
struct Members<'p>(&'p mut dyn Printer);

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Unprintable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unprintable> {
        self.0.open_member(name);
        value.print(self.0)?;
        self.0.close_member(name)
    }

    fn end(self) -> Result<(), Unprintable> {
        self.0.close_struct();
        Ok(())
    }
}
