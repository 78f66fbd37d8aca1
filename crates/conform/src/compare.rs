//! Compares two results that should be equal.

use serde_json::Value;

/// The first difference between two values, as a sentence. The text beside each value says in which
/// response it is: `over XML-RPC`.
pub(crate) fn difference(left: (&str, &Value), right: (&str, &Value)) -> Option<String> {
    difference_at("", left, right)
}

fn difference_at(
    path: &str,
    (left_place, left): (&str, &Value),
    (right_place, right): (&str, &Value),
) -> Option<String> {
    if left == right {
        return None;
    }
    let member_path = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match (left, right) {
        (Value::Object(left_members), Value::Object(right_members)) => {
            for (name, left_value) in left_members {
                let inner = member_path(name);
                let Some(right_value) = right_members.get(name) else {
                    return Some(format!(
                        "`{inner}` is present {left_place} but not {right_place}"
                    ));
                };
                let found =
                    difference_at(&inner, (left_place, left_value), (right_place, right_value));
                if found.is_some() {
                    return found;
                }
            }
            // All members on the left are equal on the right, so the right has more of them.
            difference_at(path, (right_place, right), (left_place, left))
        }
        (Value::Array(left_items), Value::Array(right_items))
            if left_items.len() == right_items.len() =>
        {
            let mut pairs = left_items.iter().zip(right_items).enumerate();
            pairs.find_map(|(index, (left, right))| {
                difference_at(
                    &format!("{path}[{index}]"),
                    (left_place, left),
                    (right_place, right),
                )
            })
        }
        _ => Some(format!(
            "`{path}` is {} {left_place} and {} {right_place}",
            abbreviate(left),
            abbreviate(right)
        )),
    }
}

/// A value, short enough for a sentence.
fn abbreviate(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "a struct".to_owned(),
        value => {
            let text = value.to_string();
            let mut short: String = text.chars().take(40).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            short
        }
    }
}
