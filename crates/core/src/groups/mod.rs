//! Operations on groups, and the rules of membership.

pub mod can_join;
pub mod check_memberships;
pub mod condition;
pub mod delete;
pub mod edit;
pub(crate) mod ends;
pub mod find;
pub mod get;
pub mod get_categories;
pub mod get_groups;
pub mod get_groups_in_common;
pub mod get_member;
pub mod get_members;
pub mod get_membership_history;
pub mod get_my_groups;
pub mod join;
pub mod kind;
pub mod leave;
pub mod new;
pub mod relation;
pub mod rules;
mod stored;
pub mod succession;
pub mod view;
pub mod withdraw;
