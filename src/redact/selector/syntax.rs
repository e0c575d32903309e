//! What a selector is made of.

/// Tests of one element: `a.b[c]`. No test: any element.
pub(super) type Compound = Vec<Test>;

/// Compounds joined by combinators: `a > b c`. Behind `:has(`, the first one is the element that has it, without a test.
#[derive(Debug)]
pub(super) struct Complex {
    pub(super) first: Compound,
    pub(super) steps: Vec<Step>,
}

/// A compound with what joins it to the one before.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) combinator: Combinator,
    pub(super) compound: Compound,
    /// Its own number within the selector.
    pub(super) part: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combinator {
    Descendant,
    Child,
    NextSibling,
    LaterSibling,
}

#[derive(Debug)]
pub(super) enum Test {
    /// In lower case.
    Tag(String),
    Id(String),
    Class(String),
    Attribute(AttributeTest),
    Root,
    Empty,
    Nth(Nth),
    /// `:is()` and `:where()`.
    Any(Vec<Complex>),
    Not(Vec<Complex>),
    Has(Vec<Complex>),
    Checked,
    Disabled {
        part: u32,
    },
    Enabled {
        part: u32,
    },
    Required,
    Optional,
    Link,
    Host,
    Lang {
        ranges: Vec<String>,
        part: u32,
    },
}

/// `[name operator value]`.
#[derive(Debug)]
pub(super) struct AttributeTest {
    pub(super) name: String,
    /// `*|name`: also behind a prefix.
    pub(super) any_prefix: bool,
    pub(super) value: Option<ValueTest>,
}

#[derive(Debug)]
pub(super) struct ValueTest {
    pub(super) operator: Operator,
    pub(super) value: String,
    pub(super) ignore_case: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Operator {
    Equals,
    /// `~=`
    Word,
    /// `|=`
    Dash,
    Prefix,
    Suffix,
    Contains,
}

/// The element's number among those beside it is `step` times n and `offset`.
#[derive(Debug)]
pub(super) struct Nth {
    pub(super) step: i64,
    pub(super) offset: i64,
    pub(super) from_end: bool,
    pub(super) among: Among,
    pub(super) part: u32,
}

/// Which elements are counted.
#[derive(Debug)]
pub(super) enum Among {
    All,
    SameTag,
    Selected(Vec<Complex>),
}
