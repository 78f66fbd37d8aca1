//! A person lets an application act for them: a password for a frob.

use trivium_storage::applications::{self, Application, Frob};

use crate::accounts::password::{Verified, verify};
use crate::applications::known;
use crate::context::Record;
use crate::operation::Bound;
use crate::types::{Login, Password};
use crate::{Caller, Code, Context, Result, Service, secrets};

/// How long a frob is good, in seconds.
const LIFETIME: i64 = 600;

/// Approves an application.
#[derive(Debug)]
pub struct Approve {
    /// The application's key.
    pub key: String,
    /// Who approves.
    pub login: Login,
    /// What shows that it is them.
    pub password: Password,
    /// Filled by the preparation.
    pub verified: Option<Verified>,
}

/// What the approval gives.
#[derive(Debug)]
pub struct Approved {
    /// To be changed for a token, once, within ten minutes.
    pub frob: String,
    /// What was approved.
    pub application: Application,
}

impl Approve {
    /// What the audit log names it.
    pub const NAME: &'static str = "approveApplication";
}

impl Bound<Approved> for Approve {
    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        self.verified = Some(verify(service, caller, &self.login, &self.password)?);
        Ok(())
    }

    fn run(&self, context: &mut Context<'_>) -> Result<Approved> {
        let application = known(context, &self.key)?;
        let verified = self.verified.as_ref().ok_or(Code::UserInvalidPassword)?;
        let actor = verified.authenticate(context)?;
        let frob = secrets::new_token()?;
        applications::insert_frob(
            context.connection,
            &Frob {
                hash: secrets::hash(&frob),
                key_id: application.id,
                user_id: actor.id,
                expires_at: context.now + LIFETIME,
            },
            context.now,
        )?;
        context.record(
            &actor.login,
            Record {
                subject: Some(&application.name),
                ..Record::default()
            },
        )?;
        Ok(Approved { frob, application })
    }
}
