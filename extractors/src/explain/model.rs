//! What an explanation says. Spans count Unicode characters in the document's text, as in all output.

use bellwether_model::document::BlockRole;
use bellwether_model::figure::Figure;
use bellwether_model::policy::PolicyAction;
use jiff::civil::Date;
use serde::Serialize;

/// Why a document gave what it gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// What is true of the whole document.
    pub document: ExplainedDocument,
    /// Its sentences outside tables, in order.
    pub sentences: Vec<ExplainedSentence>,
    /// Its tables, in order.
    pub tables: Vec<ExplainedTable>,
    /// Everybody whom it names as somebody who may speak.
    pub people: Vec<ExplainedPerson>,
    /// What it announces.
    pub policy: ExplainedPolicy,
}

/// What is true of the whole document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedDocument {
    /// Its title.
    pub title: String,
    /// Day of publication, from which relative dates count.
    pub reference: Option<Date>,
    /// BCP 47 tag.
    pub lang: Option<&'static str>,
    /// The economy that sentences mean which name none; absent where nothing says it.
    pub economy: Option<Binding>,
    /// Whether it gives a figure.
    pub relevant: bool,
    /// Why it does or does not.
    pub why: String,
    /// What could not be read.
    pub problems: Vec<String>,
    /// Its text, into which all spans point.
    pub text: String,
}

/// Words of the document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// As the document writes them.
    pub text: String,
    /// First character.
    pub start: usize,
    /// The character behind the last one.
    pub end: usize,
}

/// One thing that a fact says, and what said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Binding {
    /// `economy`, `flow`, `partner`, `product`, `period`, `measure`, `sign`, `status`, `forecaster`, `unit`, `basis`; of
    /// a policy action `number`, `issuer`, `subject`, `announced`, `effective`, `expires`, `category`.
    pub what: &'static str,
    /// Its value, as in the fact.
    pub value: String,
    /// How near to the number the words stand.
    pub from: Origin,
    /// The words; absent where none say it.
    pub words: Option<Words>,
}

/// Where the words stand that gave a number one of its properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The number itself, or the cell.
    Number,
    /// Its clause.
    Clause,
    /// Its sentence.
    Sentence,
    /// An earlier sentence of its paragraph.
    Paragraph,
    /// The title.
    Title,
    /// The first sentences of the text.
    Lead,
    /// Elsewhere in the document.
    Document,
    /// The source's settings.
    Source,
    /// No words: a rule says what their absence means.
    Rule,
    /// The names of the row.
    Row,
    /// The headings of the column.
    Column,
    /// The heading of a section or group of rows.
    Section,
    /// The caption of the table, its notes or the heading above it.
    Caption,
    /// A line with a label (`生效日期：`).
    Label,
}

/// A piece of a sentence that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedToken {
    /// The words.
    #[serde(flatten)]
    pub words: Words,
    /// `economy`, `partner`, `flow`, `product`, `period`, `direction`, `percent`, `money`, `number`, `points`, `multiple`,
    /// `count`, `word` or `mark`.
    pub kind: &'static str,
    /// What was understood.
    pub value: String,
}

/// What became of one number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedNumber {
    /// The number, with sign, scale and unit.
    #[serde(flatten)]
    pub words: Words,
    /// The row and column of its table, from 0; absent in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<(usize, usize)>,
    /// The figure that it gives, with rule and confidence; absent where it was left out.
    pub figure: Option<Figure>,
    /// Where the same fact is told as well, and was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_at: Option<Words>,
    /// Why it was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// Which words gave it what; of a number that was left out, as far as it came.
    pub bound: Vec<Binding>,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedSentence {
    /// Its place among the sentences, from 1.
    pub number: usize,
    /// What it stands in.
    pub role: BlockRole,
    /// The sentence.
    #[serde(flatten)]
    pub words: Words,
    /// What was understood.
    pub tokens: Vec<ExplainedToken>,
    /// Its numbers.
    pub numbers: Vec<ExplainedNumber>,
    /// Why it was not read at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedTable {
    /// Its place among the tables, from 1.
    pub number: usize,
    /// The words above it that name it.
    pub caption: Option<String>,
    /// What caption, notes, headings and title say for all its cells.
    pub bound: Vec<Binding>,
    /// Its columns.
    pub columns: Vec<ExplainedColumn>,
    /// Its rows below the headings.
    pub rows: Vec<ExplainedRow>,
    /// Its cells with numbers.
    pub cells: Vec<ExplainedNumber>,
    /// Why it was not read at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedColumn {
    /// Its headings from top to bottom.
    pub heading: Vec<String>,
    /// `names`, `numbers` or `idle`.
    pub holds: &'static str,
    /// What the headings say.
    pub says: Vec<String>,
    /// Why its numbers are not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedRow {
    /// Its place in the table, headings counted, from 0.
    pub row: usize,
    /// Its cells.
    pub cells: Vec<String>,
    /// What its names and its sections say.
    pub says: Vec<String>,
    /// Why its numbers are not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

/// Somebody whom the document names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedPerson {
    /// The name as the document writes it.
    pub name: String,
    /// The office without the organisation.
    pub title: Option<String>,
    /// The organisation.
    pub org: Option<String>,
    /// The words by which the document introduces the person.
    pub introduced: Option<Words>,
    /// What was said.
    pub said: Vec<ExplainedSpeech>,
    /// Whether the person is one of the document's officials.
    pub taken: bool,
    /// Why, or why not.
    pub why: &'static str,
}

/// A sentence that ascribes words to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedSpeech {
    /// The words that say who speaks: name or pronoun, and verb.
    pub attribution: Words,
    /// The verb of speech; absent where the words say it otherwise (according to).
    pub verb: Option<String>,
    /// The words said.
    pub words: Words,
    /// Whether they stand in quotation marks.
    pub direct: bool,
}

/// What a document announces, and why no more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedPolicy {
    /// How the document was read.
    pub why: &'static str,
    /// The actions.
    pub actions: Vec<ExplainedAction>,
}

/// One policy action.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedAction {
    /// The action.
    pub action: PolicyAction,
    /// Which words gave it what.
    pub bound: Vec<Binding>,
}
