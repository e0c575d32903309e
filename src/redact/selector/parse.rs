//! Reads selectors.

use cssparser::{BasicParseErrorKind, ParseError, ParseErrorKind, Parser, Token};

use super::SelectorError;
use super::attribute::VALUES_IGNORE_CASE;
use super::syntax::{AttributeTest, Combinator, Complex, Compound, Operator, Step, Test, ValueTest};

pub(super) type Failure = ParseError<SelectorError>;

/// As many parts may be in one text: matching recurses over them.
const MOST_PARTS: u32 = 1_000;
/// As deep may `:not(:is(…))` be nested.
const DEEPEST: u8 = 24;

/// The selectors of a text, and the attributes that they look at.
pub(super) fn read(text: &str) -> Result<(Vec<Complex>, Vec<String>), SelectorError> {
    let (selectors, mut attributes) = read_up_to(text, MOST_PARTS)?;
    // Style sheets close at their end what is open there. In a rule it is a slip, and would swallow what is put behind it.
    let followed = read_up_to(&format!("{text},a"), MOST_PARTS + 1);
    if !followed.is_ok_and(|(followed, _)| followed.len() == selectors.len() + 1) {
        return Err(SelectorError {
            offset: text.len(),
            message: "a bracket, quote, comment or escape is still open at the end".to_owned(),
        });
    }
    attributes.sort();
    attributes.dedup();
    Ok((selectors, attributes))
}

fn read_up_to(text: &str, most: u32) -> Result<(Vec<Complex>, Vec<String>), SelectorError> {
    let mut reader = Reader { text, most, parts: 0, attributes: Vec::new(), in_has: false };
    let mut input = Parser::new(text);
    input.set_nested_block_limit(DEEPEST);
    let selectors = reader.list(&mut input, false).map_err(|error| told(error, 0))?;
    Ok((selectors, reader.attributes))
}

/// An error with its place. What `cssparser` says itself has none.
fn told(error: Failure, offset: usize) -> SelectorError {
    match error.kind {
        ParseErrorKind::Custom(error) => error,
        ParseErrorKind::Basic(BasicParseErrorKind::TooManyNestedBlocks) => {
            SelectorError { offset, message: format!("this is nested more than {DEEPEST} levels deep") }
        }
        ParseErrorKind::Basic(kind) => SelectorError { offset, message: kind.to_string() },
    }
}

pub(super) fn fail(offset: usize, message: impl Into<String>) -> Failure {
    ParseError::custom(SelectorError { offset, message: message.into() })
}

pub(super) struct Reader<'i> {
    text: &'i str,
    /// As many parts may it have.
    most: u32,
    /// Numbers given so far.
    parts: u32,
    attributes: Vec<String>,
    pub(super) in_has: bool,
}

impl<'i> Reader<'i> {
    /// Selectors up to the end of the text or block. `relative`: as in `:has()`, where they may begin with a combinator.
    pub(super) fn list(&mut self, input: &mut Parser<'i>, relative: bool) -> Result<Vec<Complex>, Failure> {
        let mut list = Vec::new();
        loop {
            list.push(self.complex(input, relative)?);
            let start = place(input);
            match input.next() {
                Err(_) => return Ok(list),
                Ok(Token::Comma) => {}
                Ok(_) => return Err(self.unexpected(input, start)),
            }
        }
    }

