//! What a call is, and how it runs, in the order in which Onezone checks: credentials, body, then the
//! call itself.

use trivium_core::named_tokens::TokenId;
use trivium_core::types::{GroupRef, UserRef};
use trivium_core::{Actor, Caller, Effect, Exclusive, Proof, Result, Session, Work};
use trivium_front::dialect::ArgumentDescription;

use crate::answer::Answer;
use crate::error::Refusal;
use crate::values::Values;

/// The function of a call.
pub(crate) type Run = fn(Context<'_, '_>) -> Result<Answer>;

/// A call at an address: how it is made, what it does, and what its documentation says.
#[derive(Debug)]
pub(crate) struct Route {
    /// The name of its page.
    pub(crate) name: &'static str,
    /// The HTTP method.
    pub(crate) method: &'static str,
    /// The path below the prefix; `{id}`, `{user}`, `{token}` and `{name}` are placeholders.
    pub(crate) path: &'static str,
    /// Its name in the audit log: that of the operation of core.
    pub(crate) action: &'static str,
    /// Its effect on the data.
    pub(crate) effect: Effect,
    /// Whether no other change of the caller's account runs at the same time, because it may revoke a token.
    pub(crate) locks_account: bool,
    pub(crate) run: Run,
    /// What it does, for its page.
    pub(crate) summary: &'static str,
    /// The arguments, in the path and in the body.
    pub(crate) arguments: &'static [ArgumentDescription],
    /// The response to a call that succeeds.
    pub(crate) response: &'static str,
    /// The errors, besides those of every call.
    pub(crate) errors: fn() -> Vec<Refusal>,
    /// An example call; none if no call succeeds.
    pub(crate) example: Option<Example>,
}

/// An example call.
#[derive(Debug)]
pub(crate) struct Example {
    /// The token of the caller.
    pub(crate) token: &'static str,
    /// The path below the prefix.
    pub(crate) path: &'static str,
    /// The body; empty if there is none.
    pub(crate) body: &'static str,
}

/// The IDs of a path; 0, which is never assigned, if one is malformed.
#[derive(Clone)]
pub(crate) struct Ids {
    pub(crate) id: i64,
    /// The user, if the path names one.
    pub(crate) user: Option<i64>,
    pub(crate) token: TokenId,
    /// The name of a token.
    pub(crate) name: String,
}

impl Default for Ids {
    fn default() -> Self {
        Self {
            id: 0,
            user: None,
            token: TokenId::Access(0),
            name: String::new(),
        }
    }
}

/// A call of a route.
pub(crate) struct RouteCall {
    pub(crate) route: &'static Route,
    pub(crate) ids: Ids,
    /// The body, or what is wrong with it, which is reported only to authenticated callers.
    pub(crate) body: Result<Values, Refusal>,
}

impl Work<Answer> for RouteCall {
    fn run(&self, proof: &Proof, session: &mut Session<'_>) -> Result<Answer> {
        let account = match (self.route.locks_account, proof) {
            (false, _) | (true, Proof::Nothing) => None,
            (true, proof) => Some(Exclusive::<Actor>::identify(proof, session)?),
        };
        let actor = match &account {
            Some(account) => Some(Actor::clone(account)),
            None => Option::<Actor>::identify(proof, session)?,
        };
        let values = self.body.as_ref().map_err(Clone::clone)?;
        (self.route.run)(Context {
            ids: self.ids.clone(),
            values,
            actor,
            account,
            session,
        })
    }
}

/// What the function of a route receives.
pub(crate) struct Context<'a, 's> {
    /// The IDs of the path.
    pub(crate) ids: Ids,
    /// The values of the body.
    pub(crate) values: &'a Values,
    /// The authenticated user, if there is one.
    actor: Option<Actor>,
    /// The same user, if the route locks the account.
    account: Option<Exclusive<Actor>>,
    pub(crate) session: &'a mut Session<'s>,
}

impl Context<'_, '_> {
    /// The authenticated user.
    ///
    /// # Errors
    /// `unauthorized`.
    pub(crate) fn actor(&self) -> Result<Actor, Refusal> {
        self.actor.clone().ok_or(Refusal::Unauthorized)
    }

    /// The authenticated user, whose account the route locks.
    ///
    /// # Errors
    /// `unauthorized`.
    pub(crate) fn account(&self) -> Result<Exclusive<Actor>, Refusal> {
        self.account.clone().ok_or(Refusal::Unauthorized)
    }

    /// The user of the path.
    pub(crate) fn user(&self) -> UserRef {
        UserRef(self.ids.user.unwrap_or(0))
    }

    /// The host of this service, with its port if there is one.
    pub(crate) fn domain(&self) -> &str {
        let url = &self.session.origin.base_url;
        url.split_once("://").map_or(url.as_str(), |(_, host)| host)
    }

    /// Checks that a group exists, and is disclosed to the caller.
    ///
    /// # Errors
    /// `notFound`.
    pub(crate) fn check_group(&mut self, id: GroupRef) -> Result<()> {
        self.session.group(id, &self.actor)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;

    use trivium_core::administration::users::AddUser;
    use trivium_core::types::{Login, ResultsPerPage};
    use trivium_core::{Credentials, Job, Origin, Service, Settings};
    use trivium_storage::{Database, Options};
    use trivium_test_support::{Backend, Scratch};

    use super::*;

    const ROUTE: Route = Route {
        name: "create-and-reject",
        method: "POST",
        path: "",
        action: "newGroup",
        effect: Effect::Change,
        locks_account: false,
        run: create_and_reject,
        summary: "",
        arguments: &[],
        response: "",
        errors: Vec::new,
        example: None,
    };

    /// A call that is rejected after it has created a group.
    fn create_and_reject(context: Context<'_, '_>) -> Result<Answer> {
        crate::calls::groups::create(context)?;
        Err(Refusal::NotFound.into())
    }

    #[test]
    fn rejected_call_changes_nothing() {
        for backend in Backend::ALL {
            let scratch = Scratch::new(backend);
            let url = scratch.url.parse().expect("an address");
            let database = Database::open(url, &Options::default()).expect("a database");
            let service = Service::new(database, Settings::default());
            let origin = Origin::command_line;
            let anna = AddUser {
                login: Login("anna".into()),
                ..AddUser::default()
            };
            let anna = service.run(anna, Credentials::Administrator, origin());
            let anna: UserRef = anna.expect("anna");
            let mut values = Values::default();
            values.0.insert("name".into(), "Chess".into());
            let job = Job {
                action: ROUTE.action,
                effect: ROUTE.effect,
                credentials: Credentials::ActingFor(anna),
                work: Box::new(RouteCall {
                    route: &ROUTE,
                    ids: Ids::default(),
                    body: Ok(values),
                }),
            };
            let ready = service.prepare(job, origin()).expect("a change");
            let (sender, receiver) = channel();
            service.change(ready, move |outcome: Result<Answer>| {
                sender.send(outcome.map(drop)).expect("a receiver");
            });
            let error = receiver.recv().expect("an outcome").expect_err("a refusal");
            assert_eq!(Refusal::from(&error), Refusal::NotFound);
            assert_eq!(groups(&service, anna), 0, "{backend:?}");
        }
    }

    /// The number of groups of a user.
    fn groups(service: &Arc<Service>, user: UserRef) -> usize {
        let list = trivium_core::groups::get_my_groups::GetMyGroups {
            page: Default::default(),
            results_per_page: ResultsPerPage::default(),
        };
        let caller = Credentials::ActingFor(user);
        let list = service.run(list, caller, Origin::command_line());
        list.expect("a list").groups.len()
    }
}
