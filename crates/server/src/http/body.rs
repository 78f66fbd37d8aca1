//! Bodies of requests and responses, within the limit on the bytes that connections hold.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;
use trivium_front::Body;

use super::exchange::Exchange;

/// Maximum number of bytes over the limit of a body that are read and dropped, so that the client reads the
/// response before the connection is closed.
const DRAIN_LIMIT: usize = 4 * 1024 * 1024;

/// A body of this size, in bytes, is read even if connections hold too many bytes.
const SMALL_REQUEST: usize = 16 * 1024;

/// A response of this size, in bytes, is sent even if connections hold too many bytes.
pub(crate) const SMALL_RESPONSE: usize = 64 * 1024;

/// The part of a response that is copied to the buffer of the connection at once, in bytes. With the head it
/// fits into 16 KiB, which the connection keeps.
pub(super) const PIECE: usize = 15 * 1024;

/// A body that was received.
pub(crate) enum Received {
    /// The whole body.
    Whole(Vec<u8>),
    /// It exceeds the limit of its front-end.
    TooLarge,
    /// There is no memory for it at present. Its rest was not read.
    Refused,
    /// The connection ended, or sent something else.
    Broken,
    /// It did not arrive in time.
    Late,
}

impl Received {
    /// The body for a front-end.
    pub(crate) fn as_body(&self) -> Body<'_> {
        match self {
            Self::Whole(bytes) => Body::Whole(bytes),
            Self::Refused => Body::Refused,
            Self::TooLarge | Self::Broken | Self::Late => Body::TooLarge,
        }
    }

    /// True if the connection cannot be used for another request: the rest of the body would be parsed as
    /// its head.
    pub(crate) const fn ends_connection(&self) -> bool {
        !matches!(self, Self::Whole(_))
    }
}

/// Reads a body of at most `max` bytes within a time limit. It is not longer than `length`.
pub(crate) async fn receive(
    payload: Payload,
    length: usize,
    max: usize,
    timeout: Duration,
    exchange: &mut Exchange,
) -> Received {
    let received = collect(payload, length, max, exchange);
    let received = tokio::time::timeout(timeout, received).await;
    received.unwrap_or(Received::Late)
}

async fn collect(
    mut payload: Payload,
    length: usize,
    max: usize,
    exchange: &mut Exchange,
) -> Received {
    let mut body = Vec::new();
    let mut received = 0;
    while received < length
        && let Some(chunk) = payload.next().await
    {
        let Ok(mut chunk) = chunk else {
            return Received::Broken;
        };
        chunk.truncate(length - received);
        received += chunk.len();
        if received <= max {
            let before = body.capacity();
            body.extend_from_slice(&chunk);
            // Charged as it arrives: what a client announces costs nothing.
            if !exchange.charge(body.capacity() - before, SMALL_REQUEST) {
                return Received::Refused;
            }
        } else {
            body = Vec::new();
            exchange.release();
            if received > max + DRAIN_LIMIT {
                break;
            }
        }
    }
    match received <= max {
        true => Received::Whole(body),
        false => Received::TooLarge,
    }
}

/// The body of a response, in pieces: actix-web copies each into the buffer of the connection. Its bytes are
/// charged until it was sent, or its connection ended.
pub(crate) struct Pieces {
    rest: Bytes,
    _exchange: Exchange,
}

impl Pieces {
    /// A body whose bytes the exchange has charged.
    pub(crate) const fn new(body: Bytes, exchange: Exchange) -> Self {
        Self {
            rest: body,
            _exchange: exchange,
        }
    }
}

impl MessageBody for Pieces {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let size = self.rest.len().min(PIECE);
        Poll::Ready((size > 0).then(|| Ok(self.rest.split_to(size))))
    }
}
