//! Validates a result against its declared schema, and converts it to a value that is the same in
//! every format.

use serde_json::{Map, Value};
use trivium_rpc::DateTime;

use crate::response::Parsed;
use crate::wire::Format;

/// Validates one result.
struct Validator<'a> {
    format: Format,
    definitions: Option<&'a Value>,
    /// The violations, as sentences without a full stop.
    violations: Vec<String>,
}

/// Validates the members of a result. Returns the result as a value, and the violations.
pub(crate) fn validate(
    format: Format,
    schema: &Value,
    members: Vec<(String, Parsed)>,
) -> (Value, Vec<String>) {
    let mut validator = Validator {
        format,
        definitions: schema.get("$defs"),
        violations: Vec::new(),
    };
    let value = validator.members(schema, members, "");
    (value, validator.violations)
}

impl<'a> Validator<'a> {
    fn value(&mut self, schema: &'a Value, found: Parsed, path: &str) -> Value {
        let schema = self.resolve(schema);
        let declared_type = match schema.get("type") {
            Some(Value::Array(types)) => types.first().and_then(Value::as_str),
            one => one.and_then(Value::as_str),
        };
        match (declared_type.unwrap_or_default(), found) {
            ("object", Parsed::Struct(members)) => self.members(schema, members, path),
            ("array", Parsed::List(items)) => self.items(schema, items, path),
            // In a format without types, an empty element may be an empty struct or list.
            ("object", Parsed::Untyped(text)) if text.is_empty() => {
                self.members(schema, Vec::new(), path)
            }
            ("array", Parsed::Untyped(text)) if text.is_empty() => Value::Array(Vec::new()),
            ("array", Parsed::Struct(members)) if self.format == Format::Xml => {
                let (items, others): (Vec<_>, Vec<_>) =
                    members.into_iter().partition(|(name, _)| name == "item");
                if let Some((name, _)) = others.first() {
                    self.violations
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
            ("boolean", Parsed::Boolean(boolean)) => boolean.into(),
            ("boolean", Parsed::Untyped(text)) if text == "true" => true.into(),
            ("boolean", Parsed::Untyped(text)) if text == "false" => false.into(),
            ("string", found) if is_time(schema) => self.time(found, path),
            ("string", Parsed::Text(text) | Parsed::Untyped(text)) => self.text(schema, text, path),
            (declared_type, found) => {
                let declared = match declared_type {
                    "object" => "a struct",
                    "array" => "a list",
                    "integer" => "a whole number",
                    "boolean" => "true or false",
                    "string" => "a text",
                    _ => "something else",
                };
                self.mismatch(path, declared, &found)
            }
        }
    }

    /// Follows references, and resolves an optional type to the type itself.
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
        let member_path = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let mut result = Map::new();
        for (name, found) in members {
            let inner = member_path(&name);
            match schema.get("properties").and_then(|all| all.get(&name)) {
                Some(property) => {
                    let value = self.value(property, found, &inner);
                    if result.insert(name, value).is_some() {
                        self.violations.push(format!("`{inner}` is present twice"));
                    }
                }
                None => self.violations.push(format!("`{inner}` is not declared")),
            }
        }
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !result.contains_key(name) {
                self.violations
                    .push(format!("`{}` is missing", member_path(name)));
            }
        }
        Value::Object(result)
    }

    fn items(&mut self, schema: &'a Value, items: Vec<Parsed>, path: &str) -> Value {
        let item_schema = schema.get("items").unwrap_or(&Value::Null);
        // Most violations are the same in all items; with one path for all, each is reported once.
        let path = format!("{path}[]");
        let items = items.into_iter();
        items
            .map(|item| self.value(item_schema, item, &path))
            .collect()
    }

    fn integer(&mut self, schema: &Value, number: i64, path: &str) -> Value {
        let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
        if bound("minimum").is_some_and(|minimum| number < minimum)
            || bound("maximum").is_some_and(|maximum| number > maximum)
        {
            self.violations.push(format!("`{path}` is out of range"));
        }
        number.into()
    }

    fn time(&mut self, found: Parsed, path: &str) -> Value {
        let text = match (self.format, found) {
            (Format::Json, Parsed::Text(text))
            | (Format::Xml, Parsed::Untyped(text))
            | (Format::XmlRpc, Parsed::Time(text)) => text,
            (_, found) => return self.mismatch(path, "a time", &found),
        };
        // XML-RPC omits the separators; the value is the same in every format.
        match text.parse::<DateTime>() {
            Ok(time) if self.format == Format::XmlRpc || time.to_string() == text => {
                time.to_string().into()
            }
            _ => {
                self.violations
                    .push(format!("`{path}` is an invalid time ('{text}')"));
                text.into()
            }
        }
    }

    fn text(&mut self, schema: &Value, text: String, path: &str) -> Value {
        let choices = schema.get("enum").and_then(Value::as_array);
        if choices.is_some_and(|choices| !choices.contains(&text.as_str().into())) {
            self.violations.push(format!(
                "`{path}` is '{text}', which is not an allowed value"
            ));
        }
        let pattern = schema.get("pattern").and_then(Value::as_str);
        // The only patterns in results are those of IDs: a prefix and a number.
        if let Some((prefix, _)) = pattern.and_then(|p| p.strip_prefix('^')?.split_once("[0-9]")) {
            let digits = text.strip_prefix(prefix).unwrap_or_default();
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                self.violations.push(format!(
                    "`{path}` is '{text}', which does not have the form `{prefix}N`"
                ));
            }
        }
        text.into()
    }

    fn mismatch(&mut self, path: &str, declared: &str, found: &Parsed) -> Value {
        let (actual, value) = match found {
            Parsed::Untyped(text) | Parsed::Text(text) => ("a text", text.as_str().into()),
            Parsed::Integer(number) => ("a number", (*number).into()),
            Parsed::Boolean(boolean) => ("true or false", (*boolean).into()),
            Parsed::Time(text) => ("a time", text.as_str().into()),
            Parsed::List(_) => ("a list", Value::Null),
            Parsed::Struct(_) => ("a struct", Value::Null),
            Parsed::Other(what) => (*what, Value::Null),
        };
        self.violations.push(format!(
            "`{path}` is {actual}, where {declared} is declared"
        ));
        value
    }
}

fn is_time(schema: &Value) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("date-time")
}
