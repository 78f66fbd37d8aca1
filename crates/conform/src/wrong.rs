//! Wrong arguments, each with the code under which it is refused.

use trivium_rpc::{Code, Entry, Rule, ValueType, codes};

use crate::argument::{Argument, has_types};
use crate::wire::Format;

/// What is wrong with one argument.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    /// The argument's name.
    pub(crate) name: &'static str,
    /// The values to send under that name: none, one or two.
    pub(crate) values: Vec<Argument>,
    /// What is wrong, in words.
    pub(crate) words: String,
    code: Code,
    /// Whether only a format with types can tell that it is wrong.
    by_type: bool,
}

impl Wrong {
    /// The code under which this is refused; none where the format cannot say what is wrong.
    pub(crate) fn code(&self, format: Format, entry: &Entry) -> Option<Code> {
        match self.values.as_slice() {
            // A text that is no time has the wrong type only where times have one.
            [Argument::Text(_)] if self.code == codes::VALIDATION_INVALID_VALUE => {
                Some(match format {
                    Format::XmlRpc => codes::VALIDATION_INCORRECT_TYPE,
                    Format::Json | Format::Xml => self.code,
                })
            }
            _ if self.by_type && !has_types(format, entry) => None,
            _ => Some(self.code),
        }
    }
}

/// All that can be wrong with an argument of this rule.
pub(crate) fn all(entry: &Entry, rule: &Rule) -> Vec<Wrong> {
    let name = rule.name;
    let wrong = |values: Vec<Argument>, words: String, code: Code| Wrong {
        name,
        values,
        words,
        code,
        by_type: false,
    };
    let fitting = Argument::fitting(entry, rule);
    let mut all = vec![wrong(
        vec![fitting.clone(), fitting],
        format!("with `{name}` twice"),
        codes::VALIDATION_DUPLICATE_KEY,
    )];
    if rule.required {
        let words = format!("without `{name}`");
        all.push(wrong(Vec::new(), words, codes::VALIDATION_MISSING_KEY));
    }
    let mut one = |argument: Argument, what: &str, code: Code| {
        all.push(wrong(
            vec![argument],
            format!("with {what} as `{name}`"),
            code,
        ));
    };
    let text = |text: &str| Argument::Text(text.to_owned());
    match rule.value_type {
        ValueType::Integer => {
            one(text("many"), "a text", codes::VALIDATION_INCORRECT_TYPE);
            for (bound, step, what) in [
                (rule.minimum, -1, "too small a number"),
                (rule.maximum, 1, "too large a number"),
            ] {
                if let Some(number) = bound.and_then(|bound| bound.checked_add(step)) {
                    one(
                        Argument::Integer(number),
                        what,
                        codes::VALIDATION_OUT_OF_RANGE,
                    );
                }
            }
        }
        ValueType::DateTime => one(
            text("soon"),
            "a text that is no time",
            codes::VALIDATION_INVALID_VALUE,
        ),
        ValueType::Boolean => {}
        ValueType::Text => {
            if rule.id.is_some() {
                one(text("x"), "'x'", codes::INVALID_ID);
            }
            if !rule.choices.is_empty() {
                one(text("x"), "'x'", codes::VALIDATION_NOT_IN_ENUM);
            }
            if let Some(longest) = rule.max_length {
                let long = "x".repeat(longest + 1);
                one(
                    Argument::Text(long),
                    "too long a text",
                    codes::VALIDATION_OUT_OF_RANGE,
                );
            }
            all.push(Wrong {
                by_type: true,
                ..wrong(
                    vec![Argument::Integer(1)],
                    format!("with a number as `{name}`"),
                    codes::VALIDATION_INCORRECT_TYPE,
                )
            });
        }
    }
    all
}