    /// What stands in a block that was just opened at `start`.
    pub(super) fn block<T>(
        &mut self,
        input: &mut Parser<'i>,
        start: usize,
        read: impl FnOnce(&mut Self, &mut Parser<'i>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let read = |input: &mut Parser<'i>| {
            let value = read(self, input)?;
            input.skip_whitespace();
            let rest = place(input);
            if input.is_exhausted() { Ok(value) } else { Err(fail(rest, "the block should end here")) }
        };
        input.parse_nested_block(read).map_err(|error| ParseError::custom(told(error, start)))
    }

    pub(super) fn part(&mut self) -> u32 {
        self.parts += 1;
        self.parts
    }

    /// Notes that the selector looks at an attribute.
    pub(super) fn looks_at(&mut self, attribute: &str) {
        self.attributes.push(attribute.to_ascii_lowercase());
    }

    fn complex(&mut self, input: &mut Parser<'i>, relative: bool) -> Result<Complex, Failure> {
        let (mut first, mut steps) = (Compound::new(), Vec::new());
        input.skip_whitespace();
        let mut joined = relative.then(|| combinator(input).unwrap_or(Combinator::Descendant));
        loop {
            let start = place(input);
            let Some(compound) = self.compound(input)? else {
                return Err(self.missing(input, start, joined.is_some()));
            };
            let part = self.part();
            if part > self.most {
                return Err(fail(start, format!("a selector can have up to {MOST_PARTS} parts, and this has more")));
            }
            match joined {
                None => first = compound,
                Some(combinator) => steps.push(Step { combinator, compound, part }),
            }
            joined = combinator(input);
            if joined.is_none() {
                return Ok(Complex { first, steps });
            }
        }
    }

    /// Tests up to what is none; `None` if there is not one.
    fn compound(&mut self, input: &mut Parser<'i>) -> Result<Option<Compound>, Failure> {
        let mut tests = Compound::new();
        let mut any = false;
        loop {
            let before = input.state();
            let start = place(input);
            let Ok(token) = input.next_including_whitespace().cloned() else { break };
            match token {
                Token::Ident(name) if !any => {
                    if is_next(input, '|') {
                        return Err(fail(start, format!("namespaces are not known here: leave out `{name}|`")));
                    }
                    tests.push(Test::Tag(name.to_ascii_lowercase()));
                }
                Token::Delim('*') if !any => {
                    if is_next(input, '|') {
                        continue;
                    }
                }
                Token::Delim('|') => {
                    return Err(fail(start, "namespaces are not known here: leave out the `|`"));
                }
                Token::IDHash(id) => {
                    self.looks_at("id");
                    tests.push(Test::Id(id.as_ref().to_owned()));
                }
                Token::Hash(id) => {
                    return Err(fail(
                        start,
                        format!("an id in a selector cannot begin with a digit: write `[id=\"{id}\"]`"),
                    ));
                }
                Token::Delim('.') => tests.push(self.class(input, start)?),
                Token::Number { .. } | Token::Dimension { .. } | Token::Percentage { .. }
                    if self.text.get(start..).is_some_and(|rest| rest.starts_with('.')) =>
                {
                    return Err(fail(start, "a class in a selector cannot begin with a digit: write `[class~=\"…\"]`"));
                }
                Token::SquareBracketBlock => {
                    let attribute = self.block(input, start, Self::attribute)?;
                    tests.push(Test::Attribute(attribute));
                }
                Token::Colon => tests.push(self.pseudo(input, start)?),
                _ => {
                    input.reset(&before);
                    break;
                }
            }
            any = true;
        }
        Ok(any.then_some(tests))
    }

    fn class(&mut self, input: &mut Parser<'i>, start: usize) -> Result<Test, Failure> {
        let Ok(Token::Ident(class)) = input.next_including_whitespace() else {
            return Err(fail(start, "the name of a class is missing after the dot"));
        };
        let class = class.as_ref().to_owned();
        self.looks_at("class");
        Ok(Test::Class(class))
    }

    fn attribute(&mut self, input: &mut Parser<'i>) -> Result<AttributeTest, Failure> {
        input.skip_whitespace();
        let start = place(input);
        let any_prefix = input.try_parse(|input| input.expect_delim('*')).is_ok();
        let prefixed = is_next(input, '|');
        let name = match input.next() {
            Ok(Token::Ident(name)) => name.as_ref().to_owned(),
            _ => return Err(fail(start, "the name of an attribute is missing after `[`")),
        };
        if any_prefix != prefixed || is_next(input, '|') {
            return Err(fail(start, format!("namespaces are not known here: write `*|{name}` or only a name")));
        }
        self.looks_at(&name);
        let value = Self::value(input, &name)?;
        Ok(AttributeTest { name, any_prefix, value })
    }

    fn value(input: &mut Parser<'i>, name: &str) -> Result<Option<ValueTest>, Failure> {
        input.skip_whitespace();
        let start = place(input);
        let operator = match input.next() {
            Err(_) => return Ok(None),
            Ok(Token::Delim('=')) => Operator::Equals,
            Ok(Token::IncludeMatch) => Operator::Word,
            Ok(Token::DashMatch) => Operator::Dash,
            Ok(Token::PrefixMatch) => Operator::Prefix,
            Ok(Token::SuffixMatch) => Operator::Suffix,
            Ok(Token::SubstringMatch) => Operator::Contains,
            Ok(_) => return Err(fail(start, "one of `=`, `~=`, `|=`, `^=`, `$=`, `*=` or `]` should follow the name")),
        };
        input.skip_whitespace();
        let start = place(input);
        let value = match input.next() {
            Ok(Token::Ident(value) | Token::QuotedString(value)) => value.as_ref().to_owned(),
            Ok(_) => return Err(fail(start, "a value that is no plain word has to stand in quotes")),
            Err(_) => return Err(fail(start, "a value is missing here")),
        };
        input.skip_whitespace();
        let start = place(input);
        let ignore_case = match input.next() {
            Err(_) => VALUES_IGNORE_CASE.iter().any(|known| known.eq_ignore_ascii_case(name)),
            Ok(Token::Ident(flag)) if flag.eq_ignore_ascii_case("i") => true,
            Ok(Token::Ident(flag)) if flag.eq_ignore_ascii_case("s") => false,
            Ok(_) => return Err(fail(start, "only `i`, `s` or `]` can follow the value")),
        };
        Ok(Some(ValueTest { operator, value, ignore_case }))
    }

    /// No test stands at `start`.
    fn missing(&self, input: &mut Parser<'i>, start: usize, joined: bool) -> Failure {
        match input.next() {
            Err(_) if joined => fail(start, "an element is missing after the combinator"),
            Err(_) => fail(start, "a selector is missing here: an empty one selects nothing"),
            Ok(Token::Comma) => fail(start, "a selector is missing before the comma"),
            Ok(Token::Delim(sign @ ('>' | '+' | '~'))) => fail(start, format!("an element is missing before `{sign}`")),
            Ok(Token::Delim('&')) => fail(start, "`&` stands for nothing here: there is no rule around this one"),
            Ok(_) => self.unexpected(input, start),
        }
    }

    /// The token before where `input` is, which began at `start`, does not belong there.
    fn unexpected(&self, input: &Parser<'i>, start: usize) -> Failure {
        let token = self.text.get(start..input.position().byte_index()).unwrap_or_default();
        fail(start, format!("`{token}` cannot stand here in a selector"))
    }
}

/// Where the next token begins that is no space; at a space, where that begins.
pub(super) fn place(input: &Parser<'_>) -> usize {
    input.position().byte_index()
}

/// Takes a sign if it comes next.
fn is_next(input: &mut Parser<'_>, sign: char) -> bool {
    let before = input.state();
    let found = matches!(input.next_including_whitespace(), Ok(Token::Delim(next)) if *next == sign);
    if !found {
        input.reset(&before);
    }
    found
}

/// The combinator that comes next, with the spaces around it. Spaces are one if an element follows.
fn combinator(input: &mut Parser<'_>) -> Option<Combinator> {
    let start = place(input);
    input.skip_whitespace();
    let spaces = place(input) > start;
    let before = input.state();
    let combinator = match input.next() {
        Ok(Token::Delim('>')) => Combinator::Child,
        Ok(Token::Delim('+')) => Combinator::NextSibling,
        Ok(Token::Delim('~')) => Combinator::LaterSibling,
        Ok(Token::Comma) | Err(_) => {
            input.reset(&before);
            return None;
        }
        Ok(_) => {
            input.reset(&before);
            return spaces.then_some(Combinator::Descendant);
        }
    };
    input.skip_whitespace();
    Some(combinator)
}
