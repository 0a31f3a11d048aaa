//! Answers of official APIs: rows of JSON, CSV or SDMX to a document of rows and its figures, by what `sources.toml` says
//! the columns mean.
//!
//! Every figure is proved by the cells from which it was read. What a row does not say is not guessed: such a row is
//! passed over, and counted in a problem with an example.

mod codes;
mod figures;
mod page;
mod sdmx;
mod table;
mod template;
mod value;

use bellwether_model::document::{Block, BlockRole, Document, DocumentKind};
use bellwether_model::evidence::Evidence;
use bellwether_model::figure::Figure;
use bellwether_model::rows::{Cell, FigureMapping, RowMapping};
use bellwether_model::web::CanonicalUrl;
use jiff::tz::TimeZone;
use regex::Regex;

pub use self::table::RowTable;
use crate::page::dates;
use crate::problem::Problem;
use crate::{Extraction, PageContext, decode};

/// Figures of one answer that are read at the most.
const MOST_FIGURES: usize = 10_000;

/// An answer, read.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The document of rows and its figures.
    pub extraction: Extraction,
    /// Rows, whether or not they gave a figure.
    pub rows: usize,
    /// The page that continues this one.
    pub next: Option<CanonicalUrl>,
}

/// Reads an answer. `link`: its `Link` header.
#[must_use]
pub fn read(bytes: &[u8], context: &PageContext, mapping: &RowMapping, link: Option<&str>) -> Answer {
    let (answer, mut problems) = taken_apart(bytes, context, mapping);
    let mut told: Vec<String> = answer.problems.clone();
    let mut found = Vec::new();
    if !answer.table.rows.is_empty() {
        let today = context.fetched.map(|at| at.to_zoned(TimeZone::UTC).date());
        let around = figures::Around { area: context.area.as_ref(), today };
        found = figures::read(&answer.table, mapping, around, &mut told);
        found = figures::without_unpublished(found, &mut told);
        found = figures::without_doubles(found, &mut told);
        found = figures::newest(found, MOST_FIGURES, &mut told);
        if found.is_empty() && !mapping.figure.is_empty() && told.is_empty() {
            told.push(format!("none of {} rows holds a number that counts", answer.table.rows.len()));
        }
    }
    problems.extend(told.into_iter().map(Problem::new));
    let url = context.url.as_deref().and_then(|url| CanonicalUrl::parse(url).ok());
    let rows = answer.table.rows.len();
    let next =
        url.as_ref().and_then(|url| page::next(page::Page { url, rows, json: answer.json.as_ref(), link }, mapping));
    let zone = context.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    let said = mapping.published.as_deref().and_then(|at| Some(table::plain(answer.json.as_ref()?.pointer(at)?)));
    let published = said.or_else(|| context.published.clone()).and_then(|time| dates::parse(&time, zone.as_ref()));
    let title = mapping.title.clone().or_else(|| context.title.clone()).unwrap_or_default();
    let (document, figures) = document(title, published, context.url.clone(), found);
    let extraction =
        Extraction { document, figures, officials: Vec::new(), speakers: Vec::new(), policy: Vec::new(), problems };
    Answer { extraction, rows, next }
}

/// The rows of an answer as they are, for people who write a mapping.
#[must_use]
pub fn table(bytes: &[u8], context: &PageContext, mapping: &RowMapping) -> (RowTable, Vec<Problem>) {
    let (answer, mut problems) = taken_apart(bytes, context, mapping);
    problems.extend(answer.problems.into_iter().map(Problem::new));
    (answer.table, problems)
}

fn taken_apart(bytes: &[u8], context: &PageContext, mapping: &RowMapping) -> (table::Answer, Vec<Problem>) {
    let decoded = decode::decode(bytes, context);
    (table::read(&decoded.text, mapping), decoded.problems)
}

/// The document of rows: a line a figure, which is its evidence.
fn document(
    title: String,
    published: Option<bellwether_model::document::PageTime>,
    url: Option<String>,
    found: Vec<figures::Read>,
) -> (Document, Vec<Figure>) {
    let mut text = String::new();
    let mut characters = 0;
    let mut blocks = Vec::with_capacity(found.len() + 1);
    let mut add = |role: BlockRole, words: &str, text: &mut String| {
        let start = text.len();
        text.push_str(words);
        blocks.push(Block { role, span: start..text.len(), level: 0, table: None });
        text.push('\n');
    };
    if !title.is_empty() {
        add(BlockRole::Title, &title, &mut text);
        characters += title.chars().count() + 1;
    }
    let mut figures = Vec::with_capacity(found.len());
    for figures::Read { mut figure, line, number, .. } in found {
        let start = characters + line[..number.start].chars().count();
        let end = start + line[number.clone()].chars().count();
        characters += line.chars().count() + 1;
        add(BlockRole::ListItem, &line, &mut text);
        figure.evidence = Evidence { text: line, start, end };
        figures.push(figure);
    }
    let document = Document {
        title,
        published,
        updated: None,
        authors: Vec::new(),
        publisher: None,
        language: None,
        kind: DocumentKind::StatisticsPage,
        url,
        canonical: None,
        cites: None,
        text,
        blocks,
        tables: Vec::new(),
        comments: None,
        links: Vec::new(),
    };
    (document, figures)
}

