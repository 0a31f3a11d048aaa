//! Why a document gave what it gave: for the people who write rules.
//!
//! A report of values, which the command line prints as text or JSON. The readers work as they always do; beside them
//! it is noted which words gave a number what, and why one was left out.

mod model;

use std::ops::Range;

use bellwether_model::document::{Document, DocumentKind, Language};
use bellwether_model::evidence::CharacterIndex;
use bellwether_model::figure::Figure;
use bellwether_model::place::Area;
use jiff::civil::Date;

use crate::figures::{self, BoundWords, Decision, Study};
use crate::policy;
use crate::problem::Problem;
use crate::statements::{self, Known};
pub use model::{
    Binding, ExplainedAction, ExplainedColumn, ExplainedDocument, ExplainedNumber, ExplainedPerson, ExplainedPolicy,
    ExplainedRow, ExplainedSentence, ExplainedSpeech, ExplainedTable, ExplainedToken, Explanation, Origin, Words,
};

/// Explains a document: `reference` is the day from which relative dates count, `area` the economy that the source's
/// settings give to texts that name none.
#[must_use]
pub fn explain(document: &Document, problems: &[Problem], reference: Option<Date>, area: Option<&Area>) -> Explanation {
    let study = figures::study(document, reference, area, true, None);
    let marks = document.text.char_indices().step_by(STRIDE).map(|(byte, _)| byte).collect();
    let index = CharacterIndex::new(&document.text);
    let teller = Teller { document, index, marks, figures: &study.figures, left: &study.left };
    let actions = policy::read(document, reference);
    Explanation {
        document: ExplainedDocument {
            title: document.title.clone(),
            reference,
            lang: document.language.map(Language::tag),
            economy: study.economy.as_ref().map(|bound| teller.binding(bound)),
            relevant: !study.figures.is_empty(),
            why: why(document, &study),
            problems: problems.iter().map(ToString::to_string).collect(),
            text: document.text.clone(),
        },
        sentences: teller.sentences(&study),
        tables: teller.tables(&study),
        people: statements::everybody(document).into_iter().map(|known| teller.person(known)).collect(),
        policy: ExplainedPolicy {
            why: policy::why(document, &actions),
            actions: actions
                .into_iter()
                .map(|action| ExplainedAction {
                    bound: policy::given_by(document, &action, reference)
                        .into_iter()
                        .map(|given| teller.given(given))
                        .collect(),
                    action,
                })
                .collect(),
        },
    }
}

/// Characters between two marks of a text.
const STRIDE: usize = 64;

/// Why a document is relevant, or is not.
fn why(document: &Document, study: &Study) -> String {
    let of_sentences = study.sentences.iter().flat_map(|sentence| &sentence.decisions);
    let decisions: Vec<&Decision> =
        of_sentences.chain(study.tables.iter().flat_map(|table| &table.decisions)).collect();
    let given = study.figures.len();
    if given > 0 {
        return format!("{given} of {} numbers give a figure, each fact counted once", decisions.len());
    }
    if document.text.trim().is_empty() {
        return "the page has no text".to_owned();
    }
    if decisions.is_empty() {
        return "no sentence and no table holds a number".to_owned();
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for reason in decisions.iter().filter_map(|decision| decision.outcome.as_ref().err()) {
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told: Vec<String> = reasons.into_iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    let kind = if document.kind == DocumentKind::Policy { "; it announces a measure" } else { "" };
    format!("none of {} numbers gives a figure: {}{kind}", decisions.len(), told.join("; "))
}

struct Teller<'a> {
    document: &'a Document,
    index: CharacterIndex,
    /// Byte of every `STRIDE`th character.
    marks: Vec<usize>,
    /// What was kept.
    figures: &'a [Figure],
    /// What does not go with it, and why.
    left: &'a [(Figure, &'static str)],
}

