//! What an operation declares for its documentation and its tests, in one vocabulary of people and groups.
//!
//! - An [`Example`] is a call on the [demonstration data](crate::demonstration), which documents show.
//! - An [`Access`] is its row of the authorisation matrix: the result for each standing in a group.
//! - A [`Cause`] is a call that fails with one of the declared codes.
//!
//! The tests of access and causes create the people and groups, and resolve [`Of`] to values.

use trivium_rpc::Code;

use crate::codes;
use crate::demonstration::known;

/// A person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// A caller without a credential.
    Nobody,
    /// The administrator, who presents the admin password.
    Administrator,
    /// A user without any relation to the group.
    Stranger,
    /// A member of the group. In the demonstration: `marc`.
    Member,
    /// A user whose request to join the group is pending.
    Requester,
    /// A user who is banned from the group.
    Banned,
    /// A moderator of the group.
    Moderator,
    /// The owner of the group. In the demonstration: `phil`.
    Owner,
    /// Another member of the group.
    OtherMember,
    /// Another user whose request is pending.
    OtherRequester,
    /// A member of the group who owns another group of the same name.
    Namesake,
    /// A user who does not exist.
    Missing,
}

/// The standings of the authorisation matrix, in the order of its columns.
pub const STANDINGS: [Who; 6] = [
    Who::Stranger,
    Who::Member,
    Who::Requester,
    Who::Banned,
    Who::Moderator,
    Who::Owner,
];

/// The value of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// This text.
    Text(&'static str),
    /// The ID of the group: public, with moderated registration. In a call about somebody else's group:
    /// the ID of that private group.
    Group,
    /// The ID of somebody else's group, whose members only its members see.
    MembersOnlyGroup,
    /// The ID of somebody else's group that only members of another group join.
    ConditionalGroup,
    /// The ID of a group that was deleted.
    DeletedGroup,
    /// A name that no group has.
    NewName,
    /// The name of another group of the owner.
    TakenName,
    /// The ID of a user.
    Id(Who),
    /// The login of a user.
    Login(Who),
    /// The email address of a user.
    Email(Who),
    /// The password of a user.
    Password(Who),
    /// The password of the caller.
    OwnPassword,
    /// A token that is used only for this call, of the caller.
    NewToken,
    /// The secret of an invitation.
    Secret(Invitation),
    /// The ID of an invitation.
    InvitationId(Invitation),
}

/// An invitation to the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// It is valid.
    Valid,
    /// It was revoked.
    Revoked,
    /// It has expired.
    Expired,
    /// It has reached its usage limit.
    UsedUp,
    /// It was issued by a moderator who is a plain member now.
    OfFormerModerator,
    /// Its group was deleted.
    ToDeletedGroup,
}

/// Names and values of arguments.
pub type Arguments = &'static [(&'static str, Of)];

/// An example call on the demonstration data.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The caller: nobody, the administrator, the member or the owner.
    pub by: Who,
    /// Names and values of the arguments, besides the credential.
    pub arguments: &'static [(&'static str, &'static str)],
}

impl Example {
    /// A call by this person, with these arguments.
    pub const fn by(by: Who, arguments: &'static [(&'static str, &'static str)]) -> Self {
        Self { by, arguments }
    }

    /// The example with the credential of the demonstration.
    pub(crate) fn resolve(self) -> trivium_rpc::Example {
        let credential = match self.by {
            Who::Administrator => Some(known::ADMIN_PASSWORD),
            Who::Member => Some(known::MEMBER.2),
            Who::Owner => Some(known::OWNER.2),
            _ => None,
        };
        let arguments = self.arguments.iter();
        trivium_rpc::Example {
            credential: credential.map(str::to_owned),
            arguments: arguments
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }
}

/// Who may call an operation: a row of the authorisation matrix.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The arguments of the call, besides the credential.
    pub arguments: Arguments,
    /// The code for each of [`STANDINGS`]; `None` is success.
    pub codes: [Option<Code>; 6],
    /// The code in somebody else's private group, for each of them.
    pub elsewhere: Option<Code>,
}

const DENIED: Option<Code> = Some(codes::USER_ACCESS_DENIED);

impl Access {
    /// Everybody may call it.
    pub const fn everybody(arguments: Arguments) -> Self {
        Self::by_standing(arguments, [None; 6])
    }

    /// Moderators and the owner may call it.
    pub const fn moderators(arguments: Arguments) -> Self {
        let codes = [DENIED, DENIED, DENIED, DENIED, None, None];
        Self::by_standing(arguments, codes).elsewhere(codes::CONTENT_NOT_FOUND)
    }

    /// Only the owner may call it.
    pub const fn owner(arguments: Arguments) -> Self {
        let codes = [DENIED, DENIED, DENIED, DENIED, DENIED, None];
        Self::by_standing(arguments, codes).elsewhere(codes::CONTENT_NOT_FOUND)
    }

    /// The result for each of [`STANDINGS`], and success elsewhere.
    pub const fn by_standing(arguments: Arguments, codes: [Option<Code>; 6]) -> Self {
        Self {
            arguments,
            codes,
            elsewhere: None,
        }
    }

    /// It fails with this code, whoever calls it.
    pub const fn fails(arguments: Arguments, code: Code) -> Self {
        Self::by_standing(arguments, [Some(code); 6]).elsewhere(code)
    }

    /// It fails with this code in somebody else's private group.
    pub const fn elsewhere(self, code: Code) -> Self {
        Self {
            elsewhere: Some(code),
            ..self
        }
    }

    /// The code for a person.
    pub fn code(&self, who: Who) -> Option<Code> {
        let position = STANDINGS.iter().position(|other| *other == who);
        self.codes.get(position?).copied().flatten()
    }
}

/// A call that fails with one of the codes that its operation declares.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    /// The code.
    pub code: Code,
    /// The caller.
    pub by: Who,
    /// The arguments that differ from those of [`Access`].
    pub arguments: Arguments,
}

impl Cause {
    /// This code is the result of a call by this person, with these arguments.
    pub const fn of(code: Code, by: Who, arguments: Arguments) -> Self {
        Self {
            code,
            by,
            arguments,
        }
    }
}

/// The declarations of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Cases {
    /// Who may call it.
    pub access: Access,
    /// The calls that fail, besides those in `access`.
    pub causes: &'static [Cause],
}
