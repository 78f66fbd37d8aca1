//! `/services/auth/?api_key=KEY`: a user signs in and approves an application.
//!
//! The page works without script and cannot be framed. A POST must send the cookie that
//! came with the form, which no other site can send: `SameSite=Strict`.

use askama::Template;
use trivium_core::applications::approve::{ApproveApplication, Approved};
use trivium_core::applications::{Application, find_valid};
use trivium_core::types::{Login, Password};
use trivium_core::{
    Actor, Caller, Credentials, Declaration, Effect, Error, Job, Operation, Proof, Result, Session,
    Via, Work, codes, secrets,
};
use trivium_front::{FrontEnd, Read, Reply, Request, rest};
use trivium_rpc::Category;

use crate::arguments::Arguments;
use crate::{VIA, is_at};

/// The path of the page, below the prefix.
const PLACE: &str = "/auth";

/// The cookie that came with the form.
const COOKIE: &str = "trivium-form";

/// The page.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The prefix of its path, without a slash at the end.
    pub prefix: String,
}

/// The content of the page.
pub enum Page {
    /// The form.
    Form {
        /// The application to be approved.
        application: Application,
        /// The value of the form and of its cookie.
        form: String,
    },
    /// The approval.
    Approved(Approved),
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct FormPage<'a> {
    application: &'a str,
    key: &'a str,
    form: &'a str,
    action: String,
}

#[derive(Template)]
#[template(path = "approved.html")]
struct ApprovedPage<'a> {
    application: &'a str,
    frob: &'a str,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RejectedPage<'a> {
    message: &'a str,
    again: Option<String>,
}

impl FrontEnd for SignIn {
    type Call = Job<Page>;
    type Answer = Page;

    fn via(&self) -> Via {
        VIA
    }

    fn read<'r>(&'r self, request: &'r Request<'r>) -> Read<'r, Job<Page>, Page> {
        let arguments = rest::body(request).and_then(|body| Arguments::read(request, body));
        let (key, job) = match arguments {
            Ok(arguments) => {
                let key = arguments.text("api_key").to_owned();
                (key.clone(), job(request, &arguments, key))
            }
            Err(error) => (String::new(), Err(error)),
        };
        match job {
            Ok(job) => Read::Call(
                job,
                Box::new(move |outcome| match outcome {
                    Ok(Page::Form { application, form }) => self.form(request, &application, &form),
                    Ok(Page::Approved(approved)) => approval(&approved),
                    Err(error) => self.reject(&key, &error),
                }),
            ),
            Err(error) => Read::Reply(self.reject(&key, &error)),
        }
    }
}

/// The job of a request: GET shows the form, POST approves the application.
fn job(request: &Request<'_>, arguments: &Arguments, key: String) -> Result<Job<Page>> {
    arguments.check_characters()?;
    match request.method {
        "GET" | "HEAD" => Ok(Job {
            action: "signIn",
            effect: Effect::Read,
            credentials: Credentials::None,
            work: Box::new(ShowForm { key }),
        }),
        "POST" => {
            check_form(request, arguments)?;
            let declared: &Declaration = ApproveApplication::DECLARATION;
            let login = Login(arguments.text("login").to_owned());
            let password = Password(arguments.text("password").to_owned());
            Ok(Job {
                action: declared.name,
                effect: declared.effect,
                credentials: Credentials::Password(login, password),
                work: Box::new(Approve(ApproveApplication { key })),
            })
        }
        _ => Err(codes::INVALID_REQUEST_METHOD.into()),
    }
}

impl SignIn {
    /// True if the path is served by this front-end.
    pub fn serves(&self, path: &str) -> bool {
        is_at(path, &self.prefix, PLACE)
    }

    fn form(&self, request: &Request<'_>, application: &Application, form: &str) -> Reply {
        let page = FormPage {
            application: &application.name,
            key: &application.key,
            form,
            action: format!("{}{PLACE}/", self.prefix),
        };
        let mut reply = show(200, &page, application.callback.as_deref());
        let secure = if request.is_secure { "; Secure" } else { "" };
        let cookie = format!(
            "{COOKIE}={form}; Path={}{PLACE}; Max-Age=3600; HttpOnly; SameSite=Strict{secure}",
            self.prefix
        );
        reply.headers.push(("Set-Cookie", cookie));
        reply
    }

