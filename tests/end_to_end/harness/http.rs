//! HTTP requests and responses over sockets.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::answers;

/// A response as received.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: u16,
    /// Names in lower case, and values.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The value of a header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("a body in UTF-8")
    }

    /// Parses the bytes of a response.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no response: {:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().expect("a status line");
        let status = status[9..12].parse().expect("a status");
        let headers = lines
            .map(|line| line.split_once(':').expect("a header"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self {
            status,
            headers,
            body: bytes[end + 4..].to_vec(),
        }
    }
}

/// A connection that stays open.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    address: String,
    /// The paths of requests that have no response yet.
    pending: VecDeque<String>,
}

impl Connection {
    /// Connects.
    pub(crate) fn open(address: &str) -> Self {
        Self::try_open(address).expect("a connection")
    }

    /// Connects, or returns `None` if no server listens.
    pub(crate) fn try_open(address: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        Some(Self::on(stream, address))
    }

    /// Connects from an address of this machine, with a small buffer for what it receives.
    pub(crate) fn open_from(address: &str, from: Ipv4Addr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.set_recv_buffer_size(4 * 1024).expect("a buffer");
        let from = SocketAddr::from((from, 0));
        socket.bind(&from.into()).expect("an address");
        let to: SocketAddr = address.parse().expect("an address");
        socket.connect(&to.into()).expect("a connection");
        Self::on(socket.into(), address)
    }

    fn on(stream: TcpStream, address: &str) -> Self {
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a deadline");
        Self {
            stream: BufReader::new(stream),
            address: address.to_owned(),
            pending: VecDeque::new(),
        }
    }

    /// Sends as many of these bytes as the server receives without a delay of this length. Returns false
    /// unless it receives them all.
    pub(crate) fn push(&mut self, bytes: &[u8], delay: Duration) -> bool {
        let stream = self.stream.get_mut();
        stream.set_write_timeout(Some(delay)).expect("a deadline");
        stream.write_all(bytes).is_ok()
    }

    /// Sends these bytes. A server that has closed does not read them; its response counts.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.pending.extend(path_of(bytes));
        let _closed = self.stream.get_mut().write_all(bytes);
    }

    /// Closes the sending side.
    pub(crate) fn finish(&mut self) {
        let _closed = self.stream.get_mut().shutdown(Shutdown::Write);
    }

    /// Reads the next response; `None` if the connection ends before it.
    pub(crate) fn receive(&mut self) -> Option<Response> {
        self.read(true)
    }

    /// Reads the next response, which is to a HEAD request.
    pub(crate) fn receive_head(&mut self) -> Option<Response> {
        self.read(false)
    }

    /// Reads the next response from a server that may be killed; `None` if any part of it is missing.
    pub(crate) fn receive_or_break(&mut self) -> Option<Response> {
        self.try_read(true).ok().flatten()
    }

    fn read(&mut self, has_body: bool) -> Option<Response> {
        self.try_read(has_body).expect("a whole response")
    }

    fn try_read(&mut self, has_body: bool) -> io::Result<Option<Response>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read_until(b'\n', &mut head) {
                Ok(0) if head.is_empty() => return Ok(None),
                Err(error) if head.is_empty() && error.kind() == ErrorKind::ConnectionReset => {
                    return Ok(None);
                }
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        let mut response = Response::parse(&head);
        if response.status < 200 {
            return self.try_read(has_body);
        }
        // Neither has a body.
        if has_body && !matches!(response.status, 204 | 304) {
            let length = response.header("content-length").parse().expect("a length");
            response.body = vec![0; length];
            self.stream.read_exact(&mut response.body)?;
        }
        let path = self.pending.pop_front().unwrap_or_default();
        answers::keep(&self.address, &path, &response);
        Ok(Some(response))
    }
}

/// The path of a request, from its first bytes.
fn path_of(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|byte| *byte == b'\r').next()?;
    let (target, _) = str::from_utf8(line).ok()?.split_once(" HTTP/1.")?;
    let (_, target) = target.split_once(' ')?;
    target.split('?').next().map(str::to_owned)
}

/// Sends a request over a new connection and reads the response.
pub(crate) fn exchange(address: &str, request: &[u8]) -> Response {
    let mut connection = Connection::open(address);
    // A server that rejects a request early may stop reading it.
    connection.send(request);
    let response = if request.starts_with(b"HEAD ") {
        connection.receive_head()
    } else {
        connection.receive()
    };
    response.expect("a response")
}
