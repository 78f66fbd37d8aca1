//! Checked arguments, and how they fill the struct of an operation.

use serde::de::value::{Error as Invalid, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};

use crate::code::codes;
use crate::error::Error;

/// A checked value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text, a word of a closed list, or an ID.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A list of texts.
    List(Vec<String>),
}

/// The checked arguments of a call, in declaration order.
#[derive(Clone, Debug, Default)]
pub struct Arguments(pub Vec<(&'static str, Value)>);

impl Arguments {
    /// Fills the struct of an operation's arguments.
    ///
    /// # Errors
    /// `validation_invalid_value` if the rules let a value through that the struct rejects, which is a
    /// bug in the rules.
    pub fn fill<T: DeserializeOwned>(self) -> Result<T, Error> {
        T::deserialize(MapDeserializer::<_, Invalid>::new(self.0.into_iter()))
            .map_err(|_| codes::VALIDATION_INVALID_VALUE.into())
    }
}

impl<'de> IntoDeserializer<'de, Invalid> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Invalid;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            Self::Integer(number) => visitor.visit_i64(number),
            Self::Boolean(truth) => visitor.visit_bool(truth),
            Self::List(texts) => visitor.visit_seq(SeqDeserializer::new(texts.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Invalid> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
