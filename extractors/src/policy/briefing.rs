//! Reports that list measures: tables with a column for the day of effect, and items with labelled dates.

use bellwether_model::document::{BlockRole, Document, Table};
use bellwether_model::evidence::{CharacterIndex, Evidence};
use bellwether_model::policy::PolicyAction;
use jiff::civil::Date;

use super::dates;
use super::digest;
use super::measure::{Days, Force, force, span};
use super::number;
use super::passage::{Passage, passages};
use super::rules::{Field, rules};
use super::target::{category, kind, partner};
use crate::fold::key;
use crate::names::organisations::organisations;

/// Longest label of a line that tells something of the item above it, in characters.
const LONGEST_LABEL: usize = 14;

/// What one place of a report says of a measure.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) subject: String,
    pub(super) announced: Option<Date>,
    pub(super) force: Force,
    pub(super) evidence: Evidence,
}

/// The measures that a report lists; places that give one number are one measure.
pub(super) fn read(document: &Document, reference: Option<Date>) -> Vec<PolicyAction> {
    let index = CharacterIndex::new(&document.text);
    let mut entries: Vec<Entry> = Vec::new();
    for table in &document.tables {
        entries.extend(rows(document, &index, table, reference));
    }
    entries.extend(items(&passages(document, &index), reference));
    merged(entries).into_iter().filter(Entry::is_a_measure).map(Entry::into_action).collect()
}

/// The rows of a table whose columns tell measures.
fn rows(document: &Document, index: &CharacterIndex, table: &Table, reference: Option<Date>) -> Vec<Entry> {
    let cell = |span: &std::ops::Range<usize>| Passage::new(document, index, span.clone(), BlockRole::Table);
    let Some(head) = table.rows.first() else { return Vec::new() };
    let heads: Vec<Passage> = head.iter().map(cell).collect();
    let fields: Vec<Option<Field>> = heads.iter().map(|head| rules().labels.field(&head.folded)).collect();
    let has = |field| fields.contains(&Some(field));
    if !has(Field::Effective) && !has(Field::Announced) && !has(Field::PageDay) && !has(Field::Number) {
        return Vec::new();
    }
    let body = table.rows.iter().skip(table.header_rows.max(1));
    let entries = body.filter_map(|row| {
        let cells: Vec<Passage> = row.iter().map(cell).collect();
        entry_of_row(&cells, &heads, &fields, reference)
    });
    // Without a column of effect or numbers, a table is about measures only where its rows name one.
    entries.filter(|entry| has(Field::Effective) || has(Field::Number) || entry.number.is_some()).collect()
}

fn entry_of_row(
    cells: &[Passage],
    heads: &[Passage],
    fields: &[Option<Field>],
    reference: Option<Date>,
) -> Option<Entry> {
    let column = |field| fields.iter().position(|f| *f == Some(field)).and_then(|i| cells.get(i));
    let day = |field| column(field).and_then(|cell| dates::first(&cell.folded, reference));
    let numbered = column(Field::Number).and_then(|cell| number::bare(&cell.folded));
    let named = cells.iter().find_map(|cell| number::first(&cell.folded).map(|found| (cell, found)));
    let given = column(Field::Effective).map(|cell| span(&cell.folded, reference)).unwrap_or_default();
    let subject_cell = column(Field::Subject).or_else(|| cells.first())?;
    let first = cells.first()?;
    let last = cells.last()?;
    let labelled = |(cell, head): (&Passage, &Passage)| format!("{}: {}", head.written.trim(), cell.written.trim());
    let text: Vec<String> = cells.iter().zip(heads).map(labelled).collect();
    Some(Entry {
        number: numbered.or_else(|| named.as_ref().map(|(_, found)| found.clone())).map(|found| found.number),
        issuer: column(Field::Issuer)
            .map(|cell| cell.written.trim().to_owned())
            .or_else(|| named.as_ref().and_then(|(cell, found)| issuer_before(cell, found.span.start))),
        subject: subject_cell.words(subject_range(&subject_cell.folded)),
        announced: day(Field::Announced).or_else(|| day(Field::PageDay)),
        force: Force {
            effective: given.effective.or_else(|| day(Field::Effective)),
            expires: given.expires.or_else(|| day(Field::Expires)),
        },
        evidence: Evidence {
            text: text.join(" | "),
            start: first.start,
            end: last.start + last.written.chars().count(),
        },
    })
}

