//! Deadlines for connections.
//!
//! actix-web has timeouts only for the head of a connection's first request and for idle
//! connections. A later request that stalls in its head, and a client that does not read its
//! response, would stay open forever. So the stream itself has a deadline, which is suspended
//! while a request is handled and reset when its response is ready.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// The deadline of a connection: the next request must be handled before it.
pub(crate) struct Watch {
    opened: Instant,
    timeout: Duration,
    /// Milliseconds after `opened`; zero while a request is handled.
    deadline: AtomicU64,
}

/// A guard that suspends the deadline of a connection until it is dropped.
pub(crate) struct Serving(Option<Arc<Watch>>);

impl Watch {
    fn set(&self) {
        let by = self.opened.elapsed() + self.timeout;
        let milliseconds = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.deadline.store(milliseconds, Ordering::Relaxed);
    }

    fn deadline(&self) -> Option<Instant> {
        match self.deadline.load(Ordering::Relaxed) {
            0 => None,
            milliseconds => Some(self.opened + Duration::from_millis(milliseconds)),
        }
    }
}

impl Serving {
    /// Suspends the deadline of a request's connection.
    pub(crate) fn on(watch: Option<&Arc<Watch>>) -> Self {
        if let Some(watch) = watch {
            watch.deadline.store(0, Ordering::Relaxed);
        }
        Self(watch.cloned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(watch) = &self.0 {
            watch.set();
        }
    }
}

/// A stream that fails once its deadline has passed.
pub(crate) struct Deadline<S> {
    stream: S,
    watch: Arc<Watch>,
    timer: Pin<Box<Sleep>>,
}

impl<S> Deadline<S> {
    /// Wraps a stream on which each request must be handled within `timeout` of the last one.
    pub(crate) fn new(stream: S, timeout: Duration) -> Self {
        let watch = Arc::new(Watch {
            opened: Instant::now(),
            timeout,
            deadline: AtomicU64::new(0),
        });
        watch.set();
        let timer = Box::pin(sleep_until(watch.opened + timeout));
        Self {
            stream,
            watch,
            timer,
        }
    }

    /// Returns the handle that suspends the deadline while a request is handled.
    pub(crate) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }

    /// Returns an error once the deadline has passed; until then, registers a wake-up for it.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let Some(deadline) = self.watch.deadline() else {
                return Poll::Pending;
            };
            if self.timer.deadline() < deadline {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.timer.as_mut().poll(cx));
            // The deadline may have been reset since the timer was.
            if self.watch.deadline().is_some_and(|by| by <= Instant::now()) {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
        }
    }

    /// Returns the result of the stream, or a timeout if the stream is not ready by the deadline.
    fn or_deadline<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match polled {
            Poll::Pending => self.poll_deadline(cx).map(Err),
            ready => ready,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Deadline<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.or_deadline(cx, polled)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Deadline<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.or_deadline(cx, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.or_deadline(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.or_deadline(cx, polled)
    }
}
