//! Stories of the operations, run over every protocol and both databases.

mod accounts;
mod conditions;
mod diagnostics;
mod groups;
mod history;
mod invitations;
mod membership;
mod moderation;
mod overview;