/// List items and lines with a number or with labelled dates below them.
fn items(passages: &[Passage], reference: Option<Date>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut open: Option<Entry> = None;
    let mut heading = String::new();
    let mut above: Option<&Passage> = None;
    for passage in passages.iter().filter(|passage| passage.table.is_none()) {
        match passage.field() {
            Some((Field::Item, value)) => {
                entries.extend(open.replace(Entry::headed(passage.words(value), passage)));
            }
            Some((field, value)) => {
                // A heading with labelled days below it and no item between them is the item.
                if open.is_none() && !heading.is_empty() && matches!(field, Field::Announced | Field::Effective) {
                    let words = std::mem::take(&mut heading);
                    let numbered = above.filter(|above| number::first(&above.folded).is_some());
                    let entry = numbered.map(|above| entry_of_item(above, "", reference));
                    open = entry.or_else(|| Some(Entry::headed(words, passage)));
                }
                if let Some(entry) = open.as_mut() {
                    if field == Field::Issuer {
                        entry.issuer = entry.issuer.take().or_else(|| Some(passage.words(value.clone())));
                    }
                    entry.add(field, &passage.folded[value], reference);
                }
            }
            None if matches!(passage.role, BlockRole::Heading | BlockRole::Title) => {
                entries.extend(open.take());
                heading = passage.words(subject_range(&passage.folded));
                above = Some(passage);
            }
            None if digest::is_item(passage) => {
                entries.extend(open.take());
                entries.extend(digest::read(passage, reference));
            }
            None if opens(passage) => {
                let entry = entry_of_item(passage, &heading, reference);
                // 商务部发布2031年第5号公告, …: behind the number stands no title.
                let told = || digest::read(passage, reference).filter(|told| told.number == entry.number);
                let vague = entry.number.is_some() && kind(&[&entry.subject]).is_none();
                entries.extend(open.replace(vague.then(told).flatten().unwrap_or(entry)));
            }
            None => {}
        }
    }
    entries.extend(open);
    entries
}

/// Whether a line begins a new item: not where it only tells something of the item above (`範圍：軍事用戶`).
fn opens(passage: &Passage) -> bool {
    let mut label = passage.folded.chars().take(LONGEST_LABEL).take_while(|c| !matches!(c, '(' | ',' | '。'));
    !label.any(|c| c == ':') || number::first(&passage.folded).is_some()
}

fn entry_of_item(passage: &Passage, heading: &str, reference: Option<Date>) -> Entry {
    let text = &passage.folded;
    let number = number::first(text);
    // A day in running text is no day of effect of the number beside it, unless the words say so.
    let force = if number.is_some() { force(text, Days { reference, ..Days::default() }) } else { Force::default() };
    let subject = number.as_ref().map_or_else(
        || passage.words(subject_range(text)),
        |found| {
            let behind = text[found.span.end..].trim_start_matches([' ', '*', ':']);
            let start = text.len() - behind.len();
            let rest = behind.split(['(', ':', ',', '。']).next().unwrap_or_default();
            let words = passage.words(start..start + rest.len());
            let words = words.trim_matches(|c: char| c.is_whitespace() || "*-–—：)）」》".contains(c)).to_owned();
            // (91 FR 13001; effective …): what stands behind a mark is not its title.
            let words = if words.starts_with([';', '；', '|']) { String::new() } else { words };
            // 公告2031-23號（鎵、鍺管制）自…: the brackets behind the number say it.
            let bracket = || {
                let inside = behind.strip_prefix('(')?.split(')').next().filter(|inside| kind(&[inside]).is_some())?;
                let open = text.len() - behind.len() + 1;
                (!inside.contains([':', ','])).then(|| passage.words(open..open + inside.len()))
            };
            // US: Entity List additions, 91 FR 13001.
            let told = || {
                let words =
                    passage.words(subject_range(text[..found.span.start].trim_end().trim_end_matches([',', ':'])));
                Some(words).filter(|words| category(&[words]).is_some())
            };
            let before = || {
                subject_before(passage, found.span.start)
                    .or_else(told)
                    .or_else(bracket)
                    .unwrap_or_else(|| heading.to_owned())
            };
            if words.is_empty() { before() } else { words }
        },
    );
    let mut entry = Entry {
        issuer: number.as_ref().and_then(|found| issuer_before(passage, found.span.start)),
        number: number.map(|found| found.number),
        subject,
        announced: announced_in(text, reference),
        force,
        evidence: passage.whole(),
    };
    // 延長保障措施（公布日期：…，生效日期：…）: labelled days in the brackets of an item.
    // Announcement No. 41 of 2031 - …. Announced: …. Effective: …: or behind its number.
    let bracket = text.find('(').or_else(|| number::first(text).map(|found| found.span.end)).unwrap_or(text.len());
    for (field, value) in passage.fields().into_iter().filter(|(_, value)| value.start > bracket) {
        entry.add(field, &text[value], reference);
    }
    entry
}

/// The day in the brackets of an item that its words call that of the announcement: (announced 16 March 2026; …).
fn announced_in(text: &str, reference: Option<Date>) -> Option<Date> {
    let inside = &text[text.find('(')?..];
    let patterns = rules().announced.on(inside).chain(rules().bracketed.on(inside));
    let all = patterns.filter_map(|pattern| pattern.captures(inside));
    all.filter_map(|captures| dates::group(&captures, "day", reference)).next()
}

