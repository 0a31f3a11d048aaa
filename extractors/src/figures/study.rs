//! What was read of a document, and why: what `explain` shows.

use std::ops::Range;

use bellwether_model::figure::Figure;

use crate::explain::Origin;

/// What was read of a document, and why.
#[derive(Default)]
pub(crate) struct Study {
    /// The figures, each once.
    pub(crate) figures: Vec<Figure>,
    /// What was read and does not go with the rest, with why it was left out.
    pub(crate) left: Vec<(Figure, &'static str)>,
    /// The economy that sentences mean which name none, and what said so.
    pub(crate) economy: Option<Bound>,
    /// What was understood of each sentence outside tables; empty unless it is to be explained.
    pub(crate) sentences: Vec<Sentence>,
    /// What was understood of each table; empty unless it is to be explained.
    pub(crate) tables: Vec<TableStudy>,
    /// Whether a sentence was too long to be read at once, so that what its pieces say may not hold together.
    pub(crate) cut: bool,
}

impl Study {
    /// This reading and one by the words of another family: what that one says of numbers that this one leaves out.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.figures.extend(other.figures);
        self.left.extend(other.left);
        self.figures.sort_by_key(|figure| figure.evidence.start);
        self.economy = self.economy.or(other.economy);
        for sentence in other.sentences {
            match self.sentences.binary_search_by_key(&sentence.span.start, |known| known.span.start) {
                Ok(at) => self.sentences[at].add(sentence),
                Err(at) => self.sentences.insert(at, sentence),
            }
        }
        self
    }
}

impl Sentence {
    fn add(&mut self, other: Self) {
        let gives = |sentence: &Self| sentence.decisions.iter().any(|decision| decision.outcome.is_ok());
        if gives(&other) && !gives(self) {
            self.tokens = other.tokens;
        }
        for decision in other.decisions {
            match self.decisions.iter_mut().find(|known| known.number == decision.number) {
                // What is no trade, the words of its own family tell best.
                Some(known) if known.outcome.is_err() => *known = decision,
                Some(_) => {}
                None => self.decisions.push(decision),
            }
        }
    }
}

/// One thing that a figure says, and the words that gave it.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// What.
    pub(crate) what: &'static str,
    /// Its value, as in the figure.
    pub(crate) value: String,
    /// How near the words stand.
    pub(crate) from: Origin,
    /// Bytes of the words; `None`: none say it.
    pub(crate) words: Option<Range<usize>>,
}

/// What was understood of a sentence.
pub(crate) struct Sentence {
    /// Its bytes.
    pub(crate) span: Range<usize>,
    /// Its block in the document.
    pub(crate) block: usize,
    /// The words that were understood.
    pub(crate) tokens: Vec<Understood>,
    /// Its numbers.
    pub(crate) decisions: Vec<Decision>,
    /// Why it was not read.
    pub(crate) left: Option<&'static str>,
}

/// Words that were understood.
pub(crate) struct Understood {
    /// Their bytes.
    pub(crate) span: Range<usize>,
    /// What they are.
    pub(crate) kind: &'static str,
    /// What they mean.
    pub(crate) value: String,
}

/// What became of one number.
pub(crate) struct Decision {
    /// Bytes of the number.
    pub(crate) number: Range<usize>,
    /// Row and column of its table.
    pub(crate) cell: Option<(usize, usize)>,
    /// The figure that it gives, or why it gives none.
    pub(crate) outcome: Result<Figure, String>,
    /// Which words gave it what.
    pub(crate) bound: Vec<Bound>,
}

/// What was understood of a table.
#[derive(Default)]
pub(crate) struct TableStudy {
    /// What the words around it say.
    pub(crate) bound: Vec<Bound>,
    /// Its columns.
    pub(crate) columns: Vec<ColumnStudy>,
    /// Its rows below the headings.
    pub(crate) rows: Vec<RowStudy>,
    /// Its numbers.
    pub(crate) decisions: Vec<Decision>,
    /// Why it was not read.
    pub(crate) left: Option<&'static str>,
}

/// What was understood of a column.
pub(crate) struct ColumnStudy {
    /// Its headings.
    pub(crate) heading: Vec<String>,
    /// `names`, `numbers` or `idle`.
    pub(crate) holds: &'static str,
    /// What they say.
    pub(crate) says: Vec<String>,
    /// Why its numbers are not read.
    pub(crate) left: Option<&'static str>,
}

/// What was understood of a row.
pub(crate) struct RowStudy {
    /// Its place in the table.
    pub(crate) at: usize,
    /// What its names and sections say.
    pub(crate) says: Vec<String>,
    /// Why its numbers are not read.
    pub(crate) left: Option<&'static str>,
}
