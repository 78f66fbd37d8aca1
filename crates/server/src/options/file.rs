//! `trivium.toml`: its settings, each with its place.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// A place in the configuration file. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    path: PathBuf,
    line: usize,
    column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, column } = self;
        write!(f, "{}, line {line}, column {column}", path.display())
    }
}

impl Place {
    fn of(path: &Path, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let start = before.rsplit('\n').next().unwrap_or_default();
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: start.chars().count() + 1,
        }
    }
}

/// A value in the file.
#[derive(Debug)]
pub(super) struct Entry {
    /// The name of the setting: `peopleaggregator_profile` for `profile` in `[peopleaggregator]`.
    pub(super) name: String,
    /// The same with a dot, as in the file.
    pub(super) key: String,
    /// Where the name is.
    pub(super) place: Place,
    /// The value as text; `None` if no setting has a value of this type.
    pub(super) value: Option<String>,
    /// Whether it is a list, whose values the text separates by commas.
    pub(super) is_list: bool,
}

/// Reads the values of a file. `None` if the file does not exist.
///
/// # Errors
/// That it cannot be read or is malformed. The message shows nothing of its values, because any may be a secret.
pub(super) fn read(
    path: &Path,
    is_setting: &dyn Fn(&str) -> bool,
) -> Result<Option<Vec<Entry>>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let table = DeTable::parse(&text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let place = Place::of(path, &text, offset);
        let line = text.lines().nth(place.line - 1).unwrap_or_default();
        let key = line.split('=').next().unwrap_or_default().trim();
        // Text that is no setting may be a part of a secret with several lines.
        match is_setting(key) {
            true => format!("{place}: malformed TOML in the setting '{key}'"),
            false => format!("{place}: malformed TOML"),
        }
    })?;
    let mut entries = Vec::new();
    flatten(table.get_ref(), "", is_setting, &mut |key, start, value| {
        entries.push(Entry {
            name: key.replace('.', "_"),
            key,
            place: Place::of(path, &text, start),
            is_list: matches!(value, DeValue::Array(_)),
            value: scalar(value).or_else(|| list(value)),
        });
    });
    Ok(Some(entries))
}

/// Calls a function with each value of the table and of the tables in it, except those in the place of a setting: a
/// table in the place of a secret would have its parts for names, which errors show.
fn flatten(
    table: &DeTable<'_>,
    prefix: &str,
    is_setting: &dyn Fn(&str) -> bool,
    add: &mut dyn FnMut(String, usize, &DeValue<'_>),
) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) if !is_setting(&name) => {
                flatten(inner, &format!("{name}."), is_setting, add);
            }
            value => add(name, key.span().start, value),
        }
    }
}

/// A string, an integer or a boolean, as text.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A list of them, separated by commas.
fn list(value: &DeValue<'_>) -> Option<String> {
    let DeValue::Array(values) = value else {
        return None;
    };
    let values: Option<Vec<String>> = values.iter().map(|it| scalar(it.get_ref())).collect();
    values.map(|values| values.join(","))
}
