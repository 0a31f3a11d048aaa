//! Selectors that are asked of every element of a page: most say no by the name or one attribute of the element.
//!
//! The general matcher of `scraper` takes some hundred nanoseconds an element and is asked dozens of times; here it
//! answers only for elements that the last part of a selector does not rule out, and not at all where that part is all.

use aho_corasick::AhoCorasick;
use scraper::selector::CssLocalName;
use scraper::{ElementRef, Html, Selector};

use crate::hash::QuickMap;

/// A list of selectors.
#[derive(Debug)]
pub(crate) struct Css {
    /// As written.
    text: String,
    whole: Selector,
    tagged: Vec<Tagged>,
    by_attribute: Vec<Group>,
    /// Whether a part was not understood, so that the general matcher is always asked.
    open: bool,
}

/// A selector whose last part names an element.
#[derive(Debug)]
struct Tagged {
    tag: CssLocalName,
    test: Option<Test>,
    /// The selector itself, where the last part is not all of it.
    rest: Option<Selector>,
}

/// What a test that holds proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// The selector matches.
    Sure,
    /// The selector may match.
    Possible,
}

/// Tests of one attribute of elements of any name.
#[derive(Debug)]
struct Group {
    attribute: CssLocalName,
    contains: Option<AhoCorasick>,
    contains_in_any_case: Option<AhoCorasick>,
    /// What a word of the value proves, and what the whole value does.
    words: QuickMap<String, Certainty>,
    values: QuickMap<String, Certainty>,
    others: Vec<(Operation, Certainty)>,
}

/// A test of one attribute.
#[derive(Debug, Clone)]
struct Test {
    attribute: CssLocalName,
    operation: Operation,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operation {
    Exists,
    Equals(String),
    /// One of the words of the attribute.
    Word(String),
    Contains(String),
    ContainsInAnyCase(String),
}

impl Css {
    /// Reads a list of selectors.
    pub(crate) fn parse(css: &str) -> Result<Self, String> {
        let whole = Selector::parse(css).map_err(|error| format!("`{css}` is no selector: {error}"))?;
        let mut read = Self { text: css.to_owned(), whole, tagged: Vec::new(), by_attribute: Vec::new(), open: false };
        let mut tests: Vec<(Test, Certainty)> = Vec::new();
        for part in split(css, |c| c == ',') {
            match last_compound(&part) {
                Some((Some(tag), test, certainty)) => {
                    let rest = (certainty == Certainty::Possible).then(|| Selector::parse(&part)).transpose();
                    let rest = rest.map_err(|error| format!("`{part}` is no selector: {error}"))?;
                    read.tagged.push(Tagged { tag: tag.as_str().into(), test, rest });
                }
                Some((None, Some(test), certainty)) => tests.push((test, certainty)),
                _ => read.open = true,
            }
        }
        for (test, certainty) in tests {
            let known = read.by_attribute.iter().position(|group| group.attribute == test.attribute);
            let at = known.unwrap_or(read.by_attribute.len());
            if known.is_none() {
                read.by_attribute.push(Group::new(test.attribute));
            }
            read.by_attribute[at].others.push((test.operation, certainty));
        }
        read.by_attribute.iter_mut().for_each(Group::compile);
        Ok(read)
    }

    /// All selectors of several lists in one.
    pub(crate) fn joined<'a>(lists: impl Iterator<Item = &'a Self>) -> Result<Self, String> {
        Self::parse(&lists.map(|list| list.text.as_str()).collect::<Vec<_>>().join(", "))
    }

    /// Whether the element is one of these.
    pub(crate) fn matches(&self, element: ElementRef<'_>) -> bool {
        match self.ask(element) {
            Some(Certainty::Sure) => true,
            Some(Certainty::Possible) => self.whole.matches(&element),
            None => self.open && self.whole.matches(&element),
        }
    }

    /// All such elements of a page, as [`Html::select`] gives them.
    pub(crate) fn select<'a>(&self, html: &'a Html) -> impl Iterator<Item = ElementRef<'a>> {
        let elements = html.tree.nodes().filter_map(ElementRef::wrap);
        elements.filter(|element| self.matches(*element) && element.parent().is_some())
    }

    fn ask(&self, element: ElementRef<'_>) -> Option<Certainty> {
        let value = element.value();
        let mut answer = None;
        let attribute = |name: &CssLocalName| {
            value.attrs.iter().find(|(key, _)| key.ns.is_empty() && key.local == name.0).map(|(_, value)| &**value)
        };
        for tagged in self.tagged.iter().filter(|tagged| tagged.tag.0 == value.name.local) {
            let holds = |test: &Test| attribute(&test.attribute).is_some_and(|value| test.operation.holds(value));
            let is_all = |rest: &Selector| rest.matches(&element);
            if tagged.test.as_ref().is_none_or(holds) && tagged.rest.as_ref().is_none_or(is_all) {
                return Some(Certainty::Sure);
            }
        }
        for (key, value) in value.attrs.iter().filter(|_| !self.by_attribute.is_empty()) {
            let groups = self.by_attribute.iter();
            for group in groups.filter(|group| key.ns.is_empty() && key.local == group.attribute.0) {
                match group.ask(value) {
                    Some(Certainty::Sure) => return Some(Certainty::Sure),
                    Some(Certainty::Possible) => answer = Some(Certainty::Possible),
                    None => {}
                }
            }
        }
        answer
    }
}

