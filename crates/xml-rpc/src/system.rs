//! The methods of XML-RPC itself: `system.listMethods` and the other methods of introspection.
//!
//! They read the catalog alone, so they respond without a call. `system.multicall` is listed here;
//! [`crate::multicall`] makes its calls.

use serde::Serialize;
use trivium_front::RawValue;
use trivium_front::text::quote;
use trivium_rpc::{Answer, Entry};

use crate::XmlRpc;
use crate::capabilities::Capabilities;
use crate::help;
use crate::rejection::Rejection;
use crate::walk::Param;

/// The method that makes several calls.
pub(crate) const MULTICALL: &str = "system.multicall";

/// A method of XML-RPC itself.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    /// The types of result and parameters.
    signature: &'static [&'static str],
    pub(crate) help: &'static str,
    respond: fn(&XmlRpc, &[Param]) -> Result<Answer, Rejection>,
}

/// All of these methods.
pub(crate) const METHODS: &[Method] = &[
    Method {
        name: "system.getCapabilities",
        signature: &["struct"],
        help: "Returns the supported specifications, each with its address and version.",
        respond: |_, params| without_parameters(params, Capabilities::default),
    },
    Method {
        name: "system.listMethods",
        signature: &["array"],
        help: "Returns the names of all methods.",
        respond: |front_end, params| without_parameters(params, || names(front_end)),
    },
    Method {
        name: "system.methodHelp",
        signature: &["string", "string"],
        help: "Returns the description of the method with the given name.",
        respond: |front_end, params| {
            let operation = |entry: &Entry| help::of(entry, front_end.profile);
            of_method(front_end, params, operation, |method| {
                method.help.to_owned()
            })
        },
    },
    Method {
        name: "system.methodSignature",
        signature: &["array", "string"],
        help: "Returns the signatures of the method with the given name. A signature is an array of \
               types: that of the result, then those of the parameters. Each method has one signature.",
        respond: |front_end, params| {
            let operation = |_: &Entry| [&["struct", "struct"][..]];
            of_method(front_end, params, operation, |method| [method.signature])
        },
    },
    Method {
        name: MULTICALL,
        signature: &["array", "array"],
        help: "Makes up to 512 calls in order, of which up to 64 are calls of operations. Returns an array with one item for each call: an \
               array with its result, or the struct of its fault.\n\n\
               A call is a struct of methodName and params. If a call fails, the calls after it are \
               still made. This method and methods that take a password cannot be called.",
        respond: |_, _| {
            Err(Rejection::InvalidParameters(
                "system.multicall cannot be called here".into(),
            ))
        },
    },
];

/// The method of this name.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

impl Method {
    /// Its result for these parameters.
    pub(crate) fn respond(
        &self,
        front_end: &XmlRpc,
        params: &[Param],
    ) -> Result<Answer, Rejection> {
        (self.respond)(front_end, params)
    }
}

/// The names of all methods, sorted.
fn names(front_end: &XmlRpc) -> Vec<String> {
    let catalog = front_end.catalog;
    let operations = catalog.entries.iter().map(|entry| catalog.qualified(entry));
    let own = METHODS.iter().map(|method| method.name.to_owned());
    let mut names: Vec<String> = operations.chain(own).collect();
    names.sort_unstable();
    names
}

/// The result of a method without parameters.
fn without_parameters<T: Serialize + Send + 'static>(
    params: &[Param],
    result: impl Fn() -> T,
) -> Result<Answer, Rejection> {
    match params {
        [] => Ok(Box::new(result())),
        _ => Err(Rejection::InvalidParameters(
            "this method takes no parameters".into(),
        )),
    }
}

/// The result of a method whose one parameter is the name of a method.
fn of_method<T: Serialize + Send + 'static>(
    front_end: &XmlRpc,
    params: &[Param],
    operation: impl Fn(&Entry) -> T,
    own: impl Fn(&Method) -> T,
) -> Result<Answer, Rejection> {
    let [Param::Other(RawValue::Text(name))] = params else {
        return Err(Rejection::InvalidParameters(
            "this method takes one parameter, the name of a method".into(),
        ));
    };
    let result = match (find(name), front_end.catalog.find_qualified(name)) {
        (Some(method), _) => own(method),
        (None, Some(entry)) => operation(entry),
        (None, None) => {
            let reason = format!("there is no method '{}'", quote(name));
            return Err(Rejection::InvalidParameters(reason.into()));
        }
    };
    Ok(Box::new(result))
}
