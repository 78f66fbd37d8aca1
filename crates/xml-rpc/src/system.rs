//! The methods that XML-RPC has about itself: `system.listMethods` and its kin.
//!
//! They read the catalog and nothing else, so they are answered without a call.
//! `system.multicall` stands here to be listed; [`crate::multicall`] makes its calls.

use serde::Serialize;
use trivium_core::{Answer, Entry, catalog};
use trivium_front::Profile;
use trivium_front::check::Given;
use trivium_front::text::quote;

use crate::capabilities::Capabilities;
use crate::fault::Fault;
use crate::help;
use crate::walk::Param;

/// The method that makes several calls.
pub(crate) const MULTICALL: &str = "system.multicall";

/// A method of XML-RPC's own.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    /// The types of answer and parameters.
    signature: &'static [&'static str],
    pub(crate) help: &'static str,
    answer: fn(Profile, &[Param]) -> Result<Answer, Fault>,
}

/// Every one of them.
pub(crate) const METHODS: &[Method] = &[
    Method {
        name: "system.getCapabilities",
        signature: &["struct"],
        help: "Answers which specifications are kept, each with its address and version.",
        answer: |_, params| none(params, Capabilities::default),
    },
    Method {
        name: "system.listMethods",
        signature: &["array"],
        help: "Answers the names of all methods.",
        answer: |_, params| none(params, names),
    },
    Method {
        name: "system.methodHelp",
        signature: &["string", "string"],
        help: "Answers what the method of this name does.",
        answer: |profile, params| {
            let operation = |entry: &Entry| help::of(entry, profile);
            one(params, operation, |method| method.help.to_owned())
        },
    },
    Method {
        name: "system.methodSignature",
        signature: &["array", "string"],
        help: "Answers the types of answer and parameters of the method of this name: an array of \
               signatures, of which each method has one.",
        answer: |_, params| {
            let operation = |_: &Entry| [&["struct", "struct"][..]];
            one(params, operation, |method| [method.signature])
        },
    },
    Method {
        name: MULTICALL,
        signature: &["array", "array"],
        help: "Makes up to 64 calls, one after the other, and answers what became of each: an \
               array of its one answer, or the struct of its fault.\n\n\
               A call is a struct of methodName and params. Each is a call of its own: what \
               becomes of one is nothing to the others. Neither methods of system nor those that \
               take a password can be called so.",
        answer: |_, _| Err(Fault::Parameters("system.multicall stands alone".into())),
    },
];

/// The method of this name.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

impl Method {
    /// Its answer to these parameters.
    pub(crate) fn answer(&self, profile: Profile, params: &[Param]) -> Result<Answer, Fault> {
        (self.answer)(profile, params)
    }
}

/// The names of all methods, sorted.
fn names() -> Vec<String> {
    let operations = catalog::CATALOG.iter().map(|entry| {
        let namespace = catalog::NAMESPACE;
        format!("{namespace}.{}", entry.name)
    });
    let own = METHODS.iter().map(|method| method.name.to_owned());
    let mut names: Vec<String> = operations.chain(own).collect();
    names.sort_unstable();
    names
}

/// What a method answers that takes no parameters.
fn none<T: Serialize + Send + 'static>(
    params: &[Param],
    answer: impl Fn() -> T,
) -> Result<Answer, Fault> {
    match params {
        [] => Ok(Box::new(answer())),
        _ => Err(Fault::Parameters("this method takes none".into())),
    }
}

/// What a method answers whose one parameter is the name of a method.
fn one<T: Serialize + Send + 'static>(
    params: &[Param],
    operation: impl Fn(&'static Entry) -> T,
    own: impl Fn(&'static Method) -> T,
) -> Result<Answer, Fault> {
    let [Param::Other(Given::Text(name))] = params else {
        return Err(Fault::Parameters(
            "this method takes the name of one".into(),
        ));
    };
    let answer = match (find(name), catalog::find_qualified(name)) {
        (Some(method), _) => own(method),
        (None, Some(entry)) => operation(entry),
        (None, None) => {
            let words = format!("there is no method '{}'", quote(name));
            return Err(Fault::Parameters(words.into()));
        }
    };
    Ok(Box::new(answer))
}
