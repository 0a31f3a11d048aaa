//! Reads robots.txt as RFC 9309 asks, in linear time. Pure: it neither fetches nor waits.
//!
//! Must not know hosts, clocks or the store. What to do where there is no file is decided in `manners`.

use std::fmt::Write as _;
use std::time::Duration;

/// The product token of RFC 9309, 2.2.1, by which site owners address this program.
pub(super) const PRODUCT_TOKEN: &str = "bellwether";

/// Bytes of a file that are read; RFC 9309, 2.5 asks for at least 500 KiB.
pub(super) const MAX_BYTES: usize = 512 << 10;

/// What a file says to one product token: its own groups merged, or else those of `*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rules {
    /// Longest pattern first, `Allow` before `Disallow` where they are equally long: the first that matches decides.
    rules: Vec<Rule>,
    /// The longest `Crawl-delay` of the groups; `None`: none is given.
    pub(super) crawl_delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    /// Normalised; `*` stands for anything, a final `$` for the end.
    pattern: String,
}

/// Whether an address may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may.
    Allowed,
    /// It may not, by this line of the file.
    Disallowed(String),
}

impl Rules {
    /// Reads a file for a product token, compared without regard to case. Lines that cannot be read say nothing.
    pub(super) fn parse(file: &[u8], token: &str) -> Self {
        let decoded = decode_utf16(file);
        let file = decoded.as_deref().map_or(file, str::as_bytes);
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let mut collector = Collector::new(token);
        for line in file.split(|byte| matches!(byte, b'\n' | b'\r')) {
            if let Some((key, value)) = record(line) {
                collector.take(key, value);
            }
        }
        collector.finish()
    }

    /// The verdict on a path with its query (`/a?b=1`).
    pub(super) fn verdict(&self, path: &str) -> Verdict {
        let path = normalise_path(path);
        // RFC 9309, 2.2.2: robots.txt itself is implicitly allowed.
        if path == "/robots.txt" {
            return Verdict::Allowed;
        }
        match self.rules.iter().find(|rule| rule.matches(&path)) {
            Some(rule) if !rule.allow => Verdict::Disallowed(format!("Disallow: {}", rule.pattern)),
            _ => Verdict::Allowed,
        }
    }

    /// A file that says the same to `token`, and nothing to anyone else: what is kept in the store.
    pub(super) fn to_text(&self, token: &str) -> String {
        let mut text = format!("user-agent: {token}\n");
        for rule in &self.rules {
            text.push_str(if rule.allow { "allow: " } else { "disallow: " });
            text.push_str(&rule.pattern);
            text.push('\n');
        }
        if let Some(delay) = self.crawl_delay {
            // Writing to a String cannot fail.
            writeln!(text, "crawl-delay: {}", delay.as_secs_f64()).expect("a string takes any text");
        }
        text
    }
}

/// A file cut at the limit, its last line dropped where it is not whole.
pub(super) fn cut(file: &[u8], was_cut: bool) -> &[u8] {
    let within = &file[..file.len().min(MAX_BYTES)];
    if !was_cut && within.len() == file.len() {
        return within;
    }
    let end = within.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    &within[..end]
}

/// Gathers the groups of a token and those of `*` side by side; RFC 9309, 2.2.1.
struct Collector<'t> {
    token: &'t str,
    own: Group,
    others: Group,
    /// Whether the group being read addresses the token, and whether it addresses `*`.
    addressed: (bool, bool),
    /// The last record that counts named an agent, so a further one joins the same group.
    naming: bool,
}

#[derive(Default)]
struct Group {
    named: bool,
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

impl<'t> Collector<'t> {
    fn new(token: &'t str) -> Self {
        Self { token, own: Group::default(), others: Group::default(), addressed: (false, false), naming: false }
    }

    fn take(&mut self, key: Key, value: &[u8]) {
        match key {
            Key::UserAgent => self.name(value),
            Key::Allow => self.rule(true, value),
            Key::Disallow => self.rule(false, value),
            // Not a record of the standard, so it must not close the list of agents (RFC 9309, 2.2.4).
            Key::CrawlDelay => {
                let Some(delay) = crawl_delay(value) else { return };
                self.each_addressed(|group| group.crawl_delay = group.crawl_delay.max(Some(delay)));
            }
        }
    }

    fn name(&mut self, value: &[u8]) {
        if !self.naming {
            self.addressed = (false, false);
            self.naming = true;
        }
        // `Foo/1.0 (x)` and `Foo Bar` name the token Foo.
        let name =
            value.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().expect("split gives a first part");
        if name == b"*" {
            self.addressed.1 = true;
            self.others.named = true;
        } else if !name.is_empty() && name.eq_ignore_ascii_case(self.token.as_bytes()) {
            self.addressed.0 = true;
            self.own.named = true;
        }
    }

    fn rule(&mut self, allow: bool, value: &[u8]) {
        self.naming = false;
        if value.is_empty() || self.addressed == (false, false) {
            return;
        }
        let rule = Rule { allow, pattern: normalise_pattern(value) };
        self.each_addressed(|group| group.rules.push(rule.clone()));
    }

    fn each_addressed(&mut self, mut change: impl FnMut(&mut Group)) {
        if self.addressed.0 {
            change(&mut self.own);
        }
        if self.addressed.1 {
            change(&mut self.others);
        }
    }

