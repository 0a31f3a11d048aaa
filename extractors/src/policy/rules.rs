//! The patterns and words of `rules/policy.toml`, made ready once.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// A date as announcements write it; `dates` reads what it matches.
pub(super) const DAY: &str = r"(?:民国\s*\d{2,3}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}\s*月\s*\d{1,2}\s*日|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:\s*,?\s*\d{4})?|\d{1,2}\s+(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{4})";
/// A count of time.
const COUNT: &str = r"(?i)(?P<n>\d{1,3}|一|两|二|三|四|五|六|十|one|two|three|four|five|six|twelve|a)\s*(?:\(\d+\)\s*)?-?(?P<unit>天|日|个月|年|days?|months?|years?)";

/// Everything that `rules/policy.toml` says.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) effective: Vec<Regex>,
    pub(super) immediately: Vec<Regex>,
    pub(super) spans: Vec<Regex>,
    pub(super) expires: Vec<Regex>,
    pub(super) durations: Vec<Regex>,
    /// A count of days, months or years.
    pub(super) count: Regex,
    pub(super) reported: Regex,
    pub(super) numbers: Vec<Regex>,
    pub(super) decrees: Vec<Regex>,
    pub(super) citations: Vec<Regex>,
    pub(super) answers: Vec<String>,
    pub(super) subject_before: Vec<String>,
    pub(super) subject_after: Vec<String>,
    pub(super) labels: Labels,
    pub(super) categories: Vec<Category>,
}

/// Labels of lines and columns, lower case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    number: Vec<String>,
    issuer: Vec<String>,
    announced: Vec<String>,
    page_day: Vec<String>,
    source: Vec<String>,
    effective: Vec<String>,
    expires: Vec<String>,
    subject: Vec<String>,
}

/// What a labelled line or column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Number,
    Issuer,
    Announced,
    PageDay,
    Source,
    Effective,
    Expires,
    Subject,
}

/// A kind of measure and the words that tell it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub(super) id: String,
    pub(super) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    effective: Vec<String>,
    immediately: Vec<String>,
    spans: Vec<String>,
    expires: Vec<String>,
    durations: Vec<String>,
    reported: String,
    numbers: Vec<String>,
    decrees: Vec<String>,
    citations: Vec<String>,
    answers: Vec<String>,
    subject_before: Vec<String>,
    subject_after: Vec<String>,
    labels: Labels,
    category: Vec<Category>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let file: File = crate::rules::read("policy");
    let all = |patterns: &[String]| patterns.iter().map(|pattern| compile(pattern)).collect();
    Rules {
        effective: all(&file.effective),
        immediately: all(&file.immediately),
        spans: all(&file.spans),
        expires: all(&file.expires),
        durations: all(&file.durations),
        count: Regex::new(COUNT).expect("a fixed pattern"),
        reported: compile(&file.reported),
        numbers: all(&file.numbers),
        decrees: all(&file.decrees),
        citations: all(&file.citations),
        answers: file.answers,
        subject_before: file.subject_before,
        subject_after: file.subject_after,
        labels: file.labels,
        categories: file.category,
    }
});

/// The rules, read once.
pub(super) fn rules() -> &'static Rules {
    &RULES
}

fn compile(pattern: &str) -> Regex {
    self::pattern(pattern).expect("rules are checked before they are read")
}

/// The expression that a pattern of `rules/policy.toml` stands for.
pub(crate) fn pattern(pattern: &str) -> Result<Regex, regex::Error> {
    let group = |name: &str| format!("(?P<{name}>{DAY})");
    let pattern = pattern
        .replace("{day}", &group("day"))
        .replace("{from}", &group("from"))
        .replace("{to}", &group("to"))
        .replace("{year}", r"(?P<year>\d{4}|[〇○零一二三四五六七八九]{4})")
        .replace("{number}", r"(?P<number>\d{1,4})")
        .replace("{decree}", r"(?P<number>\d{1,12})");
    Regex::new(&pattern)
}

impl Labels {
    /// What a label means, if it is one.
    pub(super) fn field(&self, label: &str) -> Option<Field> {
        let label = label.trim().to_lowercase();
        let is = |labels: &[String]| labels.contains(&label);
        [
            (&self.number, Field::Number),
            (&self.issuer, Field::Issuer),
            (&self.announced, Field::Announced),
            (&self.page_day, Field::PageDay),
            (&self.source, Field::Source),
            (&self.effective, Field::Effective),
            (&self.expires, Field::Expires),
            (&self.subject, Field::Subject),
        ]
        .into_iter()
        .find_map(|(labels, field)| is(labels).then_some(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_well_formed_and_folded() {
        let rules = rules();
        assert_eq!(rules.labels.field("生效日期"), Some(Field::Effective));
        assert_eq!(rules.labels.field("Effective Date"), Some(Field::Effective));
        assert_eq!(rules.labels.field("備註"), None);
        let file = include_str!("../../rules/policy.toml");
        let data: String = file.lines().filter(|line| !line.starts_with('#')).collect();
        let words: String = data.chars().filter(|c| !"屆～－：".contains(*c)).collect();
        assert_eq!(crate::fold::fold(&words), words, "patterns are compared with folded text");
    }
}
