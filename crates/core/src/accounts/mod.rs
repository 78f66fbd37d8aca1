//! Operations on users, their passwords and their tokens.

pub mod account;
pub mod change_password;
pub mod check_token;
pub mod delete_user;
pub mod edit_user;
pub mod find;
pub mod get_tokens;
pub mod get_user_list;
pub mod get_user_profile;
pub mod login;
pub mod logout;
pub mod new_user;
pub mod password;
pub mod revoke_token;
pub mod view;
