//! A request and its response, and the bytes that are charged for them.

use std::sync::Arc;

use super::connection::{Connection, Phase};
use super::connections::Connections;

/// A request and its response: the phases of the connection, and the bytes that are charged for them.
pub(crate) struct Exchange {
    connections: Arc<Connections>,
    connection: Arc<Connection>,
    charged: usize,
}

impl Exchange {
    /// Begins with the receipt of the body.
    pub(crate) fn begin(connections: &Arc<Connections>, connection: &Arc<Connection>) -> Self {
        connection.enter(Phase::Receiving);
        Self {
            connections: Arc::clone(connections),
            connection: Arc::clone(connection),
            charged: 0,
        }
    }

    /// Begins another phase.
    pub(crate) fn enter(&self, phase: Phase) {
        self.connection.enter(phase);
    }

    /// Charges bytes. False if too many are held, and the exchange would hold more than `small` bytes.
    #[must_use]
    pub(crate) fn charge(&mut self, bytes: usize, small: usize) -> bool {
        let charged = self.connections.charge(&self.connection, bytes, small);
        if charged {
            self.charged += bytes;
        }
        charged
    }

    /// Charges bytes that are held in any case.
    pub(crate) fn hold(&mut self, bytes: usize) {
        self.settle(self.charged + bytes);
    }

    /// Releases everything that was charged.
    pub(crate) fn release(&mut self) {
        self.settle(0);
    }

    /// Corrects what was charged to what is held.
    pub(crate) fn settle(&mut self, bytes: usize) {
        let before = std::mem::replace(&mut self.charged, bytes);
        if before < bytes {
            self.connections.hold(&self.connection, bytes - before);
        } else {
            self.connections.release(&self.connection, before - bytes);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.release();
        if self.connection.phase() != Phase::Closing {
            self.connection.enter(Phase::Idle);
        }
    }
}
