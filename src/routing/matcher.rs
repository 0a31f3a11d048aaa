//! One condition on a label: `area="TW"`, `priority=~"high|normal"`, `source!=ptt`, as Alertmanager writes them.

use std::str::FromStr;

use regex::Regex;

use super::Labels;

/// A condition on one label. A label that an alert has not is empty.
#[derive(Debug, Clone)]
pub struct Matcher {
    text: String,
    label: String,
    test: Test,
    /// Whether the test must fail.
    negated: bool,
}

#[derive(Debug, Clone)]
enum Test {
    Equal(String),
    /// The whole value.
    Pattern(Regex),
}

impl Matcher {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label).map_or("", String::as_str);
        let met = match &self.test {
            Test::Equal(expected) => value == expected,
            Test::Pattern(pattern) => pattern.is_match(value),
        };
        met != self.negated
    }

    /// The label that it asks for.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Matcher {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            format!("`{text}` is no matcher; write one like area=\"TW\", source!=\"ptt\" or priority=~\"high|normal\"")
        };
        let at = text.find(['=', '!']).ok_or_else(refused)?;
        let (label, rest) = (text[..at].trim(), &text[at..]);
        let (negated, pattern, value) =
            [("=~", false, true), ("!~", true, true), ("!=", true, false), ("=", false, false)]
                .into_iter()
                .find_map(|(sign, negated, pattern)| Some((negated, pattern, rest.strip_prefix(sign)?)))
                .ok_or_else(refused)?;
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = match bare {
            Some(bare) => bare.replace("\\\"", "\""),
            None if value.contains('"') => return Err(refused()),
            None => value.to_owned(),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if label.is_empty() || !label.chars().all(is_name) {
            return Err(refused());
        }
        let test = if pattern {
            let whole = Regex::new(&format!("^(?:{value})$"));
            Test::Pattern(whole.map_err(|_| format!("`{value}` in `{text}` is no regular expression"))?)
        } else {
            Test::Equal(value)
        };
        Ok(Self { text: text.to_owned(), label: label.to_owned(), test, negated })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_those_of_alertmanager() {
        let labels: Labels = [("area".to_owned(), "TW".to_owned())].into();
        for (text, holds) in [
            ("area=TW", true),
            ("area = \"TW\"", true),
            ("area!=\"TW\"", false),
            ("area=~\"T|TW\"", true),
            ("area=~\"T\"", false),
            ("area!~\"C.*\"", true),
            ("item=\"\"", true),
            ("item!=\"\"", false),
        ] {
            assert_eq!(text.parse::<Matcher>().expect(text).holds(&labels), holds, "{text}");
        }
        for text in ["", "area", "=TW", "area=\"TW", "area=~\"(\"", "a b=c", "area<TW"] {
            assert!(text.parse::<Matcher>().is_err(), "{text}");
        }
    }
}
