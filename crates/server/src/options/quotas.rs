//! The quotas: settings of the server, which `trivium limits` compares with the data.

use clap::Args;

use super::units::number;

/// See [`trivium_core::quotas::Quotas`].
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Quotas {
    /// Maximum number of groups that a user owns
    #[arg(
        long,
        env = "TRIVIUM_QUOTA_GROUPS",
        value_name = "N",
        default_value_t = 10_000
    )]
    #[arg(value_parser = number(1_i64, 1_000_000_000))]
    quota_groups: i64,
    /// Maximum number of memberships and open join requests of a user
    #[arg(
        long,
        env = "TRIVIUM_QUOTA_MEMBERSHIPS",
        value_name = "N",
        default_value_t = 10_000
    )]
    #[arg(value_parser = number(1_i64, 1_000_000_000))]
    quota_memberships: i64,
    /// Maximum number of valid tokens of a user; a login beyond revokes the oldest
    #[arg(
        long,
        env = "TRIVIUM_QUOTA_TOKENS",
        value_name = "N",
        default_value_t = 1_000
    )]
    #[arg(value_parser = number(1_i64, 1_000_000_000))]
    quota_tokens: i64,
    /// Maximum number of usable invitations to a group
    #[arg(
        long,
        env = "TRIVIUM_QUOTA_INVITATIONS",
        value_name = "N",
        default_value_t = 1_000
    )]
    #[arg(value_parser = number(1_i64, 1_000_000_000))]
    quota_invitations: i64,
    /// Maximum number of unused frobs of a user for an application
    #[arg(
        long,
        env = "TRIVIUM_QUOTA_FROBS",
        value_name = "N",
        default_value_t = 1_000
    )]
    #[arg(value_parser = number(1_i64, 1_000_000_000))]
    quota_frobs: i64,
}

impl From<Quotas> for trivium_core::quotas::Quotas {
    fn from(options: Quotas) -> Self {
        Self {
            groups: options.quota_groups,
            memberships: options.quota_memberships,
            tokens: options.quota_tokens,
            invitations: options.quota_invitations,
            frobs: options.quota_frobs,
        }
    }
}
