//! A user approves an application: exchanges a password for a frob.

use trivium_storage::applications::{self, Application, Frob};

use crate::applications::lock_valid;
use crate::session::Record;
use crate::{Actor, Declaration, Operation, Result, Session, codes, secrets};

/// The lifetime of a frob, in seconds.
const LIFETIME: i64 = 600;

/// Approves an application.
#[derive(Debug)]
pub struct ApproveApplication {
    /// The application's key.
    pub key: String,
}

/// The result of [`ApproveApplication`].
#[derive(Debug)]
pub struct Approved {
    /// The frob: it can be exchanged for a token once, within ten minutes.
    pub frob: String,
    /// The application.
    pub application: Application,
}

impl Operation for ApproveApplication {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "approveApplication",
        &[codes::API_KEY_INVALID, codes::QUOTA_EXCEEDED],
    );
    type Caller = Actor;
    type Output = Approved;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Approved> {
        let application = lock_valid(session, &self.key)?;
        session.may_have_frob(actor.id, application.id)?;
        let frob = secrets::new_token()?;
        applications::insert_frob(
            session.connection,
            &Frob {
                hash: secrets::hash(&frob),
                key_id: application.id,
                user_id: actor.id,
                expires_at: session.now() + LIFETIME,
            },
            session.now(),
        )?;
        session.record(
            actor,
            Record {
                subject: Some(&application.name),
                ..Record::default()
            },
        )?;
        Ok(Approved { frob, application })
    }
}
