//! Parses XML under the input limits, and the XML bodies of REST calls.
//!
//! quick-xml parses. This module rejects what quick-xml accepts and a service must not: a DOCTYPE,
//! characters that XML cannot carry, undeclared entities, and text after the end.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attribute;
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use trivium_rpc::text::is_portable_char;
use trivium_rpc::{Error, codes};

use crate::check::RawValue;
use crate::limits::{self, MAX_DEPTH, Meter};
use crate::text::latin1;

/// Maximum nesting of elements. One level of XML-RPC values takes four.
const MAX_ELEMENT_DEPTH: usize = MAX_DEPTH * 4 + 8;

/// Why a document is rejected.
#[derive(Debug)]
pub enum Problem {
    /// It is not well-formed, for this reason.
    Malformed(&'static str),
    /// It has a document type declaration.
    Doctype,
    /// Its encoding is not supported.
    Encoding,
    /// It exceeds an input limit.
    Limit(Error),
}

impl Problem {
    /// The message for the caller.
    pub fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Malformed(reason) => format!("The body is not well-formed XML: {reason}.").into(),
            Self::Doctype => "A document type declaration (DOCTYPE) is not accepted.".into(),
            Self::Encoding => "The encoding is not UTF-8, US-ASCII or ISO-8859-1.".into(),
            Self::Limit(error) => error.message().to_owned().into(),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Limit(error)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Limit(error) => error,
            Problem::Encoding => Self::new(codes::UNSUPPORTED_MEDIA_TYPE, problem.message()),
            other => Self::new(codes::MALFORMED_BODY, other.message()),
        }
    }
}

/// Decodes a document by the encoding that it declares, or else the charset of its Content-Type, or
/// else UTF-8; bytes that are not well-formed UTF-8 are decoded as ISO-8859-1.
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

/// What the name of an element begins with that belongs to the extensions of XML-RPC, whatever its prefix in the
/// document. No other name has these characters.
pub const EXTENSION: &str = "{http://ws.apache.org/xmlrpc/namespaces/extensions}";

/// The markup after a run of text.
#[derive(Debug, PartialEq, Eq)]
pub enum Markup {
    /// The start of an element.
    Start(String),
    /// The end of the element that started last.
    End,
    /// The end of the document.
    Eof,
}

/// A reader of a document.
pub struct Reader<'a> {
    events: NsReader<&'a [u8]>,
    begun: bool,
    depth: usize,
    roots: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of a document.
    ///
    /// # Errors
    /// [`Problem::Malformed`] if the document has a character that XML cannot carry.
    pub fn new(document: &'a str) -> Result<Self, Problem> {
        if !document.chars().all(is_portable_char) {
            return Err(Problem::Malformed(
                "it has a character that XML cannot carry",
            ));
        }
        let mut events = NsReader::from_str(document.trim_start());
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
                    limits::check_name(name.as_ref())?;
                    if !is_name(name.as_ref()) {
                        return Err(Problem::Malformed("malformed name"));
                    }
                    if !start
                        .attributes()
                        .all(|attribute| attribute.is_ok_and(is_attribute))
                    {
                        return Err(Problem::Malformed("malformed attribute"));
                    }
                    let extension = match self.events.resolver().resolve_element(name) {
                        (ResolveResult::Bound(namespace), local)
                            if name.prefix().is_some() && is_extension(namespace) =>
                        {
                            Some(format!("{EXTENSION}{}", local.as_ref()))
                        }
                        _ => None,
                    };
                    let name = extension.unwrap_or_else(|| name.as_ref().to_owned());
                    return self.start(text, name);
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok((text, Markup::End));
                }
                Event::Text(piece) if piece.contains("]]>") => {
                    return Err(Problem::Malformed("its text contains ']]>'"));
                }
                Event::Text(piece) => text.push_str(&piece.xml10_content()),
                Event::CData(piece) => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        Ok(None) => entity(&reference.xml10_content())?,
                        Err(_) => return Err(Problem::Malformed("malformed character reference")),
                    };
                    if !is_portable_char(character) {
                        return Err(Problem::Malformed(
                            "it refers to a character that XML cannot carry",
                        ));
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
                    self.check_outside(&text)?;
                    return Ok((text, Markup::Eof));
                }
                Event::Decl(declaration) if !first || declaration.version().is_err() => {
                    return Err(Problem::Malformed("misplaced XML declaration"));
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    fn start(&mut self, text: String, name: String) -> Result<(String, Markup), Problem> {
        if self.depth == 0 {
            self.check_outside(&text)?;
            self.roots += 1;
            if self.roots > 1 {
                return Err(Problem::Malformed("there is content after its end"));
            }
        }
        self.depth += 1;
        if self.depth > MAX_ELEMENT_DEPTH {
            let mut meter = Meter::default();
            meter.value(MAX_DEPTH + 1)?;
        }
        Ok((text, Markup::Start(name)))
    }

    /// The number of open elements.
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Skips the rest of the element at this depth, its end included.
    ///
    /// # Errors
    /// Any [`Problem`].
    pub fn skip(&mut self, depth: usize) -> Result<(), Problem> {
        while self.depth >= depth {
            self.step()?;
        }
        Ok(())
    }

    /// Checks that only white space is outside of the root element.
    fn check_outside(&self, text: &str) -> Result<(), Problem> {
        if is_blank(text) {
            Ok(())
        } else {
            Err(Problem::Malformed("there is text outside of its element"))
        }
    }
}

