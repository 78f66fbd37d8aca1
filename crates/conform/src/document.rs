//! Parses an XML response into elements.

use trivium_front::xml::{Markup, Problem, Reader, is_blank};

/// An element.
#[derive(Clone, Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// Parses a document into its root element.
pub(crate) fn parse(text: &str) -> Result<Element, String> {
    root(text)
        .map_err(|problem| problem.message().into_owned())?
        .ok_or_else(|| "it has no element".to_owned())
}

fn root(text: &str) -> Result<Option<Element>, Problem> {
    let mut reader = Reader::new(text)?;
    let mut open = vec![Element::default()];
    loop {
        let (text, markup) = reader.step()?;
        // White space counts only in an element without children.
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
                let closed = open.pop();
                if let (Some(element), Some(parent)) = (closed, open.last_mut()) {
                    parent.children.push(element);
                }
            }
            Markup::Eof => return Ok(open.pop().and_then(|mut root| root.children.pop())),
        }
    }
}

impl Element {
    /// Its only child, which must have this name.
    pub(crate) fn only_child(&self, name: &str) -> Result<&Self, String> {
        match self.children.as_slice() {
            [child] if child.name == name => Ok(child),
            _ => Err(format!(
                "<{}> does not contain exactly one <{name}>",
                self.name
            )),
        }
    }

    /// Its first child of this name.
    pub(crate) fn child(&self, name: &str) -> Result<&Self, String> {
        let mut children = self.children.iter();
        children
            .find(|child| child.name == name)
            .ok_or_else(|| format!("<{}> has no <{name}>", self.name))
    }
}
