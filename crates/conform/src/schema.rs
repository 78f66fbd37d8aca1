//! Holds an answer against the declared result, and reads it as that.

use serde_json::{Map, Value};
use trivium_rpc::DateTime;

use crate::answer::Parsed;
use crate::wire::Format;

/// An answer that is held against its declaration.
pub(crate) struct Holder<'a> {
    format: Format,
    definitions: Option<&'a Value>,
    /// What does not fit, in sentences without an end.
    pub(crate) wrong: Vec<String>,
}

/// The members of a result as its schema declares them, and what does not fit.
pub(crate) fn hold(
    format: Format,
    schema: &Value,
    members: Vec<(String, Parsed)>,
) -> (Value, Vec<String>) {
    let mut holder = Holder {
        format,
        definitions: schema.get("$defs"),
        wrong: Vec::new(),
    };
    let value = holder.members(schema, members, "");
    (value, holder.wrong)
}

impl<'a> Holder<'a> {
    fn value(&mut self, schema: &'a Value, given: Parsed, path: &str) -> Value {
        let schema = self.resolve(schema);
        let kind = match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
            kind => kind.and_then(Value::as_str),
        };
        match (kind.unwrap_or_default(), given) {
            ("object", Parsed::Struct(members)) => self.members(schema, members, path),
            ("array", Parsed::List(items)) => self.items(schema, items, path),
            // Without types, what is nothing may be any of them.
            ("object", Parsed::Untyped(text)) if text.is_empty() => {
                self.members(schema, Vec::new(), path)
            }
            ("array", Parsed::Untyped(text)) if text.is_empty() => Value::Array(Vec::new()),
            ("array", Parsed::Struct(members)) if self.format == Format::Xml => {
                let (items, others): (Vec<_>, Vec<_>) =
                    members.into_iter().partition(|(name, _)| name == "item");
                if let Some((name, _)) = others.first() {
                    self.wrong
                        .push(format!("`{path}` has <{name}> beside <item>"));
                }
                let items = items.into_iter().map(|(_, item)| item).collect();
                self.items(schema, items, path)
            }
            ("integer", Parsed::Integer(number)) => self.integer(schema, number, path),
            ("integer", Parsed::Untyped(text)) => match text.parse() {
                Ok(number) => self.integer(schema, number, path),
                Err(_) => self.mismatch(path, "a whole number", &Parsed::Untyped(text)),
            },
            ("boolean", Parsed::Boolean(truth)) => truth.into(),
            ("boolean", Parsed::Untyped(text)) if text == "true" => true.into(),
            ("boolean", Parsed::Untyped(text)) if text == "false" => false.into(),
            ("string", given) if is_time(schema) => self.time(given, path),
            ("string", Parsed::Text(text) | Parsed::Untyped(text)) => self.text(schema, text, path),
            (kind, given) => {
                let declared = match kind {
                    "object" => "a struct",
                    "array" => "a list",
                    "integer" => "a whole number",
                    "boolean" => "true or false",
                    "string" => "a text",
                    _ => "something else",
                };
                self.mismatch(path, declared, &given)
            }
        }
    }

    /// Follows a reference, and what may be missing to what it is.
    fn resolve(&self, mut schema: &'a Value) -> &'a Value {
        loop {
            let reference = schema.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|path| path.rsplit('/').next());
            let definition = name.and_then(|name| self.definitions?.get(name));
            let inner = schema.get("anyOf").and_then(|any| any.get(0));
            match definition.or(inner) {
                Some(inner) => schema = inner,
                None => return schema,
            }
        }
    }

    fn members(&mut self, schema: &'a Value, members: Vec<(String, Parsed)>, path: &str) -> Value {
        let within = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let mut whole = Map::new();
        for (name, given) in members {
            let inner = within(&name);
            match schema.get("properties").and_then(|all| all.get(&name)) {
                Some(property) => {
                    let value = self.value(property, given, &inner);
                    if whole.insert(name, value).is_some() {
                        self.wrong.push(format!("`{inner}` is there twice"));
                    }
                }
                None => self.wrong.push(format!("`{inner}` is not declared")),
            }
        }
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !whole.contains_key(name) {
                self.wrong.push(format!("`{}` is missing", within(name)));
            }
        }
        Value::Object(whole)
    }

    fn items(&mut self, schema: &'a Value, items: Vec<Parsed>, path: &str) -> Value {
        let of = schema.get("items").unwrap_or(&Value::Null);
        // What is wrong with one item is mostly wrong with all, and is told once.
        let path = format!("{path}[]");
        let items = items.into_iter();
        items.map(|item| self.value(of, item, &path)).collect()
    }

    fn integer(&mut self, schema: &Value, number: i64, path: &str) -> Value {
        let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
        if bound("minimum").is_some_and(|least| number < least)
            || bound("maximum").is_some_and(|most| number > most)
        {
            self.wrong.push(format!("`{path}` is out of its range"));
        }
        number.into()
    }

    fn time(&mut self, given: Parsed, path: &str) -> Value {
        let text = match (self.format, given) {
            (Format::Json, Parsed::Text(text))
            | (Format::Xml, Parsed::Untyped(text))
            | (Format::XmlRpc, Parsed::Time(text)) => text,
            (_, given) => return self.mismatch(path, "a time", &given),
        };
        // XML-RPC leaves out the separators; all mean the same second.
        match text.parse::<DateTime>() {
            Ok(time) if self.format == Format::XmlRpc || time.to_string() == text => {
                time.to_string().into()
            }
            _ => {
                self.wrong.push(format!("`{path}` is no time ('{text}')"));
                text.into()
            }
        }
    }

    fn text(&mut self, schema: &Value, text: String, path: &str) -> Value {
        let words = schema.get("enum").and_then(Value::as_array);
        if words.is_some_and(|words| !words.contains(&text.as_str().into())) {
            self.wrong
                .push(format!("`{path}` is '{text}', which is none of its words"));
        }
        let pattern = schema.get("pattern").and_then(Value::as_str);
        // Patterns of results are those of ids: a prefix and a number.
        if let Some((prefix, _)) = pattern.and_then(|p| p.strip_prefix('^')?.split_once("[0-9]")) {
            let digits = text.strip_prefix(prefix).unwrap_or_default();
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                self.wrong
                    .push(format!("`{path}` is '{text}', which is no `{prefix}N`"));
            }
        }
        text.into()
    }

    fn mismatch(&mut self, path: &str, declared: &str, given: &Parsed) -> Value {
        let (is, value) = match given {
            Parsed::Untyped(text) | Parsed::Text(text) => ("a text", text.as_str().into()),
            Parsed::Integer(number) => ("a number", (*number).into()),
            Parsed::Boolean(truth) => ("true or false", (*truth).into()),
            Parsed::Time(text) => ("a time", text.as_str().into()),
            Parsed::List(_) => ("a list", Value::Null),
            Parsed::Struct(_) => ("a struct", Value::Null),
            Parsed::Other(what) => (*what, Value::Null),
        };
        self.wrong
            .push(format!("`{path}` is {is}, where {declared} is declared"));
        value
    }
}

fn is_time(schema: &Value) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("date-time")
}