impl Group {
    fn new(attribute: CssLocalName) -> Self {
        Self {
            attribute,
            contains: None,
            contains_in_any_case: None,
            words: QuickMap::default(),
            values: QuickMap::default(),
            others: Vec::new(),
        }
    }

    /// Puts all sure tests for a part of the value into one automaton, and those for words and whole values into tables.
    fn compile(&mut self) {
        let (mut exact, mut any_case) = (Vec::new(), Vec::new());
        let add = |table: &mut QuickMap<String, Certainty>, word: &String, certainty: Certainty| {
            let known = table.entry(word.clone()).or_insert(certainty);
            *known = known.or(certainty);
        };
        self.others.retain(|(operation, certainty)| match operation {
            Operation::Word(word) => {
                add(&mut self.words, word, *certainty);
                false
            }
            Operation::Equals(value) => {
                add(&mut self.values, value, *certainty);
                false
            }
            Operation::Contains(part) if *certainty == Certainty::Sure => {
                exact.push(part.clone());
                false
            }
            Operation::ContainsInAnyCase(part) if *certainty == Certainty::Sure => {
                any_case.push(part.clone());
                false
            }
            _ => true,
        });
        let automaton = |parts: Vec<String>, any_case: bool| {
            let built = AhoCorasick::builder().ascii_case_insensitive(any_case).build(&parts);
            (!parts.is_empty()).then(|| built.expect("a few short parts make an automaton"))
        };
        self.contains = automaton(exact, false);
        self.contains_in_any_case = automaton(any_case, true);
    }

    fn ask(&self, value: &str) -> Option<Certainty> {
        let has = |parts: &Option<AhoCorasick>| parts.as_ref().is_some_and(|parts| parts.is_match(value));
        if has(&self.contains) || has(&self.contains_in_any_case) {
            return Some(Certainty::Sure);
        }
        let holding = self.others.iter().filter(|(operation, _)| operation.holds(value));
        let whole = (!self.values.is_empty()).then(|| self.values.get(value)).flatten();
        let words = words(value).filter(|_| !self.words.is_empty()).filter_map(|word| self.words.get(word));
        let all = holding.map(|(_, certainty)| certainty).chain(whole).chain(words);
        all.copied().reduce(Certainty::or)
    }
}

impl Certainty {
    /// What two tests of which one would do prove together.
    fn or(self, other: Self) -> Self {
        if self == Self::Sure { self } else { other }
    }
}

/// The words of an attribute, as CSS parts them.
fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split([' ', '\t', '\n', '\r', '\u{c}'])
}

impl Operation {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Exists => true,
            Self::Equals(wanted) => value == wanted,
            Self::Word(wanted) => words(value).any(|word| word == wanted),
            Self::Contains(part) => value.contains(part.as_str()),
            Self::ContainsInAnyCase(part) => value.to_ascii_lowercase().contains(&part.to_ascii_lowercase()),
        }
    }
}

/// Attributes whose values the HTML standard lets selectors compare without regard to case are left to the general
/// matcher; of these it is certain that they are compared as written.
const EXACT_ATTRIBUTES: [&str; 7] = ["class", "id", "itemprop", "property", "role", "aria-hidden", "name"];

type Compound = (Option<String>, Option<Test>, Certainty);

