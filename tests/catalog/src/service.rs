//! The operations of the service.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_rpc::entry::Done;
use trivium_rpc::schema::Count;
use trivium_rpc::{
    DateTime, Declaration, Error, Example, Handlers, Verbs, codes, id_type, string_enum, text_type,
};

text_type!(
    /// A short text.
    Words, 20, "Hello"
);

id_type!(
    /// The ID of an item.
    ItemId, "item", "Item ID", "item:7"
);

string_enum!(
    /// A colour.
    Colour {
        /// Red
        Red = "red",
        /// Green
        Green = "green",
    }
);

codes! {
    /// The shelf is full.
    SHELF_FULL = "shelf_full" as "not_permitted", Conflict;
    /// The service is broken.
    BROKEN = "system_error", Broken;
}

static ECHO: Declaration = Declaration {
    verbs: Verbs::Any,
    ..Declaration::read("echo", &[])
};
static CONVERT: Declaration = Declaration::change("convert", &[]);
static FAIL: Declaration = Declaration::read("fail", &[SHELF_FULL, BROKEN]);
static LOGIN: Declaration = Declaration::change("login", &[]);

/// Returns a text.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Echo {
    /// The text
    text: Words,
}

/// Returns its arguments.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Convert {
    /// The text
    text: Words,
    /// The number
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    number: Option<i32>,
    /// True or false
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<bool>,
    /// The time
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<DateTime>,
    /// The colour
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<Colour>,
    /// The item
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<ItemId>,
    /// The items
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 3), extend("examples" = [["item:7", "item:8"]]))]
    items: Option<Vec<ItemId>>,
    /// The page
    #[serde(default = "first")]
    #[schemars(range(min = 1, max = 100))]
    page: i32,
}

const fn first() -> i32 {
    1
}

/// The arguments, and values of other types.
#[derive(Serialize, JsonSchema)]
struct Converted {
    /// The arguments
    values: Convert,
    /// An empty struct
    empty: Done,
    /// A list of structs
    list: Vec<Echo>,
    /// An empty list
    none: Vec<Words>,
    /// A number of more than 32 bits
    #[schemars(with = "Count")]
    wide: i64,
}

/// Always fails.
#[derive(Deserialize, JsonSchema)]
struct Fail {
    /// The cause
    cause: Words,
}

/// A result that claims to be a struct.
#[derive(JsonSchema)]
struct Unprintable {}

impl Serialize for Unprintable {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(0.5)
    }
}

/// Verifies a password.
#[derive(Deserialize, JsonSchema)]
struct Login {
    /// The password
    #[serde(rename = "password")]
    _password: Words,
}

/// The service.
pub fn service() -> &'static Handlers {
    static SERVICE: LazyLock<Handlers> = LazyLock::new(|| {
        let example = Example::default;
        Handlers::new("sample", ALL)
            .on(&ECHO, example(), |call: Echo| Ok(call))
            .on(&CONVERT, example(), |call: Convert| Ok(convert(call)))
            .on(&FAIL, example(), |call: Fail| fail(&call.cause))
            .on(&LOGIN, example(), |_: Login| Ok(Done {}))
            .hashing_a_password()
    });
    &SERVICE
}

fn convert(call: Convert) -> Converted {
    Converted {
        empty: Done {},
        list: vec![Echo {
            text: Words("x".into()),
        }],
        none: Vec::new(),
        wide: i64::from(call.page) << 32,
        values: call,
    }
}

fn fail(cause: &str) -> Result<Unprintable, Error> {
    Err(match cause {
        "full" => Error::new(SHELF_FULL, "There is no room."),
        "broken" => Error::new(BROKEN, "The service is broken."),
        "internal" => Error::new(codes::GENERAL_SOME_ERROR, "This went wrong."),
        "busy" => Error::from(codes::TEMPORARILY_UNAVAILABLE).with_retry_after(7),
        "unprintable" => return Ok(Unprintable {}),
        _ => Error::internal("the secret cause"),
    })
}
