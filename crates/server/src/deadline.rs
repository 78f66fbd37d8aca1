//! Deadlines for connections.
//!
//! actix-web times the head of a connection's first request, and connections that are idle.
//! A later request that stalls in its head, and a client that does not read its answer, would
//! stay for ever. So the stream itself has a deadline, which is lifted while a request is
//! served and set again when its answer is ready.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// By when something must have been served on a connection, or it is closed.
pub(crate) struct Watch {
    opened: Instant,
    patience: Duration,
    /// Milliseconds after `opened`; zero while a request is served.
    deadline: AtomicU64,
}

/// A request that is being served: its connection has no deadline until this is dropped.
pub(crate) struct Serving(Option<Arc<Watch>>);

impl Watch {
    fn set(&self) {
        let by = self.opened.elapsed() + self.patience;
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
    /// Lifts the deadline of a request's connection.
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
    /// A stream on which something must be served within `patience`, again and again.
    pub(crate) fn new(stream: S, patience: Duration) -> Self {
        let watch = Arc::new(Watch {
            opened: Instant::now(),
            patience,
            deadline: AtomicU64::new(0),
        });
        watch.set();
        let timer = Box::pin(sleep_until(watch.opened + patience));
        Self {
            stream,
            watch,
            timer,
        }
    }

    /// What the handler of a request lifts the deadline with.
    pub(crate) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }

    /// Fails once the deadline has passed; else the stream is polled again when it does.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let Some(deadline) = self.watch.deadline() else {
                return Poll::Pending;
            };
            if self.timer.deadline() < deadline {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.timer.as_mut().poll(cx));
            // It may have been set anew since the timer was.
            if self.watch.deadline().is_some_and(|by| by <= Instant::now()) {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
        }
    }

    /// What the stream answers, or the deadline where the stream is not ready.
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
