//! The stream of a connection: its deadline, how much of it is read ahead, and its end when the server closes
//! it to make room.
//!
//! actix-web has timeouts only for the head of a connection's first request and for idle
//! connections. A later request that stalls in its head, and a client that does not read its
//! response, would stay open forever. It also reads up to 128 KiB of a head, of a body or of further
//! requests before it looks at them, and keeps a buffer of that size for as long as the connection is open.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::body::PIECE;
use super::connection::{Connection, Phase};
use super::connections::Open;

/// Maximum number of bytes that are read before actix-web parses them.
const BURST: usize = 8 * 1024;

/// Charged to a connection whose buffers have grown, until it ends, because actix-web keeps them: with these it
/// takes up to 48 KiB, without up to 32 KiB.
const GROWN: usize = 16 * 1024;

/// The size of a head, in bytes, from which on it is charged to the connection: until the connection ends,
/// because actix-web keeps the buffer.
const FREE_HEAD: usize = 16 * 1024;

/// A stream that fails once the deadline of its connection has passed, or when the server closes it.
pub(crate) struct Stream<S> {
    stream: S,
    open: Open,
    timer: Pin<Box<Sleep>>,
    /// Bytes read since the last time that the stream was not ready.
    burst: usize,
    /// Bytes read since `stage` began, or since the first of several requests that were read ahead.
    read: usize,
    /// True if its buffers have grown.
    has_grown: bool,
    /// The size of the largest head for which the connection was charged.
    head: usize,
    stage: Stage,
}

/// A part of the life of a connection, within which bytes that are read accumulate.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stage {
    requests: u32,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What is read belongs to a head.
    Head,
    /// What is read belongs to a body, which has its own limits.
    Body,
    /// What is read is dropped.
    Rest,
    /// What is read belongs to later requests.
    Ahead,
}

impl Stage {
    fn of(connection: &Connection) -> Self {
        Self {
            requests: connection.requests(),
            part: match connection.phase() {
                Phase::Idle => Part::Head,
                Phase::Receiving => Part::Body,
                Phase::Closing => Part::Rest,
                Phase::Calling | Phase::Sending => Part::Ahead,
            },
        }
    }
}

impl<S> Stream<S> {
    /// Wraps the stream of a connection.
    pub(crate) fn new(stream: S, open: Open) -> Self {
        let connection = open.connection();
        let timer = Box::pin(sleep_until(
            connection.deadline().unwrap_or_else(Instant::now),
        ));
        let stage = Stage::of(connection);
        Self {
            stream,
            open,
            timer,
            burst: 0,
            read: 0,
            has_grown: false,
            head: FREE_HEAD,
            stage,
        }
    }

    /// The connection.
    pub(crate) fn connection(&self) -> Arc<Connection> {
        Arc::clone(self.open.connection())
    }

    /// Returns an error once the deadline has passed; until then, registers a wake-up for it.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let connection = self.open.connection();
        loop {
            let Some(deadline) = connection.deadline() else {
                return Poll::Pending;
            };
            if self.timer.deadline() < deadline {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.timer.as_mut().poll(cx));
            // The deadline may have been reset since the timer was.
            if connection.deadline().is_some_and(|by| by <= Instant::now()) {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
        }
    }

    /// Returns an error if the server closes the connection, or its deadline has passed; until then, registers
    /// a wake-up for both.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let connection = self.open.connection();
        connection.wake_at_end(cx.waker());
        if connection.is_closed() {
            return Poll::Ready(io::ErrorKind::ConnectionAborted.into());
        }
        self.poll_deadline(cx)
    }

    /// Returns the result of the stream, or the end of the connection if the stream is not ready.
    fn or_end<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match polled {
            Poll::Pending => self.poll_end(cx).map(Err),
            ready => ready,
        }
    }

    /// Returns whether more may be read now; otherwise registers a wake-up.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let connection = self.open.connection();
        if connection.is_closed() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let stage = Stage::of(connection);
        let was_ahead = self.stage.part == Part::Ahead;
        if stage != self.stage {
            self.stage = stage;
            // What was read ahead may wait for later requests. When 128 KiB wait, actix-web polls without end.
            if !was_ahead || stage.part != Part::Ahead {
                self.read = 0;
            }
        }
        match stage.part {
            // actix-web parses all that it has next.
            Part::Head => connection.set_ahead(false),
            Part::Body | Part::Rest => {}
            Part::Ahead => connection.set_ahead(self.read > 0),
        }
        // Nothing can be done with more bytes before the next phase. It begins on this thread.
        if stage.part == Part::Ahead && self.read >= BURST {
            return self.poll_end(cx).map(Err);
        }
        if self.burst >= BURST {
            self.burst = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads and drops bytes: nobody takes them, but actix-web would read up to 128 KiB of them and keep the buffer.
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>
    where
        S: AsyncRead + Unpin,
    {
        let mut rest = [0; BURST];
        let mut rest = ReadBuf::new(&mut rest);
        let polled = Pin::new(&mut self.stream).poll_read(cx, &mut rest);
        if polled.is_ready() && !rest.filled().is_empty() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        // The client has closed the connection, or sent nothing more.
        self.or_end(cx, polled)
    }

    /// Charges the buffers of actix-web, once this many of these bytes were read or written at once.
    fn charge_buffers(&mut self, bytes: usize, large: usize) {
        if bytes >= large && !self.has_grown {
            self.has_grown = true;
            self.open.hold(GROWN);
        }
    }

    /// Charges an incomplete head that is large.
    fn charge_head(&mut self) -> io::Result<()> {
        if self.stage.part != Part::Head || self.read <= self.head {
            return Ok(());
        }
        if !self.open.charge(self.read - self.head) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.head = self.read;
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_room(cx))?;
        if self.stage.part == Part::Rest {
            return self.poll_rest(cx);
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if polled.is_pending() {
            self.burst = 0;
        } else {
            let bytes = buffer.filled().len() - before;
            self.burst += bytes;
            self.read += bytes;
            let burst = self.burst;
            self.charge_buffers(burst, BURST);
            self.charge_head()?;
        }
        self.or_end(cx, polled)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.charge_buffers(bytes.len(), PIECE);
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        let connection = self.open.connection();
        if polled.is_ready() && matches!(connection.phase(), Phase::Sending | Phase::Closing) {
            connection.progressed();
        }
        self.or_end(cx, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.or_end(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.or_end(cx, polled)
    }
}
