//! The nodes that wireframes become, and what is remembered of them once the page has them.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::picture::Picture;

/// A node to be built.
#[derive(Debug, Clone)]
pub(super) enum Node<'a> {
    Element(Element<'a>),
    Text(Cow<'a, str>),
}

/// An element to be built.
#[derive(Debug, Clone)]
pub(super) struct Element<'a> {
    pub(super) tag: &'static str,
    pub(super) is_svg: bool,
    pub(super) attributes: Vec<(&'static str, Value<'a>)>,
    pub(super) content: Vec<Node<'a>>,
}

/// An attribute's value. A picture is put together only when it is written, so that its megabytes are copied once.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Picture(Picture<'a>),
}

impl<'a> Element<'a> {
    /// An element of HTML with a class of the page's own style sheet.
    pub(super) fn new(tag: &'static str, class: &'static str) -> Self {
        Self { tag, is_svg: false, attributes: Vec::new(), content: Vec::new() }.with("class", class)
    }

    /// An element of SVG.
    pub(super) fn svg(tag: &'static str) -> Self {
        Self { tag, is_svg: true, attributes: Vec::new(), content: Vec::new() }
    }

    /// With an attribute; an empty text is none.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.attributes.push((name, Value::Text(value)));
        }
        self
    }

    pub(super) fn showing(mut self, picture: Picture<'a>) -> Self {
        self.attributes.push(("src", Value::Picture(picture)));
        self
    }

    pub(super) fn holding(mut self, child: impl Into<Node<'a>>) -> Self {
        self.content.push(child.into());
        self
    }

    pub(super) fn holding_some(self, child: Option<impl Into<Node<'a>>>) -> Self {
        match child {
            Some(child) => self.holding(child),
            None => self,
        }
    }
}

impl<'a> From<Element<'a>> for Node<'a> {
    fn from(element: Element<'a>) -> Self {
        Self::Element(element)
    }
}

/// What is remembered of a node that stands in the page: enough to tell what a new version of it changes, not the pictures themselves.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) id: u64,
    /// `None` for text.
    pub(super) tag: Option<&'static str>,
    /// Of a text: its characters, under no name.
    pub(super) values: Vec<(&'static str, u64)>,
    pub(super) content: Vec<Kept>,
}

impl Kept {
    /// Whether `node` can take its place by changes of attributes and texts alone.
    pub(super) fn fits(&self, element: &Element<'_>) -> bool {
        self.tag == Some(element.tag)
            && self.content.len() == element.content.len()
            && self.content.iter().zip(&element.content).all(|(kept, node)| match node {
                Node::Element(element) => kept.fits(element),
                Node::Text(_) => kept.tag.is_none(),
            })
    }
}

impl Value<'_> {
    pub(super) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self {
            Self::Text(text) => text.hash(&mut hasher),
            Self::Picture(picture) => (picture.media, &picture.base64).hash(&mut hasher),
        }
        hasher.finish()
    }
}

/// The digest of a text node's characters.
pub(super) fn text_digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
