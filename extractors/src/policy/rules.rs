//! The patterns and words of `rules/policy.toml`, made ready once.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use bellwether_model::place::Area;
use regex::Regex;
use serde::Deserialize;

use crate::needs::{Patterns, automaton};

/// Names of months: whole words or their usual abbreviations.
const MONTH: &str = r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

/// A date as announcements write it; `dates` reads what it matches. `MONTH` stands for the name of one.
const DAY_OF: &str = r"(?:(?:(?:民国|令和)\s*\d{1,3}|[本今去明]\(1\d{2}\))\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|民国\s*[〇○零一二三四五六七八九十百]{1,6}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日|\d{4}\s*년\s*\d{1,2}\s*월\s*\d{1,2}\s*일|1\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?-u:\b)1\d{2}[-/.]\d{2}[-/.]\d{2}(?-u:\b)|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\. \d{1,2}\. \d{1,2}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\s*月\s*\d{1,2}\s*日|(?-u:\b)MONTH\.?\s+\d{1,2}(?:st|nd|rd|th)?(?-u:\b)(?:\s*,?\s*\d{4})?|\d{1,2}(?:st|nd|rd|th)?\s+(?:(?:day\s+)?of\s+)?MONTH\.?,?\s+\d{4})";

/// [`DAY_OF`] with the names of months.
pub(super) static DAY: LazyLock<String> = LazyLock::new(|| DAY_OF.replace("MONTH", MONTH));
/// A time of day behind a date.
const CLOCK: &str = r"(?:\s*\d{1,2}\s*[时:]\s*(?:\d{1,2}\s*分?)?)?";
/// A time of day before a date in English: 12:01 a.m. eastern standard time on.
const HOUR: &str = r"(?:(?:at\s+)?\d{1,2}:\d{2}\s*(?i:[ap]\.?m\.?),?\s*(?i:eastern\s+(?:standard\s+|daylight\s+)?time|e[sd]?t)?,?\s*(?i:on\s+)?)?(?i:the\s+)?";
/// A count of time.
const COUNT: &str = r"(?i)(?P<n>\d{1,3}|一|两|二|三|四|五|六|七|八|九|十|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|another|a)\s*(?:\(\d+\)\s*)?-?(?:(?:additional|further|more|full|calendar)\s+)?(?P<unit>天|日|个月|年|days?|months?|years?)";
/// A day in a row.
const ORDINAL: &str = r"(?P<ordinal>third|fifth|seventh|tenth|fourteenth|fifteenth|twentieth|thirtieth|sixtieth|\d{1,3}(?:th)?|十|十五|二十|三十|六十)";

/// Everything that `rules/policy.toml` says.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) effective: Patterns,
    pub(super) weak: Patterns,
    pub(super) immediately: Patterns,
    pub(super) following: Patterns,
    pub(super) spans: Patterns,
    pub(super) expires: Patterns,
    pub(super) not_expires: Patterns,
    pub(super) not_spans: Patterns,
    pub(super) not_effective: Patterns,
    pub(super) lasting: Patterns,
    pub(super) durations: Patterns,
    pub(super) counted: Patterns,
    pub(super) not_durations: Patterns,
    pub(super) terms: Patterns,
    pub(super) partial: Patterns,
    pub(super) rest: Vec<String>,
    pub(super) announced: Patterns,
    /// The same in the brackets of an item.
    pub(super) bracketed: Patterns,
    /// Words before a day of announcement by which it is that of another act.
    pub(super) not_announced: Patterns,
    /// The same where a register says it of what it published.
    pub(super) published: Patterns,
    /// Lines that say on which day a journal carried the text.
    pub(super) gazette: Patterns,
    /// A count of days, months or years.
    pub(super) count: Regex,
    pub(super) reported: Patterns,
    /// How an item of a digest tells of an act.
    pub(super) digests: Patterns,
    /// Of which goods an act is, and whence they come.
    pub(super) matters: Patterns,
    pub(super) numbers: Patterns,
    pub(super) decrees: Patterns,
    /// Words before the number of the act that a page tells of.
    pub(super) enacts: Patterns,
    pub(super) citations: Citations,
    /// Who issues acts that name no office.
    pub(super) issuers: Vec<IssuerRow>,
    pub(super) acts: Vec<String>,
    /// Through whom an economy acts: its government, its minister.
    pub(super) offices: Vec<String>,
    /// Words of a subject that name an economy at which nothing is aimed.
    pub(super) asides: Patterns,
    pub(super) toward: Vec<String>,
    pub(super) letters: HashMap<char, Area>,
    /// Titles of meetings and visits.
    pub(super) meetings: Patterns,
    /// What two sides agree on.
    pub(super) instruments: Patterns,
    /// Titles that tell a decision.
    pub(super) decisions: Patterns,
    /// Words by which a title tells none.
    pub(super) no_decisions: Patterns,
    /// Titles that name only the paper or the government.
    pub(super) letterheads: Patterns,
    pub(super) answers: Vec<String>,
    pub(super) subject_before: Vec<String>,
    pub(super) subject_after: Vec<String>,
    pub(super) labels: Labels,
    pub(super) categories: Kinds,
    pub(super) kinds: Kinds,
    pub(super) references: Vec<Reference>,
    pub(super) part_of: Patterns,
    pub(super) cites: Patterns,
    pub(super) lists: Patterns,
    pub(super) again: Regex,
}

