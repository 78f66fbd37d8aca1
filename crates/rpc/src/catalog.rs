//! The catalog of the operations of a service, which front-ends read.

use crate::code::{Code, codes};
use crate::entry::Entry;

/// The operations of a service.
#[derive(Debug)]
pub struct Catalog {
    /// What comes before the name of every operation: `peopleaggregator` in
    /// `peopleaggregator.joinGroup`.
    pub namespace: &'static str,
    /// Every code that the service can fail with: those of the mechanism, and its own.
    pub codes: Vec<Code>,
    /// The operations, by subject.
    pub entries: Vec<Entry>,
}

impl Catalog {
    /// A catalog without operations, of a service with these codes of its own.
    pub fn new(namespace: &'static str, codes: &[Code]) -> Self {
        Self {
            namespace,
            codes: [codes::ALL, codes].concat(),
            entries: Vec::new(),
        }
    }

    /// The operation of this name, without the namespace.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name() == name)
    }

    /// The operation of this name, with the namespace.
    pub fn find_qualified(&self, name: &str) -> Option<&Entry> {
        self.find(name.strip_prefix(self.namespace)?.strip_prefix('.')?)
    }

    /// The name of an operation with the namespace.
    pub fn qualified(&self, entry: &Entry) -> String {
        format!("{}.{}", self.namespace, entry.name())
    }

    /// The position of an entry of this catalog.
    pub fn position(&self, entry: &Entry) -> Option<usize> {
        self.entries
            .iter()
            .position(|other| std::ptr::eq(other, entry))
    }
}