/// The words before a number in brackets: **中國暫停收取特別港務費**（公告 2025年第63號）.
fn subject_before(passage: &Passage, number: usize) -> Option<String> {
    let bracket = passage.folded[..number].rfind('(')?;
    let words = passage.words(subject_range(&passage.folded[..bracket]));
    let words = words.trim_matches(|c: char| c.is_whitespace() || "*-：".contains(c)).to_owned();
    (!words.is_empty()).then_some(words)
}

/// The words of an item or a cell that say what it is about: without its counter, marks and brackets.
fn subject_range(text: &str) -> std::ops::Range<usize> {
    let counter = |c: char| {
        c.is_whitespace()
            || c.is_ascii_digit()
            || matches!(
                c,
                '.' | '、'
                    | '*'
                    | '-'
                    | '#'
                    | '('
                    | ')'
                    | '一'
                    | '二'
                    | '三'
                    | '四'
                    | '五'
                    | '六'
                    | '七'
                    | '八'
                    | '九'
                    | '十'
            )
    };
    let mark =
        text.char_indices().find(|(_, c)| matches!(c, '、' | '.')).filter(|(at, _)| text[..*at].chars().all(counter));
    let first = mark.map_or(0, |(at, c)| at + c.len_utf8());
    let start = text.len() - text[first..].trim_start_matches([' ', '*', '、', '.', '_']).len();
    // Brackets that hold a label: （來源：…）, （生效日期：…）.
    let labelled = |at: &usize| text[*at..].split(')').next().is_some_and(|inside| inside.contains(':'));
    let bracket = text[start..].find('(').filter(|at| labelled(&(start + at))).or_else(|| text[start..].find("(来源"));
    let end = bracket.map_or(text.len(), |at| start + at);
    start..start + text[start..end].trim_end_matches([' ', '*', '_', ':']).len()
}

/// The organisations right before a number: 國務院令第792號, 商务部 海关总署公告….
fn issuer_before(passage: &Passage, at: usize) -> Option<String> {
    let folded: Vec<char> = passage.folded.get(..at)?.chars().collect();
    let found = organisations().listed.within(&folded, 0, folded.len());
    let names: Vec<String> = found
        .iter()
        .filter(|(_, _, o)| o.official)
        .map(|&(from, to, _)| passage.written.chars().skip(from).take(to - from).collect())
        .collect();
    (!names.is_empty()).then(|| names.join("、"))
}

/// Entries of one number, or of one subject without a number, as one.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for entry in entries.into_iter().filter(|entry| entry.is_dated()) {
        let same = |known: &&mut Entry| match (&known.number, &entry.number) {
            (Some(one), Some(other)) => one == other,
            (None, None) => key(&known.subject) == key(&entry.subject),
            _ => false,
        };
        match all.iter_mut().find(same) {
            Some(known) => known.join(entry),
            None => all.push(entry),
        }
    }
    all
}

impl Entry {
    fn headed(subject: String, passage: &Passage) -> Self {
        let (number, issuer, announced, force) = (None, None, None, Force::default());
        Self { number, issuer, subject, announced, force, evidence: passage.whole() }
    }

    fn is_dated(&self) -> bool {
        self.announced.is_some() || self.force != Force::default()
    }

    /// A dated line is a measure where it has a number or a day of effect, or where its words are those of one.
    fn is_a_measure(&self) -> bool {
        self.number.is_some() || self.force.effective.is_some() || category(&[&self.subject]).is_some()
    }

    fn add(&mut self, field: Field, value: &str, reference: Option<Date>) {
        let day = || dates::first(value, reference);
        match field {
            Field::Announced => self.announced = self.announced.or_else(day),
            Field::Effective => {
                let given = span(value, reference);
                self.force.effective = self.force.effective.or(given.effective).or_else(day);
                self.force.expires = self.force.expires.or(given.expires);
            }
            Field::Expires => self.force.expires = self.force.expires.or_else(day),
            Field::Number => self.number = self.number.take().or_else(|| number::bare(value).map(|found| found.number)),
            Field::Issuer | Field::Item | Field::PageDay | Field::Source | Field::Subject => {}
        }
    }

    fn join(&mut self, other: Self) {
        self.issuer = self.issuer.take().or(other.issuer);
        self.announced = self.announced.or(other.announced);
        self.force.effective = self.force.effective.or(other.force.effective);
        self.force.expires = self.force.expires.or(other.force.expires);
    }

    fn into_action(self) -> PolicyAction {
        PolicyAction {
            partner: partner(&self.subject, self.issuer.as_deref(), None),
            category: category(&[&self.subject, &self.evidence.text]),
            kind: kind(&[&self.subject, &self.evidence.text]),
            refers: Vec::new(),
            parts: Vec::new(),
            issuer: self.issuer,
            number: self.number,
            subject: self.subject,
            announced: self.announced,
            effective: self.force.effective,
            expires: self.force.expires,
            originals: Vec::new(),
            evidence: self.evidence,
        }
    }
}
