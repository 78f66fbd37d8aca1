//! Checks arguments against the rules of an operation.
//!
//! Forms, JSON, XML and XML-RPC values all arrive here as the same list of names and values, so the
//! order of the checks, their codes and their messages are the same in every format.

use trivium_rpc::rule::IdFormat;
use trivium_rpc::text::is_portable_char;
use trivium_rpc::{
    Arguments, Call, Code, DateTime, Entry, Error, Rule, Secret, Value, ValueType, codes,
};

use crate::text::quote;

/// A value of a request, before it is checked.
#[derive(Clone, Debug, PartialEq)]
pub enum RawValue {
    /// Text of a format without types: a form, or an element of XML.
    Untyped(String),
    /// A string of a format with types.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Double,
    /// True or false.
    Boolean(bool),
    /// A time of a format that has a type for times.
    DateTime(DateTime),
    /// A list.
    Array(Vec<RawValue>),
    /// A struct, or a value of a type that no argument has.
    Object,
    /// Null.
    Null,
}

impl RawValue {
    /// The name of the type in errors.
    const fn type_name(&self) -> &'static str {
        match self {
            Self::Untyped(_) | Self::Text(_) => "string",
            Self::Integer(_) => "integer",
            Self::Double => "double",
            Self::Boolean(_) => "boolean",
            Self::Array(_) => "array",
            Self::DateTime(_) | Self::Object => "object",
            Self::Null => "NULL",
        }
    }
}

/// The source of the arguments. It determines how strict the checks are, and how errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Query and body of a REST call: unknown keys are ignored.
    Rest,
    /// The struct of an XML-RPC call: unknown keys are rejected.
    XmlRpc,
}

impl Input {
    const fn name(self) -> &'static str {
        match self {
            Self::Rest => "REST input",
            Self::XmlRpc => "input to XML-RPC function",
        }
    }
}

/// Checks the arguments of an operation and creates the call: for each rule, in order, presence, form,
/// type and range; unknown keys last. The bearer token replaces a missing `authToken`.
///
/// # Errors
/// The first failure, under its code.
pub fn check(
    entry: &'static Entry,
    given: Vec<(String, RawValue)>,
    bearer: Option<&str>,
    input: Input,
) -> Result<Call, Error> {
    let place = input.name();
    let mut slots: Vec<(Option<RawValue>, bool)> = vec![(None, false); entry.rules.len()];
    let mut extra = None;
    for (name, value) in given {
        let position = entry.rules.iter().position(|rule| rule.name == name);
        match position.and_then(|position| slots.get_mut(position)) {
            Some((slot, duplicate)) => *duplicate |= slot.replace(value).is_some(),
            None if !name.starts_with("__") => extra = extra.or(Some(name)),
            None => {}
        }
    }
    let mut arguments = Vec::with_capacity(slots.len());
    let mut credential = None;
    for (rule, (value, duplicate)) in entry.rules.iter().zip(slots) {
        let key = |code: Code, what: &str| {
            let name = rule.name;
            Error::new(
                code,
                format!("Validation error ({place}, ): key {name} {what}"),
            )
        };
        if duplicate {
            return Err(key(codes::VALIDATION_DUPLICATE_KEY, "is given twice"));
        }
        let is_credential = entry.credential.argument() == Some(rule.name);
        let token = bearer.filter(|_| is_credential && entry.credential.is_token());
        // An explicit null counts as absent, unless the argument is required.
        let value = value
            .filter(|value| rule.required || *value != RawValue::Null)
            .or_else(|| token.map(|token| RawValue::Untyped(token.to_owned())));
        let checked = match (value, &rule.default) {
            (Some(value), _) => Checked::of(rule, input).value(value)?,
            (None, Some(default)) => default.clone(),
            (None, None) if rule.required => {
                return Err(key(codes::VALIDATION_MISSING_KEY, "is required"));
            }
            (None, None) => continue,
        };
        match checked {
            Value::Text(text) if is_credential => credential = Some(Secret(text)),
            checked => arguments.push((rule.name, checked)),
        }
    }
    match extra {
        Some(name) if input == Input::XmlRpc => Err(Error::new(
            codes::VALIDATION_EXTRA_KEY,
            format!(
                "Validation error ({place}, ): key {} is not allowed",
                quote(&name)
            ),
        )),
        _ => Ok(Call {
            entry,
            arguments: Arguments(arguments),
            credential,
        }),
    }
}

/// One argument under its rule, or one element of a list.
#[derive(Clone, Copy)]
struct Checked<'a> {
    rule: &'a Rule,
    input: Input,
    /// The position of the element, from 0.
    element: Option<usize>,
}

impl<'a> Checked<'a> {
    const fn of(rule: &'a Rule, input: Input) -> Self {
        Self {
            rule,
            input,
            element: None,
        }
    }

    /// The place in errors: `/users`, or `/users/3` for an element.
    fn position(&self) -> String {
        match self.element {
            Some(element) => format!("/{}/{element}", self.rule.name),
            None => format!("/{}", self.rule.name),
        }
    }

