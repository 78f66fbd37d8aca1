//! Prints results as plain values or tables, or as JSON for programs.

use std::io::Write;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::options::Global;

/// Prints a value: alone, or as JSON under its name.
pub(crate) fn value(global: &Global, name: &str, value: impl Into<Value>) -> Result<(), Failure> {
    let value = value.into();
    if global.json {
        line(&json!({ name: value }).to_string())
    } else {
        line(&cell(&value))
    }
}

/// Prints a list as a table with these columns, or as JSON.
pub(crate) fn list(global: &Global, columns: &[&str], rows: &[Value]) -> Result<(), Failure> {
    if global.json {
        return line(&Value::from(rows).to_string());
    }
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(columns.iter().map(|column| column.to_uppercase()));
    for row in rows {
        table.add_row(
            columns
                .iter()
                .map(|column| cell(row.get(*column).unwrap_or(&Value::Null))),
        );
    }
    line(&table.trim_fmt())
}

/// Serializes rows as the operation's result has them.
pub(crate) fn rows<R: serde::Serialize>(rows: &[R]) -> Result<Vec<Value>, Failure> {
    rows.iter()
        .map(|row| serde_json::to_value(row).map_err(|e| Failure::Failed(e.to_string())))
        .collect()
}

/// Prints a record with a name and a value on each line, or as JSON.
pub(crate) fn record(global: &Global, record: &Value) -> Result<(), Failure> {
    if global.json {
        return line(&record.to_string());
    }
    let members = record.as_object().into_iter().flatten();
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    for (name, value) in members {
        table.add_row([name.clone(), cell(value)]);
    }
    line(&table.trim_fmt())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect(),
        other => other.to_string(),
    }
}

/// Prints a line on standard output. A closed pipe is not an error.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
