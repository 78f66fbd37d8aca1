//! A group that the examination made, and what is known of it.

use serde_json::Value;
use trivium_core::Entry;

use crate::argument::{Argument, Arguments};
use crate::refusals::TOKEN;
use crate::steps::{Of, Step};
use crate::wire::Format;

/// Who calls, and what is the same for all groups.
pub(crate) struct Caller {
    pub(crate) token: String,
    pub(crate) login: String,
    pub(crate) user: String,
    pub(crate) category: String,
}

/// A group of the examination's own.
pub(crate) struct Group {
    /// Over what it is changed.
    pub(crate) format: Format,
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    invitation: Option<String>,
    secret: Option<String>,
}

impl Group {
    /// A group that is yet to be made.
    pub(crate) fn new(format: Format, run: &str) -> Self {
        Self {
            format,
            name: format!("{run} {}", format.name()),
            id: None,
            invitation: None,
            secret: None,
        }
    }

    /// The arguments of a step; none where something is not known that it needs.
    pub(crate) fn arguments(
        &self,
        step: &Step,
        entry: &Entry,
        caller: &Caller,
    ) -> Option<Arguments> {
        let mut arguments = Arguments::new();
        if entry.takes(TOKEN) {
            arguments.push((TOKEN, Argument::Text(caller.token.clone())));
        }
        for (name, of) in step.arguments {
            let text = match of {
                Of::Number(number) => {
                    arguments.push((*name, Argument::Integer(*number)));
                    continue;
                }
                Of::Text(text) => (*text).to_owned(),
                Of::Name => self.name.clone(),
                Of::Group => self.id.clone()?,
                Of::Category => caller.category.clone(),
                Of::Login => caller.login.clone(),
                Of::User => caller.user.clone(),
                Of::Invitation => self.invitation.clone()?,
                Of::Secret => self.secret.clone()?,
            };
            arguments.push((*name, Argument::Text(text)));
        }
        Some(arguments)
    }

    /// Keeps what an answer tells of the group.
    pub(crate) fn learn(&mut self, answer: &Value) {
        let text = |name: &str| answer.get(name)?.as_str().map(str::to_owned);
        if self.id.is_none() {
            self.id = text("id").filter(|id| id.starts_with("group:"));
        }
        self.invitation = text("invitationId").or_else(|| self.invitation.take());
        self.secret = text("invitation").or_else(|| self.secret.take());
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
        let is = |known: &Option<String>| known.as_deref() == Some(text);
        let number = self.id.as_deref().and_then(|id| id.strip_prefix("group:"));
        if text == self.name {
            "its name".to_owned()
        } else if is(&self.id) {
            "its ID".to_owned()
        } else if is(&self.invitation) {
            "its invitation's ID".to_owned()
        } else if self
            .secret
            .as_ref()
            .is_some_and(|secret| secret.starts_with(text))
            && !text.is_empty()
        {
            "its invitation, or the beginning of it".to_owned()
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