/// What the last compound of a selector asks of an element: its name, one attribute, and whether that is all.
fn last_compound(selector: &str) -> Option<Compound> {
    let compounds: Vec<String> =
        split(selector.trim(), |c| matches!(c, ' ' | '>' | '+' | '~')).into_iter().filter(|c| !c.is_empty()).collect();
    let last = compounds.last()?;
    if last.contains([':', '*', '\\', '|']) && !last.contains('[') {
        return None;
    }
    let mut certainty = if compounds.len() == 1 { Certainty::Sure } else { Certainty::Possible };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
    let end = |text: &str| text.find(|c| !is_name(c)).unwrap_or(text.len());
    let (tag, mut rest) = last.split_at(end(last));
    let mut test = None;
    while let Some(mark) = rest.chars().next() {
        let length = match mark {
            '.' | '#' => 1 + end(&rest[1..]),
            '[' => rest.find(']')? + 1,
            _ => return None,
        };
        let (part, behind) = rest.split_at(length);
        let (found, sure) = match mark {
            '.' => (Test { attribute: "class".into(), operation: Operation::Word(part[1..].into()) }, true),
            '#' => (Test { attribute: "id".into(), operation: Operation::Equals(part[1..].into()) }, true),
            _ => attribute_test(&part[1..length - 1])?,
        };
        if !sure || test.is_some() {
            certainty = Certainty::Possible;
        }
        test = test.or(Some(found));
        rest = behind;
    }
    let tag = (!tag.is_empty()).then(|| tag.to_ascii_lowercase());
    (tag.is_some() || test.is_some()).then_some((tag, test, certainty))
}

/// What stands between the brackets of a test, and whether it is understood whole.
fn attribute_test(text: &str) -> Option<(Test, bool)> {
    let (name, rest) = text.split_at(text.find(['=', '~', '*', '^', '$', '|']).unwrap_or(text.len()));
    let attribute = name.trim().to_ascii_lowercase();
    let exists = |sure| Some((Test { attribute: attribute.as_str().into(), operation: Operation::Exists }, sure));
    let (operator, value) = rest.split_at(rest.find('=').map_or(rest.len(), |at| at + 1));
    if operator.is_empty() {
        return exists(true);
    }
    let value = value.trim();
    let (value, any_case) = value.strip_suffix(" i").map_or((value, false), |value| (value.trim_end(), true));
    let quoted = ['\'', '"'].iter().find_map(|mark| value.strip_prefix(*mark)?.strip_suffix(*mark));
    let value = quoted.unwrap_or(value).to_owned();
    if value.is_empty() || value.contains('\\') || !EXACT_ATTRIBUTES.contains(&attribute.as_str()) {
        return exists(false);
    }
    let operation = match (operator, any_case) {
        ("=", false) => Operation::Equals(value),
        ("~=", false) => Operation::Word(value),
        ("*=", false) => Operation::Contains(value),
        ("*=", true) => Operation::ContainsInAnyCase(value),
        _ => return exists(false),
    };
    Some((Test { attribute: attribute.as_str().into(), operation }, true))
}

/// Splits at marks outside of brackets, parentheses and quotation marks.
fn split(text: &str, is_mark: impl Fn(char) -> bool) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quote) = (0_usize, None);
    for c in text.chars() {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, c) if depth == 0 && is_mark(c) => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::rules::rules;

    const PAGE: &str = "<!DOCTYPE html><html lang=zh><head><link REL=Canonical href=/a><meta property='og:title' content=x>\
        <script type='application/LD+json'>{}</script></head><body class='Big  page'><h1>a</h1><h2>b</h2>\
        <div class='story lead-text' id=main><p class='LeadText'>c<nav>d</nav><div itemprop=articleBody><table><td><table>\
        <td>e</table></table></div><svg xlink:href=x class=story></svg><footer class=my-related-x role=navigation>f</footer>";

    #[test]
    fn the_answers_are_those_of_the_general_matcher() {
        let html = Html::parse_document(PAGE);
        for css in [
            "div",
            "#main",
            ".story",
            ".page",
            ".big",
            "h1 + h2",
            "td table td",
            "nav, footer",
            "[class*='lead' i]",
            "[class*='Lead']",
            "[class~='story']",
            "[itemprop='articleBody'], .x",
            "link[rel='canonical']",
            "[xlink]",
            "meta[property='og:title']",
            "script[type*=\"ld+json\"]",
            "div.story#main",
            "div > p",
            "*",
            "a[href], svg",
            "[role=navigation]",
            "body .story",
            "p:not(.x)",
            "[class^='my-']",
            "div:has(> p), h1",
            "[lang='ZH']",
        ] {
            let quick = Css::parse(css).expect("a selector");
            let general = Selector::parse(css).expect("a selector");
            let names = |elements: Vec<ElementRef<'_>>| -> Vec<_> { elements.iter().map(|e| e.id()).collect() };
            assert_eq!(names(quick.select(&html).collect()), names(html.select(&general).collect()), "{css}");
        }
        assert!(Css::parse("[").is_err());
    }

    #[test]
    fn the_rules_need_the_general_matcher_seldom() {
        assert!(!rules().skip().open && !rules().standfirst.open);
        assert!(rules().skip().by_attribute.iter().all(|group| group.others.len() < 10));
    }
}
