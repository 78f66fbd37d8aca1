//! A group that the examination creates, and the values that its responses contained.

use serde_json::Value;
use trivium_rpc::{Entry, ValueType};

use crate::argument::{self, ArgumentList, ArgumentValue};
use crate::steps::{CalledBy, ScenarioStep, ValueSource};
use crate::wire::Format;

/// The users of the scenario, and the category of its groups.
pub(crate) struct Participants {
    pub(crate) owner: Participant,
    pub(crate) guest: Option<Participant>,
    pub(crate) category: String,
}

/// A user with a token.
pub(crate) struct Participant {
    pub(crate) token: String,
    pub(crate) login: String,
    pub(crate) user_id: String,
}

/// A group of the scenario.
pub(crate) struct TestGroup {
    /// The format of every call that changes the group.
    pub(crate) format: Format,
    name: String,
    /// Its ID, once it is created.
    id: Option<String>,
    /// The IDs and secrets of its invitations.
    invitations: Vec<(String, String)>,
}

impl TestGroup {
    /// A group that is not created yet.
    pub(crate) fn new(format: Format, run: &str) -> Self {
        Self {
            format,
            name: format!("{run} {}", format.name()),
            id: None,
            invitations: Vec::new(),
        }
    }

    /// The arguments of a step; `None` if a value is not known, or the step needs a guest and there
    /// is no guest.
    pub(crate) fn arguments(
        &self,
        step: &ScenarioStep,
        entry: &Entry,
        participants: &Participants,
    ) -> Option<ArgumentList> {
        let caller = match step.called_by {
            CalledBy::Owner => &participants.owner,
            CalledBy::Guest => participants.guest.as_ref()?,
        };
        let mut arguments = ArgumentList::new();
        arguments.extend(argument::token(entry, &caller.token));
        for (name, source) in step.arguments.iter() {
            let text = match source {
                ValueSource::Number(number) => {
                    arguments.push((*name, ArgumentValue::Integer(*number)));
                    continue;
                }
                ValueSource::Time(time) => {
                    arguments.push((*name, ArgumentValue::Time((*time).to_owned())));
                    continue;
                }
                ValueSource::Text(text) => text,
                ValueSource::GroupName => self.name.as_str(),
                ValueSource::GroupId => self.id.as_deref()?,
                ValueSource::Category => &participants.category,
                ValueSource::OwnerLogin => &participants.owner.login,
                ValueSource::OwnerId => &participants.owner.user_id,
                ValueSource::GuestId => &participants.guest.as_ref()?.user_id,
                ValueSource::InvitationId => &self.invitations.last()?.0,
                ValueSource::InvitationSecret => &self.invitations.last()?.1,
            };
            let text = text.to_owned();
            let value = match entry.rule(name).map(|rule| rule.value_type) {
                Some(ValueType::List) => ArgumentValue::List(vec![text]),
                _ => ArgumentValue::Text(text),
            };
            arguments.push((*name, value));
        }
        Some(arguments)
    }

    /// Stores the IDs and secrets of a result that later steps need.
    pub(crate) fn remember(&mut self, result: &Value) {
        let text = |name: &str| result.get(name)?.as_str().map(str::to_owned);
        if self.id.is_none() {
            self.id = text("id").filter(|id| id.starts_with("group:"));
        }
        if let (Some(id), Some(secret)) = (text("invitationId"), text("invitation")) {
            self.invitations.push((id, secret));
        }
    }

    /// Replaces the values that differ between the groups by placeholders, so that their results can be
    /// compared.
    pub(crate) fn normalize(&self, result: &Value) -> Value {
        match result {
            Value::String(text) => self.normalize_text(text).into(),
            Value::Array(items) => items.iter().map(|item| self.normalize(item)).collect(),
            Value::Object(members) => {
                // In the audit log, `via` is the format of the change.
                let members = members.iter().filter(|(name, _)| *name != "via");
                let members = members.map(|(name, value)| (name.clone(), self.normalize(value)));
                Value::Object(members.collect())
            }
            other => other.clone(),
        }
    }

    fn normalize_text(&self, text: &str) -> String {
        let number = self.id.as_deref().and_then(|id| id.strip_prefix("group:"));
        let invitation = self
            .invitations
            .iter()
            .position(|(id, secret)| id == text || !text.is_empty() && secret.starts_with(text));
        if text == self.name {
            "its name".to_owned()
        } else if self.id.as_deref() == Some(text) {
            "its ID".to_owned()
        } else if let Some(position) = invitation {
            format!("its invitation {position}")
        } else if number.is_some_and(|number| text.ends_with(&format!("/group/{number}"))) {
            "its address".to_owned()
        } else if is_time(text) {
            "a time".to_owned()
        } else if is_hash(text) {
            "a hash".to_owned()
        } else {
            text.to_owned()
        }
    }
}

/// True for the hash of an audit entry.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// True for `2006-08-11T13:38:44Z`.
fn is_time(text: &str) -> bool {
    let pattern: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    pattern == "0000-00-00T00:00:00Z"
}
