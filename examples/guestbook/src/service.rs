//! The service: two operations, declared once.

use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_rpc::{Declaration, Error, Example, Handlers, codes, text_type};

text_type!(
    /// What a guest wrote.
    Message, 200, "A fine house."
);

codes! {
    /// The book has no room for another message.
    BOOK_FULL = "book_full", Conflict;
}

static SIGN: Declaration = Declaration::change("sign", &[BOOK_FULL]);
static GET_MESSAGES: Declaration = Declaration::read("getMessages", &[]);

/// The number of messages that the book has room for.
pub const CAPACITY: usize = 100;

/// Writes a message into the book.
#[derive(Deserialize, JsonSchema)]
struct Sign {
    /// The message
    message: Message,
}

/// Lists the messages, oldest first.
#[derive(Deserialize, JsonSchema)]
struct GetMessages {}

/// The messages in the book.
#[derive(Clone, Default, Serialize, JsonSchema)]
struct Book {
    /// The messages
    messages: Vec<Message>,
}

/// The service, with an empty book.
pub fn guestbook() -> Handlers {
    let writable = Arc::new(Mutex::new(Book::default()));
    let readable = Arc::clone(&writable);
    let sign = move |call: Sign| {
        let mut book = writable.lock().unwrap_or_else(PoisonError::into_inner);
        if book.messages.len() == CAPACITY {
            return Err(Error::new(BOOK_FULL, "The book is full."));
        }
        book.messages.push(call.message);
        Ok(book.clone())
    };
    let get_messages = move |_: GetMessages| {
        let book = readable.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(book.clone())
    };
    let message = ("message", "A fine house.".to_owned());
    let example = Example {
        arguments: vec![message],
        ..Example::default()
    };
    Handlers::new("guestbook", ALL).on(&SIGN, example, sign).on(
        &GET_MESSAGES,
        Example::default(),
        get_messages,
    )
}