impl Teller<'_> {
    /// Words without the space around them.
    fn words(&self, span: &Range<usize>) -> Words {
        let text = &self.document.text;
        let words = text.get(span.clone()).unwrap_or_default();
        let start = span.start + (words.len() - words.trim_start().len());
        let place = self.index.span(text, start..start + words.trim().len());
        Words { text: words.trim().to_owned(), start: place.start, end: place.end }
    }

    /// Words whose place is given in characters.
    fn characters(&self, span: Range<usize>) -> Words {
        let text = &self.document.text;
        let from = self.marks.get(span.start / STRIDE).copied().unwrap_or(text.len());
        let words = text[from..].chars().skip(span.start % STRIDE).take(span.len()).collect::<String>();
        Words { text: words.trim().to_owned(), start: span.start, end: span.end }
    }

    fn binding(&self, bound: &BoundWords) -> Binding {
        let words = bound.words.as_ref().map(|span| self.words(span));
        Binding { what: bound.what, value: bound.value.clone(), from: bound.from, words }
    }

    fn given(&self, given: policy::GivenBy) -> Binding {
        let from = match (&given.words, given.labelled) {
            (None, _) => Origin::Rule,
            (Some(_), true) => Origin::Label,
            (Some(_), false) => Origin::Document,
        };
        Binding { what: given.what, value: given.value, from, words: given.words.map(|span| self.characters(span)) }
    }

    fn number(&self, decision: &Decision) -> ExplainedNumber {
        let read = decision.outcome.as_ref().ok();
        let left = read.and_then(|figure| self.left.iter().find(|(left, _)| left == figure));
        let figure = read.filter(|_| left.is_none());
        let kept = figure.filter(|figure| !self.figures.contains(figure)).and_then(|figure| self.kept(figure));
        ExplainedNumber {
            words: self.words(&decision.number),
            cell: decision.cell,
            figure: figure.cloned(),
            kept_at: kept,
            left_out: left.map(|(_, why)| (*why).to_owned()).or_else(|| decision.outcome.as_ref().err().cloned()),
            bound: decision.bound.iter().map(|bound| self.binding(bound)).collect(),
        }
    }

    /// Where a fact that is told twice was kept: the figure that says the same, nearest in value.
    fn kept(&self, told: &Figure) -> Option<Words> {
        let same =
            |figure: &&Figure| figure.flow == told.flow && figure.measure == told.measure && figure.unit == told.unit;
        let full = |figure: &&Figure| {
            same(figure)
                && (&figure.area, &figure.partner, &figure.product, figure.period, figure.status)
                    == (&told.area, &told.partner, &told.product, told.period, told.status)
        };
        let kept = self.figures.iter().find(full).or_else(|| self.figures.iter().find(same))?;
        Some(self.characters(kept.evidence.start..kept.evidence.end))
    }

    fn sentences(&self, study: &Study) -> Vec<ExplainedSentence> {
        let sentences = study.sentences.iter().enumerate();
        sentences
            .map(|(at, sentence)| ExplainedSentence {
                number: at + 1,
                role: self.document.blocks[sentence.block].role,
                words: self.words(&sentence.span),
                tokens: sentence
                    .tokens
                    .iter()
                    .map(|token| ExplainedToken {
                        words: self.words(&token.span),
                        kind: token.kind,
                        value: token.value.clone(),
                    })
                    .collect(),
                numbers: sentence.decisions.iter().map(|decision| self.number(decision)).collect(),
                left_out: sentence.left.map(str::to_owned),
            })
            .collect()
    }

    fn tables(&self, study: &Study) -> Vec<ExplainedTable> {
        let tables = study.tables.iter().zip(&self.document.tables).enumerate();
        tables
            .map(|(at, (table, read))| ExplainedTable {
                number: at + 1,
                caption: read.caption.as_ref().map(|span| self.words(span).text),
                bound: table.bound.iter().map(|bound| self.binding(bound)).collect(),
                columns: table
                    .columns
                    .iter()
                    .map(|column| ExplainedColumn {
                        heading: column.heading.clone(),
                        holds: column.holds,
                        says: column.says.clone(),
                        left_out: column.left.map(str::to_owned),
                    })
                    .collect(),
                rows: table
                    .rows
                    .iter()
                    .map(|row| ExplainedRow {
                        row: row.at,
                        cells: read.rows[row.at].iter().map(|cell| self.words(cell).text).collect(),
                        says: row.says.clone(),
                        left_out: row.left.map(str::to_owned),
                    })
                    .collect(),
                cells: table.decisions.iter().map(|decision| self.number(decision)).collect(),
                left_out: table.left.map(str::to_owned),
            })
            .collect()
    }

    fn person(&self, known: Known) -> ExplainedPerson {
        let Known { official, introduced, spoken, taken, why } = known;
        let said = official.statements.into_iter().zip(spoken);
        ExplainedPerson {
            name: official.name,
            title: official.title,
            org: official.org,
            introduced: introduced.map(|span| self.characters(span)),
            said: said
                .map(|(statement, spoken)| ExplainedSpeech {
                    attribution: self.characters(spoken.attribution),
                    verb: spoken.verb,
                    words: Words { text: statement.text, start: statement.start, end: statement.end },
                    direct: statement.direct,
                })
                .collect(),
            taken,
            why,
        }
    }
}
