//! What `explain` notes while a document is read: sentences, their words and numbers, and what later ones inherit.

use std::ops::Range;

use bellwether_model::document::{Block, BlockRole, Document};
use bellwether_model::figure::Figure;
use bellwether_model::period::Period;

use super::bind::Bound as BoundSentence;
use super::context;
use super::describe;
use super::frame::Carry;
use super::item::Item;
use super::study::{Bound, Sentence};
use super::token::Token;
use super::told::Teller;
use super::trace::{Origins, Part, Watch};

/// The words of earlier sentences to which a number may go back.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// Of the economy of the paragraph.
    pub(super) area: Option<Range<usize>>,
    /// Of the period in question.
    pub(super) anchor: Option<Range<usize>>,
    /// Of the first period in question.
    lead: Option<Range<usize>>,
    /// Of the period that is being expected.
    pub(super) forecast_anchor: Option<Range<usize>>,
    /// Of the last office or bank.
    pub(super) forecaster: Option<Range<usize>>,
    /// Of the last currency.
    pub(super) currency: Option<Range<usize>>,
    /// Of what the last sentence spoke of.
    frame: Origins,
}

/// Where the parts of a document lie, so that it can be said how near words stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// The title.
    pub(super) title: Option<Range<usize>>,
    /// The byte behind the lead.
    pub(super) lead_end: usize,
    /// The block in hand.
    pub(super) block: Range<usize>,
    /// What said whose trade the document is about.
    pub(super) economy: Option<Bound>,
}

/// What a sentence leaves to the notes.
pub(super) struct LeftBehind {
    /// What it inherited.
    pub(super) before: Carry,
    pub(super) last_period: Option<Range<usize>>,
    pub(super) currency: Option<Range<usize>>,
    /// Which words gave what it spoke of at its end.
    pub(super) origins: Origins,
    /// Which words gave what its last figure spoke of.
    pub(super) frame: Origins,
    pub(super) forecaster: Option<Range<usize>>,
}

/// What stands before a sentence.
pub(super) struct Inherited {
    pub(super) watch: Watch,
    carry: Carry,
}

/// A sentence that was told, before it is known what it leaves to the next.
pub(super) struct Told {
    sentence: Sentence,
    left: LeftBehind,
}

/// The notes on one document.
pub(super) struct Notes {
    /// The sentences so far.
    pub(super) sentences: Vec<Sentence>,
    places: Places,
    memory: Memory,
    block: usize,
}

impl Notes {
    pub(super) fn new(document: &Document, economy: Option<Bound>, prose: &[Range<usize>]) -> Self {
        let title = document.blocks.iter().find(|block| block.role == BlockRole::Title).map(|block| block.span.clone());
        let lead_end = prose.iter().take(context::LEAD_SENTENCES).next_back().map_or(0, |sentence| sentence.end);
        let places = Places { title, lead_end, block: 0..0, economy };
        Self { sentences: Vec::new(), places, memory: Memory::default(), block: 0 }
    }

    /// A block begins; `before` is the period in question up to it.
    pub(super) fn begin(&mut self, at: usize, block: &Block, before: Option<Period>, carry: &Carry) {
        (self.block, self.places.block) = (at, block.span.clone());
        if matches!(block.role, BlockRole::Heading | BlockRole::Paragraph | BlockRole::Note) {
            self.memory.area = None;
        }
        if carry.anchor != before {
            self.memory.anchor = self.memory.lead.clone().filter(|_| carry.anchor == carry.lead);
        }
    }

    /// A block that is not read.
    pub(super) fn left_out(&mut self, at: usize, span: &Range<usize>, reason: &'static str) {
        self.block = at;
        self.left_out_here(span, reason);
    }

    /// A sentence of the block in hand that is not read.
    pub(super) fn left_out_here(&mut self, span: &Range<usize>, reason: &'static str) {
        let (span, block) = (span.clone(), self.block);
        self.sentences.push(Sentence { span, block, tokens: Vec::new(), decisions: Vec::new(), left: Some(reason) });
    }

    pub(super) fn inherited(&self, carry: &Carry) -> Inherited {
        Inherited { watch: Watch::new(carry, &self.memory.frame), carry: carry.clone() }
    }

    pub(super) fn told(
        &self,
        text: &str,
        sentence: &Range<usize>,
        (items, tokens): (&[Item], &[Token]),
        bound: &BoundSentence,
        inherited: Inherited,
        results: &[(Range<usize>, Result<Figure, String>)],
    ) -> Told {
        let Inherited { watch, carry } = inherited;
        let (places, memory) = (&self.places, &self.memory);
        let teller = Teller { text, sentence, items, bound, watch: &watch, places, memory, carry: &carry };
        let decisions = teller.decisions(results);
        let left = teller.left_behind(&decisions);
        let tokens = describe::understood(items, tokens);
        let sentence = Sentence { span: sentence.clone(), block: self.block, tokens, decisions, left: None };
        Told { sentence, left }
    }

    /// Keeps a sentence; `after` is what the next one inherits.
    pub(super) fn keep(&mut self, told: Told, after: &Carry) {
        let Told { sentence, left } = told;
        let (before, memory) = (&left.before, &mut self.memory);
        let given = |what: &str, value: &str| {
            let taken = sentence.decisions.iter().rev().filter(|decision| decision.outcome.is_ok());
            let mut bound = taken.flat_map(|decision| &decision.bound);
            bound.find(|bound| bound.what == what && bound.value == value).and_then(|bound| bound.words.clone())
        };
        let period = |period: Period| given("period", &period.to_string()).or_else(|| left.last_period.clone());
        if after.anchor != before.anchor {
            memory.anchor = after.anchor.and_then(period);
        }
        if after.lead != before.lead {
            memory.lead.clone_from(&memory.anchor);
        }
        if after.forecast_anchor != before.forecast_anchor {
            memory.forecast_anchor = after.forecast_anchor.and_then(period);
        }
        if after.forecaster != before.forecaster {
            memory.forecaster = left.forecaster;
        }
        if after.area != before.area {
            let named = after.area.as_ref().and_then(|area| given("economy", area.as_str()));
            memory.area = named.or_else(|| left.origins.get(&Part::Area).cloned());
        }
        memory.currency = left.currency.or(memory.currency.take());
        memory.frame = left.frame;
        self.sentences.push(sentence);
    }
}
