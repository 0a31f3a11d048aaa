//! Documents made of plain text, and figures printed one a line: what the tables of figures compare.

use bellwether_extractors::figures::{self, Mechanism};
use bellwether_model::document::{Block, BlockRole, Document, DocumentKind, Language, Table};
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::place::Area;
use jiff::civil::Date;

/// The figures of a text published on a day, one a line. The first line is the title where an empty line follows it.
pub(crate) fn figures(text: &str, published: &str) -> String {
    figures_without(text, published, None)
}

/// The same where one mechanism of the reader is left out.
pub(crate) fn figures_without(text: &str, published: &str, left_out: Option<Mechanism>) -> String {
    let (title, body) = text.split_once("\n\n").map_or(("", text), |(title, body)| (title, body));
    let mut whole = String::new();
    let mut blocks = Vec::new();
    for (role, part) in [(BlockRole::Title, title), (BlockRole::Paragraph, body)] {
        for line in part.lines().filter(|line| !line.trim().is_empty()) {
            let start = whole.len();
            whole.push_str(line.trim());
            blocks.push(Block { role, span: start..whole.len(), level: 0, table: None });
            whole.push('\n');
        }
    }
    print(&document(whole, blocks, Vec::new()), published, left_out)
}

pub(crate) fn document(text: String, blocks: Vec<Block>, tables: Vec<Table>) -> Document {
    let han = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let simplified = text.contains(['进', '对', '亿', '长', '贸']);
    let language = match (han, simplified) {
        (false, _) => Language::English,
        (true, true) => Language::ChineseSimplified,
        (true, false) => Language::ChineseTraditional,
    };
    Document {
        title: String::new(),
        published: None,
        updated: None,
        authors: Vec::new(),
        publisher: None,
        language: Some(language),
        kind: DocumentKind::News,
        url: None,
        canonical: None,
        cites: None,
        text,
        blocks,
        tables,
        comments: None,
        links: Vec::new(),
    }
}

pub(crate) fn print(document: &Document, published: &str, left_out: Option<Mechanism>) -> String {
    let day: Date = published.parse().expect("a day");
    let area = Area::new("TW");
    figures::read_without(document, Some(day), Some(&area), left_out).iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(figure: &Figure) -> String {
    let name = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let mut words = vec![figure.area.to_string(), name(&figure.flow)];
    words.extend(figure.partner.as_ref().map(|partner| format!("with {partner}")));
    words.extend(figure.product.as_ref().map(|product| format!("of {product}")));
    words.push(name(&figure.measure));
    words.push(match figure.amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low}..{high}"),
    });
    words.extend([figure.unit.as_str().to_owned(), figure.period.to_string(), name(&figure.status)]);
    words.extend(figure.basis.as_ref().map(|basis| format!("in {}", basis.as_str())));
    words.extend(figure.forecaster.as_ref().map(|who| format!("by {who}")));
    words.join(" ")
}
