//! Reads the elements of an answer in XML.

use trivium_front::xml::{Markup, Problem, Reader, is_blank};

/// An element.
#[derive(Clone, Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<Element, String> {
    elements(text)
        .map_err(|problem| problem.message().into_owned())?
        .ok_or_else(|| "it has no element".to_owned())
}

fn elements(text: &str) -> Result<Option<Element>, Problem> {
    let mut reader = Reader::new(text)?;
    let mut open = vec![Element::default()];
    loop {
        let (text, markup) = reader.step()?;
        if let Some(element) = open.last_mut()
            && (!is_blank(&text) || (element.children.is_empty() && markup == Markup::End))
        {
            element.text.push_str(&text);
        }
        match markup {
            Markup::Start(name) => open.push(Element {
                name,
                ..Element::default()
            }),
            Markup::End => {
                let ended = open.pop();
                if let (Some(element), Some(around)) = (ended, open.last_mut()) {
                    around.children.push(element);
                }
            }
            Markup::Eof => return Ok(open.pop().and_then(|mut root| root.children.pop())),
        }
    }
}

impl Element {
    /// Its one child, which has this name.
    pub(crate) fn only(&self, name: &str) -> Result<&Self, String> {
        match self.children.as_slice() {
            [child] if child.name == name => Ok(child),
            _ => Err(format!("<{}> does not hold one <{name}>", self.name)),
        }
    }

    /// Its child of this name.
    pub(crate) fn child(&self, name: &str) -> Result<&Self, String> {
        let mut children = self.children.iter();
        children
            .find(|child| child.name == name)
            .ok_or_else(|| format!("<{}> has no <{name}>", self.name))
    }
}
