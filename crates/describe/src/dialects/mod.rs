//! The methods of the dialects, as their pages tell them.
//!
//! Which methods there are, and by which verb, is decided by the tables of `trivium-upcoming` and
//! `trivium-onezone`; tests hold that the tables here have the same. The words of errors are those
//! that the dialects answer.

pub mod onezone;
pub mod upcoming;

use crate::examples::Request;

/// A dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// That of Upcoming.
    Upcoming,
    /// That of Onezone.
    Onezone,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Upcoming, Self::Onezone];

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Upcoming => "Upcoming",
            Self::Onezone => "Onezone",
        }
    }

    /// A word for addresses and names.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Onezone => "onezone",
        }
    }

    /// Whether programs know its errors by ids.
    pub const fn has_ids(self) -> bool {
        matches!(self, Self::Onezone)
    }

    /// Its methods.
    pub fn methods(self) -> Vec<Method> {
        match self {
            Self::Upcoming => upcoming::all(),
            Self::Onezone => onezone::all(),
        }
    }

    /// What any of its methods may answer.
    pub fn common(self) -> Vec<Refused> {
        match self {
            Self::Upcoming => upcoming::common(),
            Self::Onezone => onezone::common(),
        }
    }
}

/// Below which path each dialect is served, without a slash at the end; `None` where it is not.
#[derive(Clone, Copy, Debug)]
pub struct Prefixes<'a> {
    /// Upcoming's.
    pub upcoming: Option<&'a str>,
    /// Onezone's.
    pub onezone: Option<&'a str>,
}

impl Default for Prefixes<'_> {
    fn default() -> Self {
        Self {
            upcoming: Some(trivium_upcoming::PREFIX),
            onezone: Some(trivium_onezone::PREFIX),
        }
    }
}

impl<'a> Prefixes<'a> {
    /// That of a dialect.
    pub const fn of(&self, dialect: Dialect) -> Option<&'a str> {
        match dialect {
            Dialect::Upcoming => self.upcoming,
            Dialect::Onezone => self.onezone,
        }
    }
}

/// A method of a dialect.
#[derive(Clone, Debug)]
pub struct Method {
    /// The name of its page: the dialect's, a dot, and its own.
    pub name: String,
    /// The verb of HTTP by which it is called.
    pub verb: &'static str,
    /// Where it is called, below the dialect's prefix.
    pub path: &'static str,
    /// What it does.
    pub says: &'static str,
    /// What it takes.
    pub arguments: Vec<Argument>,
    /// What it answers.
    pub answer: &'static str,
    /// What it refuses with, beside what any method may.
    pub errors: Vec<Refused>,
    /// An example call, below the dialect's prefix.
    pub example: Request<'static>,
}

/// An argument of a method.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be given.
    pub need: Need,
    /// Its form, and what it is.
    pub form: &'static str,
}

/// Whether an argument must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// Without it there is none.
    Optional,
    /// Without it, it is this.
    Default(&'static str),
}

/// How a method refuses.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// What programs know it by, where they do.
    pub id: String,
    /// What people read.
    pub words: String,
}

impl Method {
    /// Its name without the dialect's.
    pub fn own_name(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, own)| own)
    }
}

const fn required(name: &'static str, form: &'static str) -> Argument {
    Argument {
        name,
        need: Need::Required,
        form,
    }
}

const fn optional(name: &'static str, form: &'static str) -> Argument {
    Argument {
        name,
        need: Need::Optional,
        form,
    }
}

const fn default(name: &'static str, value: &'static str, form: &'static str) -> Argument {
    Argument {
        name,
        need: Need::Default(value),
        form,
    }
}

/// The method whose page has this name.
pub fn find(name: &str) -> Option<(Dialect, Method)> {
    let methods = Dialect::ALL.into_iter().flat_map(|dialect| {
        dialect
            .methods()
            .into_iter()
            .map(move |method| (dialect, method))
    });
    methods.into_iter().find(|(_, method)| method.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::answers;

    #[test]
    fn every_example_has_its_answer() {
        for method in Dialect::ALL.into_iter().flat_map(Dialect::methods) {
            assert!(
                answers::of_dialect(&method.name).is_some(),
                "{}",
                method.name
            );
        }
    }
}