    fn value(&self, value: RawValue) -> Result<Value, Error> {
        match self.rule.value_type {
            ValueType::Text => Ok(Value::Text(self.typed_text(value)?)),
            ValueType::List => match value {
                RawValue::Array(values) => self.list(values),
                // Elements have no commas: they are IDs or words.
                RawValue::Untyped(text) => {
                    let texts = text.split(',').filter(|_| !text.is_empty());
                    let values = texts.map(|text| RawValue::Untyped(text.to_owned()));
                    self.list(values.collect())
                }
                other => Err(self.wrong_type("array", &other)),
            },
            ValueType::Integer => match &value {
                RawValue::Integer(number) => self.integer(*number),
                RawValue::Untyped(text) => match decimal(text) {
                    Some(number) => self.integer(number),
                    None => Err(self.wrong_type("integer", &value)),
                },
                other => Err(self.wrong_type("integer", other)),
            },
            ValueType::Boolean => match value {
                RawValue::Boolean(truth) => Ok(Value::Boolean(truth)),
                RawValue::Untyped(text) => match text.as_str() {
                    "true" => Ok(Value::Boolean(true)),
                    "false" => Ok(Value::Boolean(false)),
                    other => {
                        let what = format!("('{}') must be true or false", quote(other));
                        Err(self.invalid(codes::VALIDATION_INVALID_VALUE, &what))
                    }
                },
                other => Err(self.wrong_type("boolean", &other)),
            },
            ValueType::DateTime => match value {
                RawValue::DateTime(time) => Ok(Value::Text(time.to_string())),
                RawValue::Untyped(text) | RawValue::Text(text) if self.input == Input::Rest => {
                    match text.parse::<DateTime>() {
                        Ok(time) => Ok(Value::Text(time.to_string())),
                        Err(_) => {
                            let what = format!(
                                "('{}') must be a time such as 2006-08-11T13:38:44Z",
                                quote(&text)
                            );
                            Err(self.invalid(codes::VALIDATION_INVALID_VALUE, &what))
                        }
                    }
                }
                other => Err(self.wrong_type("object", &other)),
            },
        }
    }

    fn list(&self, values: Vec<RawValue>) -> Result<Value, Error> {
        let max = self.rule.max_items.unwrap_or(usize::MAX);
        if values.is_empty() || values.len() > max {
            let what = format!("must have 1 to {max} elements");
            return Err(self.invalid(codes::VALIDATION_OUT_OF_RANGE, &what));
        }
        let mut texts: Vec<String> = Vec::with_capacity(values.len());
        for (element, value) in values.into_iter().enumerate() {
            let element = Self {
                element: Some(element),
                ..*self
            };
            let text = element.typed_text(value)?;
            // `user:7` and `user:07` are the same ID.
            let text = match &self.rule.id {
                Some(format) => without_zeros(format, text),
                None => text,
            };
            if texts.contains(&text) {
                return Err(element.invalid(codes::VALIDATION_DUPLICATE_KEY, "is given twice"));
            }
            texts.push(text);
        }
        Ok(Value::List(texts))
    }

    fn typed_text(&self, value: RawValue) -> Result<String, Error> {
        match value {
            RawValue::Untyped(text) | RawValue::Text(text) => self.text(text),
            other => Err(self.wrong_type("string", &other)),
        }
    }

    fn integer(&self, number: i64) -> Result<Value, Error> {
        let bound = match (self.rule.minimum, self.rule.maximum) {
            (Some(minimum), _) if number < minimum => format!(">= {minimum}"),
            (_, Some(maximum)) if number > maximum => format!("<= {maximum}"),
            _ => return Ok(Value::Integer(number)),
        };
        let what = format!("({number}) must be {bound}");
        Err(self.invalid(codes::VALIDATION_OUT_OF_RANGE, &what))
    }

    fn text(&self, text: String) -> Result<String, Error> {
        let rule = self.rule;
        if let Some(format) = &rule.id {
            check_id(format, &text)?;
        }
        if !rule.choices.is_empty() && !rule.choices.contains(&text) {
            let choices = rule.choices.join(", ");
            let what = format!("('{}') must be one of {choices}", quote(&text));
            return Err(self.invalid(codes::VALIDATION_NOT_IN_ENUM, &what));
        }
        if let Some(max) = rule.max_length
            && text.len() > max
            && text.chars().count() > max
        {
            let what = format!("must have at most {max} characters");
            return Err(self.invalid(codes::VALIDATION_OUT_OF_RANGE, &what));
        }
        if let Some(c) = text.chars().find(|&c| !is_portable_char(c)) {
            let c = c.escape_unicode();
            let what = format!("has the character {c}, which XML cannot carry");
            return Err(self.invalid(codes::VALIDATION_INVALID_VALUE, &what));
        }
        Ok(text)
    }

    fn wrong_type(&self, expected: &str, value: &RawValue) -> Error {
        let (place, position) = (self.input.name(), self.position());
        let actual = value.type_name();
        Error::new(
            codes::VALIDATION_INCORRECT_TYPE,
            format!(
                "Validation error ({place}): expected type {expected} at position '{position}', got {actual}"
            ),
        )
    }

    fn invalid(&self, code: Code, what: &str) -> Error {
        let (place, position) = (self.input.name(), self.position());
        Error::new(
            code,
            format!("Validation error ({place}, {position}): value at {position} {what}"),
        )
    }
}

fn check_id(format: &IdFormat, text: &str) -> Result<(), Error> {
    let digits = text
        .strip_prefix(format.prefix.as_str())
        .unwrap_or_default();
    // 18 digits always fit into 64 bits.
    let is_number = (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number || format.alternative.as_deref() == Some(text) {
        return Ok(());
    }
    Err(Error::new(
        codes::INVALID_ID,
        format!(
            "{} must be of the form '{}' ('{}' is not valid)",
            format.title,
            format.example,
            quote(text)
        ),
    ))
}

/// A valid ID without zeros before its number.
fn without_zeros(format: &IdFormat, text: String) -> String {
    let digits = text.strip_prefix(format.prefix.as_str());
    match digits.and_then(|digits| digits.parse::<u64>().ok()) {
        Some(number) => format!("{}{number}", format.prefix),
        None => text,
    }
}

/// Parses a decimal number; beyond 64 bits it is clamped.
fn decimal(text: &str) -> Option<i64> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(
        text.parse()
            .unwrap_or(if negative { i64::MIN } else { i64::MAX }),
    )
}
