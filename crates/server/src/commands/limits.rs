//! `trivium limits`.

use serde_json::json;
use trivium_core::administration::quotas::{ShowUsage, Usage};

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Global, Quotas};

pub(crate) fn run(global: &Global, quotas: Quotas) -> Result<(), Failure> {
    let administrator = Administrator::open_to_read(global, true)?;
    let Usage {
        groups,
        memberships,
        tokens,
        invitations,
        frobs,
    } = administrator.run(ShowUsage)?;
    let quotas = trivium_core::quotas::Quotas::from(quotas);
    let rows = [
        ("quota_groups", quotas.groups, groups),
        ("quota_memberships", quotas.memberships, memberships),
        ("quota_tokens", quotas.tokens, tokens),
        ("quota_invitations", quotas.invitations, invitations),
        ("quota_frobs", quotas.frobs, frobs),
    ]
    .map(|(setting, limit, fullest)| {
        json!({
            "setting": setting,
            "limit": limit,
            "most": fullest.most,
            "holder": fullest.holder,
        })
    });
    print::list(global, &["setting", "limit", "most", "holder"], &rows)
}