/// A form of number that is kept as it is written, or that has one spelling whatever is written.
#[derive(Debug)]
pub(super) struct Citation {
    /// What stands before the captured number; `None`: the words as written.
    pub(super) prefix: Option<String>,
    /// Whose measures are cited so.
    pub(super) area: Option<Area>,
}

/// All forms of citation.
#[derive(Debug)]
pub(super) struct Citations {
    forms: Vec<Citation>,
    patterns: Patterns,
    /// Of each pattern its form.
    form_of: Vec<usize>,
}

impl Citations {
    fn of(rows: &[CitationRow]) -> Self {
        let form_of = rows.iter().enumerate().flat_map(|(at, row)| row.patterns.iter().map(move |_| at)).collect();
        let patterns = rows.iter().flat_map(|row| row.patterns.iter().map(|pattern| compile(pattern))).collect();
        Self { forms: rows.iter().map(Citation::of).collect(), patterns: Patterns::new(patterns), form_of }
    }

    /// The patterns that may match a text, each with its form.
    pub(super) fn on<'a>(&'a self, text: &str) -> impl Iterator<Item = (&'a Citation, &'a Regex)> {
        self.patterns.numbered(text).map(|(at, pattern)| (&self.forms[self.form_of[at]], pattern))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CitationRow {
    patterns: Vec<String>,
    prefix: Option<String>,
    area: Option<Area>,
}

impl Citation {
    fn of(row: &CitationRow) -> Self {
        Self { prefix: row.prefix.clone(), area: row.area.clone() }
    }
}

/// Labels of lines and columns, lower case, with what they mean.
#[derive(Debug)]
pub(super) struct Labels(HashMap<String, Field>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelRows {
    number: Vec<String>,
    issuer: Vec<String>,
    announced: Vec<String>,
    page_day: Vec<String>,
    source: Vec<String>,
    effective: Vec<String>,
    expires: Vec<String>,
    item: Vec<String>,
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
    Item,
    Subject,
}

/// What one act does to another and the words for it, before its number and behind.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) action: String,
    pub(super) before: Patterns,
    pub(super) behind: Patterns,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceRow {
    action: String,
    before: Vec<String>,
    behind: Vec<String>,
}

/// A kind of measure and the words that tell it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Category {
    id: String,
    words: Vec<String>,
}

/// Kinds in the order in which they hold, with one automaton over the words of all.
#[derive(Debug)]
pub(super) struct Kinds {
    ids: Vec<String>,
    words: AhoCorasick,
    /// Of each word the kind that it tells.
    told: Vec<usize>,
}

impl Kinds {
    fn of(rows: Vec<Category>) -> Self {
        let told = rows.iter().enumerate().flat_map(|(at, row)| row.words.iter().map(move |_| at)).collect();
        let words: Vec<String> = rows.iter().flat_map(|row| row.words.iter().cloned()).collect();
        Self { ids: rows.into_iter().map(|row| row.id).collect(), words: automaton(&words), told }
    }

    /// The first kind of which a word stands in a folded text, in any case of letters.
    pub(super) fn first_in(&self, text: &str) -> Option<&str> {
        let found = self.words.find_overlapping_iter(text).map(|word| self.told[word.pattern().as_usize()]);
        found.min().map(|at| self.ids[at].as_str())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    effective: Vec<String>,
    weak: Vec<String>,
    immediately: Vec<String>,
    following: Vec<String>,
    spans: Vec<String>,
    expires: Vec<String>,
    not_expires: Vec<String>,
    not_spans: Vec<String>,
    not_effective: Vec<String>,
    lasting: Vec<String>,
    durations: Vec<String>,
    counted: Vec<String>,
    not_durations: Vec<String>,
    terms: Vec<String>,
    partial: Vec<String>,
    rest: Vec<String>,
    announced: Vec<String>,
    bracketed: Vec<String>,
    not_announced: Vec<String>,
    published: Vec<String>,
    gazette: Vec<String>,
    reported: Vec<String>,
    digests: Vec<String>,
    matters: Vec<String>,
    numbers: Vec<String>,
    decrees: Vec<String>,
    enacts: Vec<String>,
    citation: Vec<CitationRow>,
    issuer: Vec<IssuerRow>,
    acts: Vec<String>,
    offices: Vec<String>,
    asides: Vec<String>,
    toward: Vec<String>,
    letters: HashMap<char, Area>,
    meetings: Vec<String>,
    instruments: Vec<String>,
    decisions: Vec<String>,
    no_decisions: Vec<String>,
    letterheads: Vec<String>,
    answers: Vec<String>,
    subject_before: Vec<String>,
    subject_after: Vec<String>,
    labels: LabelRows,
    category: Vec<Category>,
    kind: Vec<Category>,
    reference: Vec<ReferenceRow>,
    part_of: Vec<String>,
    cites: Vec<String>,
    lists: Vec<String>,
    again: String,
}

/// Who issues acts whose text begins with certain words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssuerRow {
    /// The name that is given.
    pub(super) name: String,
    /// Words at the beginning of a title or of a line of the head.
    pub(super) begins: Vec<String>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let file: File = crate::rules::read("policy");
    let all = |patterns: &[String]| Patterns::new(patterns.iter().map(|pattern| compile(pattern)).collect());
    Rules {
        effective: all(&file.effective),
        weak: all(&file.weak),
        immediately: all(&file.immediately),
        following: all(&file.following),
        spans: all(&file.spans),
        expires: all(&file.expires),
        not_expires: all(&file.not_expires),
        not_spans: all(&file.not_spans),
        not_effective: all(&file.not_effective),
        lasting: all(&file.lasting),
        durations: all(&file.durations),
        counted: all(&file.counted),
        not_durations: all(&file.not_durations),
        terms: all(&file.terms),
        partial: all(&file.partial),
        rest: file.rest,
        announced: all(&file.announced),
        bracketed: all(&file.bracketed),
        not_announced: all(&file.not_announced),
        published: all(&file.published),
        gazette: all(&file.gazette),
        count: Regex::new(COUNT).expect("a fixed pattern"),
        reported: all(&file.reported),
        digests: all(&file.digests),
        matters: all(&file.matters),
        numbers: all(&file.numbers),
        decrees: all(&file.decrees),
        enacts: all(&file.enacts),
        citations: Citations::of(&file.citation),
        issuers: file.issuer,
        acts: file.acts,
        offices: file.offices,
        asides: all(&file.asides),
        toward: file.toward,
        letters: file.letters,
        meetings: all(&file.meetings),
        instruments: all(&file.instruments),
        decisions: all(&file.decisions),
        no_decisions: all(&file.no_decisions),
        letterheads: all(&file.letterheads),
        answers: file.answers,
        subject_before: file.subject_before,
        subject_after: file.subject_after,
        labels: file.labels.fields(),
        categories: Kinds::of(file.category),
        kinds: Kinds::of(file.kind),
        references: file
            .reference
            .iter()
            .map(|row| Reference { action: row.action.clone(), before: all(&row.before), behind: all(&row.behind) })
            .collect(),
        part_of: all(&file.part_of),
        cites: all(&file.cites),
        lists: all(&file.lists),
        again: compile(&file.again),
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
    let group = |name: &str| format!("{HOUR}(?P<{name}>{}){CLOCK}", *DAY);
    let pattern = pattern
        .replace("{count}", COUNT)
        .replace("{ordinal}", ORDINAL)
        .replace("{day}", &group("day"))
        .replace("{american}", r"(?P<american>\d{1,2}/\d{1,2}/\d{4})")
        .replace("{from}", &group("from"))
        .replace("{to}", &group("to"))
        .replace("{year}", r"(?P<year>\d{4}|[〇○零一二三四五六七八九]{4})")
        .replace("{number}", r"(?P<number>\d{1,4})")
        .replace("{decree}", r"(?P<number>\d{1,12}[A-Za-z]?|[〇○零一二三四五六七八九十百]{1,6})");
    // A boundary of Unicode words has the automaton give up at the first Chinese character; the words beside one are ASCII.
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)"))
}

impl LabelRows {
    fn fields(self) -> Labels {
        let rows = [
            (self.subject, Field::Subject),
            (self.item, Field::Item),
            (self.expires, Field::Expires),
            (self.effective, Field::Effective),
            (self.source, Field::Source),
            (self.page_day, Field::PageDay),
            (self.announced, Field::Announced),
            (self.issuer, Field::Issuer),
            (self.number, Field::Number),
        ];
        // Of a label that stands in two lists, the later row holds.
        Labels(
            rows.into_iter().flat_map(|(labels, field)| labels.into_iter().map(move |label| (label, field))).collect(),
        )
    }
}

impl Labels {
    /// What a label means, if it is one.
    pub(super) fn field(&self, label: &str) -> Option<Field> {
        let label = label.trim().to_lowercase();
        // 主　　旨: the characters of a short word may stand apart.
        let closed = || label.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let known = self.0.get(label.as_str());
        known.or_else(|| self.0.get(closed().as_str()).filter(|_| !label.is_ascii())).copied()
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
