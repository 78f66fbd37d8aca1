//! Writes XML-RPC documents. What a `<value>` contains is given as written, so that a test can
//! write it wrong.

use serde_json::Value;

use super::protocol::xml;

/// A methodCall with these contents of its `<params>`.
pub(crate) fn method_call(method: &str, params: &str) -> String {
    format!("<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>")
}

/// A parameter with this value.
pub(crate) fn param(inner: &str) -> String {
    format!("<param><value>{inner}</value></param>")
}

/// A methodCall of an operation with these contents of its `<params>`.
pub(crate) fn call(operation: &str, params: &str) -> String {
    method_call(&format!("peopleaggregator.{operation}"), params)
}

/// A methodCall of an operation with one struct of these members.
pub(crate) fn struct_call(operation: &str, members: &[(&str, &str)]) -> String {
    call(operation, &param(&struct_of(members)))
}

/// A methodCall of an operation with these arguments.
pub(crate) fn call_with(operation: &str, arguments: &Value) -> String {
    call(operation, &param(&typed(arguments)))
}

/// A multicall of these entries.
pub(crate) fn multicall(entries: &[String]) -> String {
    let entries: String = entries
        .iter()
        .map(|entry| format!("<value>{entry}</value>"))
        .collect();
    let entries = format!("<array><data>{entries}</data></array>");
    method_call("system.multicall", &param(&entries))
}

/// An entry of a multicall: a method and its parameters.
pub(crate) fn entry(method: &str, params: &[String]) -> String {
    let params = params.concat();
    format!(
        "<struct><member><name>methodName</name><value>{method}</value></member>\
         <member><name>params</name><value><array><data>{params}</data></array></value></member>\
         </struct>"
    )
}

/// An entry of a multicall that calls an operation.
pub(crate) fn entry_with(operation: &str, arguments: &Value) -> String {
    let arguments = format!("<value>{}</value>", typed(arguments));
    entry(&format!("peopleaggregator.{operation}"), &[arguments])
}

/// A struct of these members.
fn struct_of(members: &[(&str, &str)]) -> String {
    let members: String = members
        .iter()
        .map(|(name, value)| format!("<member><name>{name}</name><value>{value}</value></member>"))
        .collect();
    format!("<struct>{members}</struct>")
}

/// A value with its type.
pub(crate) fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => format!("<string>{}</string>", xml(text)),
        Value::Number(number) => format!("<int>{number}</int>"),
        Value::Bool(truth) => format!("<boolean>{}</boolean>", i32::from(*truth)),
        Value::Object(members) => {
            let members: Vec<(String, String)> = members
                .iter()
                .map(|(name, value)| {
                    let value = match (name.as_str(), value) {
                        // The arguments that are times.
                        ("until" | "memberUntil" | "at", Value::String(time)) => format!(
                            "<dateTime.iso8601>{}</dateTime.iso8601>",
                            time.replace(['-', 'Z'], "")
                        ),
                        _ => typed(value),
                    };
                    (xml(name), value)
                })
                .collect();
            let members: Vec<(&str, &str)> = members
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            struct_of(&members)
        }
        Value::Array(values) => {
            let values = values
                .iter()
                .map(|value| format!("<value>{}</value>", typed(value)));
            format!("<array><data>{}</data></array>", values.collect::<String>())
        }
        Value::Null => panic!("no XML-RPC for null"),
    }
}
