//! A group that the examination made, and what is known of it.

use serde_json::Value;
use trivium_rpc::Entry;

use crate::argument::{Argument, Arguments};
use crate::refusals::TOKEN;
use crate::steps::{By, Of, Step};
use crate::wire::Format;

/// Who calls, and what is the same for all groups.
pub(crate) struct People {
    pub(crate) owner: Person,
    pub(crate) guest: Option<Person>,
    pub(crate) category: String,
}

/// Somebody with a token.
pub(crate) struct Person {
    pub(crate) token: String,
    pub(crate) login: String,
    pub(crate) user: String,
}

/// A group of the examination's own.
pub(crate) struct Group {
    /// Over what it is changed.
    pub(crate) format: Format,
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    /// The ids and secrets of its invitations.
    invitations: Vec<(String, String)>,
}

impl Group {
    /// A group that is yet to be made.
    pub(crate) fn new(format: Format, run: &str) -> Self {
        Self {
            format,
            name: format!("{run} {}", format.name()),
            id: None,
            invitations: Vec::new(),
        }
    }

    /// The arguments of a step; none where something is not known that it needs.
    pub(crate) fn arguments(
        &self,
        step: &Step,
        entry: &Entry,
        people: &People,
    ) -> Option<Arguments> {
        let who = match step.by {
            By::Owner => &people.owner,
            By::Guest => people.guest.as_ref()?,
        };
        let mut arguments = Arguments::new();
        if entry.credential.is_token() {
            arguments.push((TOKEN, Argument::Text(who.token.clone())));
        }
        for (name, of) in step.arguments {
            let value = match of {
                Of::Number(number) => Argument::Integer(*number),
                Of::Time(time) => Argument::Time((*time).to_owned()),
                Of::Text(text) => Argument::Text((*text).to_owned()),
                Of::Name => Argument::Text(self.name.clone()),
                Of::Group => Argument::Text(self.id.clone()?),
                Of::Category => Argument::Text(people.category.clone()),
                Of::Login => Argument::Text(people.owner.login.clone()),
                Of::Owner => Argument::Text(people.owner.user.clone()),
                Of::Guest => Argument::Text(people.guest.as_ref()?.user.clone()),
                Of::Invitation => Argument::Text(self.invitations.last()?.0.clone()),
                Of::Secret => Argument::Text(self.invitations.last()?.1.clone()),
            };
            arguments.push((*name, value));
        }
        Some(arguments)
    }

    /// Keeps what an answer tells of the group.
    pub(crate) fn learn(&mut self, answer: &Value) {
        let text = |name: &str| answer.get(name)?.as_str().map(str::to_owned);
        if self.id.is_none() {
            self.id = text("id").filter(|id| id.starts_with("group:"));
        }
        if let (Some(id), Some(secret)) = (text("invitationId"), text("invitation")) {
            self.invitations.push((id, secret));
        }
    }

    /// An answer with words in the place of what differs from group to group.
    pub(crate) fn in_general(&self, answer: &Value) -> Value {
        match answer {
            Value::String(text) => self.text_in_general(text).into(),
            Value::Array(items) => items.iter().map(|item| self.in_general(item)).collect(),
            Value::Object(members) => {
                let members = members.iter();
                // The audit log says over what each change came.
                let members = members.filter(|(name, _)| *name != "via");
                let members = members.map(|(name, value)| (name.clone(), self.in_general(value)));
                Value::Object(members.collect())
            }
            other => other.clone(),
        }
    }

    fn text_in_general(&self, text: &str) -> String {
        let number = self.id.as_deref().and_then(|id| id.strip_prefix("group:"));
        let invitation = self
            .invitations
            .iter()
            .position(|(id, secret)| id == text || !text.is_empty() && secret.starts_with(text));
        if text == self.name {
            "its name".to_owned()
        } else if self.id.as_deref() == Some(text) {
            "its ID".to_owned()
        } else if let Some(place) = invitation {
            format!("its invitation {place}")
        } else if number.is_some_and(|number| text.ends_with(&format!("/group/{number}"))) {
            "its address".to_owned()
        } else if is_time(text) {
            "a time".to_owned()
        } else {
            text.to_owned()
        }
    }
}

/// True for `2006-08-11T13:38:44Z`.
fn is_time(text: &str) -> bool {
    let form: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    form == "0000-00-00T00:00:00Z"
}
