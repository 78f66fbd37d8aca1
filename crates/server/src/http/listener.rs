//! The listener of clients: a TCP port or a Unix socket.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::net::{Shutdown, TcpListener};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use socket2::SockRef;

use crate::options::Listen;

/// The mode of a Unix socket: whoever may enter its folder may connect, as with a port of the loopback address.
const MODE: u32 = 0o666;

/// The listener of clients.
pub(super) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    /// Listens. Replaces a socket that a server has left behind.
    pub(super) fn bind(listen: &Listen) -> io::Result<Self> {
        match listen {
            Listen::Tcp(address) => TcpListener::bind(address).map(Self::Tcp),
            Listen::Unix(path) => {
                if is_left_behind(path) {
                    fs::remove_file(path)?;
                }
                let listener = UnixListener::bind(path)?;
                fs::set_permissions(path, Permissions::from_mode(MODE))?;
                Ok(Self::Unix(listener))
            }
        }
    }

    /// Where it listens: with a port that the system has chosen, if it was to.
    pub(super) fn place(&self, listen: &Listen) -> io::Result<Listen> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Listen::Tcp),
            Self::Unix(_) => Ok(listen.clone()),
        }
    }

    /// Returns a second handle of it.
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(listener) => listener.try_clone().map(Self::Tcp),
            Self::Unix(listener) => listener.try_clone().map(Self::Unix),
        }
    }

    /// Refuses new connections from now on, on each handle.
    pub(super) fn refuse(&self) -> io::Result<()> {
        match self {
            Self::Tcp(listener) => SockRef::from(listener).shutdown(Shutdown::Read),
            Self::Unix(listener) => SockRef::from(listener).shutdown(Shutdown::Read),
        }
    }
}

/// True if there is a socket to which nobody listens. A file of another kind refuses connections, too.
fn is_left_behind(path: &Path) -> bool {
    let is_socket = fs::metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let refused = UnixStream::connect(path).err();
    is_socket && refused.is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}
