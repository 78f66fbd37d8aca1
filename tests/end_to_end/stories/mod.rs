//! A story for each operation, run over every front-end and both databases.

mod accounts;
mod diagnostics;
mod groups;
mod invitations;
mod membership;
mod moderation;
