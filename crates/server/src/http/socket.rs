//! The socket of a connection: TCP, with TLS or without, or a Unix socket.
//!
//! A TLS handshake is a part of the first read, so the deadlines of connections and the limit on their number cover
//! it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::{TcpStream, UnixStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

use crate::tls::Identity;

/// The first byte of a TLS handshake: the type of its record (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

/// The response to a request without TLS.
const WITHOUT_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    content-length: 56\r\n\
    connection: close\r\n\r\n\
    this port expects TLS: use https:// instead of http://\r\n";

/// The socket of a connection.
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<Tls>),
}

/// A socket with TLS.
pub(super) struct Tls {
    state: State,
    identity: Identity,
    peer: Option<SocketAddr>,
}

enum State {
    /// Nothing was read.
    Opened(TcpStream),
    Handshake(Box<Accept<TcpStream>>),
    Established(Box<TlsStream<TcpStream>>),
    /// The client does not use TLS: this rest of the response is written, then the connection is closed.
    WithoutTls(TcpStream, &'static [u8]),
    Failed,
}

/// A connection that was accepted.
pub(super) trait Accepted: AsyncRead + AsyncWrite + Unpin + 'static {
    /// Returns its socket, and the address of the client, which a Unix socket does not have.
    fn into_socket(self, identity: Option<&Identity>) -> (Socket, Option<SocketAddr>);
}

impl Accepted for TcpStream {
    fn into_socket(self, identity: Option<&Identity>) -> (Socket, Option<SocketAddr>) {
        // A response is written at once, so Nagle's algorithm would only delay it.
        let _best_effort = self.set_nodelay(true);
        let peer = self.peer_addr().ok();
        let socket = match identity {
            Some(identity) => Socket::Tls(Box::new(Tls {
                state: State::Opened(self),
                identity: identity.clone(),
                peer,
            })),
            None => Socket::Tcp(self),
        };
        (socket, peer)
    }
}

impl Accepted for UnixStream {
    fn into_socket(self, _identity: Option<&Identity>) -> (Socket, Option<SocketAddr>) {
        (Socket::Unix(self), None)
    }
}

impl Tls {
    /// Completes the handshake, and returns the stream.
    fn poll_established(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Pin<&mut TlsStream<TcpStream>>>> {
        while !matches!(self.state, State::Established(_)) {
            if let Err(error) = ready!(self.poll_step(cx)) {
                self.state = State::Failed;
                return Poll::Ready(Err(error));
            }
        }
        let not_connected = io::ErrorKind::NotConnected;
        Poll::Ready(self.established().ok_or(not_connected.into()))
    }

    /// The stream, once the handshake is complete.
    fn established(&mut self) -> Option<Pin<&mut TlsStream<TcpStream>>> {
        match &mut self.state {
            State::Established(stream) => Some(Pin::new(&mut **stream)),
            _ => None,
        }
    }

    /// Takes the next step of the handshake.
    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.state {
            State::Opened(stream) => {
                let mut first = [0];
                let read = ready!(stream.poll_peek(cx, &mut ReadBuf::new(&mut first)))?;
                if read == 0 {
                    return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
                let State::Opened(stream) = std::mem::replace(&mut self.state, State::Failed)
                else {
                    return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
                };
                self.state = if first == [HANDSHAKE] {
                    let acceptor = TlsAcceptor::from(self.identity.config());
                    State::Handshake(Box::new(acceptor.accept(stream)))
                } else {
                    State::WithoutTls(stream, WITHOUT_TLS)
                };
            }
            State::Handshake(accept) => match ready!(Pin::new(accept).poll(cx)) {
                Ok(stream) => self.state = State::Established(Box::new(stream)),
                Err(error) => {
                    let client = self.peer.map(|peer| peer.ip());
                    tracing::info!(?client, %error, "a TLS handshake failed");
                    return Poll::Ready(Err(error));
                }
            },
            State::WithoutTls(stream, rest) => {
                return poll_reject(stream, rest, self.peer, cx);
            }
            State::Established(_) => {}
            State::Failed => return Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
        Poll::Ready(Ok(()))
    }
}

/// Writes the rest of the response to a client without TLS, then drops what it sends until it closes the connection,
/// because a client may not see a response to what was not read.
fn poll_reject(
    stream: &mut TcpStream,
    rest: &mut &'static [u8],
    peer: Option<SocketAddr>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    while !rest.is_empty() {
        let written = ready!(Pin::new(&mut *stream).poll_write(cx, rest))?;
        *rest = rest.get(written..).unwrap_or_default();
        if rest.is_empty() {
            let client = peer.map(|peer| peer.ip());
            tracing::info!(?client, "rejected a request without TLS");
            ready!(Pin::new(&mut *stream).poll_shutdown(cx))?;
        }
    }
    loop {
        let mut dropped = [0; 4096];
        let mut dropped = ReadBuf::new(&mut dropped);
        ready!(Pin::new(&mut *stream).poll_read(cx, &mut dropped))?;
        if dropped.filled().is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(tls) => ready!(tls.poll_established(cx))?.poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(tls) => match tls.established() {
                Some(stream) => stream.poll_write(cx, bytes),
                // actix-web responds to a head that is late, also when the handshake is.
                None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
            },
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(tls) => tls
                .established()
                .map_or(Poll::Ready(Ok(())), |stream| stream.poll_flush(cx)),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(tls) => tls
                .established()
                .map_or(Poll::Ready(Ok(())), |stream| stream.poll_shutdown(cx)),
        }
    }
}
