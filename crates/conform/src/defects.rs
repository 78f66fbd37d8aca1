//! Invalid arguments, each with the code that must reject it.

use trivium_rpc::{Code, Entry, Rule, ValueType, codes};

use crate::argument::{ArgumentValue, has_types};
use crate::wire::Format;

/// A defect of one argument.
#[derive(Clone, Debug)]
pub(crate) struct Defect {
    /// The argument's name.
    pub(crate) name: &'static str,
    /// The values to send under that name: zero, one or two.
    pub(crate) values: Vec<ArgumentValue>,
    /// The defect as a phrase: "without `id`".
    pub(crate) description: String,
    code: Code,
    /// True if only a format with types can express the defect.
    needs_types: bool,
}

impl Defect {
    /// The code that must reject the defect; `None` if the format cannot express it.
    pub(crate) fn code(&self, format: Format, entry: &Entry) -> Option<Code> {
        match self.values.as_slice() {
            // XML-RPC has a type for times, so a text in place of a time has the wrong type.
            [ArgumentValue::Text(_)] if self.code == codes::VALIDATION_INVALID_VALUE => {
                Some(match format {
                    Format::XmlRpc => codes::VALIDATION_INCORRECT_TYPE,
                    Format::Json | Format::Xml => self.code,
                })
            }
            _ if self.needs_types && !has_types(format, entry) => None,
            _ => Some(self.code),
        }
    }
}

/// Every defect that an argument with this rule can have.
pub(crate) fn all(entry: &Entry, rule: &Rule) -> Vec<Defect> {
    let name = rule.name;
    let defect = |values: Vec<ArgumentValue>, description: String, code: Code| Defect {
        name,
        values,
        description,
        code,
        needs_types: false,
    };
    let valid = ArgumentValue::valid_for(entry, rule);
    let mut all = vec![defect(
        vec![valid.clone(), valid],
        format!("with `{name}` twice"),
        codes::VALIDATION_DUPLICATE_KEY,
    )];
    if rule.required {
        let description = format!("without `{name}`");
        all.push(defect(
            Vec::new(),
            description,
            codes::VALIDATION_MISSING_KEY,
        ));
    }
    let mut add = |value: ArgumentValue, what: &str, code: Code| {
        let description = format!("with {what} as `{name}`");
        all.push(defect(vec![value], description, code));
    };
    let text = |text: &str| ArgumentValue::Text(text.to_owned());
    match rule.value_type {
        ValueType::Integer => {
            add(text("many"), "a text", codes::VALIDATION_INCORRECT_TYPE);
            for (bound, step, what) in [
                (rule.minimum, -1, "too small a number"),
                (rule.maximum, 1, "too large a number"),
            ] {
                if let Some(number) = bound.and_then(|bound| bound.checked_add(step)) {
                    add(
                        ArgumentValue::Integer(number),
                        what,
                        codes::VALIDATION_OUT_OF_RANGE,
                    );
                }
            }
        }
        ValueType::DateTime => add(
            text("soon"),
            "an invalid time",
            codes::VALIDATION_INVALID_VALUE,
        ),
        ValueType::Boolean => {}
        ValueType::List => {
            let list = |texts: Vec<String>| ArgumentValue::List(texts);
            if rule.id.is_some() {
                add(list(vec!["x".into()]), "the element 'x'", codes::INVALID_ID);
            }
            add(
                list(Vec::new()),
                "an empty list",
                codes::VALIDATION_OUT_OF_RANGE,
            );
            if let (Some(max), Some(id)) = (rule.max_items, &rule.id) {
                let many = (0..=max).map(|number| format!("{}{number}", id.prefix));
                add(
                    list(many.collect()),
                    "too long a list",
                    codes::VALIDATION_OUT_OF_RANGE,
                );
            }
            if let ArgumentValue::List(valid) = ArgumentValue::valid_for(entry, rule) {
                let twice = valid.iter().take(1).cycle().take(2).cloned().collect();
                add(
                    list(twice),
                    "an element twice",
                    codes::VALIDATION_DUPLICATE_KEY,
                );
            }
        }
        ValueType::Text => {
            if rule.id.is_some() {
                add(text("x"), "'x'", codes::INVALID_ID);
            }
            if !rule.choices.is_empty() {
                add(text("x"), "'x'", codes::VALIDATION_NOT_IN_ENUM);
            }
            if let Some(max_length) = rule.max_length {
                add(
                    ArgumentValue::Text("x".repeat(max_length + 1)),
                    "too long a text",
                    codes::VALIDATION_OUT_OF_RANGE,
                );
            }
            all.push(Defect {
                needs_types: true,
                ..defect(
                    vec![ArgumentValue::Integer(1)],
                    format!("with a number as `{name}`"),
                    codes::VALIDATION_INCORRECT_TYPE,
                )
            });
        }
    }
    all
}
