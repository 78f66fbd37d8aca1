//! Approves an application on the sign-in page of the Upcoming dialect.

use super::gateway::Served;
use super::http::Response;
use super::protocol::encode;
use super::request::form;
use super::story::Person;

/// Opens the page and posts its form. Returns the page of an error if it cannot be opened.
pub(crate) fn approve(served: &Served, key: &str, who: &Person) -> Response {
    let page = served.get(&format!("/services/auth/?api_key={key}"));
    if page.status != 200 {
        return page;
    }
    let cookie = page.header("set-cookie").split(';').next().expect("one");
    let secret = cookie.split_once('=').expect("a value").1;
    let body = format!(
        "api_key={key}&form={secret}&login={}&password={}",
        encode(&who.login),
        encode(&who.password)
    );
    let post = form("/services/auth/", body).with("Cookie", cookie);
    served.send(&Vec::from(post))
}

/// The frob on the page of an approval.
pub(crate) fn frob(page: &Response) -> String {
    let text = page.text();
    let found = text.split_once("<output><code>");
    let (_, rest) = found.unwrap_or_else(|| panic!("{} {text}", page.status));
    rest.split('<').next().unwrap_or_default().to_owned()
}
