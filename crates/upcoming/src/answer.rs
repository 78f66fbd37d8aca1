//! The result of a method: elements of one name, with attributes.

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number in JSON.
    Number(i64),
    /// A string in JSON.
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Number(truth.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The attributes of an element, in the order in which JSON has them.
pub type Attributes = Vec<(&'static str, Value)>;

/// The result of a method.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The name of the elements, if the method returns elements.
    pub name: Option<&'static str>,
    /// The elements.
    pub elements: Vec<Attributes>,
    /// The order of the attributes in XML, as positions in JSON; empty if it is the same.
    pub xml_order: &'static [usize],
    /// True if a moderator has yet to decide.
    pub accepted: bool,
}

impl Answer {
    /// A result with elements of this name.
    pub fn of(name: &'static str, elements: Vec<Attributes>) -> Self {
        Self {
            name: Some(name),
            elements,
            ..Self::default()
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        if self.accepted { 202 } else { 200 }
    }
}
