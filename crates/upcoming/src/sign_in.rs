//! `/services/auth/?api_key=KEY`: a person signs in and approves an application.
//!
//! The page works without script and cannot be framed. What is posted must bring the cookie that
//! came with the form, which no other site can send: `SameSite=Strict`.

use askama::Template;
use trivium_core::applications::approve::{Approve, Approved};
use trivium_core::applications::{keys::Application, known};
use trivium_core::operation::{Bound, Effect};
use trivium_core::types::{Login, Password};
use trivium_core::{Caller, Code, Context, Error, Result, Service, Via, secrets};
use trivium_front::{Call, Calls, FrontEnd, Outcome, Reply, Request, rest};

use crate::arguments::Arguments;
use crate::{VIA, is_at};

/// Where the page is, below the prefix.
const PLACE: &str = "/auth";

/// The cookie that came with the form.
const COOKIE: &str = "trivium-form";

/// The page.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Below which path it is served, without a slash at its end.
    pub prefix: String,
}

/// What the page shows.
pub enum Page {
    /// The form.
    Form {
        /// Which application asks.
        application: Application,
        /// What the form and its cookie both say.
        form: String,
    },
    /// The frob, or the way to who waits for it.
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
struct RefusedPage<'a> {
    words: &'a str,
    again: Option<String>,
}

impl FrontEnd for SignIn {
    type Answer = Page;

    fn via(&self) -> Via {
        VIA
    }

    fn read(&self, request: &Request<'_>) -> Result<Calls<Page>, Box<Reply>> {
        self.call(request)
            .map(Calls::One)
            .map_err(|error| Box::new(self.refuse(request, &error)))
    }

    fn write(&self, request: &Request<'_>, outcome: Outcome<Page>) -> Reply {
        match outcome {
            Ok(Page::Form { application, form }) => self.form(request, &application, &form),
            Ok(Page::Approved(approved)) => allowed(&approved),
            Err(error) => self.refuse(request, &error),
        }
    }
}

impl SignIn {
    /// True for a path that is this front-end's to answer.
    pub fn serves(&self, path: &str) -> bool {
        is_at(path, &self.prefix, PLACE)
    }

    fn call(&self, request: &Request<'_>) -> Result<Call<Page>> {
        let arguments = Arguments::read(request, rest::body(request)?)?;
        let key = arguments.text("api_key").to_owned();
        match request.method {
            "GET" | "HEAD" => Ok(Call {
                action: "signIn",
                effect: Effect::Read,
                prepares: false,
                work: Box::new(Ask { key }),
            }),
            "POST" => {
                came_from_the_form(request, &arguments)?;
                let approve = Approve {
                    key,
                    login: Login(arguments.text("login").to_owned()),
                    password: Password(arguments.text("password").to_owned()),
                    verified: None,
                };
                Ok(Call {
                    action: Approve::NAME,
                    effect: Effect::Change,
                    prepares: true,
                    work: Box::new(Allow(approve)),
                })
            }
            _ => Err(Code::InvalidRequestMethod.into()),
        }
    }

    fn form(&self, request: &Request<'_>, application: &Application, form: &str) -> Reply {
        let page = FormPage {
            application: &application.name,
            key: &application.key,
            form,
            action: format!("{}{PLACE}/", self.prefix),
        };
        let mut reply = show(200, &page, application.callback.as_deref());
        let secure = match request.origin {
            Some(origin) if origin.starts_with("https:") => "; Secure",
            _ => "",
        };
        let cookie = format!(
            "{COOKIE}={form}; Path={}{PLACE}; Max-Age=3600; HttpOnly; SameSite=Strict{secure}",
            self.prefix
        );
        reply.headers.push(("Set-Cookie", cookie));
        reply
    }

    fn refuse(&self, request: &Request<'_>, error: &Error) -> Reply {
        let (status, words) = match error.code() {
            Code::ApiKeyInvalid => (404, "No application has this API key, or it was ended."),
            Code::InvalidRequestMethod => (405, "This page is asked for by GET or POST."),
            Code::UserAccessDenied => (
                403,
                "This form is too old, or not from here: open the page again.",
            ),
            Code::LoginUnknown | Code::UserInvalidPassword => (403, error.message()),
            Code::RateLimited => (429, "Too many tries. Wait a minute."),
            Code::RequestTooLarge => (413, error.message()),
            Code::UnsupportedMediaType => (415, error.message()),
            Code::TemporarilyUnavailable => (503, error.message()),
            Code::GeneralSomeError => (500, error.message()),
            _ => (400, error.message()),
        };
        let arguments = request.body.and_then(|body| {
            let read = Arguments::read(request, body);
            read.ok()
        });
        let again = arguments
            .map(|arguments| arguments.text("api_key").to_owned())
            .filter(|key| status != 404 && is_key(key))
            .map(|key| format!("{}{PLACE}/?api_key={key}", self.prefix));
        let mut reply = show(status, &RefusedPage { words, again }, None);
        reply.code = Some(error.code().name());
        if status == 405 {
            reply.headers.push(("Allow", "GET, HEAD, POST".to_owned()));
        }
        if let Some(seconds) = error.seconds_to_wait() {
            reply.headers.push(("Retry-After", seconds.to_string()));
        }
        reply
    }
}

/// Holds that the form was shown here: form and cookie say the same, and the browser does not
/// say that another site posts it.
fn came_from_the_form(request: &Request<'_>, arguments: &Arguments) -> Result<()> {
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
        return Err(Code::UserAccessDenied.into());
    }
    Ok(())
}

/// Anything that can be a key, and nothing that means something in an address.
fn is_key(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Shows the frob, or sends the browser on with it.
fn allowed(approved: &Approved) -> Reply {
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
        body: Vec::new(),
        code: None,
    }
}

/// A page that is kept nowhere, framed nowhere, and posts to nowhere else.
fn show(status: u16, template: &impl Template, callback: Option<&str>) -> Reply {
    let (status, html) = match template.render() {
        Ok(html) => (status, html),
        Err(error) => (500, Error::unforeseen(&error).message().to_owned()),
    };
    // Browsers hold the way on after the form against this, too.
    let on = callback.map_or("", |url| {
        let host = url.find("://").map_or(0, |place| place + 3);
        let end = url.get(host..).and_then(|rest| rest.find(['/', '?']));
        end.and_then(|end| url.get(..host + end)).unwrap_or(url)
    });
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'self' {on}; frame-ancestors 'none'"
    );
    Reply {
        status,
        content_type: "text/html; charset=utf-8".into(),
        headers: vec![
            ("Content-Security-Policy", policy),
            ("X-Frame-Options", "DENY".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            // With "no-referrer" browsers would hide where the form was posted from.
            ("Referrer-Policy", "same-origin".to_owned()),
            ("Cache-Control", "no-store".to_owned()),
        ],
        body: html.into_bytes(),
        code: None,
    }
}

/// Shows the form.
struct Ask {
    key: String,
}

impl Bound<Page> for Ask {
    fn run(&self, context: &mut Context<'_>) -> Result<Page> {
        Ok(Page::Form {
            application: known(context, &self.key)?,
            form: secrets::new_token()?,
        })
    }
}

/// Takes what the form brings.
struct Allow(Approve);

impl Bound<Page> for Allow {
    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        self.0.prepare(service, caller)
    }

    fn run(&self, context: &mut Context<'_>) -> Result<Page> {
        self.0.run(context).map(Page::Approved)
    }
}