/// Whether a mapping can be meant; the error names the key and says what is wrong.
///
/// # Errors
/// A pattern that cannot be read, a pointer that is none, a figure without a flow or a period, and the like.
pub fn check(mapping: &RowMapping) -> Result<(), String> {
    let next = mapping.next.as_ref();
    let pointers = [
        ("rows", mapping.rows.as_deref()),
        ("columns", mapping.columns.as_deref()),
        ("published", mapping.published.as_deref()),
        ("next.cursor", next.and_then(|next| next.cursor.as_deref())),
        ("next.address", next.and_then(|next| next.address.as_deref())),
    ];
    for (key, pointer) in pointers {
        if let Some(pointer) = pointer.filter(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
            return Err(format!("{key}: `{pointer}` is no JSON Pointer; write one like \"/data\""));
        }
    }
    if let Some(since) = mapping.since.as_deref().filter(|since| value::period(since, None).is_none()) {
        return Err(format!("since: `{since}` is no period; write one like \"2024\" or \"2024-01\""));
    }
    if mapping.decimal.is_some_and(|mark| !matches!(mark, '.' | ',')) {
        return Err("decimal: the decimal mark is \".\" or \",\"".to_owned());
    }
    if let Some(next) = next {
        let ways =
            [next.page.is_some(), next.offset.is_some(), next.cursor.is_some(), next.address.is_some(), next.header];
        if ways.iter().filter(|way| **way).count() != 1 {
            return Err("next: give one of `page`, `offset`, `cursor`, `address` and `header`".to_owned());
        }
        if next.cursor.is_some() != next.parameter.is_some() {
            return Err("next: `cursor` and `parameter` belong together".to_owned());
        }
        if next.most_pages() == 0 {
            return Err("next.pages: must be at least 1".to_owned());
        }
        if let (Some(body), Some(parameter)) = (&mapping.body, next.parameter())
            && !body.contains(&format!("{{{parameter}}}"))
        {
            return Err(format!("body: it has no `{{{parameter}}}`, which `next` counts"));
        }
    }
    if mapping.figure.is_empty() {
        return Err("it says of no figure what the columns mean; add [[source.api.figure]]".to_owned());
    }
    mapping.figure.iter().enumerate().try_for_each(|(place, figure)| {
        check_figure(figure).map_err(|problem| format!("figure {}: {problem}", place + 1))
    })
}

fn check_figure(figure: &FigureMapping) -> Result<(), String> {
    let pattern = figure.columns.as_deref().map(Regex::new).transpose().map_err(|cause| format!("columns: {cause}"))?;
    if figure.value.is_none() && pattern.is_none() {
        return Err("it has neither `value` nor `columns`".to_owned());
    }
    let parts: [(&str, &Option<Cell>); 12] = [
        ("value", &figure.value),
        ("area", &figure.area),
        ("flow", &figure.flow),
        ("partner", &figure.partner),
        ("product", &figure.product),
        ("period", &figure.period),
        ("frequency", &figure.frequency),
        ("measure", &figure.measure),
        ("unit", &figure.unit),
        ("scale", &figure.scale),
        ("basis", &figure.basis),
        ("status", &figure.status),
    ];
    for (key, cell) in parts {
        let Some(cell) = cell else { continue };
        let pieces = template::parts(cell.text()).map_err(|problem| format!("{key}: {problem}"))?;
        let is_fixed = pieces.iter().all(|piece| matches!(piece, template::Part::Words(_)));
        let text = cell.meaning(cell.text().to_owned());
        let understood = match key {
            _ if !is_fixed => true,
            "area" => codes::area(&text).is_some(),
            "flow" => matches!(codes::flow(&text), codes::Meaning::One(_)),
            "partner" => codes::partner(&text) != codes::Meaning::Unknown,
            "period" => value::period(&text, None).is_some(),
            "measure" => codes::measure(&text).is_some(),
            "unit" | "basis" => codes::unit(&text).is_some(),
            "scale" => codes::scale(&text).is_some(),
            "status" => codes::status(&text).is_some(),
            "value" => false,
            _ => true,
        };
        if !understood {
            return Err(format!("{key}: `{text}` is not known"));
        }
    }
    match (&figure.flow, &figure.period) {
        (None, _) => Err("`flow` is missing: exports, imports, balance, total, orders or a cell".to_owned()),
        (_, None) => Err("`period` is missing".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
