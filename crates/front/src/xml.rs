//! Reads XML under the input budget, and XML bodies of REST calls.
//!
//! quick-xml reads; what it lets pass and a service should not is refused here: a DOCTYPE,
//! characters that XML cannot carry, entities that nobody declared, text after the end.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attribute;
use trivium_core::types::can_carry;
use trivium_core::{Code, Error};

use crate::budget::{self, LEVELS, Meter};
use crate::check::Given;
use crate::text::latin1;

/// Elements inside each other at the most. A level of XML-RPC values takes four.
const DEPTH: usize = LEVELS * 4 + 8;

/// Why XML cannot be read.
#[derive(Debug)]
pub enum Problem {
    /// It is not well-formed, in these words.
    Malformed(&'static str),
    /// It has a document type declaration.
    Doctype,
    /// It is in an encoding that is not read.
    Encoding,
    /// It is over the input budget.
    Budget(Error),
}

impl Problem {
    /// What may be told of it.
    pub fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Malformed(words) => format!("The body is not well-formed XML: {words}.").into(),
            Self::Doctype => "A document type declaration (DOCTYPE) is not accepted.".into(),
            Self::Encoding => "The encoding is not UTF-8, US-ASCII or ISO-8859-1.".into(),
            Self::Budget(error) => error.message().to_owned().into(),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Budget(error)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Budget(error) => error,
            Problem::Encoding => Self::new(Code::UnsupportedMediaType, problem.message()),
            other => Self::new(Code::MalformedBody, other.message()),
        }
    }
}

/// Reads the bytes of a document as the encoding that they declare, or else the charset of its
/// Content-Type, or else UTF-8; and once as ISO-8859-1 when they are not well-formed UTF-8.
///
/// # Errors
/// [`Problem::Encoding`].
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Result<Cow<'a, str>, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.starts_with(b"\xFE\xFF") || bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\0")
    {
        return Err(Problem::Encoding);
    }
    let declared = declared_encoding(bytes)
        .or_else(|| content_type.and_then(charset))
        .unwrap_or_default()
        .to_ascii_lowercase();
    match declared.as_str() {
        "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" => Ok(Cow::Owned(latin1(bytes))),
        "" | "utf-8" | "utf8" | "us-ascii" | "ascii" => Ok(crate::text::utf8_or_latin1(bytes)),
        _ => Err(Problem::Encoding),
    }
}

/// The encoding of `<?xml version="1.0" encoding="…"?>`.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(256)).unwrap_or(bytes);
    let head = latin1(head);
    let head = head.trim_start().strip_prefix("<?xml")?;
    let (declaration, _) = head.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value
        .strip_prefix(quote)?
        .split(quote)
        .next()
        .map(str::to_owned)
}

