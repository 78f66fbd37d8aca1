//! The one list of operations. Adding an operation is its file and a line here.

use std::sync::LazyLock;

use crate::operation::Catalog;
use crate::{Entry, accounts, diagnostics, groups};

/// The namespace of every operation: `peopleaggregator.joinGroup`.
pub const NAMESPACE: &str = "peopleaggregator";

/// Every operation, by subject.
pub static CATALOG: Catalog = LazyLock::new(|| {
    vec![
        // For those who write clients.
        Entry::of::<diagnostics::echo::Echo>(),
        Entry::of::<diagnostics::echo::EchoPost>(),
        Entry::of::<diagnostics::errors::ErrorTest>(),
        Entry::of::<diagnostics::errors::ExceptionTest>(),
        // People and their tokens.
        Entry::of::<accounts::login::Login>(),
        Entry::of::<accounts::logout::Logout>(),
        Entry::of::<accounts::check_token::CheckToken>(),
        // Groups.
        Entry::of::<groups::get_categories::GetCategories>(),
        Entry::of::<groups::get_groups::GetGroups>(),
        Entry::of::<groups::get_my_groups::GetMyGroups>(),
        Entry::of::<groups::find::FindGroup>(),
        Entry::of::<groups::new::NewGroup>(),
        Entry::of::<groups::delete::DeleteGroup>(),
        // Membership.
        Entry::of::<groups::join::JoinGroup>(),
        Entry::of::<groups::leave::LeaveGroup>(),
    ]
});

/// The operation of this name, without the namespace.
pub fn find(name: &str) -> Option<&'static Entry> {
    CATALOG.iter().find(|entry| entry.name == name)
}
