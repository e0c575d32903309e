//! Which URLs a style sheet names (<https://www.w3.org/TR/css-syntax-3/>, as far as URLs need it).

/// A URL in a style, as written (perhaps relative), unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CssUrl {
    pub url: String,
    /// Of an `@import`: another style sheet.
    pub import: bool,
}

/// All URLs in a style sheet or a declaration, in order.
pub(super) fn urls(css: &str) -> Vec<CssUrl> {
    Scanner { rest: css, import: false, functions: Vec::new(), found: Vec::new() }.scan()
}

struct Scanner<'a> {
    rest: &'a str,
    /// Between `@import` and its semicolon, before its URL.
    import: bool,
    /// Of the open parentheses, those in which a string is a URL.
    functions: Vec<bool>,
    found: Vec<CssUrl>,
}

impl Scanner<'_> {
    fn scan(mut self) -> Vec<CssUrl> {
        while let Some(first) = self.rest.chars().next() {
            match first {
                '/' if self.rest.starts_with("/*") => {
                    self.rest = self.rest[2..].find("*/").map_or("", |end| &self.rest[end + 4..]);
                }
                '"' | '\'' => {
                    let text = self.string(first);
                    if self.import || self.functions.last() == Some(&true) {
                        self.add(&text);
                    }
                }
                '(' => {
                    self.functions.push(false);
                    self.rest = &self.rest[1..];
                }
                ')' => {
                    self.functions.pop();
                    self.rest = &self.rest[1..];
                }
                ';' | '{' | '}' => {
                    self.import = false;
                    self.rest = &self.rest[1..];
                }
                '@' => {
                    self.rest = &self.rest[1..];
                    self.import = self.word().eq_ignore_ascii_case("import");
                }
                first if is_name(first) => self.named(),
                first => self.rest = &self.rest[first.len_utf8()..],
            }
        }
        self.found
    }

    /// A name, and the parenthesis behind it if it is a function.
    fn named(&mut self) {
        let name = self.word().to_ascii_lowercase();
        if !self.rest.starts_with('(') {
            return;
        }
        self.rest = &self.rest[1..];
        if name != "url" && name != "src" {
            self.functions.push(name == "image-set" || name == "-webkit-image-set");
            return;
        }
        self.rest = self.rest.trim_start();
        if let Some(quote @ ('"' | '\'')) = self.rest.chars().next() {
            let text = self.string(quote);
            self.add(&text);
            self.rest = self.rest.find(')').map_or("", |end| &self.rest[end + 1..]);
        } else {
            let text = self.until(|char| char == ')');
            self.add(&text);
        }
    }

    fn word(&mut self) -> String {
        let end = self.rest.find(|char| !is_name(char)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn string(&mut self, quote: char) -> String {
        self.rest = &self.rest[1..];
        self.until(|char| char == quote)
    }

    /// Unescaped text up to what ends it, which is passed over.
    fn until(&mut self, ends: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().peekable();
        while let Some((at, char)) = chars.next() {
            if ends(char) {
                self.rest = &self.rest[at + char.len_utf8()..];
                return text;
            }
            if char != '\\' {
                text.push(char);
                continue;
            }
            let mut code = 0;
            let mut digits = 0;
            while let Some(digit) = chars.peek().and_then(|(_, char)| char.to_digit(16)).filter(|_| digits < 6) {
                (code, digits) = (code * 16 + digit, digits + 1);
                chars.next();
            }
            if digits > 0 {
                text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                chars.next_if(|(_, char)| char.is_ascii_whitespace());
            } else if let Some((_, escaped)) = chars.next() {
                // An escaped line break in a string is none.
                text.extend(Some(escaped).filter(|escaped| *escaped != '\n'));
            }
        }
        self.rest = "";
        text
    }

    fn add(&mut self, url: &str) {
        let url = url.trim().to_owned();
        if !url.is_empty() && !url.starts_with('#') {
            self.found.push(CssUrl { url, import: self.import });
        }
        self.import = false;
    }
}

fn is_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '-' || char == '_' || !char.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(css: &str) -> Vec<String> {
        urls(css).into_iter().map(|found| format!("{}{}", if found.import { "@" } else { "" }, found.url)).collect()
    }

    #[test]
    fn urls_are_found_in_every_way_of_writing_them() {
        let css = r#"
            @import "a.css"; @import url(b.css) screen and (min-width: 1px); @IMPORT URL( 'c.css' );
            @font-face { font-family: "url(no)"; src: url("f.woff2") format("woff2"), url(g.woff) }
            /* url(no) */ .x { background: URL( d.png ) , url('e\'\29 .png'); content: "@import 'no'" }
            .y { background: -webkit-image-set("h.png" 1x type("image/png"), url(i.png) 2x); mask: url(#local) }
            .z { background: url(data:image/png;base64,AA==) }"#;
        let expected = [
            "@a.css",
            "@b.css",
            "@c.css",
            "f.woff2",
            "g.woff",
            "d.png",
            "e').png",
            "h.png",
            "i.png",
            "data:image/png;base64,AA==",
        ];
        assert_eq!(plain(css), expected);
    }

    #[test]
    fn what_is_cut_off_or_garbage_ends() {
        assert_eq!(plain("a { background: url(x.png"), ["x.png"]);
        assert_eq!(plain("@import 'x"), ["@x"]);
        assert_eq!(plain("/* never closed url(x)"), [""; 0]);
        assert_eq!(plain("ü\\ )))((( url("), [""; 0]);
        assert_eq!(plain("url(\\"), [""; 0]);
    }
}
