//! `trivium limits`.

use serde_json::json;
use trivium_core::administration::quotas::{ShowUsage, Usage};

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Global, Quotas};

/// A quota, and who is nearest to it.
pub(crate) struct Row {
    pub(crate) setting: &'static str,
    pub(crate) limit: i64,
    pub(crate) most: i64,
    pub(crate) holder: Option<String>,
}

impl Row {
    /// Whether somebody has more than this part of the quota.
    pub(crate) fn is_nearly_reached(&self, part: f64) -> bool {
        // Quotas are at most 1,000,000,000, which a double represents.
        self.most as f64 >= part * self.limit as f64
    }
}

pub(crate) fn run(global: &Global, quotas: Quotas) -> Result<(), Failure> {
    let administrator = Administrator::open_to_read(global, true)?;
    let rows = usage(&administrator, quotas)?.map(|row| {
        json!({
            "setting": row.setting,
            "limit": row.limit,
            "most": row.most,
            "holder": row.holder,
        })
    });
    print::list(global, &["setting", "limit", "most", "holder"], &rows)
}

/// The quotas, and who is nearest to each.
pub(crate) fn usage(administrator: &Administrator, quotas: Quotas) -> Result<[Row; 5], Failure> {
    let Usage {
        groups,
        memberships,
        tokens,
        invitations,
        frobs,
    } = administrator.run(ShowUsage)?;
    let quotas = trivium_core::quotas::Quotas::from(quotas);
    Ok([
        ("quota_groups", quotas.groups, groups),
        ("quota_memberships", quotas.memberships, memberships),
        ("quota_tokens", quotas.tokens, tokens),
        ("quota_invitations", quotas.invitations, invitations),
        ("quota_frobs", quotas.frobs, frobs),
    ]
    .map(|(setting, limit, fullest)| Row {
        setting,
        limit,
        most: fullest.most,
        holder: fullest.holder,
    }))
}
