//! Prints a typed result in the syntax of a format.
//!
//! The outermost struct gets `success` as its first member. In profile `documented` members are
//! sorted by name, in `original` they keep their order. A format supplies its [`Syntax`].

use std::fmt::{Display, Write};
use std::ops::Range;

use trivium_rpc::answer::{Printable, Printer, Unprintable};
use trivium_rpc::{Error, codes};

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
/// `response_too_large` if `out` would have more than [`MAX_RESULTS`]; a value that is [unprintable](Unprintable).
pub fn print<S: Syntax>(
    out: &mut Vec<u8>,
    syntax: S,
    profile: Profile,
    success: bool,
    result: &dyn Printable,
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
    value: &dyn Printable,
) -> Result<(), Error> {
    put(out, usize::MAX, syntax, profile, None, value)
}

fn put<S: Syntax>(
    out: &mut Vec<u8>,
    limit: usize,
    syntax: S,
    profile: Profile,
    success: Option<bool>,
    value: &dyn Printable,
) -> Result<(), Error> {
    out.reserve(1024);
    let mut printing = Printing {
        out,
        limit,
        syntax,
        sorted: profile == Profile::Documented,
        success,
        open: Vec::new(),
        members: Vec::new(),
        order: Order::default(),
        scratch: Vec::new(),
        text: String::new(),
    };
    value.print(&mut printing).map_err(|error| match error {
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

/// The printer of a syntax.
struct Printing<'a, S> {
    out: &'a mut Vec<u8>,
    /// The maximum length of the output.
    limit: usize,
    syntax: S,
    sorted: bool,
    /// The value of `success`, until it is printed.
    success: Option<bool>,
    /// The structs and lists that are open, the innermost last.
    open: Vec<Open>,
    /// The members of the open structs, with their positions in the output.
    members: Vec<Member>,
    order: Order,
    scratch: Vec<u8>,
    text: String,
}

/// A struct or a list whose end is not yet printed.
enum Open {
    /// The members of a struct are those of the printer from `first` on. The one that is open began at `start`.
    Struct { first: usize, start: usize },
    /// A list.
    Array { is_empty: bool },
}

impl<S: Syntax> Printer for Printing<'_, S> {
    fn text(&mut self, text: &str) {
        self.syntax.text(self.out, text);
    }

    fn display(&mut self, text: &dyn Display) {
        self.write(text);
        self.syntax.text(self.out, &self.text);
    }

    fn integer(&mut self, number: i64) {
        self.syntax.integer(self.out, number);
    }

    fn boolean(&mut self, truth: bool) {
        self.syntax.boolean(self.out, truth);
    }

    fn date_time(&mut self, time: &dyn Display) {
        self.write(time);
        self.syntax.date_time(self.out, &self.text);
    }

    fn open_struct(&mut self) {
        self.syntax.open_struct(self.out);
        let first = self.members.len();
        self.open.push(Open::Struct { first, start: 0 });
        if let Some(success) = self.success.take() {
            self.open_member("success");
            self.boolean(success);
            self.end_member("success");
        }
    }

    fn open_member(&mut self, name: &'static str) {
        if let Some(Open::Struct { start, .. }) = self.open.last_mut() {
            *start = self.out.len();
        }
        self.syntax.open_member(self.out, name);
    }

    fn close_member(&mut self, name: &'static str) -> Result<(), Unprintable> {
        self.end_member(name);
        self.check_length()
    }

    fn close_struct(&mut self) {
        let Some(Open::Struct { first, .. }) = self.open.pop() else {
            return;
        };
        let empty = self.members.len() == first;
        if self.sorted {
            self.sort(first);
        }
        self.members.truncate(first);
        if !empty {
            let end = self.out.len() - self.syntax.separator().len();
            self.out.truncate(end);
        }
        self.syntax.close_struct(self.out, empty);
    }

    fn open_array(&mut self) {
        self.syntax.open_array(self.out);
        self.open.push(Open::Array { is_empty: true });
    }

    fn open_item(&mut self) {
        if let Some(Open::Array { is_empty }) = self.open.last_mut()
            && !std::mem::take(is_empty)
        {
            let separator = self.syntax.separator();
            self.out.extend_from_slice(separator.as_bytes());
        }
        self.syntax.open_item(self.out);
    }

    fn close_item(&mut self) -> Result<(), Unprintable> {
        self.syntax.close_item(self.out);
        self.check_length()
    }

    fn close_array(&mut self) {
        if let Some(Open::Array { is_empty }) = self.open.pop() {
            self.syntax.close_array(self.out, is_empty);
        }
    }
}

impl<S: Syntax> Printing<'_, S> {
    fn write(&mut self, text: &dyn Display) {
        self.text.clear();
        // Writing into memory cannot fail.
        let _written = write!(self.text, "{text}");
    }

    fn end_member(&mut self, name: &'static str) {
        self.syntax.close_member(self.out, name);
        // Every member ends with a separator, so that members can be sorted.
        let separator = self.syntax.separator();
        self.out.extend_from_slice(separator.as_bytes());
        if let Some(Open::Struct { start, .. }) = self.open.last() {
            self.members.push((name, *start..self.out.len()));
        }
    }

    /// Stops early at the limit. A member or an item is small beside it, or has members or items itself.
    fn check_length(&self) -> Result<(), Unprintable> {
        match self.out.len() > self.limit {
            true => Err(Unprintable::TooLarge),
            false => Ok(()),
        }
    }

    /// Sorts the members from `first` on, which are the end of the output, by name.
    fn sort(&mut self, first: usize) {
        let members = self.members.get(first..).unwrap_or_default();
        let Some((_, Range { start, .. })) = members.first().cloned() else {
            return;
        };
        self.order.find(members);
        if self.order.places.is_sorted() {
            return;
        }
        self.scratch.clear();
        for &place in &self.order.places {
            let range = members.get(place).map(|(_, range)| range.clone());
            let member = self.out.get(range.unwrap_or_default()).unwrap_or_default();
            self.scratch.extend_from_slice(member);
        }
        self.out.truncate(start);
        self.out.extend_from_slice(&self.scratch);
    }
}

/// A member of a struct, with its position in the output.
type Member = (&'static str, Range<usize>);

/// The order of the members of the struct that was sorted last. The structs of a list often have the same members.
#[derive(Default)]
struct Order {
    names: Vec<&'static str>,
    /// The places of the members, in the order of their names.
    places: Vec<usize>,
}

impl Order {
    /// Finds the order of these members.
    fn find(&mut self, members: &[Member]) {
        let names = || members.iter().map(|(name, _)| *name);
        let is_known = names().len() == self.names.len()
            // Whether the texts are equal takes longer to find out.
            && names().zip(&self.names).all(|(name, known)| std::ptr::eq(name, *known));
        if !is_known {
            self.names.clear();
            self.names.extend(names());
            self.places.clear();
            self.places.extend(0..members.len());
            self.places.sort_by_key(|&place| self.names.get(place));
        }
    }
}