/// True for white space between elements. U+00A0 counts: the documentation page is indented with it,
/// and requests are copied from there.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{A0}'))
}

/// True for a name of XML, approximately: no character of markup is accepted.
fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii();
    name.starts_with(letter)
        && name
            .chars()
            .all(|c| letter(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

/// True for a well-formed attribute. Attributes are ignored, but must be well-formed.
fn is_attribute(attribute: Attribute<'_>) -> bool {
    is_name(attribute.key.as_ref())
        && !attribute.value.contains('<')
        && attribute.normalized_value(XmlVersion::Implicit1_0).is_ok()
}

fn is_extension(namespace: Namespace<'_>) -> bool {
    EXTENSION.trim_matches(['{', '}']) == namespace.as_ref()
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

/// Parses the body of a REST call: `<request><id>group:1</id></request>`, with text as in forms.
///
/// # Errors
/// Any [`Problem`].
pub fn read_body(
    bytes: &[u8],
    content_type: Option<&str>,
    meter: &mut Meter,
) -> Result<Vec<(String, RawValue)>, Problem> {
    let document = decode(bytes, content_type)?;
    let mut reader = Reader::new(&document)?;
    match reader.step()? {
        (_, Markup::Start(name)) if name == "request" => {}
        _ => return Err(Problem::Malformed("its element is not <request>")),
    }
    let mut arguments = Vec::new();
    loop {
        match reader.step()? {
            (text, _) if !is_blank(&text) => {
                return Err(Problem::Malformed("there is text between its elements"));
            }
            (_, Markup::Start(name)) => {
                meter.value(1)?;
                let value = element(&mut reader, meter, 1)?;
                arguments.push((name, value));
            }
            (_, Markup::End) => break,
            (_, Markup::Eof) => return Err(Problem::Malformed("an element is not closed")),
        }
    }
    match reader.step()? {
        (_, Markup::Eof) => Ok(arguments),
        _ => Err(Problem::Malformed("there is content after its end")),
    }
}

/// The value of an element whose start was read, at its depth: its text, a list of its elements `item`, or an object.
fn element(reader: &mut Reader<'_>, meter: &mut Meter, depth: usize) -> Result<RawValue, Problem> {
    let mut items = Vec::new();
    let (mut is_nested, mut is_list) = (false, true);
    loop {
        match reader.step()? {
            (text, Markup::End) if !is_nested => return Ok(RawValue::Untyped(text)),
            (text, Markup::End) if is_list && is_blank(&text) => return Ok(RawValue::Array(items)),
            (_, Markup::End) => return Ok(RawValue::Object),
            (text, Markup::Start(name)) => {
                is_nested = true;
                is_list &= name == "item" && is_blank(&text);
                meter.value(depth + 1)?;
                items.push(element(reader, meter, depth + 1)?);
            }
            (_, Markup::Eof) => return Err(Problem::Malformed("an element is not closed")),
        }
    }
}