/// The parameter `charset` of a Content-Type.
fn charset(content_type: &str) -> Option<String> {
    content_type
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// What ends a run of text.
#[derive(Debug, PartialEq, Eq)]
pub enum Markup {
    /// The start of an element.
    Start(String),
    /// The end of the element that started last.
    End,
    /// The end of the document.
    Eof,
}

/// Walks a document.
pub struct Reader<'a> {
    events: quick_xml::Reader<&'a [u8]>,
    begun: bool,
    depth: usize,
    roots: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of a document.
    ///
    /// # Errors
    /// [`Problem::Malformed`] when a character is none that XML can carry.
    pub fn new(document: &'a str) -> Result<Self, Problem> {
        if !document.chars().all(can_carry) {
            return Err(Problem::Malformed(
                "it has a character that XML cannot carry",
            ));
        }
        let mut events = quick_xml::Reader::from_str(document.trim_start());
        events.config_mut().expand_empty_elements = true;
        events.config_mut().check_comments = true;
        Ok(Self {
            events,
            begun: false,
            depth: 0,
            roots: 0,
        })
    }

    /// The text up to the next tag, and that tag.
    ///
    /// # Errors
    /// Any [`Problem`].
    pub fn step(&mut self) -> Result<(String, Markup), Problem> {
        let mut text = String::new();
        loop {
            let event = self
                .events
                .read_event()
                .map_err(|_| Problem::Malformed("its tags do not match, or one is not closed"))?;
            let first = !std::mem::replace(&mut self.begun, true);
            match event {
                Event::Start(start) => {
                    let name = start.name();
                    budget::name(name.as_ref())?;
                    if !is_name(name.as_ref()) {
                        return Err(Problem::Malformed("a name is not one"));
                    }
                    if !start
                        .attributes()
                        .all(|attribute| attribute.is_ok_and(is_attribute))
                    {
                        return Err(Problem::Malformed("an attribute is not one"));
                    }
                    let name = name.as_ref().to_owned();
                    return self.start(text, name);
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok((text, Markup::End));
                }
                Event::Text(piece) if piece.contains("]]>") => {
                    return Err(Problem::Malformed("']]>' stands in its text"));
                }
                Event::Text(piece) => text.push_str(&piece.xml10_content()),
                Event::CData(piece) => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        Ok(None) => entity(&reference.xml10_content())?,
                        Err(_) => return Err(Problem::Malformed("a reference is to no character")),
                    };
                    if !can_carry(character) {
                        return Err(Problem::Malformed("a reference is to no character of XML"));
                    }
                    text.push(character);
                }
                Event::DocType(_) => return Err(Problem::Doctype),
                Event::Eof if self.depth > 0 => {
                    return Err(Problem::Malformed("an element is not closed"));
                }
                Event::Eof if self.roots == 0 => {
                    return Err(Problem::Malformed("it has no element"));
                }
                Event::Eof => {
                    self.outside(&text)?;
                    return Ok((text, Markup::Eof));
                }
                Event::Decl(declaration) if !first || declaration.version().is_err() => {
                    return Err(Problem::Malformed("a declaration stands where none may"));
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    fn start(&mut self, text: String, name: String) -> Result<(String, Markup), Problem> {
        if self.depth == 0 {
            self.outside(&text)?;
            self.roots += 1;
            if self.roots > 1 {
                return Err(Problem::Malformed("something stands after its end"));
            }
        }
        self.depth += 1;
        if self.depth > DEPTH {
            let mut meter = Meter::default();
            meter.value(LEVELS + 1)?;
        }
        Ok((text, Markup::Start(name)))
    }

    /// How many elements are open.
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Passes over what is left of the element at this depth, its end included.
    ///
    /// # Errors
    /// Any [`Problem`].
    pub fn leave(&mut self, depth: usize) -> Result<(), Problem> {
        while self.depth >= depth {
            self.step()?;
        }
        Ok(())
    }

    /// Nothing but white space stands outside the one element.
    fn outside(&self, text: &str) -> Result<(), Problem> {
        if is_blank(text) {
            Ok(())
        } else {
            Err(Problem::Malformed("text stands outside of its element"))
        }
    }
}

/// White space between elements. U+00A0 counts: the documentation page was indented with it,
/// and requests were copied from there.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{A0}'))
}

/// Near enough to the names of XML: what markup is made of is in none.
fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii();
    name.starts_with(letter)
        && name
            .chars()
            .all(|c| letter(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

/// Nothing is read from an attribute, and still it is one or the document is none.
fn is_attribute(attribute: Attribute<'_>) -> bool {
    is_name(attribute.key.as_ref())
        && !attribute.value.contains('<')
        && attribute.normalized_value(XmlVersion::Implicit1_0).is_ok()
}

fn entity(name: &str) -> Result<char, Problem> {
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(Problem::Malformed("it uses an entity that is not declared")),
    }
}

/// Reads the body of a REST call: `<request><id>group:1</id></request>`, text as in forms.
///
/// # Errors
/// Any [`Problem`].
pub fn read_body(
    bytes: &[u8],
    content_type: Option<&str>,
    meter: &mut Meter,
) -> Result<Vec<(String, Given)>, Problem> {
    let document = decode(bytes, content_type)?;
    let mut reader = Reader::new(&document)?;
    match reader.step()? {
        (_, Markup::Start(name)) if name == "request" => {}
        _ => return Err(Problem::Malformed("its element is not <request>")),
    }
    let mut given = Vec::new();
    loop {
        match reader.step()? {
            (text, _) if !is_blank(&text) => {
                return Err(Problem::Malformed("text stands between its elements"));
            }
            (_, Markup::Start(name)) => {
                meter.value(1)?;
                let value = element(&mut reader, meter)?;
                given.push((name, value));
            }
            (_, Markup::End) => break,
            (_, Markup::Eof) => return Err(Problem::Malformed("an element is not closed")),
        }
    }
    match reader.step()? {
        (_, Markup::Eof) => Ok(given),
        _ => Err(Problem::Malformed("something stands after its end")),
    }
}

/// The value of an element whose start was read: its text, or something that is no argument.
fn element(reader: &mut Reader<'_>, meter: &mut Meter) -> Result<Given, Problem> {
    let mut level = 1;
    let mut nested = false;
    loop {
        match reader.step()? {
            (text, Markup::End) if !nested => return Ok(Given::Untyped(text)),
            (_, Markup::End) => {
                level -= 1;
                if level == 0 {
                    return Ok(Given::Object);
                }
            }
            (_, Markup::Start(_)) => {
                nested = true;
                level += 1;
                meter.value(level)?;
            }
            (_, Markup::Eof) => return Err(Problem::Malformed("an element is not closed")),
        }
    }
}