    fn finish(self) -> Rules {
        let Group { mut rules, crawl_delay, .. } = if self.own.named { self.own } else { self.others };
        rules.sort_by(|a, b| b.pattern.len().cmp(&a.pattern.len()).then(b.allow.cmp(&a.allow)));
        Rules { rules, crawl_delay }
    }
}

impl Rule {
    /// Each part between asterisks is looked for behind the one before it, so the path is walked once.
    fn matches(&self, path: &str) -> bool {
        let (pattern, anchored) = match self.pattern.strip_suffix('$') {
            Some(pattern) => (pattern, true),
            None => (self.pattern.as_str(), false),
        };
        let mut parts = pattern.split('*').peekable();
        let first = parts.next().expect("split gives a first part");
        let Some(mut rest) = path.strip_prefix(first) else { return false };
        if parts.peek().is_none() {
            return !anchored || rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if anchored && parts.peek().is_none() {
                return rest.ends_with(part);
            }
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
}

/// The record of a line: comment and white space gone, key and value apart. `None`: nothing that is known.
fn record(line: &[u8]) -> Option<(Key, &[u8])> {
    let line = line.split(|byte| *byte == b'#').next().expect("split gives a first part").trim_ascii();
    let (key, value) = match line.iter().position(|byte| *byte == b':') {
        Some(at) => (&line[..at], &line[at + 1..]),
        // A colon forgotten between exactly two words is read as meant: `disallow /` asks us to stay away.
        None => {
            let at = line.iter().position(u8::is_ascii_whitespace)?;
            let value = line[at..].trim_ascii();
            if value.iter().any(u8::is_ascii_whitespace) {
                return None;
            }
            (&line[..at], value)
        }
    };
    Some((key_of(key.trim_ascii())?, value.trim_ascii()))
}

/// The key, with the misspellings that site owners make most often: they mean the same.
fn key_of(text: &[u8]) -> Option<Key> {
    const SPELLINGS: &[(&str, Key)] = &[
        ("user-agent", Key::UserAgent),
        ("useragent", Key::UserAgent),
        ("user agent", Key::UserAgent),
        ("useg-agent", Key::UserAgent),
        ("allow", Key::Allow),
        ("disallow", Key::Disallow),
        ("dissallow", Key::Disallow),
        ("dissalow", Key::Disallow),
        ("disalow", Key::Disallow),
        ("diasllow", Key::Disallow),
        ("disallaw", Key::Disallow),
        ("desallow", Key::Disallow),
        ("crawl-delay", Key::CrawlDelay),
        ("crawldelay", Key::CrawlDelay),
        ("crawl delay", Key::CrawlDelay),
    ];
    SPELLINGS.iter().find(|(spelling, _)| text.eq_ignore_ascii_case(spelling.as_bytes())).map(|(_, key)| *key)
}

/// Seconds, with decimals. What is negative or no number says nothing.
fn crawl_delay(value: &[u8]) -> Option<Duration> {
    let seconds: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn normalise_pattern(value: &[u8]) -> String {
    let (value, anchored) = match value.strip_suffix(b"$") {
        Some(value) => (value, true),
        None => (value, false),
    };
    let mut pattern = normalise(value, true);
    // Several asterisks say no more than one, and cost time.
    while pattern.contains("**") {
        pattern = pattern.replace("**", "*");
    }
    if anchored {
        pattern.push('$');
    }
    pattern
}

fn normalise_path(path: &str) -> String {
    if path.is_empty() { "/".to_owned() } else { normalise(path.as_bytes(), false) }
}

/// RFC 9309, 2.2.2: octets beyond ASCII are compared percent-encoded, unreserved ASCII is compared decoded.
/// A `*` or `$` that stands for itself is percent-encoded, so that it is never taken for the special one.
fn normalise(text: &[u8], pattern: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if byte == b'%'
            && let Some(octet) = octet(text.get(at + 1..at + 3))
        {
            if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(octet));
            } else {
                push_encoded(&mut out, octet);
            }
            at += 3;
            continue;
        }
        at += 1;
        if byte == b'*' && pattern {
            out.push('*');
        } else if stands_for_itself(byte) {
            out.push(char::from(byte));
        } else {
            push_encoded(&mut out, byte);
        }
    }
    out
}

/// What a path may hold unencoded (RFC 3986), but for `*` and `$`. A `%` that begins no octet is encoded too, so that
/// what follows it never becomes one.
fn stands_for_itself(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!&'()+,;=".contains(&byte)
}

fn octet(digits: Option<&[u8]>) -> Option<u8> {
    let &[high, low] = digits? else { return None };
    let value = char::from(high).to_digit(16)? * 16 + char::from(low).to_digit(16)?;
    u8::try_from(value).ok()
}

fn push_encoded(out: &mut String, octet: u8) {
    // Writing to a String cannot fail.
    write!(out, "%{octet:02X}").expect("a string takes any text");
}

/// A file in UTF-16, which the standard does not know but editors write. `None`: it has no such byte order mark.
fn decode_utf16(file: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match file.get(..2)? {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<u16> = file[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

#[cfg(test)]
#[path = "robots_tests.rs"]
mod tests;