    /// The page of an error, with a link to the form if the key may be valid.
    fn reject(&self, key: &str, error: &Error) -> Reply {
        let code = error.code();
        let (status, message) = match (code, code.category) {
            (codes::API_KEY_INVALID, _) => {
                (404, "No application has this API key, or it was revoked.")
            }
            (codes::USER_ACCESS_DENIED, _) => (
                403,
                "This form has expired, or was sent from another page. Open the page again.",
            ),
            (_, Category::Method) => (405, "This page accepts GET and POST only."),
            (_, Category::Unauthenticated) => (403, error.message()),
            (_, Category::Conflict) => (409, error.message()),
            (_, Category::Limited) => (429, "Too many attempts. Wait a minute."),
            (_, Category::TooLarge) => (413, error.message()),
            (_, Category::Media) => (415, error.message()),
            (_, Category::Unavailable) => (503, error.message()),
            (_, Category::Internal | Category::Broken) => (500, error.message()),
            _ => (400, error.message()),
        };
        let again = (status != 404 && is_key(key))
            .then(|| format!("{}{PLACE}/?api_key={key}", self.prefix));
        let page = RejectedPage { message, again };
        let mut reply = show(status, &page, None);
        reply.code = Some(code.name);
        if status == 405 {
            reply.headers.push(("Allow", "GET, HEAD, POST".to_owned()));
        }
        if let Some(seconds) = error.retry_after() {
            reply.headers.push(("Retry-After", seconds.to_string()));
        }
        reply
    }
}

/// Checks that the form was shown here: form and cookie have the same value, and the header Origin, if
/// there is one, names this site.
fn check_form(request: &Request<'_>, arguments: &Arguments) -> Result<()> {
    let cookies = request.cookie.unwrap_or_default().split(';');
    let shown = cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map_or("", |(_, value)| value);
    let here = |origin: &str| {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        request.host == Some(host)
    };
    if shown.is_empty() || shown != arguments.text("form") || !request.origin.is_none_or(here) {
        return Err(codes::USER_ACCESS_DENIED.into());
    }
    Ok(())
}

/// True if a text can be an API key. Such a text needs no escaping in a URL.
fn is_key(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Shows the frob, or redirects the browser with it.
fn approval(approved: &Approved) -> Reply {
    let Approved { frob, application } = approved;
    let Some(callback) = &application.callback else {
        let page = ApprovedPage {
            application: &application.name,
            frob,
        };
        return show(200, &page, None);
    };
    let sign = if callback.contains('?') { '&' } else { '?' };
    Reply {
        status: 303,
        content_type: "text/plain; charset=utf-8".into(),
        headers: vec![
            ("Location", format!("{callback}{sign}frob={frob}")),
            ("Cache-Control", "no-store".to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
        ],
        body: Vec::new().into(),
        code: None,
    }
}

/// The reply with a page, which is not cached, cannot be framed, and posts only to this site.
fn show(status: u16, template: &impl Template, callback: Option<&str>) -> Reply {
    let (status, html) = match template.render() {
        Ok(html) => (status, html),
        Err(error) => (500, Error::internal(error).message().to_owned()),
    };
    // Browsers apply form-action also to the redirect after the form.
    let redirect = callback.map_or("", |url| {
        let host = url.find("://").map_or(0, |place| place + 3);
        let end = url.get(host..).and_then(|rest| rest.find(['/', '?']));
        end.and_then(|end| url.get(..host + end)).unwrap_or(url)
    });
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'self' {redirect}; frame-ancestors 'none'"
    );
    Reply {
        status,
        content_type: "text/html; charset=utf-8".into(),
        headers: vec![
            ("Content-Security-Policy", policy),
            ("X-Frame-Options", "DENY".to_owned()),
            // With "no-referrer", browsers would not send the header Origin of the form.
            ("Referrer-Policy", "same-origin".to_owned()),
            ("Cache-Control", "no-store".to_owned()),
        ],
        body: html.into(),
        code: None,
    }
}

/// Shows the form.
struct ShowForm {
    key: String,
}

impl Work<Page> for ShowForm {
    fn run(&self, _: &Proof, session: &mut Session<'_>) -> Result<Page> {
        Ok(Page::Form {
            application: find_valid(session, &self.key)?,
            form: secrets::new_token()?,
        })
    }
}

/// Approves the application.
struct Approve(ApproveApplication);

impl Work<Page> for Approve {
    fn run(&self, proof: &Proof, session: &mut Session<'_>) -> Result<Page> {
        let actor = Actor::identify(proof, session)?;
        Operation::run(&self.0, &actor, session).map(Page::Approved)
    }
}
