//! XML taken apart without insisting on anything: tags that do not match, bare ampersands, a file that is cut off.
//!
//! Feeds and sitemaps of real sites are often not well-formed; a strict parser reads nothing of them.

/// A piece of XML. Names are as written, with their prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag.
    Start {
        /// Its name.
        name: &'a str,
        /// What stands behind the name.
        attributes: &'a str,
        /// Whether it ends itself.
        empty: bool,
        /// Where its content begins.
        content_at: usize,
    },
    /// An end tag.
    End {
        /// Its name.
        name: &'a str,
        /// Where it begins.
        at: usize,
    },
    /// Characters between tags, references not resolved.
    Text(&'a str),
    /// A CDATA section.
    Data(&'a str),
}

/// The tokens of a text, in order. Comments, declarations and instructions are left out.
pub(crate) fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// Iterator over tokens.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = &self.text[self.at..];
            if rest.is_empty() {
                return None;
            }
            if !rest.starts_with('<') {
                let length = rest.find('<').unwrap_or(rest.len());
                self.at += length;
                return Some(Token::Text(&rest[..length]));
            }
            if let Some(data) = rest.strip_prefix("<![CDATA[") {
                let length = data.find("]]>").unwrap_or(data.len());
                self.at += ("<![CDATA[".len() + length + "]]>".len()).min(rest.len());
                return Some(Token::Data(&data[..length]));
            }
            if rest.starts_with("<!--") {
                self.at += rest.find("-->").map_or(rest.len(), |end| end + "-->".len());
            } else if rest.starts_with("<?") || rest.starts_with("<!") {
                self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
            } else if let Some(token) = self.tag(rest) {
                return Some(token);
            } else {
                // A bare `<`: text up to the next one.
                let length = rest[1..].find('<').map_or(rest.len(), |next| next + 1);
                self.at += length;
                return Some(Token::Text(&rest[..length]));
            }
        }
    }
}

impl<'a> Tokens<'a> {
    fn tag(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let start = self.at;
        let closing = rest.starts_with("</");
        let body = &rest[if closing { 2 } else { 1 }..];
        if !body.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        // A tag that is not ended before the next begins was cut.
        let end = body.find(['>', '<']).unwrap_or(body.len());
        let ended = body[end..].starts_with('>');
        self.at += rest.len() - body.len() + end + usize::from(ended);
        let inner = &body[..end];
        let name_end = inner.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inner.len());
        let name = &inner[..name_end];
        if closing {
            return Some(Token::End { name, at: start });
        }
        let empty = inner.ends_with('/');
        Some(Token::Start { name, attributes: inner[name_end..].trim_end_matches('/'), empty, content_at: self.at })
    }
}

/// Attributes of a start tag in order, references of the values resolved.
pub(crate) fn attributes(text: &str) -> impl Iterator<Item = (&str, String)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let equals = rest.find('=')?;
        let key = rest[..equals].trim().rsplit(char::is_whitespace).next().unwrap_or_default();
        let value = rest[equals + 1..].trim_start();
        let mark = value.chars().next()?;
        let (found, after) = if mark == '"' || mark == '\'' {
            let inner = &value[1..];
            let end = inner.find(mark).unwrap_or(inner.len());
            (&inner[..end], inner.get(end + 1..).unwrap_or_default())
        } else {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            (&value[..end], &value[end..])
        };
        rest = after;
        Some((key, unescape(found)))
    })
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Character references resolved once; one that is unknown stays as it is.
pub(crate) fn unescape(text: &str) -> String {
    /// No reference of the few that feeds use is longer.
    const LONGEST: usize = 12;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, reference(&rest[1..end])?))) {
            Some((end, c)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    let named = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            return char::from_u32(code);
        }
    };
    Some(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ill_formed_text_is_taken_apart() {
        let text = "<?xml version=\"1.0\"?><!-- c --><a x='1' y=\"&amp;\">t &amp; u<b/><![CDATA[<raw>]]></a><![CD";
        let found: Vec<Token<'_>> = tokens(text).collect();
        assert_eq!(
            found[0],
            Token::Start { name: "a", attributes: " x='1' y=\"&amp;\"", empty: false, content_at: 50 }
        );
        assert_eq!(found[1], Token::Text("t &amp; u"));
        assert!(matches!(found[2], Token::Start { name: "b", empty: true, .. }));
        assert_eq!(found[3], Token::Data("<raw>"));
        assert!(matches!(found[4], Token::End { name: "a", .. }));
        let found: Vec<(&str, String)> = attributes(" x='1' y=\"&amp;\"").collect();
        assert_eq!(found, [("x", "1".to_owned()), ("y", "&".to_owned())]);
    }

    #[test]
    fn references_are_resolved_once() {
        for (text, expected) in
            [("a &amp;lt; b", "a &lt; b"), ("&#8211;&#x2013;", "––"), ("a&b=2;c", "a&b=2;c"), ("& &;", "& &;")]
        {
            assert_eq!(unescape(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_to_an_end(text in "[<>/a!\\[\\]CDAT?&;='\" \u{4e00}-]{0,120}") {
            prop_assert!(tokens(&text).count() <= text.len() + 1);
            prop_assert!(attributes(&text).count() <= text.len());
        }
    }
}
