//! The options of `trivium audit`.

use std::path::PathBuf;

use clap::Subcommand;
use trivium_core::types::GroupRef;
use trivium_storage::audit::verification::KeptHead;

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Verify the audit logs: the exit code is 0, or 3 if entries were changed, removed or added
    ///
    /// Each line has the head of a group's log: the group, the number of the last entry and its hash. Keep these
    /// lines where nobody can change them who can change the database, and compare with them later. What was removed
    /// after audit_retention is not there to be verified; the line has the number of its last entry.
    #[command(after_help = "Examples:
  trivium audit verify > monday.txt
  trivium audit verify --heads monday.txt --complete
  trivium audit verify group:7 --json")]
    Verify {
        /// ID of a group [default: all groups, also deleted ones]
        group: Option<GroupRef>,
        /// A head that was kept, e.g. group:7:17:9f86…: the entry must still have this hash
        #[arg(long = "head", value_name = "HEAD", value_parser = kept_head)]
        head: Vec<KeptHead>,
        /// File with heads, as this command printed them
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// Also report that entries were removed after their retention: none are while audit_retention is forever
        #[arg(long)]
        complete: bool,
    },
}

/// Parses `group:7:17:HASH`.
pub(crate) fn kept_head(text: &str) -> Result<KeptHead, String> {
    let parse = || {
        let (rest, digits) = text.rsplit_once(':')?;
        let (group, number) = rest.rsplit_once(':')?;
        let group: GroupRef = group.parse().ok()?;
        let number = number.parse().ok().filter(|number| *number > 0)?;
        let bytes = digits.as_bytes().chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        let hash: Vec<u8> = bytes.collect::<Option<_>>()?;
        (digits.len() == 64).then_some(KeptHead {
            group: group.0,
            number,
            hash,
        })
    };
    parse().ok_or_else(|| {
        "expected a group, a number and 64 hexadecimal digits, e.g. group:7:17:9f86…".to_owned()
    })
}
